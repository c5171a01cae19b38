// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumericTest {

    private static final CodecRegistry REGISTRY = CodecRegistry.standard();

    private static BigDecimal roundTrip(BigDecimal value) {
        byte[] bytes = Bytes.written(REGISTRY.encoding(value), value);
        Decoder<String> string = REGISTRY.decoder(1700, Format.BINARY, String.class);
        BigDecimal back = Bytes.decode(REGISTRY.decoder(1700, Format.BINARY, BigDecimal.class), bytes);
        assertThat(Bytes.decode(string, bytes)).isEqualTo(back.toPlainString());
        assertThat(Bytes.text(PgType.NUMERIC, back.toPlainString(), BigDecimal.class))
                .isEqualTo(back);
        return back;
    }

    @Test
    @DisplayName(
            "[G1, X31] NaN and the infinities are an error as decimals and integers, and work as Double and String")
    void knowsWhatIsNoNumber() {
        List<List<String>> specials = List.of(
                List.of("NaN", "00000000c0000000"),
                List.of("Infinity", "00000000d0000020"),
                List.of("-Infinity", "00000000f0000020"));
        for (List<String> special : specials) {
            for (Class<?> target : List.<Class<?>>of(BigDecimal.class, BigInteger.class, Long.class, Object.class)) {
                assertThatThrownBy(() -> Bytes.text(PgType.NUMERIC, special.get(0), target))
                        .isInstanceOf(ValueException.class)
                        .hasMessageContaining(special.get(0));
                assertThatThrownBy(() -> Bytes.binary(PgType.NUMERIC, special.get(1), target))
                        .isInstanceOf(ValueException.class)
                        .hasMessageContaining(special.get(0));
            }
            assertThat(Bytes.binary(PgType.NUMERIC, special.get(1), String.class))
                    .isEqualTo(special.get(0));
            assertThat(Bytes.binary(PgType.NUMERIC, special.get(1), Double.class))
                    .isEqualTo(Double.valueOf(special.get(0)));
            assertThat(Bytes.text(PgType.NUMERIC, special.get(0), Float.class))
                    .isEqualTo(Float.valueOf(special.get(0)));
        }
    }

    @Test
    @DisplayName("[G1] random decimals keep digits and scale")
    void keepsDecimals() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            BigInteger unscaled = new BigInteger(random.nextInt(i % 10 == 0 ? 2_000 : 70), random);
            BigDecimal value =
                    new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), random.nextInt(60) - 20);
            BigDecimal back = roundTrip(value);
            assertThat(back).as("seed %d: %s", seed, value).isEqualByComparingTo(value);
            assertThat(back.scale()).as("seed %d: %s", seed, value).isEqualTo(Math.max(0, value.scale()));
        }
    }

    @Test
    @DisplayName("[G1] the largest and the smallest numbers of the type")
    void holdsTheExtremes() {
        BigDecimal largest = new BigDecimal("9".repeat(131_072) + "." + "9".repeat(16_383));

        assertThat(roundTrip(largest)).isEqualTo(largest);
        assertThat(roundTrip(largest.negate())).isEqualTo(largest.negate());
        assertThat(roundTrip(new BigDecimal(BigInteger.ONE, 16_383))).isEqualTo(new BigDecimal(BigInteger.ONE, 16_383));
        assertThat(roundTrip(new BigDecimal("1e131071"))).isEqualByComparingTo(new BigDecimal("1e131071"));
        assertThat(roundTrip(new BigDecimal("0e-16383"))).isEqualTo(new BigDecimal("0e-16383"));
        assertThat(roundTrip(new BigDecimal("1.0e-16382").setScale(20_000))).isEqualByComparingTo("1e-16382");
        assertThat(roundTrip(new BigDecimal("0e999999999"))).isEqualTo(BigDecimal.ZERO);
    }

    @ParameterizedTest(name = "[G1, E9] {0} is beyond the type")
    @DisplayName("[G1, E9] numbers beyond the type are refused without writing out their digits")
    @ValueSource(
            strings = {
                "1e131072",
                "-1e131072",
                "1e-16384",
                "1.00000000000000000001e-16383",
                "1e999999999",
                "1e-999999999"
            })
    void refusesNumbersOutOfRange(String text) {
        BigDecimal value = new BigDecimal(text);

        assertThatThrownBy(() -> Bytes.written(REGISTRY.encoding(value), value))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("numeric");
    }

    @ParameterizedTest(name = "[S8.32] \"{0}\" is no numeric")
    @DisplayName("[S8.32] text that is no number is refused")
    @ValueSource(
            strings = {
                "",
                "-",
                ".",
                "1.",
                ".5",
                "1.2.3",
                "+1",
                "1e5",
                " 1",
                "1 ",
                "0x10",
                "nan",
                "infinity",
                "--1",
                "1-",
                "\u0661"
            })
    void refusesOtherText(String text) {
        assertThatThrownBy(() -> Bytes.text(PgType.NUMERIC, text, BigDecimal.class))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("numeric (text)");
    }

    @ParameterizedTest(name = "[G11, S8.32] {0}: {1}")
    @DisplayName("[G11, S8.32] binary forms that contradict themselves are refused")
    @CsvSource({
        "0001000000000000, count beyond the bytes",
        "00000000000000000001, bytes beyond the count",
        "ffff000000000000, count of 65535",
        "00010000000000002710, group of 10000",
        "0001000000000000ffff, group of 65535",
        "00000000123400000000, sign",
        "0000000080000000, sign",
        "0000000000004000, scale of 16384",
        "000000000000ffff, scale of 65535",
        "0002000000000000 00010001, digits behind the announced ones",
        "0002000000000002 0001000c, digits behind the announced ones",
        "0001ffec00000005 0001, digits behind the announced ones"
    })
    void refusesContradictions(String hex, String why) {
        for (Class<?> target : List.<Class<?>>of(BigDecimal.class, Double.class, String.class, Long.class)) {
            assertThatThrownBy(() -> Bytes.binary(PgType.NUMERIC, hex, target))
                    .as(why)
                    .isInstanceOf(ValueException.class)
                    .hasMessageContaining("numeric (binary)");
        }
    }

    /** Processor time, which other processes do not add to; the best of some runs, the first being the compiler's. */
    private static long millis(Format format, Class<?> target, byte[] bytes) {
        Decoder<?> decoder = REGISTRY.decoder(1700, format, target);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 12; i++) {
            long start = threads.getCurrentThreadCpuTime();
            refusedOrRead(decoder, bytes);
            best = Math.min(best, threads.getCurrentThreadCpuTime() - start);
        }
        return best / 1_000_000;
    }

    private static void refusedOrRead(Decoder<?> decoder, byte[] bytes) {
        try {
            assertThat(decoder.decode(Unpooled.wrappedBuffer(bytes), 0, bytes.length))
                    .isNotNull();
        } catch (ValueException e) {
            assertThat(e.getMessage()).hasSizeLessThan(200);
        }
    }

    @ParameterizedTest(name = "[E9] {0}")
    @DisplayName("[E9] a megabyte of digits, 65535 groups, and the longest numbers there are, are refused or read soon")
    @ValueSource(
            classes = {
                BigDecimal.class,
                BigInteger.class,
                Long.class,
                Integer.class,
                Double.class,
                Float.class,
                String.class
            })
    void isQuick(Class<?> target) {
        byte[] groups = new byte[8 + 2 * 65_535];
        ByteBuffer.wrap(groups).putShort((short) 65_535).putShort(Short.MAX_VALUE);
        byte[] longest = new byte[8 + 2 * (32_768 + 4_095)];
        ByteBuffer.wrap(longest)
                .putShort((short) (32_768 + 4_095))
                .putShort(Short.MAX_VALUE)
                .putShort((short) 0)
                .putShort((short) 16_380);
        for (int i = 8; i < groups.length; i += 2) {
            groups[i + 1] = 1;
            longest[Math.min(i + 1, longest.length - 1)] = 7;
        }
        byte[] megabyte = "1".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
        byte[] digits = "7".repeat(147_455).getBytes(StandardCharsets.US_ASCII);
        byte[] zeros = ("7".repeat(131_072) + "." + "0".repeat(16_383)).getBytes(StandardCharsets.US_ASCII);

        assertThat(millis(Format.TEXT, target, megabyte)).isLessThan(50);
        assertThat(millis(Format.BINARY, target, groups)).isLessThan(50);
        // real numbers of the type, of 147455 digits: some milliseconds, and what a slow machine makes of them
        assertThat(millis(Format.TEXT, target, digits)).isLessThan(200);
        assertThat(millis(Format.TEXT, target, zeros)).isLessThan(200);
        assertThat(millis(Format.BINARY, target, longest)).isLessThan(200);
    }
}
