// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.value.Lsn;
import java.time.Instant;

/**
 * What a server says inside CopyData while it streams its log: a piece of the log, that it is still there, or how far it is.
 */
public sealed interface StreamMessage permits WalData, StreamMessage.Keepalive, StreamMessage.PrimaryStatus {

    /** First byte of {@link WalData}. */
    byte WAL_DATA = 'w';

    /** First byte of {@link Keepalive}. */
    byte KEEPALIVE = 'k';

    /** First byte of {@link PrimaryStatus}. */
    byte PRIMARY_STATUS = 's';

    /**
     * The server is there and may want to know whether the client is.
     *
     * @param walEnd how far the server has sent its log
     * @param serverTime when it said so
     * @param replyRequested whether it wants a status update at once, and will hang up without one
     */
    record Keepalive(Lsn walEnd, Instant serverTime, boolean replyRequested) implements StreamMessage {}

    /**
     * How far the server's transactions are (PostgreSQL 19).
     *
     * @param lastWrite the last position written to its log
     * @param oldestCommittingXid the oldest transaction that is being committed, its epoch in the upper half
     * @param nextXid the next transaction, its epoch in the upper half
     * @param serverTime when it said so
     */
    record PrimaryStatus(Lsn lastWrite, long oldestCommittingXid, long nextXid, Instant serverTime)
            implements StreamMessage {}

    /**
     * Reads the payload of one CopyData message.
     *
     * @param in where it lies; its indexes stay as they are
     * @param offset of its first byte
     * @param length of all of it
     * @return the message; the bytes of {@link WalData} are a view of {@code in}
     * @throws ReplicationFormatException if it is none of these
     */
    static StreamMessage read(ByteBuf in, int offset, int length) {
        if (length < 1) {
            throw ReplicationFormatException.in("CopyData", "it is empty");
        }
        byte type = in.getByte(offset);
        return switch (type) {
            case WAL_DATA -> WalData.read(new Fields("WALData", in, offset + 1, length - 1), in);
            case KEEPALIVE -> keepalive(new Fields("primary keepalive", in, offset + 1, length - 1));
            case PRIMARY_STATUS -> primaryStatus(new Fields("primary status update", in, offset + 1, length - 1));
            default ->
                throw ReplicationFormatException.in("CopyData", String.format("no message has type 0x%02X", type));
        };
    }

    private static Keepalive keepalive(Fields fields) {
        Lsn walEnd = fields.lsn();
        Instant time = fields.time();
        int reply = fields.int8();
        if (reply != 0 && reply != 1) {
            throw fields.malformed("whether a reply is wanted is said by " + reply);
        }
        return fields.complete(new Keepalive(walEnd, time, reply == 1));
    }

    private static PrimaryStatus primaryStatus(Fields fields) {
        return fields.complete(new PrimaryStatus(fields.lsn(), fields.int64(), fields.int64(), fields.time()));
    }
}
