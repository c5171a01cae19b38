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
    private final Map<Class<?>, PgType> records;
    private final @Nullable ZoneId zone;
    private final DatabaseTypes types;
    private final Families families;
    private final Decoders decoders;
    private final Encodings encodings;
    private final GenericTargets generics = new GenericTargets(this);

    private CodecRegistry(
            List<Codec<?>> codecs, Map<Class<?>, PgType> records, @Nullable ZoneId zone, DatabaseTypes types) {
        this.codecs = codecs;
        this.records = records;
        this.zone = zone;
        this.types = types;
        this.families = new Families(this, zone);
        this.decoders = new Decoders(codecs, families);
        this.encodings = new Encodings(codecs, records, types, families);
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
        return normalized.equals(zone) ? this : new CodecRegistry(codecs, records, normalized, types);
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
        return sessionZone == null ? new CodecRegistry(codecs, records, null, types) : at(sessionZone);
    }

    /**
     * The same registry for a database that has types of its own.
     *
     * @param database what is known of its types
     * @return a registry, this one if it has them already
     */
    public CodecRegistry with(DatabaseTypes database) {
        return database == types ? this : new CodecRegistry(codecs, records, zone, database);
    }

    /**
     * The type with an OID, of those every server has and those of the registry's database.
     *
     * @param oid the type's OID, as an unsigned 32-bit number
     * @return the type, never null
     */
    public PgType type(int oid) {
        return types.of(oid);
    }

    DatabaseTypes types() {
        return types;
    }

    Families families() {
        return families;
    }

    Decoders decoders() {
        return decoders;
    }

    Encodings encodings() {
        return encodings;
    }

    GenericTargets generics() {
        return generics;
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
        PgType type = type(typeOid);
        Decoder<?> decoder = decoders.plan(type, format, boxed(target));
        if (decoder == null) {
            throw ValueException.noConversion(type, format, target);
        }
        return (Decoder<T>) decoder;
    }

    /**
     * Plans the reading of a column as {@code long}, without a box for the types that are integers.
     *
     * @param typeOid the column's type
     * @param format the format of its values
     * @return a reader to be kept as a decoder is
     * @throws ValueException if there is no conversion from this type to {@code long}
     */
    public LongReader longReader(int typeOid, Format format) {
        PgType type = type(typeOid);
        boolean isInteger = families.of(type) instanceof IntegerCodecs && decoders.codecFor(type, Long.class) == null;
        return isInteger ? IntegerCodecs.reader(type, format) : decoder(typeOid, format, Long.class)::decode;
    }

    /**
     * Plans the reading of a column as {@code double}, without a box for the types that are floats.
     *
     * @param typeOid the column's type
     * @param format the format of its values
     * @return a reader to be kept as a decoder is
     * @throws ValueException if there is no conversion from this type to {@code double}
     */
    public DoubleReader doubleReader(int typeOid, Format format) {
        PgType type = type(typeOid);
        boolean isFloat = families.of(type) instanceof FloatCodecs && decoders.codecFor(type, Double.class) == null;
        return isFloat ? FloatCodecs.reader(type, format) : decoder(typeOid, format, Double.class)::decode;
    }

    static Class<?> boxed(Class<?> type) {
        return type.isPrimitive() ? MethodType.methodType(type).wrap().returnType() : type;
    }

    /**
     * The Java class of values read without a class.
     *
     * @param typeOid the column's type
     * @return the class; {@code String} for types not known
     */
    public Class<?> defaultType(int typeOid) {
        return decoders.defaultType(type(typeOid));
    }

    /**
     * Whether values of a type may be asked for in binary: whoever might read them here understands it.
     *
     * @param typeOid the column's type
     * @return false if text must be asked for
     */
    public boolean readsBinary(int typeOid) {
        return decoders.readsBinary(type(typeOid));
    }

    /**
     * The encoding of a value, by its class.
     *
     * @param value the value
     * @return its encoding
     * @throws IllegalArgumentException if values of this class cannot be written
     */
    public Encoding encoding(Object value) {
        Encoding encoding = encodings.find(value);
        if (encoding == null) {
            String remedy = value instanceof Record
                    ? "; name its type, Parameters.in(PgType.named(\"...\"), value), or register it with the codecs"
                    : "";
            throw new IllegalArgumentException(
                    "cannot encode values of " + value.getClass().getTypeName() + remedy);
        }
        return encoding;
    }

    /**
     * The type of the database's own that has to be known before a value can be written, because it is registered for the
     * value's class, or for that of its elements.
     *
     * @param value the value
     * @return the type as it was registered, or null if the value needs none, or it is known already
     */
    public @Nullable PgType unknownTypeOf(Object value) {
        return records.isEmpty() ? null : encodings.unknownTypeOf(value);
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
        PgType type = type(typeOid);
        Encoding encoding;
        try {
            encoding = encodings.typed(value, type);
        } catch (ValueException e) {
            throw new IllegalArgumentException(e.getMessage(), e); // what a composite holds has been looked at
        }
        if (encoding == null) {
            throw new IllegalArgumentException(
                    "cannot encode values of " + value.getClass().getTypeName() + " as " + type);
        }
        return encoding;
    }

    /**
     * The encoding that makes a value one of a given type, where only the type's binary form will do: in binary COPY.
     *
     * @param value the value
     * @param typeOid the type it shall have
     * @return an encoding that writes the binary form
     * @throws IllegalArgumentException if values of this class cannot be made values of this type, or only as text
     */
    public Encoding binaryEncoding(Object value, int typeOid) {
        PgType type = type(typeOid);
        Encoding encoding = encodings.binary(value, type, encoding(value, typeOid));
        if (encoding == null) {
            throw new IllegalArgumentException("values of " + value.getClass().getTypeName() + " are written as " + type
                    + " in text only, and there is no binary form of them");
        }
        return encoding;
    }

    /**
     * Whether a value can be written.
     *
     * @param value the value
     * @return true if {@link #encoding(Object)} gives an encoding
     */
    public boolean canEncode(Object value) {
        return encodings.find(value) != null;
    }

    /**
     * Whether values of a class can be written.
     *
     * @param javaType the class
     * @return true if its values can, whatever they hold
     */
    public boolean canEncode(Class<?> javaType) {
        Class<?> type = boxed(javaType);
        return encodings.find(type) != null || families.arrays().canEncode(type);
    }

    /**
     * The type that values of a class are sent as, to declare NULLs.
     *
     * @param javaType the class, or an array class
     * @return its OID, or 0 if the server has to deduce it: for strings, and for classes not known
     */
    public int typeOidOf(Class<?> javaType) {
        Class<?> type = boxed(javaType);
        Encoding encoding = encodings.find(type);
        PgType registered = encoding == null ? encodings.registeredType(type) : null;
        if (registered != null) {
            return registered.oid();
        }
        if (encoding == null && type.isArray()) {
            encoding = families.arrays().encoding(type);
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
            return known.oid() == 0 ? oidOf(known.getName()) : known.oid();
        }
        if (type instanceof R2dbcType standard) {
            return StandardTypes.oidOf(standard);
        }
        return typeOidOf(type.getJavaType());
    }

    /**
     * The OID of the type that a value is written as under a name: that of the array type over it for an array or a
     * collection of its values.
     *
     * @param type a type
     * @param value the value
     * @return its OID, or 0 if the type is not known
     */
    public int typeOidOf(PgType type, Object value) {
        int oid = typeOidOf(type);
        boolean several = oid != 0
                && families.arrays().isDimension(value)
                && encodings.typed(value, type(oid)) == null
                && type(oid).arrayOid() != 0;
        return several ? type(oid).arrayOid() : oid;
    }

    private int oidOf(String name) {
        PgType type = types.named(name);
        return type == null ? 0 : type.oid();
    }

    /** Collects the user's codecs; the earlier goes before the later. */
    public static final class Builder {

        private final List<Codec<?>> codecs = new ArrayList<>();
        private final Map<Class<?>, PgType> records = new HashMap<>();

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
         * Says as what composite type the instances of a Java record are written. Its components have the names of the
         * type's attributes, where {@code zipCode} stands for {@code zip_code}. Reading needs no such word.
         *
         * @param record the Java class
         * @param type the type, by {@link PgType#named(String)}
         * @return this builder
         */
        public Builder register(Class<? extends Record> record, PgType type) {
            records.put(record, type);
            return this;
        }

        /**
         * Makes the registry, in UTC and without types of a database's own.
         *
         * @return a registry that does not change any more
         */
        public CodecRegistry build() {
            return new CodecRegistry(List.copyOf(codecs), Map.copyOf(records), ZoneOffset.UTC, DatabaseTypes.BUILT_IN);
        }
    }
}
