// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Teaches the driver a Java class of the user's own: how values of one or more PostgreSQL types are read into it, and
 * how it is written. Arrays of the type follow by themselves.
 *
 * <pre>{@code
 * registry.register(Codec.text(Iban.class, PgType.TEXT, Iban::parse, Iban::toString));
 * }</pre>
 *
 * <p>A codec is registered through a {@link CodecRegistrar}, goes before the driver's own conversions, and is shared by
 * all connections and threads: it keeps no state.
 *
 * @param <T> the Java class
 */
public interface Codec<T> {

    /**
     * The class that is read, when {@code row.get} asks for exactly this one, and written, subclasses included.
     *
     * @return the class
     */
    Class<T> javaType();

    /**
     * The type as which values are written. A type of the user's own is given by {@link PgType#named(String)}: the
     * server then deduces it from the statement.
     *
     * @return the type
     */
    PgType type();

    /**
     * Whether values of a type are read by this codec: those of {@link #type()}, unless said otherwise.
     *
     * @param type the column's type
     * @return true if {@link #decode} reads it
     */
    default boolean reads(PgType type) {
        return type().matches(type);
    }

    /**
     * Whether {@link #decode} reads the binary format too. If not, the server is asked for text wherever this codec
     * might be used.
     *
     * @return false unless said otherwise
     */
    default boolean readsBinary() {
        return false;
    }

    /**
     * Whether {@code row.get} without a class gives {@link #javaType()} for the types this codec reads.
     *
     * @return false unless said otherwise
     */
    default boolean isDefault() {
        return false;
    }

    /**
     * The format of the bytes that {@link #encode} appends.
     *
     * @return text unless said otherwise
     */
    default Format format() {
        return Format.TEXT;
    }

    /**
     * Reads a value. Text must always be read: the first execution of a statement asks for text.
     *
     * @param buffer holds the bytes; use absolute getters only, keep no reference
     * @param offset the index of the value's first byte
     * @param length the number of its bytes
     * @param type the column's type
     * @param format the format of the bytes
     * @return the value
     */
    T decode(ByteBuf buffer, int offset, int length, PgType type, Format format);

    /**
     * Appends the bytes of a value, in the format {@link #format()}, without a length ahead of them.
     *
     * @param value the value
     * @param out receives the bytes
     */
    void encode(T value, ByteBuf out);

    /**
     * A codec over the type's text form.
     *
     * @param javaType the Java class
     * @param type the type that is read and written
     * @param parse makes a value of the text
     * @param print makes the text of a value
     * @param <T> the Java class
     * @return the codec
     */
    static <T> Codec<T> text(
            Class<T> javaType, PgType type, Function<String, ? extends T> parse, Function<? super T, String> print) {
        return new TextCodec<>(javaType, type, parse, print, false);
    }

    /**
     * A codec of a Java enum whose constants have other labels in the database than their names. Where they have the same,
     * no codec is needed.
     *
     * <pre>{@code
     * registry.register(Codec.labels(Mood.class, PgType.named("mood"), mood -> mood.name().toLowerCase(Locale.ROOT)));
     * }</pre>
     *
     * @param javaType the enum
     * @param type the enum type of the database
     * @param label gives the label of a constant, another one for each
     * @param <E> the enum
     * @return the codec
     * @throws IllegalArgumentException if two constants have the same label
     */
    static <E extends Enum<E>> Codec<E> labels(Class<E> javaType, PgType type, Function<? super E, String> label) {
        Map<String, E> constants = new HashMap<>();
        for (E constant : javaType.getEnumConstants()) {
            E other = constants.put(label.apply(constant), constant);
            if (other != null) {
                throw new IllegalArgumentException(
                        "label \"" + label.apply(constant) + "\" for both " + other + " and " + constant);
            }
        }
        Function<String, E> parse = text -> {
            E constant = constants.get(text);
            if (constant == null) {
                throw new ValueException(type.getName() + ": no constant of " + javaType.getTypeName()
                        + " has the label \"" + text + '"');
            }
            return constant;
        };
        return new TextCodec<>(javaType, type, parse, label, type.oid() == 0);
    }
}
