// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.r2dbc.pgxc.value.Composite;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes composite types: {@link Composite}, a Java record whose components have the names of attributes, and
 * {@code String}.
 *
 * <p>A {@code ROW(...)} without a type is read in text only: its binary form has the types of its attributes, its text has
 * not, and both must give the same. Its attributes are strings, or what the components of a record ask for, in order.
 *
 * <p>Written as a type that is known, values go by the names of the attributes. A {@code Composite} without names, or
 * without a type, goes by their order.
 */
final class CompositeCodec implements Family {

    private final CodecRegistry registry;
    private final Encoding untyped;

    CompositeCodec(CodecRegistry registry) {
        this.registry = registry;
        this.untyped =
                new UntypedText(PgType.TEXT.oid(), value -> CompositeEncoding.print((Composite) value, registry));
    }

    @Override
    public List<PgType> types() {
        return List.of(PgType.RECORD);
    }

    @Override
    public @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        if (type.equals(PgType.RECORD)) {
            return format == Format.TEXT ? row(target) : null;
        }
        if (target == String.class) {
            return new CompositeBytes.Printer(type, registry);
        }
        if (target != Composite.class && !target.isRecord()) {
            return null;
        }
        AttributePlan plan = target == Composite.class
                ? AttributePlan.composite(type, format, registry)
                : AttributePlan.record(type, format, RecordShape.of(target), registry);
        return format == Format.TEXT ? new CompositeText(type, plan) : new CompositeBytes(type, plan);
    }

    private @Nullable Decoder<?> row(Class<?> target) {
        if (target == Composite.class) {
            return new CompositeText.OfStrings(registry);
        }
        return target.isRecord()
                ? new CompositeText(PgType.RECORD, AttributePlan.row(RecordShape.of(target), registry))
                : null;
    }

    @Override
    public Map<Class<?>, Encoding> encodings() {
        return Map.of(Composite.class, untyped);
    }

    @Override
    public @Nullable Encoding encoding(Object value, PgType type) {
        boolean isComposite = value instanceof Composite || value instanceof Record;
        if (!isComposite
                || type.category() != TypeCategory.COMPOSITE
                || type.attributes().isEmpty()) {
            return null;
        }
        return CompositeEncoding.of(value, type, registry);
    }

    /** The encoding within an array, whose elements are all of one format: text, which every attribute has. */
    @Nullable
    Encoding inArray(Object value, PgType type) {
        boolean isComposite = value instanceof Composite || value instanceof Record;
        return isComposite && !type.attributes().isEmpty() ? new CompositeEncoding(type, Format.TEXT, registry) : null;
    }
}
