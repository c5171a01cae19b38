// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.value.Lsn;
import java.time.Instant;

/** What a client says inside CopyData while it is streamed to. */
public sealed interface StandbyMessage {

    /**
     * Writes the payload of one CopyData message.
     *
     * @param out where to
     */
    void writeTo(ByteBuf out);

    /**
     * How far the client is. Each position is that of the byte behind the last one concerned; zero says nothing.
     *
     * @param written what has been received and written
     * @param flushed what is durable: the server may discard its log up to here
     * @param applied what has been applied
     * @param clientTime when that was so
     * @param replyRequested whether the server is to answer at once
     */
    record StatusUpdate(Lsn written, Lsn flushed, Lsn applied, Instant clientTime, boolean replyRequested)
            implements StandbyMessage {

        @Override
        public void writeTo(ByteBuf out) {
            out.writeByte('r')
                    .writeLong(written.value())
                    .writeLong(flushed.value())
                    .writeLong(applied.value())
                    .writeLong(Fields.microsSince2000(clientTime))
                    .writeByte(replyRequested ? 1 : 0);
        }
    }

    /**
     * Which rows the client's queries still need. Both transaction ids zero: none, and no feedback from now on.
     *
     * @param clientTime when that was so
     * @param xmin the oldest transaction that matters, 0 to 4294967295
     * @param xminEpoch how often ids had wrapped around at {@code xmin}
     * @param catalogXmin the same for the catalogue, which logical slots need; servers before PostgreSQL 10 are not told
     * @param catalogXminEpoch how often ids had wrapped around at {@code catalogXmin}
     */
    record HotStandbyFeedback(Instant clientTime, long xmin, long xminEpoch, long catalogXmin, long catalogXminEpoch)
            implements StandbyMessage {

        private static final long MOST = 0xFFFF_FFFFL;

        /** Refuses what has no place in four bytes. */
        public HotStandbyFeedback {
            check("xmin", xmin);
            check("xminEpoch", xminEpoch);
            check("catalogXmin", catalogXmin);
            check("catalogXminEpoch", catalogXminEpoch);
        }

        private static void check(String name, long value) {
            if (value < 0 || value > MOST) {
                throw new IllegalArgumentException(name + " " + value + " is not one of 0 to " + MOST);
            }
        }

        @Override
        public void writeTo(ByteBuf out) {
            writeShortTo(out);
            out.writeInt((int) catalogXmin).writeInt((int) catalogXminEpoch);
        }

        /**
         * Writes the form of servers before PostgreSQL 10, which know nothing of the catalogue's.
         *
         * @param out where to
         */
        public void writeShortTo(ByteBuf out) {
            out.writeByte('h')
                    .writeLong(Fields.microsSince2000(clientTime))
                    .writeInt((int) xmin)
                    .writeInt((int) xminEpoch);
        }
    }

    /**
     * Asks for {@link StreamMessage.PrimaryStatus} (PostgreSQL 19).
     *
     * @param clientTime when it was asked
     */
    record PrimaryStatusRequest(Instant clientTime) implements StandbyMessage {

        @Override
        public void writeTo(ByteBuf out) {
            out.writeByte('p').writeLong(Fields.microsSince2000(clientTime));
        }
    }
}
