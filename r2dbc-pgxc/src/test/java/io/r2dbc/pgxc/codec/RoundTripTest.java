// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RoundTripTest {

    private static final CodecRegistry REGISTRY = CodecRegistry.standard();
    private static final int ROUNDS = 2_000;

    static List<PgType> types() {
        return List.copyOf(RandomValues.all().keySet());
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
        return Objects.requireNonNull(RandomValues.all().get(type));
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
            Instant instant = RandomValues.timestamp(random).toInstant(ZoneOffset.UTC);
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
