// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SaslPasswordTest {

    static Stream<Arguments> prepared() {
        return Stream.of(
                Arguments.of("ASCII stays", "user", "user"),
                Arguments.of("case stays", "USER", "USER"),
                Arguments.of("spaces stay", "  a  b ", "  a  b "),
                Arguments.of("soft hyphen goes", "I\u00ADX", "IX"),
                Arguments.of("zero-width joiner goes", "a\u200Db", "ab"),
                Arguments.of("feminine ordinal is composed by compatibility", "\u00AA", "a"),
                Arguments.of("roman nine becomes two letters", "\u2168", "IX"),
                Arguments.of("no-break space becomes a space", "a\u00A0b", "a b"),
                Arguments.of("ideographic space becomes a space", "a\u3000b", "a b"),
                Arguments.of("combining accent is composed", "e\u0301", "\u00E9"),
                Arguments.of("an emoji of Unicode 3.2's time stays", "\u2603 snow", "\u2603 snow"),
                Arguments.of("zero-width space becomes a space, as the server has it", "a\u200Bb\u200B", "a b "),
                Arguments.of(
                        "a Hebrew letter by normalisation only has no direction for the server", "a\u2135", "a\u05D0"),
                Arguments.of("right to left from end to end", "\u05D0\u05D1", "\u05D0\u05D1"));
    }

    @ParameterizedTest(name = "[S2.11.5, F8] {0}")
    @MethodSource("prepared")
    void prepared(String kind, String password, String expected) {
        assertThat(SaslPassword.bytes(password)).as(kind).isEqualTo(utf8(expected));
    }

    static Stream<Arguments> raw() {
        return Stream.of(
                Arguments.of("ASCII control character", "a\u0007b"),
                Arguments.of("C1 control character", "a\u0085b\u00AD"),
                Arguments.of("private use", "\uE000\u00AD"),
                Arguments.of("non-character", "\uFDD0\u00AD"),
                Arguments.of("left-to-right mark", "a\u200Eb\u00AD"),
                Arguments.of("replacement character", "\uFFFD\u00AD"),
                Arguments.of("emoji that Unicode 3.2 does not know", "\uD83D\uDE00\u00AD"),
                Arguments.of("superscript that Unicode 3.2 does not know, though its letter it does", "\u1D40\u00AD"),
                Arguments.of("deprecated accent, though its normal form is not", "e\u0340"),
                Arguments.of("zero-width space beside what is prohibited", "\u200B\u0085"),
                Arguments.of("right to left with left to right", "\u0627a\u00AD"),
                Arguments.of("right to left with a digit at the end", "\u06271\u00AD"),
                Arguments.of("nothing would be left", "\u00AD\u200D"));
    }

    @ParameterizedTest(name = "[S2.11.5, F8] not preparable, so raw: {0}")
    @MethodSource("raw")
    void raw(String kind, String password) {
        assertThat(SaslPassword.bytes(password)).as(kind).isEqualTo(utf8(password));
    }

    @Test
    @DisplayName("[S2.11.5, F8] empty is empty, and 10 KiB are 10 KiB")
    void lengths() {
        assertThat(SaslPassword.bytes("")).isEmpty();
        assertThat(SaslPassword.bytes("\u00E9".repeat(5 * 1024))).isEqualTo(utf8("\u00E9".repeat(5 * 1024)));
    }

    @Test
    @DisplayName("[S2.11.5] half a surrogate pair is no error either")
    void loneSurrogate() {
        assertThat(SaslPassword.bytes("a\uD83D")).hasSize(2).startsWith((byte) 'a');
    }

    @Test
    @DisplayName("[S2.1.17] a password that can be wiped is read character by character, never by toString()")
    void noStringIsMade() {
        CharSequence secret = new CharSequence() {
            @Override
            public int length() {
                return 3;
            }

            @Override
            public char charAt(int index) {
                return "abc".charAt(index);
            }

            @Override
            public CharSequence subSequence(int start, int end) {
                throw new AssertionError("a copy");
            }

            @Override
            public String toString() {
                throw new AssertionError("a copy that nobody can wipe");
            }
        };

        assertThat(SaslPassword.bytes(secret)).isEqualTo(utf8("abc"));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
