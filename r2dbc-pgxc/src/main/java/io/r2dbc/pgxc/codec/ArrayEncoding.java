// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes arrays and collections of elements that share one encoding: in binary if the elements are, as text otherwise.
 * Inner arrays of one dimension must be of one size, as the server's are.
 *
 * @param element the encoding of the class {@code leaf}
 * @param required the element type that was asked for, or null if the elements decide
 */
record ArrayEncoding(
        CodecRegistry registry,
        ArrayCodec arrays,
        Encoding element,
        Class<?> leaf,
        @Nullable PgType required,
        int typeOid)
        implements Encoding {

    /** Null if there is no array type over the elements' type, and they are binary. */
    static @Nullable Encoding of(
            CodecRegistry registry, ArrayCodec arrays, Encoding element, Class<?> leaf, @Nullable PgType required) {
        int oid = registry.type(element.typeOid()).arrayOid();
        return oid == 0 && element.format() == Format.BINARY
                ? null
                : new ArrayEncoding(registry, arrays, element, leaf, required, oid);
    }

    /** The same array of elements that are written otherwise. */
    ArrayEncoding with(Encoding other) {
        return new ArrayEncoding(registry, arrays, other, leaf, required, typeOid);
    }

    @Override
    public int fallbackTypeOid() {
        int oid = typeOid != 0
                ? typeOid
                : registry.type(element.fallbackTypeOid()).arrayOid();
        return oid != 0 ? oid : PgType.TEXT.arrayOid();
    }

    @Override
    public Format format() {
        return element.format();
    }

    @Override
    public void write(Object value, ByteBuf out) {
        int[] sizes = measure(value);
        if (format() == Format.TEXT) {
            writeText(value, 0, sizes, out);
            return;
        }
        int header = out.writerIndex();
        out.writeInt(sizes.length);
        out.writeInt(0);
        out.writeInt(element.typeOid());
        for (int size : sizes) {
            out.writeInt(size);
            out.writeInt(1);
        }
        boolean hasNulls = sizes.length > 0 && writeBinary(value, 0, sizes, out);
        out.setInt(header + 4, hasNulls ? 1 : 0);
    }

    /** The sizes along the first elements; none if there is no element at all. */
    private int[] measure(Object value) {
        int[] sizes = new int[ArrayCodec.MAX_DIMENSIONS];
        int depth = 0;
        Object first = value;
        boolean empty = false;
        while (first != null && isDimension(first)) {
            if (depth == sizes.length) {
                throw problem(value, "more than " + sizes.length + " dimensions");
            }
            Iterator<?> inner = Dimension.of(first).iterator();
            sizes[depth++] = Dimension.of(first).size();
            empty |= !inner.hasNext();
            first = inner.hasNext() ? inner.next() : null;
        }
        if (empty) {
            checkEmpty(value, 1);
            return new int[0];
        }
        return Arrays.copyOf(sizes, depth);
    }

    /** An element may be an array itself. */
    private boolean isDimension(Object value) {
        return value.getClass() != leaf && arrays.isDimension(value);
    }

    private void checkEmpty(Object value, int depth) {
        for (Object inner : Dimension.of(value)) {
            if (inner == null || !isDimension(inner) || depth == ArrayCodec.MAX_DIMENSIONS) {
                throw problem(value, "inner arrays of different sizes");
            }
            checkEmpty(inner, depth + 1);
        }
    }

    private boolean writeBinary(@Nullable Object value, int level, int[] sizes, ByteBuf out) {
        boolean hasNulls = false;
        int count = 0;
        for (Object inner : dimension(value)) {
            count++;
            if (level + 1 < sizes.length) {
                hasNulls |= writeBinary(inner, level + 1, sizes, out);
            } else if (inner == null) {
                out.writeInt(-1);
                hasNulls = true;
            } else {
                int length = out.writerIndex();
                out.writeInt(0);
                encoding(inner).write(inner, out);
                out.setInt(length, out.writerIndex() - length - 4);
            }
        }
        checkCount(value, count, sizes[level]);
        return hasNulls;
    }

    private void checkCount(@Nullable Object value, int count, int size) {
        if (count != size) {
            throw problem(value, "inner arrays of different sizes: " + count + " elements where " + size + " are due");
        }
    }

    private void writeText(@Nullable Object value, int level, int[] sizes, ByteBuf out) {
        out.writeByte('{');
        int count = 0;
        for (Object inner : sizes.length == 0 ? List.of() : dimension(value)) {
            if (count++ > 0) {
                out.writeByte(delimiter());
            }
            if (level + 1 < sizes.length) {
                writeText(inner, level + 1, sizes, out);
            } else if (inner == null) {
                out.writeCharSequence("NULL", StandardCharsets.US_ASCII);
            } else {
                writeQuoted(inner, out);
            }
        }
        out.writeByte('}');
    }

    /** Elements without a type are strings for the server, and so ',' is between them, except for geometries. */
    private char delimiter() {
        if (required != null) {
            return required.delimiter();
        }
        return element.typeOid() == 0 && PostgisCodec.isJts(leaf) ? PostgisCodec.DELIMITER : ',';
    }

    /** Always quoted; the element's quotes and backslashes are escaped where they stand, from the last to the first. */
    private void writeQuoted(Object value, ByteBuf out) {
        out.writeByte('"');
        int start = out.writerIndex();
        encoding(value).write(value, out);
        int end = out.writerIndex();
        int escapes = 0;
        for (int i = start; i < end; i++) {
            escapes += isSpecial(out.getByte(i)) ? 1 : 0;
        }
        out.writeZero(escapes);
        int to = out.writerIndex();
        for (int from = end - 1; to - 1 > from; from--) {
            byte b = out.getByte(from);
            out.setByte(--to, b);
            if (isSpecial(b)) {
                out.setByte(--to, '\\');
            }
        }
        out.writeByte('"');
    }

    private static boolean isSpecial(byte b) {
        return b == '"' || b == '\\';
    }

    private Collection<? extends @Nullable Object> dimension(@Nullable Object value) {
        if (value == null || !isDimension(value)) {
            throw problem(value, "no inner array where others are");
        }
        return Dimension.of(value);
    }

    /** Elements of another class than the first one's must be written as the same type. */
    private Encoding encoding(Object value) {
        if (value.getClass() == leaf) {
            return element;
        }
        PgType type = required != null ? required : registry.type(element.typeOid());
        Encoding composite = registry.families().composites().inArray(value, type);
        if (composite != null && element instanceof CompositeEncoding) {
            return composite;
        }
        Encoding other = required != null
                ? registry.encodings().typed(value, required)
                : registry.encodings().find(value);
        if (other == null || other.typeOid() != element.typeOid() || other.format() != element.format()) {
            throw problem(value, "an array of " + leaf.getTypeName() + " holds it");
        }
        return other;
    }

    private ValueException problem(@Nullable Object value, String problem) {
        String type = typeOid == 0 ? "an array" : registry.type(typeOid).getName();
        return value == null
                ? new ValueException("cannot write NULL as a dimension of " + type)
                : ValueException.unwritable(type, value, problem);
    }
}
