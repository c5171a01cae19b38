// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.value.Interval;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.Period;
import java.time.Year;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CodecRegistryTest {

    private static final CodecRegistry REGISTRY = CodecRegistry.standard();

    @ParameterizedTest(name = "[X10] {0} is sent as type {1}, {2}")
    @DisplayName("[X10] values are sent as the type of their class, in binary but for text")
    @MethodSource
    void encodings(Object value, int oid, Format format) {
        Encoding encoding = REGISTRY.encoding(value);

        assertThat(encoding.typeOid()).isEqualTo(oid);
        assertThat(encoding.format()).isEqualTo(format);
        assertThat(encoding.fallbackTypeOid()).isEqualTo(oid == 0 ? 25 : oid);
        assertThat(REGISTRY.canEncode(value)).isTrue();
        assertThat(REGISTRY.canEncode(value.getClass())).isTrue();
        assertThat(REGISTRY.typeOidOf(value.getClass())).isEqualTo(oid);
    }

    static Stream<Arguments> encodings() throws UnknownHostException {
        return Stream.of(
                arguments(true, 16, Format.BINARY),
                arguments((byte) 1, 21, Format.BINARY),
                arguments((short) 1, 21, Format.BINARY),
                arguments(1, 23, Format.BINARY),
                arguments(1L, 20, Format.BINARY),
                arguments(1f, 700, Format.BINARY),
                arguments(1d, 701, Format.BINARY),
                arguments(BigDecimal.ONE, 1700, Format.BINARY),
                arguments(BigInteger.ONE, 1700, Format.BINARY),
                arguments(Year.of(2024), 23, Format.BINARY),
                arguments("a", 0, Format.TEXT),
                arguments(CharBuffer.wrap("a"), 0, Format.TEXT),
                arguments('a', 0, Format.TEXT),
                arguments(DayOfWeek.MONDAY, 0, Format.TEXT),
                arguments(TimeUnit.DAYS, 0, Format.TEXT),
                arguments(URI.create("a:b"), 0, Format.TEXT),
                arguments(InetAddress.getByAddress("x", new byte[] {10, 0, 0, 1}), 869, Format.BINARY),
                arguments(new byte[] {1}, 17, Format.BINARY),
                arguments(ByteBuffer.allocateDirect(1), 17, Format.BINARY),
                arguments(Unpooled.EMPTY_BUFFER, 17, Format.BINARY),
                arguments(new UUID(1, 2), 2950, Format.BINARY),
                arguments(LocalDate.EPOCH, 1082, Format.BINARY),
                arguments(LocalTime.NOON, 1083, Format.BINARY),
                arguments(LocalTime.NOON.atOffset(ZoneOffset.UTC), 1266, Format.BINARY),
                arguments(LocalDate.EPOCH.atStartOfDay(), 1114, Format.BINARY),
                arguments(LocalDate.EPOCH.atStartOfDay().atOffset(ZoneOffset.UTC), 1184, Format.BINARY),
                arguments(LocalDate.EPOCH.atStartOfDay(ZoneOffset.UTC), 1184, Format.BINARY),
                arguments(Instant.EPOCH, 1184, Format.BINARY),
                arguments(Interval.ZERO, 1186, Format.BINARY),
                arguments(Duration.ZERO, 1186, Format.BINARY),
                arguments(Period.ZERO, 1186, Format.BINARY));
    }

    @Test
    @DisplayName("[X27, X10] classes that cannot be written are refused with their name")
    void refusesOtherClasses() {
        for (Object value : List.of(Class.class, new Object(), new Thread[0], new AtomicLong(1))) {
            assertThat(REGISTRY.canEncode(value)).isFalse();
            assertThatThrownBy(() -> REGISTRY.encoding(value))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(value.getClass().getTypeName());
        }
    }

    @Test
    @DisplayName("[X10] NULL of any class has an OID, 0 if the server has to deduce it")
    void knowsTypesOfNull() {
        List<Class<?>> unknown = List.of(
                Object.class,
                Thread.class,
                String.class,
                Character[].class,
                String[].class,
                Object[].class,
                Void.class,
                List.class,
                Thread[].class,
                Class.class,
                TimeUnit.class);
        assertThat(unknown)
                .allSatisfy(type -> assertThat(REGISTRY.typeOidOf(type)).isZero());
        assertThat(REGISTRY.typeOidOf(int.class)).isEqualTo(23);
        assertThat(REGISTRY.typeOidOf(int[].class)).isEqualTo(1007);
        assertThat(REGISTRY.typeOidOf(Short[].class)).isEqualTo(1005);
        assertThat(REGISTRY.typeOidOf(Byte[].class)).isEqualTo(1005);
        assertThat(REGISTRY.typeOidOf(BigDecimal[].class)).isEqualTo(1231);
        assertThat(REGISTRY.typeOidOf(byte[].class)).isEqualTo(17);
        assertThat(REGISTRY.typeOidOf(byte[][].class)).isEqualTo(1001);
        assertThat(REGISTRY.typeOidOf(ByteBuffer.class)).isEqualTo(17);
        assertThat(REGISTRY.canEncode(List.class)).isTrue();
        assertThat(REGISTRY.canEncode(Object[].class)).isTrue();
        assertThat(REGISTRY.canEncode(Thread.class)).isFalse();
        assertThat(REGISTRY.canEncode(Thread[].class)).isFalse();
    }

    @Test
    @DisplayName("[X10] types of Parameter objects: R2DBC's, the server's, and inferred ones")
    void knowsTypesOfParameters() {
        for (R2dbcType type : R2dbcType.values()) {
            int oid = REGISTRY.typeOidOf(type);
            boolean unlike = List.of(
                            R2dbcType.COLLECTION, R2dbcType.BLOB, R2dbcType.CLOB, R2dbcType.NCLOB, R2dbcType.TINYINT)
                    .contains(type);
            if (!unlike) {
                assertThat(type.getJavaType()).as("%s", type).isEqualTo(REGISTRY.defaultType(oid));
            }
        }
        assertThat(REGISTRY.typeOidOf(R2dbcType.COLLECTION)).isZero();
        assertThat(REGISTRY.typeOidOf(R2dbcType.BLOB)).isEqualTo(17);
        assertThat(REGISTRY.typeOidOf(PgType.JSONB)).isEqualTo(3802);
        assertThat(REGISTRY.typeOidOf(Parameters.in(5L).getType())).isEqualTo(20);
        assertThat(REGISTRY.typeOidOf(Parameters.in(String.class).getType())).isZero();
    }

    @ParameterizedTest(name = "[X10] {0} as {1}: {2}")
    @DisplayName("[X10] a value becomes one of the type asked for")
    @MethodSource
    void conversions(Object value, PgType type, String bytes) {
        Encoding encoding = REGISTRY.encoding(value, type.oid());

        assertThat(encoding.typeOid()).isEqualTo(type.oid());
        byte[] written = Bytes.written(encoding, value);
        assertThat(
                        encoding.format() == Format.TEXT
                                ? new String(written, StandardCharsets.UTF_8)
                                : Bytes.hex(encoding, value))
                .isEqualTo(bytes);
    }

    static Stream<Arguments> conversions() {
        UUID uuid = new UUID(1, 2);
        return Stream.of(
                arguments(5, PgType.INT8, "0000000000000005"),
                arguments(5L, PgType.INT4, "00000005"),
                arguments(5d, PgType.INT2, "0005"),
                arguments(new BigDecimal("5.00"), PgType.INT4, "00000005"),
                arguments(new BigInteger("-1"), PgType.INT8, "ffffffffffffffff"),
                arguments(new AtomicLong(7), PgType.INT4, "00000007"),
                arguments(4294967295L, PgType.OID, "ffffffff"),
                arguments(Year.of(5), PgType.INT2, "0005"),
                arguments(1, PgType.FLOAT8, "3ff0000000000000"),
                arguments(new BigDecimal("0.1"), PgType.FLOAT8, "3fb999999999999a"),
                arguments(0.1, PgType.FLOAT4, "3dcccccd"),
                arguments(Double.NaN, PgType.FLOAT4, "7fc00000"),
                arguments(5, PgType.NUMERIC, "00010000000000000005"),
                arguments(0.1, PgType.NUMERIC, "0001ffff0000000103e8"),
                arguments(0.1f, PgType.NUMERIC, "0001ffff0000000103e8"),
                arguments(Double.NaN, PgType.NUMERIC, "00000000c0000000"),
                arguments("{}", PgType.JSONB, "{}"),
                arguments("{}".getBytes(StandardCharsets.UTF_8), PgType.JSON, "{}"),
                arguments(ByteBuffer.wrap("{}".getBytes(StandardCharsets.UTF_8)), PgType.JSONB, "{}"),
                arguments(uuid.toString(), PgType.UUID, uuid.toString()),
                arguments("5", PgType.INT4, "5"),
                arguments("1 day", PgType.INTERVAL, "1 day"),
                arguments(TimeUnit.DAYS, PgType.VARCHAR, "DAYS"),
                arguments(5, PgType.VARCHAR, "5"),
                arguments(true, PgType.TEXT, "true"),
                arguments(uuid, PgType.TEXT, uuid.toString()),
                arguments(LocalDate.EPOCH, PgType.TEXT, "1970-01-01"),
                arguments(Duration.ofSeconds(1), PgType.VARCHAR, "PT1S"),
                arguments("<a/>", PgType.XML, "<a/>"),
                arguments("happy", PgType.of(99_999), "happy"));
    }

    @Test
    @DisplayName("[X10, X27] a value that cannot become one of the type is refused, naming both")
    void refusesOtherConversions() {
        record Pair(Object value, PgType type) {}
        List<Pair> pairs = List.of(
                new Pair(5, PgType.UUID),
                new Pair(true, PgType.INT4),
                new Pair(new UUID(1, 2), PgType.INT8),
                new Pair(5, PgType.JSON),
                new Pair(new byte[0], PgType.TEXT),
                new Pair(LocalDate.EPOCH, PgType.TIMESTAMPTZ),
                new Pair(LocalTime.NOON, PgType.TIMETZ),
                new Pair(LocalDate.EPOCH.atStartOfDay(), PgType.DATE),
                new Pair(5, PgType.of(99_999)),
                new Pair(List.of(1), PgType.INT4));
        for (Pair pair : pairs) {
            assertThatThrownBy(() -> REGISTRY.encoding(pair.value(), pair.type().oid()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(pair.value().getClass().getTypeName())
                    .hasMessageContaining(pair.type().getName());
        }
    }

    @Test
    @DisplayName("[X31, X34] a number without place in the type is refused when it is written")
    void refusesOverflowWhenWriting() {
        record Pair(Object value, PgType type) {}
        List<Pair> pairs = List.of(
                new Pair(32_768, PgType.INT2),
                new Pair(2_147_483_648L, PgType.INT4),
                new Pair(-1, PgType.OID),
                new Pair(0.5, PgType.INT4),
                new Pair(Double.NaN, PgType.INT8),
                new Pair(new BigDecimal("1e30"), PgType.INT8),
                new Pair(new BigDecimal("1e1000000000"), PgType.INT8),
                new Pair(9_007_199_254_740_993L, PgType.FLOAT8),
                new Pair(16_777_217, PgType.FLOAT4),
                new Pair(1e39, PgType.FLOAT4),
                new Pair(new BigDecimal("1e400"), PgType.FLOAT8));
        for (Pair pair : pairs) {
            Encoding encoding = REGISTRY.encoding(pair.value(), pair.type().oid());
            assertThatThrownBy(() -> Bytes.written(encoding, pair.value()))
                    .isInstanceOf(ValueException.class)
                    .hasMessageContaining(pair.value().getClass().getTypeName())
                    .hasMessageContaining(pair.type().getName());
        }
    }

    @Test
    @DisplayName("[X34] bound buffers keep position, indexes and owner")
    void leavesBuffersAlone() {
        ByteBuffer nio = ByteBuffer.wrap(new byte[] {1, 2, 3}).position(1);
        ByteBuf netty = Unpooled.wrappedBuffer(new byte[] {1, 2, 3}).skipBytes(1);

        assertThat(Bytes.hex(REGISTRY.encoding(nio), nio)).isEqualTo("0203");
        assertThat(Bytes.hex(REGISTRY.encoding(netty), netty)).isEqualTo("0203");
        assertThat(nio.position()).isEqualTo(1);
        assertThat(netty.readerIndex()).isEqualTo(1);
        assertThat(netty.refCnt()).isEqualTo(1);
    }

    @Test
    @DisplayName("[X30] types are known by OID, unknown ones too")
    void knowsTypes() {
        assertThat(PgType.of(23)).isSameAs(PgType.INT4).hasToString("int4");
        assertThat(PgType.of(1007).getName()).isEqualTo("int4[]");
        assertThat(PgType.of(1007).element()).isSameAs(PgType.INT4);
        assertThat(PgType.INT4.arrayOid()).isEqualTo(1007);
        assertThat(PgType.INT4.element()).isNull();
        assertThat(PgType.INT4.array()).isSameAs(PgType.of(1007));
        assertThat(PgType.of(1007).array()).isNull();
        assertThat(PgType.of(1007).category()).isEqualTo(TypeCategory.ARRAY);
        assertThat(PgType.of(-1).getName()).isEqualTo("oid 4294967295");
        assertThat(PgType.of(-1)).isEqualTo(PgType.of(-1)).hasSameHashCodeAs(PgType.of(-1));
        assertThat(PgType.named("mood")).isNotEqualTo(PgType.named("grade"));
    }
}
