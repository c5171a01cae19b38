// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.replication;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.replication.BackupPart;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Unpacks the one archive of a backup into a folder as it comes: plain files and folders of a ustar stream, and no names that lead out. */
final class TarFolder {

    private static final int BLOCK = 512;

    private final Path folder;
    private final ByteArrayOutputStream manifest = new ByteArrayOutputStream();
    private final List<String> names = new ArrayList<>();
    private final byte[] header = new byte[BLOCK];
    private int inHeader;
    private long left;
    private int padding;
    private long bytes;
    private boolean inManifest;
    private @Nullable OutputStream file;

    TarFolder(Path folder) {
        this.folder = folder;
    }

    void take(BackupPart part) {
        if (part instanceof BackupPart.Manifest) {
            inManifest = true;
        } else if (part instanceof BackupPart.Data data) {
            try {
                take(data.data());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void take(ByteBuf data) throws IOException {
        bytes += data.readableBytes();
        if (inManifest) {
            data.readBytes(manifest, data.readableBytes());
            return;
        }
        while (data.isReadable()) {
            if (left > 0) {
                int some = (int) Math.min(left, data.readableBytes());
                data.readBytes(Objects.requireNonNull(file), some);
                left -= some;
            } else if (padding > 0) {
                int some = Math.min(padding, data.readableBytes());
                data.skipBytes(some);
                padding -= some;
            } else {
                int some = Math.min(BLOCK - inHeader, data.readableBytes());
                data.readBytes(header, inHeader, some);
                inHeader += some;
                if (inHeader == BLOCK) {
                    inHeader = 0;
                    entry();
                }
            }
        }
    }

    private void entry() throws IOException {
        close();
        if (header[0] == 0) {
            return;
        }
        String prefix = text(345, 155);
        String name = prefix.isEmpty() ? text(0, 100) : prefix + "/" + text(0, 100);
        Path path = folder.resolve(name).normalize();
        if (!path.startsWith(folder)) {
            throw new IOException("The archive has a name that leads out of it: " + name);
        }
        names.add(name);
        if (header[156] == '5') {
            Files.createDirectories(path);
            return;
        }
        left = Long.parseLong(text(124, 12).trim(), 8);
        padding = (int) ((BLOCK - left % BLOCK) % BLOCK);
        Files.createDirectories(path.getParent());
        file = Files.newOutputStream(path);
    }

    private String text(int from, int most) {
        int end = from;
        while (end < from + most && header[end] != 0) {
            end++;
        }
        return new String(header, from, end - from, StandardCharsets.UTF_8);
    }

    void close() {
        try {
            if (file != null) {
                file.close();
                file = null;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String manifest() {
        return manifest.toString(StandardCharsets.UTF_8);
    }

    /** The entries of the archive. */
    List<String> names() {
        return names;
    }

    /** How much came, manifest included. */
    long bytes() {
        return bytes;
    }
}
