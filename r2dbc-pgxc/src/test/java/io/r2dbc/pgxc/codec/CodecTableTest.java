// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.fail;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CodecTableTest {

    private static final CodecRegistry REGISTRY = CodecRegistry.standard();

    static List<CodecCase> all() {
        return CodecCases.all();
    }

    static List<CodecCase> binary() {
        return CodecCases.binary();
    }

    static List<CodecCase> writable() {
        return CodecCases.all().stream().filter(CodecCase::writes).toList();
    }

    @ParameterizedTest(name = "[X30, G9] {0}, text")
    @MethodSource("all")
    @DisplayName("[X30, G9] text is read")
    void readsText(CodecCase row) {
        Object value = Bytes.decode(REGISTRY.decoder(row.oid(), Format.TEXT, row.target()), row.bytes(Format.TEXT));

        assertThat(row.matches(value)).as("%s gave %s", row, value).isTrue();
    }

    @ParameterizedTest(name = "[X30, G9] {0}, binary")
    @MethodSource("binary")
    @DisplayName("[X30, G9] binary gives the same as text")
    void readsBinary(CodecCase row) {
        assertThat(REGISTRY.readsBinary(row.oid())).isTrue();

        Object value = Bytes.decode(REGISTRY.decoder(row.oid(), Format.BINARY, row.target()), row.bytes(Format.BINARY));

        assertThat(row.matches(value)).as("%s gave %s", row, value).isTrue();
    }

    @ParameterizedTest(name = "[X30] {0}, as String")
    @MethodSource("all")
    @DisplayName("[X30] every type is read as String, the one the server prints, in both formats")
    void readsString(CodecCase row) {
        assertThat(Bytes.decode(REGISTRY.decoder(row.oid(), Format.TEXT, String.class), row.bytes(Format.TEXT)))
                .isEqualTo(row.text());
        if (row.hex() != null) {
            assertThat(Bytes.decode(REGISTRY.decoder(row.oid(), Format.BINARY, String.class), row.bytes(Format.BINARY)))
                    .isEqualTo(row.text());
        }
    }

    @ParameterizedTest(name = "[X10] {0}, written")
    @MethodSource("writable")
    @DisplayName("[X10] a value is written as the type asked for, in the server's own bytes where it is binary")
    void writes(CodecCase row) {
        Encoding encoding = REGISTRY.encoding(row.value(), row.oid());
        byte[] bytes = Bytes.written(encoding, row.value());

        assertThat(encoding.typeOid()).isEqualTo(row.oid());
        if (encoding.format() == Format.BINARY) {
            assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(row.hex());
        } else {
            Object back = Bytes.decode(REGISTRY.decoder(row.oid(), Format.TEXT, row.target()), bytes);
            assertThat(row.matches(back)).as("%s came back as %s", row, back).isTrue();
        }
    }

    @ParameterizedTest(name = "[G11, S8.32] {0}, cut and padded")
    @MethodSource("binary")
    @DisplayName("[G11, S8.32, S1.3.4] bytes too few or too many are an error for the value")
    void survivesWrongLengths(CodecCase row) {
        byte[] bytes = row.bytes(Format.BINARY);
        Decoder<?> decoder = REGISTRY.decoder(row.oid(), Format.BINARY, row.target());
        boolean isFixed = isFixedOrFramed(row);
        for (int length = 0; length <= bytes.length + 3; length++) {
            Exception thrown = tryDecode(decoder, Arrays.copyOf(bytes, length));
            if (isFixed && length != bytes.length) {
                assertThat(thrown).as("%d bytes of %s", length, row).isInstanceOf(ValueException.class);
                assertThat(thrown).hasMessageContaining(row.pgType()).hasMessageContaining("binary");
            }
        }
    }

    private static boolean isFixedOrFramed(CodecCase row) {
        TypeCategory category = PgType.of(row.oid()).category();
        return category != TypeCategory.TEXT && category != TypeCategory.BINARY && category != TypeCategory.JSON;
    }

    @ParameterizedTest(name = "[G11, S8.31] {0}, damaged")
    @MethodSource("all")
    @DisplayName("[G11, S8.31, S8.32] damaged bytes give a value or a ValueException, nothing else")
    void survivesDamage(CodecCase row) {
        long seed = 20_240_229L + row.hashCode() % 1000;
        Random random = new Random(seed);
        for (Format format : row.hex() == null ? List.of(Format.TEXT) : List.of(Format.values())) {
            for (Class<?> target : List.of(row.target(), String.class, Object.class)) {
                Decoder<?> decoder = REGISTRY.decoder(row.oid(), format, target);
                for (int i = 0; i < 200; i++) {
                    byte[] bytes = row.bytes(format);
                    for (int n = random.nextInt(4); n >= 0 && bytes.length > 0; n--) {
                        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                    }
                    Exception thrown = tryDecode(decoder, Arrays.copyOf(bytes, random.nextInt(bytes.length + 3)));
                    if (thrown != null && !(thrown instanceof ValueException)) {
                        fail("seed " + seed + ", " + format + ", " + target + ": " + row, thrown);
                    }
                }
            }
        }
    }

    private static @Nullable Exception tryDecode(Decoder<?> decoder, byte[] bytes) {
        try {
            decoder.decode(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    @Test
    @DisplayName("[S1.3.1, S8.30] a format code other than 0 and 1 is refused")
    void refusesReservedFormatCodes() {
        assertThat(Format.of(0)).isEqualTo(Format.TEXT);
        assertThat(Format.of(1)).isEqualTo(Format.BINARY);
        assertThat(List.of(Format.TEXT.code(), Format.BINARY.code())).containsExactly((short) 0, (short) 1);
        for (int code : new int[] {-1, 2, 32767, -32768}) {
            assertThat(catchThrowable(() -> Format.of(code))).isInstanceOf(ValueException.class);
        }
    }

    @Test
    @DisplayName("[X30] types that are not known are read as text, and in binary as bytes only")
    void readsUnknownTypes() {
        int unknown = 123_456;
        byte[] bytes = "happy".getBytes(StandardCharsets.UTF_8);

        assertThat(REGISTRY.readsBinary(unknown)).isFalse();
        assertThat(REGISTRY.defaultType(unknown)).isEqualTo(String.class);
        assertThat(Bytes.decode(REGISTRY.decoder(unknown, Format.TEXT, Object.class), bytes))
                .isEqualTo("happy");
        assertThat(Bytes.decode(REGISTRY.decoder(unknown, Format.BINARY, byte[].class), bytes))
                .isEqualTo(bytes);
        assertThat(Bytes.decode(REGISTRY.decoder(unknown, Format.BINARY, Object.class), bytes))
                .isEqualTo(ByteBuffer.wrap(bytes));
        assertThat(catchThrowable(() -> REGISTRY.decoder(unknown, Format.BINARY, String.class)))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("oid 123456");
        assertThat(Bytes.decode(
                        REGISTRY.decoder(unknown, Format.TEXT, String[].class),
                        "{a,\"b c\"}".getBytes(StandardCharsets.UTF_8)))
                .containsExactly("a", "b c");
    }
}
