// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder, shared by all JVMs of a user, where unpacked binaries are kept and clusters live.
 *
 * <p>Others may read it, nobody else may write it: programs are run out of it.
 */
final class Workspace {

    private static final String CLUSTERS = "c";
    private static final String LOCK_SUFFIX = ".lock";

    private static @Nullable Workspace instance;

    private final Path root;
    private final Account account;
    private int made;

    private Workspace(Path root, Account account) {
        this.root = root;
        this.account = account;
    }

    static synchronized Workspace open() throws IOException {
        Workspace open = instance;
        if (open == null) {
            Path root = Path.of(System.getProperty("java.io.tmpdir"), "r2dbc-pgxc-" + System.getProperty("user.name"));
            open = open(root);
            instance = open;
        }
        return open;
    }

    static Workspace open(Path root) throws IOException {
        if (!root.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            throw new IllegalStateException("An embedded server needs Linux or macOS; name a running server with"
                    + " -Dpgxc.test.url, or use -Dpgxc.test.server=testcontainers");
        }
        try {
            Folders.create(root);
        } catch (FileAlreadyExistsException e) {
            requireOurs(root);
        }
        Workspace workspace = new Workspace(root, Account.find(root));
        workspace.exclusively(() -> {
            workspace.clean();
            return root;
        });
        return workspace;
    }

    private static void requireOurs(Path root) throws IOException {
        Path probe = Files.createTempFile("r2dbc-pgxc", null);
        boolean ours = Account.uid(probe) == Account.uid(root) && !Files.isSymbolicLink(root);
        Files.delete(probe);
        if (!ours) {
            throw new IOException(root + " belongs to somebody else");
        }
    }

    Account account() {
        return account;
    }

    Path resolve(String name) {
        return root.resolve(name);
    }

    /** Work that no two JVMs, and no two threads of one, may do at the same time. */
    interface Work {

        Path run() throws IOException;
    }

    synchronized Path exclusively(Work work) throws IOException {
        try (FileChannel channel =
                        FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (!lock.isValid()) {
                throw new IOException("The lock on " + root + " is lost");
            }
            return work.run();
        }
    }

    /** Returns the folder of that name, made by {@code maker} if there is none yet: wholly, or not at all. */
    Path cached(String name, Maker maker) throws IOException {
        Path folder = root.resolve(name);
        if (Files.isDirectory(folder)) {
            return folder;
        }
        return exclusively(() -> {
            if (!Files.isDirectory(folder)) {
                Path unfinished = root.resolve(name + ".unfinished");
                Folders.delete(unfinished);
                Folders.create(unfinished);
                maker.make(unfinished);
                Files.move(unfinished, folder);
            }
            return folder;
        });
    }

    /** Fills a new and empty folder. */
    interface Maker {

        void make(Path folder) throws IOException;
    }

    /** A new folder that stays until the lease is closed, or until another JVM finds that this one has died. */
    Lease lease() throws IOException {
        FileChannel[] lock = new FileChannel[1];
        Path folder = exclusively(() -> {
            Path made = Folders.create(unused());
            lock[0] = FileChannel.open(lockOf(made), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            if (lock[0].tryLock() == null) {
                throw new IOException("A new lock is held by somebody else");
            }
            return made;
        });
        return new Lease(folder, lock[0]);
    }

    record Lease(Path folder, FileChannel lock) implements AutoCloseable {

        @Override
        public void close() throws IOException {
            Folders.delete(folder);
            Files.deleteIfExists(lockOf(folder));
            lock.close();
        }
    }

    private static Path lockOf(Path folder) {
        return folder.resolveSibling(folder.getFileName() + LOCK_SUFFIX);
    }

    /** A short name, as the path of a Unix socket has room for about a hundred bytes, and never one of another JVM's. */
    private Path unused() {
        String prefix = Long.toString(ProcessHandle.current().pid(), Character.MAX_RADIX);
        Path folder;
        do {
            folder = clusters().resolve(prefix + "-" + made);
            made++;
        } while (Files.exists(folder) || Files.exists(lockOf(folder)));
        return folder;
    }

    private Path clusters() {
        return root.resolve(CLUSTERS);
    }

    /**
     * Deletes what dead JVMs left. Done once, before this JVM has locks of its own: to look at one of those would be to
     * lose it, as the system lets go of a process's lock when any of its channels to the file is closed.
     */
    private void clean() throws IOException {
        if (!Files.isDirectory(clusters())) {
            Folders.create(clusters());
        }
        List<Path> locks;
        try (Stream<Path> files = Files.list(clusters())) {
            locks = files.filter(file -> file.toString().endsWith(LOCK_SUFFIX)).toList();
        }
        for (Path lock : locks) {
            String name = String.valueOf(lock.getFileName());
            Path folder = lock.resolveSibling(name.substring(0, name.length() - LOCK_SUFFIX.length()));
            if (isAbandoned(lock) && !Postmaster.isRunningIn(folder)) {
                Folders.delete(folder);
                Files.deleteIfExists(lock);
            }
        }
    }

    private static boolean isAbandoned(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }
}
