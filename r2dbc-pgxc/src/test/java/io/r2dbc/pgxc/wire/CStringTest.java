// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("strings of the protocol")
class CStringTest {

    @ParameterizedTest(name = "[S4.2] text {index}")
    @ValueSource(strings = {"", "ascii", "ü", "€", "\uD83D\uDE00", "mixed ü€\uD83D\uDE00 text", "\u0001\u007F"})
    @DisplayName("[S4.2, S4.6] are UTF-8 and a zero byte")
    void written(String text) {
        ByteBuf out = Unpooled.buffer();
        CString.write(out, text, "text");
        assertThat(Octets.of(out)).isEqualTo(Octets.join(Octets.of(text), Octets.hex("00")));
    }

    @ParameterizedTest(name = "half a pair at {0}")
    @ValueSource(ints = {0, 1, 2, 3})
    @DisplayName("never hold half a surrogate pair, and the error says where it is")
    void halfASurrogatePair(int index) {
        for (String broken : List.of("abc\uD83D", "abc\uDE00", "üüü\uD83D", "üüü\uDE00")) {
            String text = new StringBuilder(broken.substring(0, 3))
                    .insert(index, broken.charAt(3))
                    .toString();
            ByteBuf out = Unpooled.buffer();
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> CString.write(out, text, "text"))
                    .withMessage("The text has half of a surrogate pair at index " + index);
            assertThat(out.isReadable()).isFalse();
        }
    }

    @Test
    @DisplayName("[S1.1.11] never hold U+0000")
    void zeroCharacter() {
        ByteBuf out = Unpooled.buffer();
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> CString.write(out, "a\0b", "query"))
                .withMessage("The query contains U+0000");
        assertThat(out.isReadable()).isFalse();
    }
}
