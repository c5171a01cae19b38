// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

/** Names the two forms in which a value travels: the server's text output, or the type's binary form. */
public enum Format {
    /** Format code 0: characters in the session's encoding, without a terminating zero. */
    TEXT((short) 0),
    /** Format code 1: the form of the type's send and receive functions. */
    BINARY((short) 1);

    private final short code;

    Format(short code) {
        this.code = code;
    }

    /**
     * The format code of the protocol.
     *
     * @return 0 for text, 1 for binary
     */
    public short code() {
        return code;
    }

    /**
     * Reads a format code. A code that is neither 0 nor 1 is refused and never taken for text.
     *
     * @param code the code received
     * @return the format
     * @throws ValueException if the code is reserved
     */
    public static Format of(int code) {
        return switch (code) {
            case 0 -> TEXT;
            case 1 -> BINARY;
            default -> throw new ValueException("format code " + code + " is neither text (0) nor binary (1)");
        };
    }

    @Override
    public String toString() {
        return this == TEXT ? "text" : "binary";
    }
}
