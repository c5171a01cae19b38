// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the binary form of a composite: the number of attributes, then type, length and bytes of each. */
record CompositeBytes(PgType type, AttributePlan plan) implements Decoder<Object> {

    @Override
    public Object decode(ByteBuf buffer, int offset, int length) {
        checkCount(type, plan.count(), buffer, offset, length);
        @Nullable Object[] values = plan.slots();
        int end = offset + length;
        int at = offset + 4;
        for (int i = 0; i < plan.count(); i++) {
            int part = partLength(type, plan.typeOf(i), buffer, at, end);
            at += 8;
            if (part < 0) {
                plan.readNull(i);
            } else {
                plan.read(values, i, buffer, at, part);
                at += part;
            }
        }
        checkEnd(type, at, end);
        return plan.make(values);
    }

    private static void checkCount(PgType type, int due, ByteBuf buffer, int offset, int length) {
        int count = length < 4 ? -1 : buffer.getInt(offset);
        if (count != due) {
            throw ValueException.outdated(
                    type, Format.BINARY, count + " attributes in " + length + " bytes, where the catalogue has " + due);
        }
    }

    /** The length of an attribute, -1 for NULL, once its type is known to be the right one. */
    private static int partLength(PgType type, PgType due, ByteBuf buffer, int at, int end) {
        if (end - at < 8) {
            throw ValueException.of(type, Format.BINARY, "ends within its attributes");
        }
        if (buffer.getInt(at) != due.oid()) {
            throw ValueException.outdated(
                    type,
                    Format.BINARY,
                    "an attribute of type " + Integer.toUnsignedString(buffer.getInt(at)) + ", where the catalogue has "
                            + due);
        }
        int length = buffer.getInt(at + 4);
        if (length < -1 || length > end - at - 8) {
            throw ValueException.of(
                    type, Format.BINARY, "an attribute of " + length + " bytes where " + (end - at - 8) + " are left");
        }
        return length;
    }

    private static void checkEnd(PgType type, int at, int end) {
        if (at != end) {
            throw ValueException.of(type, Format.BINARY, end - at + " bytes behind the last attribute");
        }
    }

    /** Prints a composite as the server does. */
    record Printer(PgType type, CodecRegistry registry) implements Decoder<String> {

        @Override
        public String decode(ByteBuf buffer, int offset, int length) {
            List<Attribute> attributes = type.attributes();
            checkCount(type, attributes.size(), buffer, offset, length);
            StringBuilder out = new StringBuilder("(");
            int end = offset + length;
            int at = offset + 4;
            for (Attribute attribute : attributes) {
                out.append(at == offset + 4 ? "" : ",");
                int part = partLength(type, attribute.type(), buffer, at, end);
                at += 8;
                if (part >= 0) {
                    print(attribute.type(), buffer, at, part, out);
                    at += part;
                }
            }
            checkEnd(type, at, end);
            return out.append(')').toString();
        }

        private void print(PgType attribute, ByteBuf buffer, int offset, int length, StringBuilder out) {
            Decoder<?> printer = registry.decoders().plan(attribute, Format.BINARY, String.class);
            if (printer == null) {
                throw ValueException.noConversion(attribute, Format.BINARY, String.class);
            }
            QuotedText.append((String) printer.decode(buffer, offset, length), CompositeText.SPECIAL, out);
        }
    }
}
