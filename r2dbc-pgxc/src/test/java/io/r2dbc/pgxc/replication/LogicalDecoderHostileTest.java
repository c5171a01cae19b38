// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import static io.r2dbc.pgxc.replication.LogicalSamples.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import io.r2dbc.pgxc.replication.LogicalSamples.Sample;
import io.r2dbc.pgxc.wire.Octets;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Messages of pgoutput that are none")
class LogicalDecoderHostileTest {

    private static final int ROUNDS = 4_000;
    private static final long SEED = 20_261_127;

    static List<Sample> samples() {
        return LogicalSamples.all();
    }

    @ParameterizedTest(name = "[S3.24] {0}")
    @MethodSource("samples")
    @DisplayName("[S3.24] every message is read whole, and no beginning of it and nothing longer is taken for it")
    void everyPrefix(Sample sample) {
        Octets whole = Octets.hex(sample.message());
        assertThat(read(sample.decoder(), whole)).isNotNull();
        for (int length = 0; length < whole.size(); length++) {
            Octets prefix = whole.slice(0, length);
            assertThatExceptionOfType(ReplicationFormatException.class)
                    .as("%s bytes of it", length)
                    .isThrownBy(() -> read(sample.decoder(), prefix))
                    .withMessageStartingWith("Malformed ");
        }
        assertThatExceptionOfType(ReplicationFormatException.class)
                .isThrownBy(() -> read(sample.decoder(), Octets.join(whole, Octets.hex("00"))))
                .withMessageContaining("1 bytes are left over");
    }

    @ParameterizedTest(name = "[S3.24] {0}")
    @MethodSource("samples")
    @DisplayName("[S3.24] changed bytes are read or refused, never anything else, and never allocate more than they are"
            + " worth")
    void changedBytes(Sample sample) {
        Random random = new Random(SEED);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] bytes = Octets.hex(sample.message()).bytes();
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] changed = bytes.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                changed[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            LogicalDecoder decoder = sample.decoder();
            Octets message = Octets.of(changed);
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                read(decoder, message);
            } catch (ReplicationFormatException expected) {
                refused++;
            } catch (RuntimeException | Error foreign) {
                throw new AssertionError("seed " + SEED + ", input " + message.hex(), foreign);
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(allocated).as(message.hex()).isLessThan(1 << 20);
        }
        assertThat(refused).as("of %s changed messages", ROUNDS).isPositive();
    }

    @Test
    @DisplayName("[S3.24] random bytes are read or refused")
    void randomBytes() {
        Random random = new Random(SEED);
        for (int round = 0; round < 50_000; round++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            try {
                read(new LogicalDecoder(1 + random.nextInt(4), random.nextBoolean()), Octets.of(bytes));
            } catch (ReplicationFormatException expected) {
                assertThat(expected).hasMessageStartingWith("Malformed ");
            }
        }
    }

    @ParameterizedTest(name = "[S3.24, S3.26] {1}")
    @CsvSource({
        "49 00004002 4E 0002 6E 6E, relation 16386 has not been described",
        "54 00000001 00 00004002, relation 16386 has not been described",
        "49 00004001 4E 0001 6E, a row has 1 columns where its relation has 2",
        "49 00004001 4E FFFF 6E 6E, count 65535 does not fit the 2 bytes left",
        "49 00004001 4B 0002 6E 6E, a new row is marked 75",
        "55 00004001 4B 0002 6E 6E 4F 0002 6E 6E 4E 0002 6E 6E, a new row is marked 79",
        "44 00004001 4E 0002 6E 6E, an old row is marked 78",
        "49 00004001 4E 0002 6E 78, unknown kind of value 120",
        "49 00004001 4E 0002 6E 74 7FFFFFFF 31, a value has length 2147483647 with 1 bytes left",
        "49 00004001 4E 0002 6E 74 FFFFFFFF 31, a value has length -1",
        "4D 01 0000000000000020 7000 7FFFFFFF 61, a value has length 2147483647 with 1 bytes left",
        "4D 02 0000000000000020 7000 00000000, flags 2 are unknown",
        "43 01 0000000001000000 0000000001000030 00000000000F4240, flags 1 are unknown",
        "54 7FFFFFFF 00 00004001, count 2147483647 does not fit the 4 bytes left",
        "54 FFFFFFFF 00 00004001, count 4294967295 does not fit the 4 bytes left",
        "54 00000001 04 00004001, options 4 are unknown",
        "52 00004001 00 7400 78 0000, unknown replica identity 120",
        "52 00004001 00 7400 64 FFFF, count 65535 does not fit the 0 bytes left",
        "52 00004001 00 7400 64 0001 02 6900 00000017 FFFFFFFF, a column has flags 2",
        "52 00004001 0041 7474, a string has no terminator",
        "42 0000000001000000 00000000000F4240 000002E9, it came inside a transaction",
        "53 000002EA 01, it came inside a transaction",
        "63 000002EA 00 0000000001000000 0000000001000030 00000000000F4240, it came inside a transaction",
        "45, it came inside a transaction and belongs inside a streamed block",
        "50 00 0000000001000000 0000000001000030 00000000000F4240 000002E9 6700, it came inside a transaction",
        "58 00, no message has type 0x58"
    })
    @DisplayName("[S3.24, S3.26] inside a transaction")
    void refusedInTransaction(String message, String why) {
        LogicalDecoder decoder = new LogicalDecoder(4, false);
        read(decoder, LogicalSamples.BEGIN);
        read(decoder, LogicalSamples.RELATION);
        refused(decoder, message, why);
    }

    @ParameterizedTest(name = "[S3.25] {0}")
    @CsvSource({
        "43 00 0000000001000000 0000000001000030 00000000000F4240, belongs inside a transaction",
        "4F 0000000000000010 7500, it came outside of a transaction",
        "49 00004001 4E 0002 6E 6E, it came outside of a transaction",
        "4D 01 0000000000000020 7000 00000000, it came outside of a transaction",
        "45, belongs inside a streamed block",
        "53 00000000 01, its transaction id is 0",
        "53 000002EA 02, whether it is the first block is said by 2",
        "50 00 0000000001000000 0000000001000030 00000000000F4240 000002E9 6700, belongs inside a prepared transaction"
    })
    @DisplayName("[S3.25] outside of a transaction")
    void refusedOutside(String message, String why) {
        LogicalDecoder decoder = new LogicalDecoder(4, false);
        read(decoder, LogicalSamples.RELATION);
        refused(decoder, message, why);
    }

    @Test
    @DisplayName("[S3.25] a streamed block inside another one")
    void nestedBlock() {
        LogicalDecoder decoder = new LogicalDecoder(2, false);
        read(decoder, LogicalSamples.STREAM_START);
        refused(decoder, LogicalSamples.STREAM_START, "it came inside a streamed block");
    }

    @ParameterizedTest(name = "[S3.23] {0} and {1}")
    @CsvSource({"1, 53 000002EA 01, 2", "1, 45, 2", "2, 62 00, 3", "2, 70 00, 3"})
    @DisplayName("[S3.23] messages of a version that was not asked for")
    void laterVersions(int version, String message, int needed) {
        refused(
                new LogicalDecoder(version, false),
                message,
                "it needs proto_version " + needed + ", and " + version + " was asked for");
    }

    @Test
    @DisplayName("[S3.24] StreamAbort has its place and time with streaming=parallel, and only then")
    void abortOfTheOtherKind() {
        refused(new LogicalDecoder(4, false), LogicalSamples.STREAM_ABORT_PARALLEL, "16 bytes are left over");
        refused(new LogicalDecoder(4, true), LogicalSamples.STREAM_ABORT, "it ends inside a field");
    }

    private static void refused(LogicalDecoder decoder, String message, String why) {
        assertThatExceptionOfType(ReplicationFormatException.class)
                .isThrownBy(() -> read(decoder, message))
                .satisfies(e -> assertThat(e.getMessage().replace(",", "")).contains(why.replace(",", "")));
    }
}
