// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.codec.CodecRegistry;
import io.r2dbc.pgxc.codec.Encoding;
import io.r2dbc.pgxc.codec.Format;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.codec.ValueException;
import io.r2dbc.pgxc.exchange.StatementKey;
import io.r2dbc.pgxc.wire.BindValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/**
 * The values of one binding, on their way into Bind: here {@code codec} and {@code wire} meet.
 *
 * <p>Values are kept as they are and encoded when their exchange is written (X34); only their types are needed before, for Parse.
 */
final class ParameterBindings implements BindValues {

    /** Stands where nothing has been bound yet. */
    private static final Object UNBOUND = new Object();

    private final CodecRegistry registry;
    private final PgxcConfiguration.StringType stringType;
    private final @Nullable Object[] values;
    private final @Nullable Encoding[] encodings;
    private int @Nullable [] nullTypes;
    private boolean isIncomplete;
    private boolean hasBuffers;

    /**
     * Stands for a value that is of a type of the database's own which is to be looked up.
     *
     * @param named whether the value shall be of just this type, and not of one that consists of it
     */
    private record Unresolved(@Nullable Object value, PgType type, boolean named) {}

    ParameterBindings(int count, CodecRegistry registry, PgxcConfiguration.StringType stringType) {
        this.registry = registry;
        this.stringType = stringType;
        this.values = new Object[count];
        this.encodings = new Encoding[count];
        Arrays.fill(values, UNBOUND);
    }

    /** The same values, to be bound anew without a change to these. */
    ParameterBindings copy() {
        int count = values.length;
        ParameterBindings copy = new ParameterBindings(count, registry, stringType);
        System.arraycopy(values, 0, copy.values, 0, count);
        System.arraycopy(encodings, 0, copy.encodings, 0, count);
        copy.nullTypes = nullTypes == null ? null : nullTypes.clone();
        copy.isIncomplete = isIncomplete;
        copy.hasBuffers = hasBuffers;
        return copy;
    }

    void bind(int index, Object value, @Nullable Integer typeOid) {
        if (LargeValues.isLarge(value)) {
            bindLater(index, value);
            return;
        }
        PgType unknown = typeOid == null ? registry.unknownTypeOf(value) : null;
        if (unknown != null) {
            bindLater(index, new Unresolved(value, unknown, false));
            return;
        }
        bind(index, value, typeOid, registry);
    }

    private void bindLater(int index, Object value) {
        isIncomplete = true;
        hasBuffers |= value instanceof Unresolved unresolved && unresolved.value() instanceof ByteBuf;
        values[index] = value;
        encodings[index] = null;
    }

    private void bind(int index, Object value, @Nullable Integer typeOid, CodecRegistry codecs) {
        // refuses what cannot be sent, and then nothing is bound
        encodings[index] = typeOid == null ? codecs.encoding(value) : codecs.encoding(value, typeOid);
        hasBuffers |= value instanceof ByteBuf;
        values[index] = value;
    }

    /** Binds a value as a type that is known by its name. */
    void bindNamed(int index, @Nullable Object value, PgType type) {
        int oid = value == null ? registry.typeOidOf(type) : registry.typeOidOf(type, value);
        if (oid == 0) {
            bindLater(index, new Unresolved(value, type, true));
        } else if (value == null) {
            bindNull(index, oid);
        } else {
            bind(index, value, oid);
        }
    }

    void bindNull(int index, int typeOid) {
        values[index] = null;
        encodings[index] = null;
        if (nullTypes == null) {
            nullTypes = new int[values.length];
        }
        nullTypes[index] = typeOid;
    }

    /** The first parameter without a value, or -1. */
    int firstUnbound() {
        for (int i = 0; i < values.length; i++) {
            if (values[i] == UNBOUND) {
                return i;
            }
        }
        return -1;
    }

    boolean isEmpty() {
        for (Object one : values) {
            if (one != UNBOUND) {
                return false;
            }
        }
        return true;
    }

    /** Whether there may be values that are still to be collected. */
    boolean hasLarge() {
        return isIncomplete;
    }

    /** Whether there may be values to be taken over or collected before they can be written, or types to be looked up. */
    boolean needsCare() {
        return isIncomplete || hasBuffers;
    }

    /** An execution has been subscribed to: the buffers that are bound are the driver's from now on (X34). */
    void takeBuffers() {
        for (int i = 0; i < values.length; i++) {
            if (values[i] instanceof ByteBuf buffer) {
                values[i] = BoundBuffer.take(buffer);
            } else if (values[i] instanceof Unresolved unresolved && unresolved.value() instanceof ByteBuf buffer) {
                values[i] = new Unresolved(BoundBuffer.take(buffer), unresolved.type(), unresolved.named());
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

    /** Adds the names of the types that have to be known before the values can be written. */
    void namedTypes(Set<String> names) {
        for (Object value : values) {
            if (value instanceof Unresolved unresolved) {
                names.add(unresolved.type().getName());
            }
        }
    }

    /** The types have been looked up: the same with each value as one of its type, as far as that could be found. */
    ParameterBindings resolved(ConnectionCore core) {
        ParameterBindings resolved = copy();
        for (int i = 0; i < values.length; i++) {
            if (values[i] instanceof Unresolved unresolved) {
                resolved.resolve(i, unresolved, core);
            }
        }
        return resolved;
    }

    /** Strings and NULLs of a type that nobody knows are what the statement asks for. */
    private void resolve(int index, Unresolved unresolved, ConnectionCore core) {
        CodecRegistry codecs = core.registry();
        Object value = unresolved.value();
        int oid = value == null ? codecs.typeOidOf(unresolved.type()) : codecs.typeOidOf(unresolved.type(), value);
        boolean isOpen = value == null || value instanceof CharSequence || value instanceof Enum;
        if (oid == 0 && !isOpen) {
            throw new IllegalArgumentException(
                    "Parameter $" + (index + 1) + ": no type \"" + unresolved.type()
                            + "\" could be found in the database; the name must be the catalogue's, without a schema, in one"
                            + " schema only unless it is on the search_path, and committed",
                    core.catalog().failure());
        }
        if (value == null) {
            bindNull(index, oid);
        } else {
            bind(index, value, unresolved.named() && oid != 0 ? oid : null, codecs);
        }
    }

    /** The server does not take the values as what the catalogue says they are. */
    void doubtTypes(ConnectionCore core) {
        for (int i = 0; i < values.length; i++) {
            Encoding encoding = encodings[i];
            if (encoding != null) {
                core.doubt(encoding.typeOid());
            } else if (values[i] instanceof Unresolved unresolved) {
                core.doubt(core.registry().typeOidOf(unresolved.type()));
            }
        }
    }

    /** What names the statement that this may be bound to. */
    Keys keys(SqlText text) {
        Keys keys = text.usualKeys();
        if (keys == null || !fits(keys)) {
            keys = keys(text.sql(), !text.isFetch());
            text.usualKeys(keys);
        }
        return keys;
    }

    /** Whether they are these. Types that Strings fall back to follow from those they are sent with, but for types the user has named. */
    boolean fits(Keys keys) {
        int[] types = keys.own().parameterTypes();
        StatementKey asText = keys.asText();
        for (int i = 0; i < types.length; i++) {
            if (types[i] != type(i)
                    || (types[i] == 0 && asText != null && asText.parameterTypes()[i] != fallbackType(i))) {
                return false;
            }
        }
        return true;
    }

    private Keys keys(String sql, boolean kept) {
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
        return new Keys(
                new StatementKey(sql, types, kept), textTypes == null ? null : new StatementKey(sql, textTypes, kept));
    }

    private int type(int index) {
        Encoding encoding = encodings[index];
        int type = encoding == null ? nullType(index) : encoding.typeOid();
        boolean named = type == 0 && stringType == PgxcConfiguration.StringType.VARCHAR;
        return named ? varchar(index) : type;
    }

    private int nullType(int index) {
        return nullTypes == null ? 0 : nullTypes[index];
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

    private ValueException unwritable(int index, Object value, Encoding encoding, String problem, Throwable cause) {
        String type = encoding.typeOid() == 0
                ? "text"
                : registry.type(encoding.typeOid()).getName();
        return new ValueException(
                "parameter $" + (index + 1) + " (" + value.getClass().getTypeName() + " as " + type + "): " + problem,
                cause);
    }
}
