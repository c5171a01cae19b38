// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class Md5PasswordTest {

    @Test
    @DisplayName("[S2.1.13] the MD5 answer to the published vector")
    void vector() {
        byte[] answer = Md5Password.answer(utf8("alice"), utf8("secret"), new byte[] {1, 2, 3, 4});

        assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("md598a0412b9c31436fc53776e863350083");
    }

    @Test
    @DisplayName("[S2.1.14] the MD5 answer has no terminator of its own")
    void noTerminator() {
        assertThat(Md5Password.answer(utf8("u"), utf8("p"), new byte[4]))
                .hasSize(35)
                .doesNotContain((byte) 0);
    }

    @Test
    @DisplayName(
            "[S2.1.13, F8] user and password count as the bytes they are sent in, zero and high bytes of the salt too")
    void nonAscii() {
        // md5(hex(md5("pässwörd" || "Zoë")) || 00 ff 80 7f), computed with another implementation
        byte[] answer = Md5Password.answer(
                utf8("Zo\u00EB"), utf8("p\u00E4ssw\u00F6rd"), new byte[] {0, (byte) 0xFF, (byte) 0x80, 0x7F});

        assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("md5dd1f67b6fb514a4d3b0e32adf168a838");
    }

    @Test
    @DisplayName("[F8] an empty password is answered like any other")
    void empty() {
        assertThat(new String(Md5Password.answer(utf8("alice"), utf8(""), new byte[4]), StandardCharsets.US_ASCII))
                .isEqualTo("md52913975c69c324c3b31e1b7fea203f41");
    }

    @Test
    @DisplayName("[S2.1.17] the caller's password is left for the caller to wipe")
    void leavesArguments() {
        byte[] password = utf8("secret");

        byte[] answer = Md5Password.answer(utf8("alice"), password, new byte[4]);

        assertThat(password).isEqualTo(utf8("secret"));
        assertThat(answer).isNotEmpty();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
