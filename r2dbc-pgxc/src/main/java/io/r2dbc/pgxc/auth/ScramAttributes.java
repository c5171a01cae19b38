// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Reads the attributes of a SCRAM message, {@code r=..,s=..,i=..}, in the order in which they must come.
 *
 * <p>No exception quotes what the server sent: it is unauthenticated, and of any content.
 */
final class ScramAttributes {

    /** Far above what any server sends (about 100 bytes), far below what could hurt. */
    private static final int MAX_LENGTH = 4096;

    private final String name;
    private final String text;
    private int position;

    private ScramAttributes(String name, String text) {
        this.name = name;
        this.text = text;
    }

    /** Takes the whole message, whose {@code name} is for the errors. */
    static ScramAttributes of(String name, byte[] message) {
        if (message.length > MAX_LENGTH) {
            throw AuthenticationException.violated(
                    "The " + name + " of SCRAM has " + message.length + " bytes, which is more than " + MAX_LENGTH);
        }
        for (byte b : message) {
            if (b < ' ' || b > '~') {
                throw AuthenticationException.violated("The " + name + " of SCRAM is not printable ASCII");
            }
        }
        return new ScramAttributes(name, new String(message, StandardCharsets.US_ASCII));
    }

    boolean startsWith(char attribute) {
        return position + 1 < text.length() && text.charAt(position) == attribute && text.charAt(position + 1) == '=';
    }

    /** Returns the value of the next attribute, which must be this one, and not empty. */
    String next(char attribute) {
        if (!startsWith(attribute)) {
            throw AuthenticationException.violated(
                    "The " + name + " of SCRAM lacks the attribute " + attribute + " at its place");
        }
        int comma = text.indexOf(',', position);
        int end = comma < 0 ? text.length() : comma;
        String value = text.substring(position + 2, end);
        if (value.isEmpty()) {
            throw AuthenticationException.violated(
                    "The attribute " + attribute + " in the " + name + " of SCRAM is empty");
        }
        position = end + 1;
        return value;
    }

    byte[] nextBase64(char attribute) {
        String value = next(attribute);
        byte[] decoded = decode(attribute, value);
        // the JDK's decoder overlooks a missing padding and bits beyond the last byte, the server's does not
        if (!Base64.getEncoder().encodeToString(decoded).equals(value)) {
            throw notBase64(attribute);
        }
        return decoded;
    }

    private byte[] decode(char attribute, String value) {
        try {
            return Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException e) {
            throw notBase64(attribute);
        }
    }

    private AuthenticationException notBase64(char attribute) {
        return AuthenticationException.violated(
                "The attribute " + attribute + " in the " + name + " of SCRAM is not base64");
    }

    /** PostgreSQL sends no extensions, so what follows is taken for what it most likely is: not PostgreSQL. */
    void end() {
        if (position <= text.length()) {
            throw AuthenticationException.violated("The " + name + " of SCRAM goes on after its end");
        }
    }
}
