// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DecodingAllocationTest {

    private static final CodecRegistry REGISTRY = CodecRegistry.standard();
    private static final int VALUES = 20_000;

    private @Nullable Object seen;

    /** Bytes per value with compressed pointers, headers and padding included. */
    static Stream<Arguments> values() {
        OffsetDateTime now = OffsetDateTime.of(2024, 2, 29, 12, 34, 56, 789_000_000, ZoneOffset.UTC);
        return Stream.of(
                arguments(PgType.INT4, 123_456_789, Integer.class, 16),
                arguments(PgType.INT8, 1_234_567_890_123L, Long.class, 24),
                arguments(PgType.FLOAT8, 1.25, Double.class, 24),
                arguments(PgType.NUMERIC, new BigDecimal("1234567890.12"), BigDecimal.class, 40),
                arguments(PgType.UUID, new UUID(1, 2), UUID.class, 32),
                arguments(PgType.TEXT, "sixteen letters!", String.class, 24 + 32),
                arguments(PgType.DATE, now.toLocalDate(), Object.class, 24),
                arguments(PgType.TIMESTAMP, now.toLocalDateTime(), Object.class, 24 + 24 + 24),
                arguments(PgType.TIMESTAMPTZ, now, Object.class, 24 + 24 + 24 + 24),
                arguments(PgType.TIMESTAMPTZ, now.toInstant(), Instant.class, 24),
                arguments(PgType.of(1007), new int[] {1, 2, 3, 4}, int[].class, 32));
    }

    @ParameterizedTest(name = "{0} as {2}")
    @DisplayName("nothing is allocated but the value, in binary and in text, from a direct buffer")
    @MethodSource("values")
    void allocatesTheValueOnly(PgType type, Object value, Class<?> target, int due) {
        Encoding encoding = REGISTRY.encoding(value, type.oid());
        byte[] binary = Bytes.written(encoding, value);
        assertThat(allocated(REGISTRY.decoder(type.oid(), encoding.format(), target), binary))
                .as("%s", encoding.format())
                .isLessThan(due + 8L);

        String text = Bytes.decode(REGISTRY.decoder(type.oid(), encoding.format(), String.class), binary);
        boolean isArray = type.category() == TypeCategory.ARRAY; // its two passes keep the sizes
        assertThat(allocated(REGISTRY.decoder(type.oid(), Format.TEXT, target), text.getBytes(StandardCharsets.UTF_8)))
                .as("text")
                .isLessThan(due + (isArray ? 64L : 8L));
    }

    /** Bytes per value after the compiler has done its work: the least of several runs. */
    private long allocated(Decoder<?> decoder, byte[] bytes) {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        ByteBuf buffer = Unpooled.directBuffer().writeBytes(bytes);
        long least = Long.MAX_VALUE;
        for (int run = 0; run < 20; run++) {
            long start = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < VALUES; i++) {
                seen = decoder.decode(buffer, 0, bytes.length);
            }
            least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - start) / VALUES);
        }
        assertThat(seen).isNotNull();
        buffer.release();
        return least;
    }
}
