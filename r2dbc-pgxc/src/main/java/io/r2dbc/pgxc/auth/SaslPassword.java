// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes that a password counts as in SCRAM: prepared by SASLprep (RFC 4013), or raw where that is not possible.
 *
 * <p>The server did the same when the password was set, and it refuses none; neither do we (S2.11.5).
 */
final class SaslPassword {

    private static final ServerSaslPrep SASLPREP = new ServerSaslPrep();

    private SaslPassword() {}

    /** Returns fresh bytes, which the caller wipes. */
    static byte[] bytes(CharSequence password) {
        char[] raw = new char[password.length()];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = password.charAt(i);
        }
        char[] prepared = isAscii(raw) ? raw : prepare(raw);
        try {
            return utf8(prepared);
        } finally {
            Arrays.fill(raw, '\0');
            Arrays.fill(prepared, '\0');
        }
    }

    /**
     * ASCII prepares to itself, or is refused for its control characters and then stays as it is. To know that spares most
     * passwords the normaliser, which makes a String of them that nobody can wipe.
     */
    private static boolean isAscii(char[] password) {
        for (char c : password) {
            if (c > 0x7F) {
                return false;
            }
        }
        return true;
    }

    private static char[] prepare(char[] raw) {
        try {
            return SASLPREP.prepare(raw);
        } catch (IllegalArgumentException e) {
            return raw;
        }
    }

    /** Works in one array of the largest size needed: a buffer that grows would leave copies behind. */
    private static byte[] utf8(char[] text) {
        byte[] space = new byte[3 * text.length];
        ByteBuffer encoded = ByteBuffer.wrap(space);
        CharsetEncoder encoder = StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        encoder.encode(CharBuffer.wrap(text), encoded, true);
        encoder.flush(encoded);
        byte[] bytes = Arrays.copyOf(space, encoded.position());
        Arrays.fill(space, (byte) 0);
        return bytes;
    }
}
