// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.value.Composite;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Says what becomes of each attribute of a composite, and what is made of all of them. */
final class AttributePlan {

    /** Marks an attribute that nobody wants. */
    private static final int NOWHERE = -1;

    /**
     * The way of one attribute.
     *
     * @param slot where its value goes
     * @param target the class it is read into
     * @param required whether NULL has no place there
     */
    private record Way(String name, PgType type, int slot, Type target, boolean required) {}

    private final CodecRegistry registry;
    private final PgType type;
    private final Format format;
    private final List<Way> ways;
    private final int slots;
    private final Function<@Nullable Object[], Object> maker;
    private final @Nullable Decoder<?>[] decoders;

    private AttributePlan(
            CodecRegistry registry,
            PgType type,
            Format format,
            List<Way> ways,
            int slots,
            Function<@Nullable Object[], Object> maker) {
        this.registry = registry;
        this.type = type;
        this.format = format;
        this.ways = ways;
        this.slots = slots;
        this.maker = maker;
        this.decoders = new Decoder<?>[ways.size()];
    }

    /** All attributes in their natural classes. */
    static AttributePlan composite(PgType type, Format format, CodecRegistry registry) {
        List<String> names = type.attributes().stream().map(Attribute::name).toList();
        List<Way> ways = new ArrayList<>();
        for (Attribute attribute : type.attributes()) {
            ways.add(new Way(attribute.name(), attribute.type(), ways.size(), Object.class, false));
        }
        return new AttributePlan(
                registry, type, format, ways, names.size(), values -> Composite.of(names, Arrays.asList(values)));
    }

    /** Those that a record has components for, which must be there. */
    static AttributePlan record(PgType type, Format format, RecordShape shape, CodecRegistry registry) {
        List<Way> ways = new ArrayList<>();
        List<Integer> missing = new ArrayList<>();
        for (int i = 0; i < shape.size(); i++) {
            missing.add(i);
        }
        int[] matches = shape.match(type.attributes());
        for (Attribute attribute : type.attributes()) {
            int component = matches[ways.size()];
            missing.remove((Integer) component);
            ways.add(
                    component < 0
                            ? new Way(attribute.name(), attribute.type(), NOWHERE, Object.class, false)
                            : to(shape, component, attribute.type(), attribute.name()));
        }
        if (!missing.isEmpty()) {
            throw ValueException.of(
                    type,
                    format,
                    shape.name() + " has a component " + shape.component(missing.get(0))
                            + " for which there is no attribute");
        }
        return new AttributePlan(registry, type, format, ways, shape.size(), shape::create);
    }

    /** As many strings as there are. */
    static AttributePlan strings(int count, CodecRegistry registry) {
        List<Way> ways = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ways.add(new Way("f" + (i + 1), PgType.UNKNOWN, i, String.class, false));
        }
        return new AttributePlan(registry, PgType.RECORD, Format.TEXT, ways, count, Composite::of);
    }

    /** A component each, in order, read from the text of the type that its class is written as. */
    static AttributePlan row(RecordShape shape, CodecRegistry registry) {
        List<Way> ways = new ArrayList<>();
        for (int i = 0; i < shape.size(); i++) {
            ways.add(to(shape, i, registry.generics().textType(shape.typeOf(i)), shape.component(i)));
        }
        return new AttributePlan(registry, PgType.RECORD, Format.TEXT, ways, shape.size(), shape::create);
    }

    private static Way to(RecordShape shape, int component, PgType type, String name) {
        return new Way(name, type, component, shape.typeOf(component), shape.isPrimitive(component));
    }

    int count() {
        return ways.size();
    }

    /** The type that the server must have given an attribute. */
    PgType typeOf(int attribute) {
        return ways.get(attribute).type();
    }

    @Nullable
    Object[] slots() {
        return new Object[slots];
    }

    void read(@Nullable Object[] values, int attribute, ByteBuf buffer, int offset, int length) {
        Way way = ways.get(attribute);
        if (way.slot() == NOWHERE) {
            return;
        }
        try {
            values[way.slot()] = decoder(attribute, way).decode(buffer, offset, length);
        } catch (ValueException e) {
            throw new ValueException(
                    "attribute \"" + way.name() + "\" of " + type.getName() + ": " + e.getMessage(), e);
        }
    }

    /** Planned when the first value is there; several threads may plan the same. */
    private Decoder<?> decoder(int attribute, Way way) {
        Decoder<?> decoder = decoders[attribute];
        if (decoder == null) {
            decoder = registry.generics().plan(way.type(), format, way.target());
            if (decoder == null) {
                throw new ValueException(way.type().getName() + " (" + format + "): no conversion to "
                        + way.target().getTypeName());
            }
            decoders[attribute] = decoder;
        }
        return decoder;
    }

    void readNull(int attribute) {
        if (ways.get(attribute).required()) {
            throw ValueException.of(
                    type,
                    format,
                    "attribute \"" + ways.get(attribute).name() + "\" is NULL, which has no place in a primitive");
        }
    }

    Object make(@Nullable Object[] values) {
        return maker.apply(values);
    }
}
