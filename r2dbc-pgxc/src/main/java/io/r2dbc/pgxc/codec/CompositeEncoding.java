// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.value.Composite;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Writes composites and Java records as one type: in binary where every attribute has a binary form, as text otherwise. */
record CompositeEncoding(PgType type, Format format, CodecRegistry registry) implements Encoding {

    /** The one for this value, in the format that its attributes allow. */
    static Encoding of(Object value, PgType type, CodecRegistry registry) {
        Format format = Format.BINARY;
        @Nullable Object[] values = values(value, type);
        for (int i = 0; i < values.length; i++) {
            Object attribute = values[i];
            boolean binary = attribute == null
                    || registry.encodings().hasBytes(type(type, i), encoding(attribute, type, i, registry));
            format = binary ? format : Format.TEXT;
        }
        return new CompositeEncoding(type, format, registry);
    }

    @Override
    public int typeOid() {
        return type.oid();
    }

    @Override
    public void write(Object value, ByteBuf out) {
        @Nullable Object[] values = values(value, type);
        if (format == Format.TEXT) {
            writeText(values, out);
            return;
        }
        out.writeInt(values.length);
        for (int i = 0; i < values.length; i++) {
            Object attribute = values[i];
            out.writeInt(type(type, i).oid());
            int length = out.writerIndex();
            out.writeInt(-1);
            if (attribute != null) {
                writeBytes(attribute, i, out);
                out.setInt(length, out.writerIndex() - length - 4);
            }
        }
    }

    private void writeBytes(Object attribute, int index, ByteBuf out) {
        Encoding encoding = encoding(attribute, type, index, registry);
        if (!registry.encodings().hasBytes(type(type, index), encoding)) {
            throw refused(attribute, type, index);
        }
        encoding.write(attribute, out);
    }

    private void writeText(@Nullable Object[] values, ByteBuf out) {
        StringBuilder text = new StringBuilder("(");
        for (int i = 0; i < values.length; i++) {
            Object attribute = values[i];
            text.append(i == 0 ? "" : ",");
            if (attribute != null) {
                append(attribute, encoding(attribute, type, i, registry), registry, text);
            }
        }
        Utf8.write(text.append(')'), out);
    }

    private static void append(Object attribute, Encoding encoding, CodecRegistry registry, StringBuilder text) {
        QuotedText.append(TextForm.of(attribute, encoding, registry), CompositeText.SPECIAL, text);
    }

    private static Encoding encoding(Object attribute, PgType type, int index, CodecRegistry registry) {
        Encoding encoding = registry.encodings().typed(attribute, type(type, index));
        if (encoding == null) {
            throw refused(attribute, type, index);
        }
        return encoding;
    }

    private static PgType type(PgType type, int index) {
        return type.attributes().get(index).type();
    }

    private static ValueException refused(Object attribute, PgType type, int index) {
        Attribute named = type.attributes().get(index);
        return ValueException.unwritable(
                named.type().getName(), attribute, "attribute \"" + named.name() + "\" of " + type.getName());
    }

    /** The values in the order of the type. */
    private static @Nullable Object[] values(Object value, PgType type) {
        if (value instanceof Composite composite && composite.names().isEmpty()) {
            requireCount(value, type, composite.size());
            return composite.values().toArray();
        }
        return value instanceof Composite composite
                ? values(composite, match(composite, type), composite::get, composite.size(), type)
                : values((Record) value, type);
    }

    private static int[] match(Composite value, PgType type) {
        return type.attributes().stream()
                .mapToInt(attribute -> value.names().indexOf(attribute.name()))
                .toArray();
    }

    private static @Nullable Object[] values(Record value, PgType type) {
        RecordShape shape = RecordShape.of(value.getClass());
        return values(value, shape.match(type.attributes()), index -> shape.get(value, index), shape.size(), type);
    }

    private static @Nullable Object[] values(
            Object value, int[] matches, IntFunction<@Nullable Object> get, int size, PgType type) {
        requireCount(value, type, size);
        @Nullable Object[] values = new Object[size];
        for (int i = 0; i < size; i++) {
            if (matches[i] < 0) {
                String name = type.attributes().get(i).name();
                throw ValueException.outdated(type, value, "it has nothing for the attribute \"" + name + '"');
            }
            values[i] = get.apply(matches[i]);
        }
        return values;
    }

    private static void requireCount(Object value, PgType type, int size) {
        if (size != type.attributes().size()) {
            throw ValueException.outdated(
                    type, value, size + " values for " + type.attributes().size() + " attributes");
        }
    }

    /** The text of a composite whose type is not known: its values as what they are without one, in order. */
    static String print(Composite value, CodecRegistry registry) {
        StringBuilder text = new StringBuilder("(");
        List<@Nullable Object> values = value.values();
        for (int i = 0; i < values.size(); i++) {
            Object attribute = values.get(i);
            text.append(i == 0 ? "" : ",");
            if (attribute != null) {
                append(attribute, registry.encoding(attribute), registry, text);
            }
        }
        return text.append(')').toString();
    }
}
