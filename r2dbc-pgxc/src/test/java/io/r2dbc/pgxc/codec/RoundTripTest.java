// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RoundTripTest {

    private static final CodecRegistry REGISTRY = CodecRegistry.standard();
    private static final int ROUNDS = 2_000;

    /** Random values of each class, as far as the server can hold them. */
    private static final Map<PgType, Function<Random, Object>> VALUES = new LinkedHashMap<>();

    static {
        VALUES.put(PgType.BOOL, Random::nextBoolean);
        VALUES.put(PgType.INT2, random -> (short) random.nextInt());
        VALUES.put(PgType.INT4, Random::nextInt);
        VALUES.put(PgType.INT8, random -> random.nextLong() >> random.nextInt(64));
        VALUES.put(PgType.OID, random -> random.nextLong() >>> 32);
        VALUES.put(PgType.FLOAT4, random -> oneNaN(Float.intBitsToFloat(random.nextInt())));
        VALUES.put(PgType.FLOAT8, random -> oneNaN(Double.longBitsToDouble(random.nextLong())));
        VALUES.put(
                PgType.NUMERIC,
                random -> new BigDecimal(new BigInteger(random.nextInt(200), random), random.nextInt(40)));
        VALUES.put(PgType.TEXT, random -> Utf8Test.randomText(random, random.nextInt(30)));
        VALUES.put(PgType.BYTEA, random -> ByteBuffer.wrap(randomBytes(random)));
        VALUES.put(PgType.UUID, random -> new UUID(random.nextLong(), random.nextLong()));
        VALUES.put(PgType.INET, RoundTripTest::randomAddress);
        VALUES.put(PgType.DATE, RoundTripTest::randomDate);
        VALUES.put(PgType.TIME, RoundTripTest::randomTime);
        VALUES.put(
                PgType.TIMETZ,
                random ->
                        OffsetTime.of(randomTime(random), ZoneOffset.ofTotalSeconds(random.nextInt(115_199) - 57_599)));
        VALUES.put(PgType.TIMESTAMP, RoundTripTest::randomTimestamp);
        VALUES.put(PgType.TIMESTAMPTZ, random -> randomTimestamp(random).atOffset(ZoneOffset.UTC));
        VALUES.put(
                PgType.INTERVAL,
                random -> new Interval(
                        random.nextInt() >> random.nextInt(32),
                        random.nextInt() >> random.nextInt(32),
                        random.nextLong() >> random.nextInt(64)));
    }

    /** There are many of them, and a processor may turn one into another. */
    private static float oneNaN(float value) {
        return Float.isNaN(value) ? Float.NaN : value;
    }

    private static double oneNaN(double value) {
        return Double.isNaN(value) ? Double.NaN : value;
    }

    private static byte[] randomBytes(Random random) {
        byte[] bytes = new byte[random.nextInt(50)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** With many zeros, which are what differs in its text. */
    private static InetAddress randomAddress(Random random) {
        byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt() : 0);
        }
        return InetCases.of(HexFormat.of().formatHex(bytes));
    }

    private static LocalDate randomDate(Random random) {
        return LocalDate.of(random.nextInt(290_000) - 4_000, 1, 1).plusDays(random.nextInt(366));
    }

    private static LocalTime randomTime(Random random) {
        return LocalTime.ofNanoOfDay(1_000 * (long) (random.nextDouble() * 86_400_000_000L));
    }

    private static LocalDateTime randomTimestamp(Random random) {
        return randomDate(random).atTime(randomTime(random));
    }

    static List<PgType> types() {
        return List.copyOf(VALUES.keySet());
    }

    @ParameterizedTest(name = "[X30, G2] {0}")
    @DisplayName("[X30, G2] random values come back in binary, and the text that binary gives reads as the same value")
    @MethodSource("types")
    void comeBack(PgType type) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Class<?> target = REGISTRY.defaultType(type.oid());
        for (int i = 0; i < ROUNDS; i++) {
            Object value = generator(type).apply(random);
            Encoding encoding = REGISTRY.encoding(value, type.oid());
            byte[] bytes = Bytes.written(encoding, value);
            Object back = Bytes.decode(REGISTRY.decoder(type.oid(), encoding.format(), target), bytes);
            assertThat(back).as("seed %d", seed).isEqualTo(value);

            String text = Bytes.decode(REGISTRY.decoder(type.oid(), encoding.format(), String.class), bytes);
            Object fromText = Bytes.text(type, text, target);
            assertThat(fromText).as("seed %d, from %s", seed, text).isEqualTo(value);
        }
    }

    private static Function<Random, Object> generator(PgType type) {
        return Objects.requireNonNull(VALUES.get(type));
    }

    @ParameterizedTest(name = "[X30, G8] {0}[]")
    @DisplayName("[X30, G8] random arrays of one to three dimensions, with NULLs, come back in binary and as text")
    @MethodSource("types")
    void arraysComeBack(PgType type) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            List<?> value = randomList(
                    random,
                    generator(type),
                    new int[] {1 + random.nextInt(3), 1 + random.nextInt(3), 1 + random.nextInt(3)},
                    random.nextInt(3));
            Encoding encoding = REGISTRY.encoding(value, type.arrayOid());
            byte[] bytes = Bytes.written(encoding, value);
            Object back = Bytes.decode(REGISTRY.decoder(type.arrayOid(), encoding.format(), List.class), bytes);
            assertThat(back).as("seed %d", seed).isEqualTo(value);

            Object array = Bytes.decode(REGISTRY.decoder(type.arrayOid(), encoding.format(), Object.class), bytes);
            assertThat(Bytes.written(REGISTRY.encoding(array, type.arrayOid()), array))
                    .as("seed %d", seed)
                    .isEqualTo(bytes);
            String text = Bytes.decode(REGISTRY.decoder(type.arrayOid(), encoding.format(), String.class), bytes);
            Object fromText = Bytes.decode(
                    REGISTRY.decoder(type.arrayOid(), Format.TEXT, List.class), text.getBytes(StandardCharsets.UTF_8));
            assertThat(fromText).as("seed %d, from %s", seed, text).isEqualTo(value);
        }
    }

    private static List<?> randomList(Random random, Function<Random, Object> values, int[] sizes, int level) {
        Object[] list = new Object[sizes[level]];
        for (int i = 0; i < list.length; i++) {
            list[i] = level > 0
                    ? randomList(random, values, sizes, level - 1)
                    : random.nextInt(5) == 0 ? null : values.apply(random);
        }
        return Arrays.asList(list);
    }

    @ParameterizedTest(name = "[X30] {0} in other classes")
    @DisplayName("[X30] instants come back as instants in every class that stands for one")
    @MethodSource("instants")
    void instantsComeBack(Class<?> target) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < ROUNDS; i++) {
            Instant instant = randomTimestamp(random).toInstant(ZoneOffset.UTC);
            byte[] bytes = Bytes.written(REGISTRY.encoding(instant), instant);
            Object value = Bytes.decode(REGISTRY.decoder(1184, Format.BINARY, target), bytes);
            assertThat(Bytes.written(REGISTRY.encoding(value, 1184), value))
                    .as("seed %d, %s", seed, value)
                    .isEqualTo(bytes);
        }
    }

    static List<Class<?>> instants() {
        return List.of(Instant.class, OffsetDateTime.class, ZonedDateTime.class, LocalDateTime.class);
    }
}
