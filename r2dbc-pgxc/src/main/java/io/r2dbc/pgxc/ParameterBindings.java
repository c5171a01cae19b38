// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.codec.CodecRegistry;
import io.r2dbc.pgxc.codec.Encoding;
import io.r2dbc.pgxc.codec.Format;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.codec.ValueException;
import io.r2dbc.pgxc.exchange.Step;
import io.r2dbc.pgxc.wire.BindValues;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/**
 * The values of one binding, on their way into Bind: here {@code codec} and {@code wire} meet.
 *
 * <p>Values are kept as they are and encoded when their exchange is written (X34); only their types are needed before, for Parse.
 */
final class ParameterBindings implements BindValues {

    private final CodecRegistry registry;
    private final PgxcConfiguration.StringType stringType;
    private final @Nullable Object[] values;
    private final @Nullable Encoding[] encodings;
    private final int[] nullTypes;
    private final boolean[] bound;
    private boolean hasLargeValues;

    ParameterBindings(int count, CodecRegistry registry, PgxcConfiguration.StringType stringType) {
        this.registry = registry;
        this.stringType = stringType;
        this.values = new Object[count];
        this.encodings = new Encoding[count];
        this.nullTypes = new int[count];
        this.bound = new boolean[count];
    }

    /** The same values, to be bound anew without a change to these. */
    ParameterBindings copy() {
        int count = values.length;
        ParameterBindings copy = new ParameterBindings(count, registry, stringType);
        System.arraycopy(values, 0, copy.values, 0, count);
        System.arraycopy(encodings, 0, copy.encodings, 0, count);
        System.arraycopy(nullTypes, 0, copy.nullTypes, 0, count);
        System.arraycopy(bound, 0, copy.bound, 0, count);
        copy.hasLargeValues = hasLargeValues;
        return copy;
    }

    void bind(int index, Object value, @Nullable Integer typeOid) {
        bound[index] = true;
        values[index] = value;
        if (LargeValues.isLarge(value)) {
            hasLargeValues = true;
            return;
        }
        encodings[index] = typeOid == null ? registry.encoding(value) : registry.encoding(value, typeOid);
    }

    void bindNull(int index, int typeOid) {
        bound[index] = true;
        values[index] = null;
        encodings[index] = null;
        nullTypes[index] = typeOid;
    }

    /** The first parameter without a value, or -1. */
    int firstUnbound() {
        for (int i = 0; i < bound.length; i++) {
            if (!bound[i]) {
                return i;
            }
        }
        return -1;
    }

    boolean isEmpty() {
        for (boolean one : bound) {
            if (one) {
                return false;
            }
        }
        return true;
    }

    boolean hasLargeValues() {
        return hasLargeValues;
    }

    /** An execution has been subscribed to: the buffers that are bound are the driver's from now on (X34). */
    void takeBuffers() {
        for (int i = 0; i < values.length; i++) {
            if (values[i] instanceof ByteBuf buffer) {
                values[i] = BoundBuffer.take(buffer);
            }
        }
    }

    /** Replaces each Blob by its bytes and each Clob by its text; subscribed once. */
    Mono<Void> collect() {
        List<Mono<Void>> all = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value != null && LargeValues.isLarge(value)) {
                int index = i;
                all.add(LargeValues.collect(value)
                        .doOnNext(collected -> bind(index, collected, null))
                        .then());
            }
        }
        return Mono.when(all);
    }

    Step step(String sql) {
        int[] types = new int[values.length];
        int[] textTypes = null;
        for (int i = 0; i < types.length; i++) {
            types[i] = type(i);
            if (types[i] == 0 && stringType == PgxcConfiguration.StringType.AUTO) {
                textTypes = textTypes == null ? types.clone() : textTypes;
            }
            if (textTypes != null) {
                textTypes[i] = types[i] == 0 ? fallbackType(i) : types[i];
            }
        }
        return new Step(sql, types, textTypes, this);
    }

    private int type(int index) {
        Encoding encoding = encodings[index];
        int type = encoding == null ? nullTypes[index] : encoding.typeOid();
        boolean named = type == 0 && stringType == PgxcConfiguration.StringType.VARCHAR;
        return named ? varchar(index) : type;
    }

    private int varchar(int index) {
        int fallback = fallbackType(index);
        return fallback == PgType.TEXT.oid() ? PgType.VARCHAR.oid() : fallback;
    }

    private int fallbackType(int index) {
        Encoding encoding = encodings[index];
        return encoding == null ? PgType.TEXT.oid() : encoding.fallbackTypeOid();
    }

    @Override
    public int count() {
        return values.length;
    }

    @Override
    public boolean isBinary(int index) {
        Encoding encoding = encodings[index];
        return encoding == null || encoding.format() == Format.BINARY;
    }

    @Override
    public boolean write(int index, ByteBuf out) {
        Object value = values[index];
        Encoding encoding = encodings[index];
        if (value == null || encoding == null) {
            return false;
        }
        try {
            encoding.write(value, out);
        } catch (ValueException e) {
            throw unwritable(index, value, encoding, String.valueOf(e.getMessage()), e);
        } catch (Throwable e) {
            // a value or a codec of the user's own, whose bug costs one exchange and not the connection
            Exceptions.throwIfJvmFatal(e);
            throw unwritable(index, value, encoding, e.toString(), e);
        }
        return true;
    }

    private static ValueException unwritable(
            int index, Object value, Encoding encoding, String problem, Throwable cause) {
        String type =
                encoding.typeOid() == 0 ? "text" : PgType.of(encoding.typeOid()).getName();
        return new ValueException(
                "parameter $" + (index + 1) + " (" + value.getClass().getTypeName() + " as " + type + "): " + problem,
                cause);
    }
}
