// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads and writes the types that share a representation: one file each, known to the registry only. */
interface Family {

    /** The types answered for. */
    List<PgType> types();

    /** The names of an extension's types answered for, whose OIDs differ from database to database. */
    default List<String> names() {
        return List.of();
    }

    /** Whether the binary form is read, so that it may be asked for. */
    default boolean readsBinary() {
        return true;
    }

    /** The class that stands for {@code Object}. */
    default Class<?> defaultTarget(PgType type, Format format) {
        return type.getJavaType();
    }

    /**
     * Plans the reading of a column.
     *
     * @param target never a primitive class, and never {@code String} in text format, which needs no family
     * @return a decoder of exactly this class, or null if there is no conversion
     */
    @Nullable
    Decoder<?> decoder(PgType type, Format format, Class<?> target);

    /** The encodings chosen by the value's own class. */
    Map<Class<?>, Encoding> encodings();

    /** The encoding that makes a value one of {@code type}, or null if the class cannot be converted. */
    @Nullable
    Encoding encoding(Object value, PgType type);
}
