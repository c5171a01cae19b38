// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import org.jspecify.annotations.Nullable;

/**
 * Refuses null, empty and unsendable arguments at the SPI's face, so that the rooms below need not look again.
 *
 * <p>Every refusal is an {@link IllegalArgumentException} that names the argument: R2DBC asks for that class even where
 * Java habit would throw {@link NullPointerException}.
 */
final class Require {

    private Require() {}

    /** Returns {@code value}; null is refused. */
    static <T> T nonNull(@Nullable T value, String name) {
        if (value == null) {
            throw new IllegalArgumentException(name + " must not be null");
        }
        return value;
    }

    /** Returns {@code value}; null and the empty string are refused. */
    static String nonEmpty(@Nullable String value, String name) {
        String text = nonNull(value, name);
        if (text.isEmpty()) {
            throw new IllegalArgumentException(name + " must not be empty");
        }
        return text;
    }

    /**
     * Returns {@code value}; null and text with a NUL character are refused. The protocol ends its strings with NUL, so
     * such text would be cut short, or its rest taken for something else.
     */
    static String sendable(@Nullable String value, String name) {
        String text = nonNull(value, name);
        int nul = text.indexOf('\0');
        if (nul >= 0) {
            throw new IllegalArgumentException(name + " must not contain a NUL character (found at index " + nul + ")");
        }
        return text;
    }

    /** Throws {@link IllegalArgumentException} with {@code message} unless {@code condition} holds. */
    static void that(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
