// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One value as everybody sees it: SQL, the server's text and binary output, and Java.
 *
 * @param pgType the type as it is written in SQL
 * @param oid the type's OID
 * @param literal what stands between the quotes of {@code '...'::type}
 * @param text the server's text output, with {@code TimeZone} UTC and the default styles
 * @param hex the server's binary output, or null if the driver does not ask for it
 * @param value what a reader gets
 * @param target the class asked for
 * @param writes whether the value, bound as a parameter of the type, is the same SQL value again
 * @param since the server's major version that has this value, 0 for all
 */
public record CodecCase(
        String pgType,
        int oid,
        String literal,
        String text,
        @Nullable String hex,
        Object value,
        Class<?> target,
        boolean writes,
        int since) {

    static CodecCase row(
            String pgType, int oid, String literal, String text, @Nullable String hex, Object value, Class<?> target) {
        return new CodecCase(pgType, oid, literal, text, hex, value, target, true, 0);
    }

    CodecCase readOnly() {
        return new CodecCase(pgType, oid, literal, text, hex, value, target, false, since);
    }

    CodecCase since(int version) {
        return new CodecCase(pgType, oid, literal, text, hex, value, target, writes, version);
    }

    /**
     * The bytes of a format.
     *
     * @param format the format
     * @return the server's output
     */
    public byte[] bytes(Format format) {
        return format == Format.TEXT
                ? text.getBytes(StandardCharsets.UTF_8)
                : HexFormat.of().parseHex(binary());
    }

    private String binary() {
        return Objects.requireNonNull(hex, "read as text only");
    }

    /**
     * The type's name for a cast, {@code "char"} being a name that must be quoted.
     *
     * @return SQL
     */
    public String sqlType() {
        return pgType.startsWith("char") ? "\"char\"" + pgType.substring(4) : pgType;
    }

    /**
     * Whether a value that was read is the expected one: scale and sign of zero count, arrays are compared by what they
     * hold.
     *
     * @param actual what was read
     * @return true if it is the same
     */
    public boolean matches(@Nullable Object actual) {
        return actual != null && sameClass(actual) && Objects.deepEquals(value, actual);
    }

    private boolean sameClass(Object actual) {
        return value.getClass() == actual.getClass() || !value.getClass().isArray() && !(value instanceof BigDecimal);
    }

    @Override
    public String toString() {
        String shown = literal.length() > 60 ? literal.substring(0, 60) + "..." : literal;
        return pgType + " '" + shown.replace('\n', ' ') + "' as " + target.getSimpleName();
    }
}
