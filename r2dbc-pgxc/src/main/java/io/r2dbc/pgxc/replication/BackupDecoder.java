// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Reads the payloads of CopyData in a base backup as PostgreSQL 15 and later send them: each begins with a byte that says what it is.
 *
 * <p>One decoder serves one backup. Not for use by several threads at a time.
 */
public final class BackupDecoder {

    private static final String NAME = "CopyData of a base backup";

    private boolean begun;

    /** Makes a decoder for one backup. */
    public BackupDecoder() {
        // nothing has begun
    }

    /**
     * Reads one payload.
     *
     * @param in where it lies; its indexes stay as they are, and nothing of it is kept
     * @param offset of its first byte
     * @param length of all of it
     * @return an archive's or the manifest's beginning, data, or progress
     * @throws ReplicationFormatException if it is none of them, or data that belongs to nothing
     */
    public BackupPart read(ByteBuf in, int offset, int length) {
        if (length < 1) {
            throw ReplicationFormatException.in(NAME, "it is empty");
        }
        byte type = in.getByte(offset);
        Fields fields = new Fields(NAME, in, offset + 1, length - 1);
        return switch (type) {
            case 'n' -> begins(fields.complete(new BackupPart.Archive(fields.string(), fields.string())));
            case 'm' -> begins(fields.complete(new BackupPart.Manifest()));
            case 'd' -> data(fields, in);
            case 'p' -> fields.complete(new BackupPart.Progress(fields.int64()));
            default -> throw fields.malformed(String.format("nothing has type 0x%02X", type));
        };
    }

    private BackupPart begins(BackupPart part) {
        begun = true;
        return part;
    }

    private BackupPart data(Fields fields, ByteBuf in) {
        if (!begun) {
            throw fields.malformed("data came before any archive had begun");
        }
        return data(in, fields.position(), fields.remaining());
    }

    /**
     * Copies data into a heap buffer of its own.
     *
     * @param in where it lies
     * @param offset of its first byte
     * @param length of all of it
     * @return what is valid as long as it is referenced
     */
    public static BackupPart.Data data(ByteBuf in, int offset, int length) {
        byte[] bytes = new byte[length];
        in.getBytes(offset, bytes);
        return new BackupPart.Data(Unpooled.wrappedBuffer(bytes));
    }
}
