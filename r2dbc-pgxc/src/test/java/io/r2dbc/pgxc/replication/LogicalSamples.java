// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.wire.Octets;
import java.util.ArrayList;
import java.util.List;

/** One message of every kind {@code pgoutput} has, byte by byte, with what has to come before it. */
final class LogicalSamples {

    static final String RELATION =
            "52 00004001 7075626C696300 7400 64 0002" + " 01 696400 00000017 FFFFFFFF 00 7600 00000019 FFFFFFFF";
    static final String BEGIN = "42 0000000001000000 00000000000F4240 000002E9";
    static final String COMMIT = "43 00 0000000001000000 0000000001000030 00000000000F4240";
    static final String ORIGIN = "4F 0000000000000010 7500";
    static final String TYPE = "59 00004010 00 6D6F6F6400";
    static final String MESSAGE = "4D 01 0000000000000020 7000 00000003 616263";
    static final String LOOSE_MESSAGE = "4D 00 0000000000000020 7000 00000000";
    static final String ROW = "0002 74 00000001 37 6E";
    static final String INSERT = "49 00004001 4E " + ROW;
    static final String UPDATE = "55 00004001 4E 0002 62 00000004 00000007 75";
    static final String UPDATE_KEY = "55 00004001 4B 0002 74 00000001 36 6E 4E " + ROW;
    static final String UPDATE_FULL = "55 00004001 4F 0002 74 00000001 36 74 00000000 4E " + ROW;
    static final String DELETE = "44 00004001 4B " + ROW;
    static final String DELETE_FULL = "44 00004001 4F " + ROW;
    static final String TRUNCATE = "54 00000001 03 00004001";
    static final String STREAM_START = "53 000002EA 01";
    static final String STREAM_STOP = "45";
    static final String STREAM_COMMIT = "63 000002EA 00 0000000001000000 0000000001000030 00000000000F4240";
    static final String STREAM_ABORT = "41 000002EA 000002EB";
    static final String STREAM_ABORT_PARALLEL = STREAM_ABORT + " 0000000001000000 00000000000F4240";
    static final String BEGIN_PREPARE = "62 0000000001000000 0000000001000030 00000000000F4240 000002E9 6700";
    static final String PREPARE = "50 00 0000000001000000 0000000001000030 00000000000F4240 000002E9 6700";
    static final String COMMIT_PREPARED = "4B 00 0000000001000000 0000000001000030 00000000000F4240 000002E9 6700";
    static final String ROLLBACK_PREPARED =
            "72 00 0000000001000000 0000000001000030 00000000000F4240 00000000001E8480 000002E9 6700";
    static final String STREAM_PREPARE = "70 00 0000000001000000 0000000001000030 00000000000F4240 000002EA 6700";

    private static final String XID = " 000002EB ";

    /**
     * A message where it belongs.
     *
     * @param parallel whether {@code streaming} is {@code parallel}
     * @param before what has come already
     */
    record Sample(String name, boolean parallel, List<String> before, String message) {

        /** A decoder that has read what comes before. */
        LogicalDecoder decoder() {
            LogicalDecoder decoder = new LogicalDecoder(LogicalDecoder.HIGHEST_VERSION, parallel);
            before.forEach(earlier -> read(decoder, earlier));
            return decoder;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private LogicalSamples() {}

    static LogicalMessage read(LogicalDecoder decoder, String hex) {
        return read(decoder, Octets.hex(hex));
    }

    /** The message stands in the middle of a buffer: neither what comes before nor what comes behind is its own. */
    static LogicalMessage read(LogicalDecoder decoder, Octets message) {
        ByteBuf in = Octets.join(Octets.hex("FFFF"), message, Octets.hex("00FF00FF00FF00FF00FF"))
                .buffer();
        return decoder.read(in, 2, message.size());
    }

    /** Puts the transaction id behind the type byte, as inside a streamed block. */
    static String streamed(String message) {
        return message.substring(0, 2) + XID + message.substring(2);
    }

    static List<Sample> all() {
        List<Sample> all = new ArrayList<>();
        List<String> transaction = List.of(BEGIN, RELATION);
        List<String> block = List.of(STREAM_START, streamed(RELATION));
        all.add(new Sample("Begin", false, List.of(), BEGIN));
        all.add(new Sample("Commit", false, transaction, COMMIT));
        all.add(new Sample("Origin", false, transaction, ORIGIN));
        all.add(new Sample("Message outside", false, List.of(), LOOSE_MESSAGE));
        all.add(new Sample("StreamStart", false, List.of(), STREAM_START));
        all.add(new Sample("StreamStop", false, block, STREAM_STOP));
        all.add(new Sample("StreamCommit", false, List.of(), STREAM_COMMIT));
        all.add(new Sample("StreamAbort", false, List.of(), STREAM_ABORT));
        all.add(new Sample("StreamAbort, parallel", true, List.of(), STREAM_ABORT_PARALLEL));
        all.add(new Sample("StreamPrepare", false, List.of(), STREAM_PREPARE));
        all.add(new Sample("BeginPrepare", false, List.of(), BEGIN_PREPARE));
        all.add(new Sample("Prepare", false, List.of(BEGIN_PREPARE), PREPARE));
        all.add(new Sample("CommitPrepared", false, List.of(), COMMIT_PREPARED));
        all.add(new Sample("RollbackPrepared", false, List.of(), ROLLBACK_PREPARED));
        for (String message : List.of(
                RELATION, TYPE, MESSAGE, INSERT, UPDATE, UPDATE_KEY, UPDATE_FULL, DELETE, DELETE_FULL, TRUNCATE)) {
            String name = message.substring(0, 2) + " of " + message.length();
            all.add(new Sample(name, false, transaction, message));
            all.add(new Sample(name + ", streamed", false, block, streamed(message)));
        }
        return all;
    }
}
