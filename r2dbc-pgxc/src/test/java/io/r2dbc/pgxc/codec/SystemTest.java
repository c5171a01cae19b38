// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.r2dbc.pgxc.value.Lsn;
import io.r2dbc.pgxc.value.Snapshot;
import io.r2dbc.pgxc.value.Tid;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SystemTest {

    private static final CodecRegistry REGISTRY = CodecRegistry.standard();

    @ParameterizedTest(name = "[G11, S8.31] {0} ''{1}''")
    @DisplayName("[G11, S8.31] text that is none of the type is an error for the value")
    @MethodSource("malformedText")
    void refusesOtherText(PgType type, String text) {
        assertThatThrownBy(() -> Bytes.text(type, text, Object.class))
                .isInstanceOf(ValueException.class)
                .hasMessageStartingWith(type + " (text): ");
    }

    static Stream<Arguments> malformedText() {
        return Stream.of(
                        texts(PgType.XID, "", "-1", "+1", " 1", "1 ", "4294967296", "99999999999999999999", "a", "1.0"),
                        texts(PgType.CID, "", "-1", "4294967296"),
                        texts(
                                PgType.XID8,
                                "",
                                "-1",
                                "18446744073709551616",
                                "28446744073709551615",
                                "184467440737095516150"),
                        texts(
                                PgType.TID,
                                "",
                                "()",
                                "(,)",
                                "(1)",
                                "(1,)",
                                "(,1)",
                                "1,1",
                                "(1,1",
                                "1,1)",
                                "(1,2,3)",
                                "( 1,1)"),
                        texts(PgType.TID, "(-1,1)", "(1,-1)", "(4294967296,1)", "(1,65536)", ",", "(,", ",)", "(1,1))"),
                        texts(
                                PgType.PG_LSN,
                                "",
                                "/",
                                "0",
                                "0/",
                                "/0",
                                "0/0/0",
                                "000000000/0",
                                "0/000000000",
                                "g/0",
                                "0/-1"),
                        texts(
                                PgType.PG_SNAPSHOT,
                                "",
                                ":",
                                "::",
                                "1:2",
                                "1:",
                                "1::",
                                ":2:",
                                "0:1:",
                                "2:1:",
                                "-1:1:",
                                "1:2:x"),
                        texts(
                                PgType.PG_SNAPSHOT,
                                "1:9:1,",
                                "1:9:,1",
                                "1:9:1,,2",
                                "1:9:2,1",
                                "1:9:1,1",
                                "1:9:9",
                                "2:9:1"),
                        texts(PgType.TXID_SNAPSHOT, "1:9:1:2", "1:9: 1", "1:99999999999999999999:"))
                .flatMap(arguments -> arguments);
    }

    private static Stream<Arguments> texts(PgType type, String... texts) {
        return Stream.of(texts).map(text -> arguments(type, text));
    }

    @ParameterizedTest(name = "[G11, S8.32] {0} ''{1}''")
    @DisplayName("[G11, G8, S8.32] bytes that are none of the type are an error for the value, for each class")
    @CsvSource({
        "xid, ''",
        "xid, 000001",
        "xid, 0000000001",
        "cid, 000001",
        "xid8, 00000001",
        "xid8, 000000000000000001",
        "tid, 0000000000",
        "tid, 00000000000000",
        "pg_lsn, 00000000000000",
        "pg_lsn, 000000000000000000",
        "void, 00",
        "pg_snapshot, ''",
        "pg_snapshot, 00000000000000000000000100000000000000",
        "pg_snapshot, 000000000000000000000001000000000000000100",
        "pg_snapshot, 0000000100000000000000010000000000000001",
        "pg_snapshot, 7fffffff00000000000000010000000000000001",
        "pg_snapshot, ffffffff00000000000000010000000000000001",
        "pg_snapshot, 0000000000000000000000000000000000000001",
        "pg_snapshot, 0000000000000000000000020000000000000001",
        "pg_snapshot, 0000000080000000000000010000000000000001",
        "txid_snapshot, 000000010000000000000001000000000000000900000000000000ff",
        "txid_snapshot, 0000000200000000000000010000000000000009" + "00000000000000030000000000000002"
    })
    void refusesOtherBytes(String name, String hex) {
        PgType type = Stream.of(
                        PgType.XID,
                        PgType.CID,
                        PgType.XID8,
                        PgType.TID,
                        PgType.PG_LSN,
                        PgType.VOID,
                        PgType.PG_SNAPSHOT,
                        PgType.TXID_SNAPSHOT)
                .filter(known -> known.getName().equals(name))
                .findFirst()
                .orElseThrow();

        for (Class<?> target : List.of(Object.class, String.class)) {
            assertThatThrownBy(() -> Bytes.binary(type, hex, target))
                    .isInstanceOf(ValueException.class)
                    .hasMessageStartingWith(name + " (binary): ");
        }
    }

    @ParameterizedTest(name = "[X31] {0} {1} as {2}")
    @DisplayName("[X31] a number that the class cannot hold is an error in both formats, and never another number")
    @MethodSource("tooLarge")
    void refusesOverflow(PgType type, String text, Class<?> target) {
        BigInteger number = new BigInteger(text);
        String hex = String.format(type.equals(PgType.XID8) ? "%016x" : "%08x", number);
        String problem = text + " has no place in " + target.getTypeName();

        assertThatThrownBy(() -> Bytes.text(type, text, target))
                .isInstanceOf(ValueException.class)
                .hasMessage(type + " (text): " + problem);
        assertThatThrownBy(() -> Bytes.binary(type, hex, target))
                .isInstanceOf(ValueException.class)
                .hasMessage(type + " (binary): " + problem);
        assertThat(Bytes.binary(type, hex, BigInteger.class)).isEqualTo(number);
        assertThat(Bytes.binary(type, hex, String.class)).isEqualTo(text);
    }

    static Stream<Arguments> tooLarge() {
        return Stream.of(
                arguments(PgType.XID, "2147483648", Integer.class),
                arguments(PgType.CID, "4294967295", Integer.class),
                arguments(PgType.XID, "32768", Short.class),
                arguments(PgType.XID, "128", Byte.class),
                arguments(PgType.XID8, "9223372036854775808", Long.class),
                arguments(PgType.XID8, "18446744073709551615", Long.class),
                arguments(PgType.XID8, "18446744073709551615", Integer.class),
                arguments(PgType.XID8, "4294967296", Integer.class));
    }

    @ParameterizedTest(name = "[X31] {1} as {0}")
    @DisplayName("[X31] a number that the type cannot hold is not written")
    @MethodSource("unwritable")
    void refusesToWrite(PgType type, Object value) {
        assertThatThrownBy(() -> Bytes.written(REGISTRY.encoding(value, type.oid()), value))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining(" as " + type + ": ");
    }

    static Stream<Arguments> unwritable() {
        return Stream.of(
                arguments(PgType.XID, -1),
                arguments(PgType.XID, 4_294_967_296L),
                arguments(PgType.CID, -1L),
                arguments(PgType.XID, 1.5),
                arguments(PgType.XID, BigInteger.ONE.shiftLeft(63)),
                arguments(PgType.XID8, -1L),
                arguments(PgType.XID8, BigInteger.ONE.shiftLeft(64)),
                arguments(PgType.XID8, BigInteger.ONE.shiftLeft(63).negate()),
                arguments(PgType.XID8, new BigDecimal("0.1")));
    }

    @Test
    @DisplayName("[X10] any class of numbers is written as xid, cid and xid8")
    void writesNumbers() {
        for (Object seven : List.of((byte) 7, (short) 7, 7, 7L, BigInteger.valueOf(7), new BigDecimal("7.0"))) {
            assertThat(Bytes.hex(REGISTRY.encoding(seven, 28), seven)).isEqualTo("00000007");
            assertThat(Bytes.hex(REGISTRY.encoding(seven, 29), seven)).isEqualTo("00000007");
            assertThat(Bytes.hex(REGISTRY.encoding(seven, 5069), seven)).isEqualTo("0000000000000007");
        }
        BigInteger most = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
        assertThat(Bytes.hex(REGISTRY.encoding(most, 5069), most)).isEqualTo("ffffffffffffffff");
    }

    @Test
    @DisplayName("[X10] Tid and Lsn tell their type, a Snapshot leaves it to the server")
    void infersTypes() {
        Snapshot snapshot = new Snapshot(10, 20, List.of(10L, 14L));
        Encoding encoding = REGISTRY.encoding(snapshot);

        assertThat(REGISTRY.typeOidOf(Tid.class)).isEqualTo(27);
        assertThat(REGISTRY.typeOidOf(Tid[].class)).isEqualTo(1010);
        assertThat(REGISTRY.typeOidOf(Lsn.class)).isEqualTo(3220);
        assertThat(encoding.typeOid()).isZero();
        assertThat(encoding.fallbackTypeOid()).isEqualTo(5038);
        assertThat(Bytes.written(encoding, snapshot)).isEqualTo("10:20:10,14".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> REGISTRY.encoding(new Lsn(1), 27)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> REGISTRY.encoding(5, 2278)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("[X30, G8] random values come back in binary and as text")
    void comesBack() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            long bits = random.nextLong() >>> random.nextInt(64);
            RoundTrips.check(PgType.XID, Long.class, bits >>> 32, seed);
            RoundTrips.check(PgType.XID8, BigInteger.class, new BigInteger(64, random), seed);
            RoundTrips.check(PgType.TID, Tid.class, new Tid(bits >>> 32, random.nextInt(65_536)), seed);
            RoundTrips.check(PgType.PG_LSN, Lsn.class, new Lsn(bits), seed);
            Snapshot snapshot = randomSnapshot(random, 1 + (bits >>> 2));
            RoundTrips.check(PgType.PG_SNAPSHOT, Snapshot.class, snapshot, seed);
            RoundTrips.check(PgType.TXID_SNAPSHOT, Snapshot.class, snapshot, seed);
        }
    }

    private static Snapshot randomSnapshot(Random random, long xmin) {
        List<Long> inProgress = new ArrayList<>();
        long id = xmin + random.nextInt(3);
        for (int i = random.nextInt(5); i > 0; i--) {
            inProgress.add(id);
            id += 1 + random.nextInt(10);
        }
        return new Snapshot(xmin, id, inProgress);
    }
}
