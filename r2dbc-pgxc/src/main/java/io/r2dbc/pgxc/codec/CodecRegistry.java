// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.r2dbc.spi.R2dbcType;
import io.r2dbc.spi.Type;
import java.lang.invoke.MethodType;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Knows which decoder reads a type into a Java class, and which encoding writes a Java value.
 *
 * <p>The user's codecs go first, then the families of the driver. Every type can be read as {@code String}: in text
 * format as the server printed it, in binary format as the server would print it (with {@code t} and {@code f} for
 * truth values, {@code IntervalStyle} postgres, {@code bytea_output} hex, and the registry's zone). A type that is not
 * known is read in text as {@code String}, in binary as {@code ByteBuffer} or {@code byte[]}.
 *
 * <p>A registry does not change once built, and is shared by connections and threads.
 */
public final class CodecRegistry {

    private static final CodecRegistry STANDARD = builder().build();

    private final List<Codec<?>> codecs;
    private final @Nullable ZoneId zone;
    private final Map<Integer, Family> families = new HashMap<>();
    private final Map<Class<?>, Encoding> byClass = new HashMap<>();
    private final ClassValue<Optional<Encoding>> resolved = new ClassValue<>() {
        @Override
        protected Optional<Encoding> computeValue(Class<?> type) {
            return Optional.ofNullable(resolve(type));
        }
    };
    private final ArrayCodec arrays = new ArrayCodec(this);
    private final OpaqueCodec opaque = new OpaqueCodec(arrays);

    private CodecRegistry(List<Codec<?>> codecs, @Nullable ZoneId zone) {
        this.codecs = List.copyOf(codecs);
        this.zone = zone;
        List<Family> standard = List.of(
                new BooleanCodec(),
                new IntegerCodecs(),
                new FloatCodecs(),
                new NumericCodec(),
                new TextCodecs(),
                new JsonCodecs(),
                new BinaryCodecs(),
                new UuidCodec(),
                new InetCodec(),
                new DateCodec(),
                new TimeCodecs(),
                new TimestampCodecs(zone),
                new IntervalCodec(),
                arrays);
        for (Family family : standard) {
            family.types().forEach(type -> families.put(type.oid(), family));
            byClass.putAll(family.encodings());
        }
    }

    /**
     * The registry without any codec of the user's own, in UTC.
     *
     * @return the shared instance
     */
    public static CodecRegistry standard() {
        return STANDARD;
    }

    /**
     * Begins a registry with codecs of the user's own.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The same registry for a session in another time zone. The zone gives {@code timestamptz} its offset, in both
     * formats, and is the one in which {@code timestamp} is read as an instant and {@code timestamptz} as a local time.
     *
     * @param sessionZone the session's {@code TimeZone}
     * @return a registry, this one if it has the zone already
     */
    public CodecRegistry at(ZoneId sessionZone) {
        ZoneId normalized = sessionZone.normalized(); // UTC has many names
        return normalized.equals(zone) ? this : new CodecRegistry(codecs, normalized);
    }

    /**
     * The same registry for a session in another time zone, as the server names it. If Java does not know the zone, then
     * {@code timestamptz} has the offset of UTC, and conversions between instants and local times are refused.
     *
     * @param serverZone the value of the session's {@code TimeZone}
     * @return a registry, this one if it has the zone already
     */
    public CodecRegistry at(String serverZone) {
        ZoneId sessionZone = ServerZone.parse(serverZone);
        return sessionZone == null ? new CodecRegistry(codecs, null) : at(sessionZone);
    }

    /**
     * Plans the reading of a column, once for all of its rows.
     *
     * @param typeOid the column's type
     * @param format the format of its values
     * @param target the Java class asked for; {@code Object} means {@link #defaultType}, a primitive class its wrapper
     * @param <T> the Java class
     * @return a decoder to be kept as long as the column's type, its format and the registry stay the same
     * @throws ValueException if there is no conversion from this type, in this format, to this class
     */
    @SuppressWarnings("unchecked") // every branch below plans for exactly this class
    public <T> Decoder<T> decoder(int typeOid, Format format, Class<T> target) {
        PgType type = PgType.of(typeOid);
        Decoder<?> decoder = plan(type, format, boxed(target));
        if (decoder == null) {
            throw ValueException.noConversion(type, format, target);
        }
        return (Decoder<T>) decoder;
    }

    private static Class<?> boxed(Class<?> type) {
        return type.isPrimitive() ? MethodType.methodType(type).wrap().returnType() : type;
    }

    @Nullable
    Decoder<?> plan(PgType type, Format format, Class<?> target) {
        Codec<?> codec = codecFor(type, target);
        if (codec != null && (format == Format.TEXT || codec.readsBinary())) {
            return UserCodecs.decoder(codec, type, format);
        }
        Family family = family(type);
        Class<?> wanted = target == Object.class ? family.defaultTarget(type, format) : target;
        if (wanted == String.class || wanted == CharSequence.class) {
            return format == Format.TEXT ? TextCodecs.string(type, format) : family.decoder(type, format, String.class);
        }
        return family.decoder(type, format, wanted);
    }

    @Nullable
    Codec<?> codecFor(PgType type, Class<?> target) {
        for (Codec<?> codec : codecs) {
            boolean wanted = target == Object.class ? codec.isDefault() : target == codec.javaType();
            if (wanted && (codec.reads(type) || (target != Object.class && mayBe(codec.type(), type)))) {
                return codec;
            }
        }
        return null;
    }

    /** A type known by its name only may be any type known by its OID only; the class asked for has decided. */
    private static boolean mayBe(PgType named, PgType column) {
        return named.oid() == 0 && !column.isNamed();
    }

    private Family family(PgType type) {
        return families.getOrDefault(type.oid(), opaque);
    }

    /**
     * The Java class of values read without a class.
     *
     * @param typeOid the column's type
     * @return the class; {@code String} for types not known
     */
    public Class<?> defaultType(int typeOid) {
        PgType type = PgType.of(typeOid);
        Codec<?> codec = codecFor(type, Object.class);
        if (codec != null) {
            return codec.javaType();
        }
        PgType element = type.element();
        return element == null ? type.getJavaType() : defaultType(element.oid()).arrayType();
    }

    /**
     * Whether values of a type may be asked for in binary: whoever might read them here understands it.
     *
     * @param typeOid the column's type
     * @return false if text must be asked for
     */
    public boolean readsBinary(int typeOid) {
        PgType type = PgType.of(typeOid);
        for (Codec<?> codec : codecs) {
            if (!codec.readsBinary() && codec.reads(type)) {
                return false;
            }
        }
        PgType element = type.element();
        return family(type).readsBinary() && (element == null || readsBinary(element.oid()));
    }

    /**
     * The encoding of a value, by its class.
     *
     * @param value the value
     * @return its encoding
     * @throws IllegalArgumentException if values of this class cannot be written
     */
    public Encoding encoding(Object value) {
        Encoding encoding = find(value);
        if (encoding == null) {
            throw new IllegalArgumentException(
                    "cannot encode values of " + value.getClass().getTypeName());
        }
        return encoding;
    }

    private @Nullable Encoding find(Object value) {
        Class<?> type = value.getClass();
        Encoding encoding = find(type);
        return encoding == null && arrays.isDimension(value) ? arrays.encoding(value) : encoding;
    }

    /** The encoding that the class alone decides; collections, and arrays of objects, are decided by what they hold. */
    @Nullable
    Encoding find(Class<?> type) {
        return resolved.get(type).orElse(null);
    }

    private @Nullable Encoding resolve(Class<?> type) {
        for (Codec<?> codec : codecs) {
            if (codec.javaType().isAssignableFrom(type)) {
                return UserCodecs.encoding(codec);
            }
        }
        Encoding encoding = byClass.get(type);
        if (encoding != null) {
            return encoding;
        }
        Encoding bytes = BinaryCodecs.encoding(type);
        Encoding address = bytes != null ? bytes : InetCodec.encoding(type);
        return address != null ? address : TextCodecs.encoding(type);
    }

    /**
     * The encoding that makes a value one of a given type.
     *
     * @param value the value
     * @param typeOid the type it shall have, 0 for the one its class has
     * @return the encoding, which declares this type
     * @throws IllegalArgumentException if values of this class cannot be made values of this type
     */
    public Encoding encoding(Object value, int typeOid) {
        if (typeOid == 0) {
            return encoding(value);
        }
        PgType type = PgType.of(typeOid);
        Encoding encoding = typed(value, type);
        if (encoding == null) {
            throw new IllegalArgumentException(
                    "cannot encode values of " + value.getClass().getTypeName() + " as " + type);
        }
        return encoding;
    }

    @Nullable
    Encoding typed(Object value, PgType type) {
        for (Codec<?> codec : codecs) {
            if (codec.javaType().isInstance(value) && codec.reads(type)) {
                return UserCodecs.encoding(codec, type);
            }
        }
        Encoding converted = family(type).encoding(value, type);
        if (converted != null) {
            return converted;
        }
        if (TextCodecs.isText(value)) {
            return TextCodecs.as(type);
        }
        Encoding own = find(value);
        return own != null && own.typeOid() == type.oid() ? own : null;
    }

    /**
     * Whether a value can be written.
     *
     * @param value the value
     * @return true if {@link #encoding(Object)} gives an encoding
     */
    public boolean canEncode(Object value) {
        return find(value) != null;
    }

    /**
     * Whether values of a class can be written.
     *
     * @param javaType the class
     * @return true if its values can, whatever they hold
     */
    public boolean canEncode(Class<?> javaType) {
        Class<?> type = boxed(javaType);
        return find(type) != null || arrays.canEncode(type);
    }

    /**
     * The type that values of a class are sent as, to declare NULLs.
     *
     * @param javaType the class, or an array class
     * @return its OID, or 0 if the server has to deduce it: for strings, and for classes not known
     */
    public int typeOidOf(Class<?> javaType) {
        Class<?> type = boxed(javaType);
        Encoding encoding = find(type);
        if (encoding == null && type.isArray()) {
            encoding = arrays.encoding(type);
        }
        return encoding == null ? 0 : encoding.typeOid();
    }

    /**
     * The OID of a type given to a parameter.
     *
     * @param type a {@link PgType}, an {@link R2dbcType}, or a type inferred from a Java class
     * @return its OID, or 0 if the server has to deduce it
     */
    public int typeOidOf(Type type) {
        if (type instanceof PgType known) {
            return known.oid();
        }
        if (type instanceof R2dbcType standard) {
            return StandardTypes.oidOf(standard);
        }
        return typeOidOf(type.getJavaType());
    }

    /** Collects the user's codecs; the earlier goes before the later. */
    public static final class Builder {

        private final List<Codec<?>> codecs = new ArrayList<>();

        private Builder() {}

        /**
         * Adds a codec.
         *
         * @param codec the codec
         * @return this builder
         */
        public Builder register(Codec<?> codec) {
            codecs.add(codec);
            return this;
        }

        /**
         * Makes the registry, in UTC.
         *
         * @return a registry that does not change any more
         */
        public CodecRegistry build() {
            return new CodecRegistry(codecs, ZoneOffset.UTC);
        }
    }
}
