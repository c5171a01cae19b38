// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.io.Serial;

/**
 * Says that one value could not be read or written, and why. The connection and the other columns are not affected.
 *
 * <p>The message names the type, the format and what is wrong; who knows the column or the parameter adds it.
 */
public final class ValueException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private static final int EXCERPT = 40;

    private final int outdatedType;

    /**
     * Creates the exception.
     *
     * @param message type, format and what is wrong
     */
    public ValueException(String message) {
        this(message, 0);
    }

    private ValueException(String message, int outdatedType) {
        super(message);
        this.outdatedType = outdatedType;
    }

    /**
     * Creates the exception with its cause.
     *
     * @param message type, format and what is wrong
     * @param cause what was thrown
     */
    public ValueException(String message, Throwable cause) {
        super(message, cause);
        this.outdatedType = cause instanceof ValueException inner ? inner.outdatedType : 0;
    }

    /**
     * The type that a value is not of as the catalogue described it: it may have changed since then.
     *
     * @return its OID, or 0 for values that are wrong in any other way
     */
    public int outdatedType() {
        return outdatedType;
    }

    static ValueException outdated(PgType type, Format format, String problem) {
        return new ValueException(
                type.getName() + " (" + format + "): " + problem
                        + "; the type may have changed since the catalogue was read",
                type.oid());
    }

    static ValueException of(PgType type, Format format, String problem) {
        return new ValueException(type.getName() + " (" + format + "): " + problem);
    }

    static ValueException outdated(PgType type, Object value, String problem) {
        return new ValueException(
                "cannot write a " + value.getClass().getTypeName() + " as " + type.getName() + ": " + problem
                        + "; unless the type has changed since the catalogue was read",
                type.oid());
    }

    static ValueException length(PgType type, int due, int length) {
        return of(type, Format.BINARY, length + " bytes where " + due + " are due");
    }

    static ValueException noConversion(PgType type, Format format, Class<?> target) {
        return of(type, format, "no conversion to " + target.getTypeName());
    }

    static ValueException overflow(PgType type, Format format, Object value, Class<?> target) {
        return of(type, format, value + " has no place in " + target.getTypeName());
    }

    static ValueException malformed(PgType type, ByteBuf buffer, int offset, int length) {
        return of(type, Format.TEXT, "malformed value " + excerpt(buffer, offset, length));
    }

    static ValueException unwritable(String type, Object value, String problem) {
        return new ValueException("cannot write a " + value.getClass().getTypeName() + " as " + type + ": " + problem);
    }

    /** The first bytes of a text value, quoted, with everything but printable ASCII escaped. */
    static String excerpt(ByteBuf buffer, int offset, int length) {
        StringBuilder text = new StringBuilder("'");
        for (int i = offset; i < offset + Math.min(length, EXCERPT); i++) {
            int b = buffer.getUnsignedByte(i);
            if (b >= ' ' && b < 127) {
                text.append((char) b);
            } else {
                text.append("\\x").append(Character.forDigit(b >> 4, 16)).append(Character.forDigit(b & 15, 16));
            }
        }
        return text.append(length > EXCERPT ? "...' (" + length + " bytes)" : "'")
                .toString();
    }
}
