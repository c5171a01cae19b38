// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.value.MacAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MacAddressTest {

    private static final CodecRegistry REGISTRY = CodecRegistry.standard();

    @ParameterizedTest(name = "[G11, S8.31] ''{0}''")
    @DisplayName("[G11, S8.31] what the server does not print is an error for the value")
    @ValueSource(
            strings = {
                "",
                "08:00:2b:01:02",
                "08:00:2b:01:02:0",
                "08:00:2b:01:02:033",
                "08:00:2b:01:02:0g",
                "08-00-2b-01-02-03",
                "08:00:2b:01:02-03",
                "08:00:2b:01:02:03:",
                "08002b010203",
                "08:00:2b:01:02:03:04",
                "08:00:2b:01:02:03:04:05:06",
                "0:8:00:2b:01:02:0",
                "\u0661\u0661:0:2b:01:02:0"
            })
    void refusesOtherText(String text) {
        for (PgType type : List.of(PgType.MACADDR, PgType.MACADDR8)) {
            assertThatThrownBy(() -> Bytes.text(type, text, MacAddress.class))
                    .isInstanceOf(ValueException.class)
                    .hasMessageStartingWith(type + " (text): malformed value '");
        }
    }

    @ParameterizedTest(name = "[G11, S8.32] ''{0}''")
    @DisplayName("[G11, S8.32] bytes of another number are an error for the value")
    @ValueSource(strings = {"", "0102030405", "01020304050607", "010203040506070809"})
    void refusesOtherBytes(String hex) {
        for (PgType type : List.of(PgType.MACADDR, PgType.MACADDR8)) {
            for (Class<?> target : List.of(MacAddress.class, String.class)) {
                assertThatThrownBy(() -> Bytes.binary(type, hex, target))
                        .isInstanceOf(ValueException.class)
                        .hasMessageStartingWith(type + " (binary): " + hex.length() / 2 + " bytes where ");
            }
        }
    }

    @Test
    @DisplayName("[X10] an address goes untyped, as the number of its bytes is not known from its class")
    void goesUntyped() {
        for (String text : List.of("08:00:2b:01:02:03", "08:00:2b:01:02:03:04:05")) {
            MacAddress address = MacAddress.parse(text);
            Encoding encoding = REGISTRY.encoding(address);

            assertThat(encoding.typeOid()).isZero();
            assertThat(encoding.fallbackTypeOid()).isEqualTo(829);
            assertThat(encoding.format()).isEqualTo(Format.TEXT);
            assertThat(Bytes.written(encoding, address)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(REGISTRY.canEncode(MacAddress.class)).isTrue();
        assertThat(REGISTRY.canEncode(MacAddress[].class)).isTrue();
    }

    @Test
    @DisplayName("[X31] an address of six bytes is no macaddr8, nor one of eight a macaddr")
    void refusesOtherLengths() {
        MacAddress six = MacAddress.parse("08:00:2b:01:02:03");
        MacAddress eight = MacAddress.parse("08:00:2b:01:02:03:04:05");

        assertThatThrownBy(() -> Bytes.written(REGISTRY.encoding(six, 774), six))
                .isInstanceOf(ValueException.class)
                .hasMessage("cannot write a io.r2dbc.pgxc.value.MacAddress as macaddr8: 6 bytes where 8 are due");
        assertThatThrownBy(() -> Bytes.written(REGISTRY.encoding(eight, 829), eight))
                .isInstanceOf(ValueException.class)
                .hasMessage("cannot write a io.r2dbc.pgxc.value.MacAddress as macaddr: 8 bytes where 6 are due");
    }

    @Test
    @DisplayName("[X30, G8] random addresses come back in binary and as text")
    void comesBack() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            long bits = random.nextLong();
            RoundTrips.check(PgType.MACADDR, MacAddress.class, new MacAddress(bits >>> 16, 6), seed);
            RoundTrips.check(PgType.MACADDR8, MacAddress.class, new MacAddress(bits, 8), seed);
        }
    }
}
