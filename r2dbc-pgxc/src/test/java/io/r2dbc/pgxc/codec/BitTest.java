// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BitTest {

    private static final CodecRegistry REGISTRY = CodecRegistry.standard();

    @ParameterizedTest(name = "[G8, S8.32] ''{0}''")
    @DisplayName("[G8, S8.32] a count that lies, and bits behind the last one, are an error for the value")
    @ValueSource(
            strings = {
                "",
                "000000",
                "00000001",
                "00000000ff",
                "00000003a000",
                "00000009ff",
                "00000003b0",
                "00000003a1",
                "0000000180ff",
                "ffffffff",
                "80000000",
                "7fffffff80",
                "7ffffff800"
            })
    void refusesOtherBytes(String hex) {
        for (PgType type : List.of(PgType.BIT, PgType.VARBIT)) {
            for (Class<?> target : List.of(String.class, BitSet.class, boolean[].class)) {
                assertThatThrownBy(() -> Bytes.binary(type, hex, target))
                        .isInstanceOf(ValueException.class)
                        .hasMessageStartingWith(type + " (binary): ");
            }
        }
    }

    @ParameterizedTest(name = "[G11, S8.31] ''{0}''")
    @DisplayName("[G11, S8.31] text other than digits 0 and 1 is an error for the value")
    @ValueSource(strings = {"2", "0 1", " 1", "b101", "xA5", "10\u0000", "t", "\u00e4"})
    void refusesOtherText(String text) {
        for (Class<?> target : List.of(BitSet.class, boolean[].class)) {
            assertThatThrownBy(() -> Bytes.text(PgType.VARBIT, text, target))
                    .isInstanceOf(ValueException.class)
                    .hasMessageStartingWith("varbit (text): malformed value '");
        }
    }

    @Test
    @DisplayName("[X10] a BitSet is a varbit up to its last bit, a boolean[] is an array unless the type is given")
    void infersTypes() {
        BitSet bits = BitCases.bits(0, 2);
        boolean[] booleans = {true, false, true, false};

        assertThat(REGISTRY.encoding(bits).typeOid()).isEqualTo(1562);
        assertThat(REGISTRY.typeOidOf(BitSet[].class)).isEqualTo(1563);
        assertThat(Bytes.hex(REGISTRY.encoding(bits), bits)).isEqualTo("00000003a0");
        assertThat(REGISTRY.encoding(booleans).typeOid()).isEqualTo(1000);
        for (int oid : new int[] {1560, 1562}) {
            assertThat(REGISTRY.encoding(bits, oid).typeOid()).isEqualTo(oid);
            assertThat(Bytes.hex(REGISTRY.encoding(bits, oid), bits)).isEqualTo("00000003a0");
            assertThat(REGISTRY.encoding(booleans, oid).typeOid()).isEqualTo(oid);
            assertThat(Bytes.hex(REGISTRY.encoding(booleans, oid), booleans)).isEqualTo("00000004a0");
        }
    }

    @Test
    @DisplayName("[X10] a string becomes the text of a bit string, whatever it holds")
    void writesText() {
        for (String text : List.of("0101", "xA5", "")) {
            Encoding encoding = REGISTRY.encoding(text, 1562);
            assertThat(encoding.format()).isEqualTo(Format.TEXT);
            assertThat(encoding.typeOid()).isEqualTo(1562);
            assertThat(Bytes.written(encoding, text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    @DisplayName("[X31] other classes are refused")
    void refusesOtherClasses() {
        assertThatThrownBy(() -> REGISTRY.decoder(1560, Format.BINARY, Boolean.class))
                .isInstanceOf(ValueException.class)
                .hasMessage("bit (binary): no conversion to java.lang.Boolean");
        assertThatThrownBy(() -> REGISTRY.encoding(5, 1560)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("[G8] a BitSet of more bits than the server takes is refused before a byte of it is written")
    void refusesTooManyBits() {
        for (int bit : new int[] {Integer.MAX_VALUE - 7, Integer.MAX_VALUE}) {
            BitSet bits = new BitSet() {
                @Override
                public int length() {
                    return bit + 1; // without the memory for them
                }
            };
            assertThatThrownBy(() -> Bytes.written(REGISTRY.encoding(bits, 1562), bits))
                    .isInstanceOf(ValueException.class)
                    .hasMessageContaining("varbit: more than 2147483640 bits");
        }
    }

    @Test
    @DisplayName("[X30, G8] random bits come back in binary and as text")
    void comesBack() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            boolean[] booleans = new boolean[random.nextInt(70)];
            BitSet bits = new BitSet();
            for (int n = 0; n < booleans.length; n++) {
                booleans[n] = random.nextBoolean();
                bits.set(n, booleans[n]);
            }
            for (PgType type : List.of(PgType.BIT, PgType.VARBIT)) {
                RoundTrips.check(type, boolean[].class, booleans, seed);
                RoundTrips.check(type, BitSet.class, bits, seed);
            }
        }
    }
}
