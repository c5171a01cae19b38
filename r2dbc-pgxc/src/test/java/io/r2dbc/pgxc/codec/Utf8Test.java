// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {

    private static final CodecRegistry REGISTRY = CodecRegistry.standard();

    @ParameterizedTest(name = "[G3, S8.31] bytes {0}")
    @DisplayName("[G3, S8.31] invalid UTF-8 is an error for the value, never a replacement character")
    @ValueSource(
            strings = {
                "80",
                "61ff",
                "c3",
                "c328",
                "c080",
                "e282",
                "e28228",
                "eda080",
                "edbfbf",
                "f0288cbc",
                "f09f98",
                "f4908080",
                "f8a1a1a1a1",
                "6180efbfbd",
                "efbfbdff"
            })
    void refusesInvalidBytes(String hex) {
        for (PgType type : List.of(PgType.TEXT, PgType.VARCHAR, PgType.JSON, PgType.XML)) {
            Format format = type.equals(PgType.XML) ? Format.TEXT : Format.BINARY;
            Decoder<String> decoder = REGISTRY.decoder(type.oid(), format, String.class);
            assertThatThrownBy(() -> Bytes.decode(decoder, HexFormat.of().parseHex(hex)))
                    .isInstanceOf(ValueException.class)
                    .hasMessageContaining(type.getName())
                    .hasMessageContaining("UTF-8");
        }
    }

    @Test
    @DisplayName("[G3] a replacement character that was sent is no error")
    void readsReplacementCharacters() {
        assertThat(Bytes.text(PgType.TEXT, "a\uFFFDb\uD83D\uDE00", String.class))
                .isEqualTo("a\uFFFDb\uD83D\uDE00");
    }

    @Test
    @DisplayName("[G3, S1.3.3] a zero byte within text is an error for the value")
    void refusesZeroBytes() {
        assertThatThrownBy(() -> Bytes.text(PgType.TEXT, "a\0b", String.class))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("zero byte");
        assertThatThrownBy(() -> Bytes.text(PgType.TEXT, "\u20ac\0", String.class))
                .isInstanceOf(ValueException.class);
    }

    @ParameterizedTest(name = "[G3] lone surrogate number {index}")
    @DisplayName("[G3] lone surrogates are refused before a byte is sent as another character")
    @ValueSource(strings = {"\uD83D", "a\uDE00", "\uD83Dx", "\uDE00\uD83D", "\uD83D\uD83D\uDE00", "\uD83D\uDE00\uDE00"})
    void refusesLoneSurrogates(String text) {
        for (Object value : List.<Object>of(text, CharBuffer.wrap(text))) {
            assertThatThrownBy(() -> Bytes.written(REGISTRY.encoding(value), value))
                    .isInstanceOf(ValueException.class)
                    .hasMessageContaining("surrogate");
        }
        assertThatThrownBy(() -> Bytes.written(REGISTRY.encoding('\uD83D'), '\uD83D'))
                .isInstanceOf(ValueException.class);
    }

    @Test
    @DisplayName("[G3] U+0000 is refused with the place where it is")
    void refusesZeroCharacters() {
        assertThatThrownBy(() -> Bytes.written(REGISTRY.encoding("ab\0"), "ab\0"))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("U+0000")
                .hasMessageContaining("index 2");
    }

    @Test
    @DisplayName("[G3] random strings of every plane come back, from direct and heap buffers, up to a megabyte")
    void keepsStrings() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Decoder<String> decoder = REGISTRY.decoder(25, Format.BINARY, String.class);
        for (int i = 0; i < 2_000; i++) {
            String text = randomText(random, i == 0 ? 500_000 : random.nextInt(i % 100 == 0 ? 50_000 : 40));
            byte[] bytes = Bytes.written(REGISTRY.encoding(text), text);
            assertThat(bytes).as("seed %d", seed).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
            assertThat(Bytes.decode(decoder, bytes)).as("seed %d", seed).isEqualTo(text);
        }
    }

    static String randomText(Random random, int length) {
        int plane = random.nextInt(4);
        return random.ints(length, 1, plane == 0 ? 128 : plane == 1 ? 256 : plane == 2 ? 0xD800 : 0x110000)
                .filter(c -> c < 0xD800 || c > 0xDFFF)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Test
    @DisplayName("a string shorter than the one before it holds nothing of that one")
    void keepsStringsApart() {
        Decoder<String> decoder = REGISTRY.decoder(25, Format.TEXT, String.class);
        ByteBuf buffer = Unpooled.directBuffer().writeBytes("abcdefgh".getBytes(StandardCharsets.US_ASCII));
        try {
            assertThat(decoder.decode(buffer, 0, 8)).isEqualTo("abcdefgh");
            assertThat(decoder.decode(buffer, 2, 3)).isEqualTo("cde");
            assertThat(decoder.decode(buffer, 8, 0)).isEmpty();
        } finally {
            buffer.release();
        }
    }

    @ParameterizedTest(name = "[G9] {0}")
    @DisplayName("[G9, S8.32] bytea that is neither hex nor escape is refused")
    @ValueSource(strings = {"\\x0", "\\xzz", "\\x0g", "\\", "a\\", "\\4", "\\40", "\\400", "\\08a", "\\8", "\\x00 ff"})
    void refusesOtherBytea(String text) {
        assertThatThrownBy(() -> Bytes.text(PgType.BYTEA, text, byte[].class))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("bytea (text)");
    }

    @Test
    @DisplayName("[G9] bytea_output escape is read as well as hex")
    void readsEscapes() {
        assertThat(Bytes.text(PgType.BYTEA, "a\\\\b\\000\\377\\047", byte[].class))
                .containsExactly('a', '\\', 'b', 0, 255, '\'');
        assertThat(Bytes.text(PgType.BYTEA, "\\x00fFAb", byte[].class)).containsExactly(0, 255, 0xAB);
        assertThat(Bytes.text(PgType.BYTEA, "", byte[].class)).isEmpty();
        assertThat(Bytes.text(PgType.BYTEA, "xyz", byte[].class)).containsExactly('x', 'y', 'z');
    }

    @Test
    @DisplayName("[X30] the byte of \"char\" beyond ASCII is shown as the server shows it")
    void readsCharBytes() {
        assertThat(Bytes.binary(PgType.CHAR, "ff", String.class)).isEqualTo("\\377");
        assertThat(Bytes.binary(PgType.CHAR, "00", String.class)).isEmpty();
        assertThatThrownBy(() -> Bytes.binary(PgType.CHAR, "4142", String.class))
                .isInstanceOf(ValueException.class);
    }

    @Test
    @DisplayName("[G11, S8.32] jsonb of an unknown version is refused")
    void refusesOtherVersions() {
        for (String hex : List.of("", "027b7d", "7b7d")) {
            for (Class<?> target : List.<Class<?>>of(String.class, byte[].class)) {
                assertThatThrownBy(() -> Bytes.binary(PgType.JSONB, hex, target))
                        .isInstanceOf(ValueException.class)
                        .hasMessageContaining("jsonb (binary)");
            }
        }
    }

    @ParameterizedTest(name = "[G9, S8.32] \"{0}\" is no float8")
    @DisplayName("[G9, S8.32] text that the JDK would take for a float, and the server not, is refused")
    @ValueSource(
            strings = {
                "", "-", ".", "1d", "1f", "0x1p3", " 1", "1 ", "1e", "1e+", "e5", "+-1", "1.2.3", "nan", "inf", "1e999",
                "1-2", "1e5.5", "NaNN"
            })
    void refusesOtherFloats(String text) {
        for (PgType type : List.of(PgType.FLOAT4, PgType.FLOAT8)) {
            assertThatThrownBy(() -> Bytes.text(type, text, Double.class))
                    .isInstanceOf(ValueException.class)
                    .hasMessageContaining(type.getName() + " (text)");
        }
    }

    @ParameterizedTest(name = "[S8.32] \"{0}\" is no integer")
    @DisplayName("[S8.32] text that is no integer of the type is refused")
    @ValueSource(
            strings = {
                "",
                "-",
                "+1",
                " 1",
                "1 ",
                "1.0",
                "0x1",
                "9223372036854775808",
                "-9223372036854775809",
                "99999999999999999999999",
                "--1",
                "1-",
                "\u0661",
                "t"
            })
    void refusesOtherIntegers(String text) {
        for (PgType type : List.of(PgType.INT2, PgType.INT4, PgType.INT8, PgType.OID)) {
            assertThatThrownBy(() -> Bytes.text(type, text, Object.class))
                    .isInstanceOf(ValueException.class)
                    .hasMessageContaining(type.getName() + " (text)");
        }
        assertThatThrownBy(() -> Bytes.text(PgType.INT2, "32768", Long.class)).isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> Bytes.text(PgType.OID, "-1", Long.class)).isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> Bytes.text(PgType.INT4, "2147483648", Long.class))
                .isInstanceOf(ValueException.class);
    }

    @Test
    @DisplayName("[S8.32] other text than t and f, other bytes than 0 and 1, are no truth")
    void refusesOtherTruths() {
        for (String text : List.of("", "true", "T", "1", "x")) {
            assertThatThrownBy(() -> Bytes.text(PgType.BOOL, text, Boolean.class))
                    .isInstanceOf(ValueException.class);
        }
        for (String hex : List.of("", "02", "ff", "0001", "000001")) {
            assertThatThrownBy(() -> Bytes.binary(PgType.BOOL, hex, Boolean.class))
                    .isInstanceOf(ValueException.class);
        }
    }

    @Test
    @DisplayName("[S8.32] text that is no uuid is refused")
    void refusesOtherUuids() {
        for (String text : List.of(
                "",
                "123e4567-e89b-12d3-a456-42661417400",
                "123e4567xe89b-12d3-a456-426614174000",
                "123e4567-e89b-12d3-a456-42661417400g",
                "{23e4567-e89b-12d3-a456-426614174000",
                "123e4567e89b12d3a456426614174000")) {
            assertThatThrownBy(() -> Bytes.text(PgType.UUID, text, Object.class))
                    .isInstanceOf(ValueException.class);
        }
    }
}
