// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.r2dbc.spi.Type;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Names a PostgreSQL type: its OID, its name, the array type over it, and the Java class that {@code row.get} gives for
 * it when asked for none.
 *
 * <p>The types every server has are constants here or are found by {@link #of(int)}; types of a database's own are known
 * by OID only, or, for a {@link Codec}, by {@linkplain #named name}. Two types are equal if OID and name are.
 */
public final class PgType implements Type {

    /** Sorts the types by what they hold. */
    public enum Category {
        /** bool. */
        BOOLEAN,
        /** Integers, floats, numeric, oid. */
        NUMBER,
        /** Character types. */
        TEXT,
        /** bytea. */
        BINARY,
        /** Dates and times. */
        TEMPORAL,
        /** interval. */
        INTERVAL,
        /** uuid. */
        UUID,
        /** json and jsonb. */
        JSON,
        /** Arrays of any type. */
        ARRAY,
        /** Everything else. */
        OTHER
    }

    private static final Map<Integer, PgType> BY_OID = new HashMap<>();

    /** Truth values; {@code Boolean}. */
    public static final PgType BOOL = known(16, "bool", 1000, Category.BOOLEAN, Boolean.class);
    /** Bytes; {@code ByteBuffer}. */
    public static final PgType BYTEA = known(17, "bytea", 1001, Category.BINARY, ByteBuffer.class);
    /** One byte, the catalogue's {@code "char"}; {@code String}. */
    public static final PgType CHAR = known(18, "char", 1002, Category.TEXT, String.class);
    /** Identifiers of at most 63 bytes; {@code String}. */
    public static final PgType NAME = known(19, "name", 1003, Category.TEXT, String.class);
    /** 64-bit integers; {@code Long}. */
    public static final PgType INT8 = known(20, "int8", 1016, Category.NUMBER, Long.class);
    /** 16-bit integers; {@code Short}. */
    public static final PgType INT2 = known(21, "int2", 1005, Category.NUMBER, Short.class);
    /** 32-bit integers; {@code Integer}. */
    public static final PgType INT4 = known(23, "int4", 1007, Category.NUMBER, Integer.class);
    /** Strings without a limit; {@code String}. */
    public static final PgType TEXT = known(25, "text", 1009, Category.TEXT, String.class);
    /** Object identifiers, unsigned 32 bit; {@code Long}. */
    public static final PgType OID = known(26, "oid", 1028, Category.NUMBER, Long.class);
    /** JSON as it was written; {@code String}. */
    public static final PgType JSON = known(114, "json", 199, Category.JSON, String.class);
    /** 32-bit floating point; {@code Float}. */
    public static final PgType FLOAT4 = known(700, "float4", 1021, Category.NUMBER, Float.class);
    /** 64-bit floating point; {@code Double}. */
    public static final PgType FLOAT8 = known(701, "float8", 1022, Category.NUMBER, Double.class);
    /** Literals whose type is not decided; {@code String}. */
    public static final PgType UNKNOWN = known(705, "unknown", 0, Category.TEXT, String.class);
    /** Strings padded with blanks, SQL's {@code char(n)}; {@code String}. */
    public static final PgType BPCHAR = known(1042, "bpchar", 1014, Category.TEXT, String.class);
    /** Strings with a limit; {@code String}. */
    public static final PgType VARCHAR = known(1043, "varchar", 1015, Category.TEXT, String.class);
    /** Days; {@code LocalDate}. */
    public static final PgType DATE = known(1082, "date", 1182, Category.TEMPORAL, LocalDate.class);
    /** Times of day; {@code LocalTime}. */
    public static final PgType TIME = known(1083, "time", 1183, Category.TEMPORAL, LocalTime.class);
    /** Date and time without a zone; {@code LocalDateTime}. */
    public static final PgType TIMESTAMP = known(1114, "timestamp", 1115, Category.TEMPORAL, LocalDateTime.class);
    /** Instants; {@code OffsetDateTime}. */
    public static final PgType TIMESTAMPTZ = known(1184, "timestamptz", 1185, Category.TEMPORAL, OffsetDateTime.class);
    /** Months, days and microseconds; {@link Interval}. */
    public static final PgType INTERVAL = known(1186, "interval", 1187, Category.INTERVAL, Interval.class);
    /** Times of day with an offset; {@code OffsetTime}. */
    public static final PgType TIMETZ = known(1266, "timetz", 1270, Category.TEMPORAL, OffsetTime.class);
    /** Exact decimals; {@code BigDecimal}. */
    public static final PgType NUMERIC = known(1700, "numeric", 1231, Category.NUMBER, BigDecimal.class);
    /** UUIDs; {@code UUID}. */
    public static final PgType UUID = known(2950, "uuid", 2951, Category.UUID, UUID.class);
    /** JSON in the server's own form; {@code String}. */
    public static final PgType JSONB = known(3802, "jsonb", 3807, Category.JSON, String.class);
    /** IP addresses; {@code InetAddress}, or {@code String} for those with the prefix of a network. */
    public static final PgType INET = known(869, "inet", 1041, Category.OTHER, InetAddress.class);
    /** XML; {@code String}. */
    public static final PgType XML = other(142, "xml", 143);
    /** Amounts in the currency of {@code lc_monetary}; {@code String}. */
    public static final PgType MONEY = other(790, "money", 791);

    static {
        String others = """
                22 int2vector 1006, 24 regproc 1008, 27 tid 1010, 28 xid 1011, 29 cid 1012, 30 oidvector 1013,
                600 point 1017, 601 lseg 1018, 602 path 1019, 603 box 1020, 604 polygon 1027, 628 line 629,
                650 cidr 651, 718 circle 719, 774 macaddr8 775, 829 macaddr 1040, 1033 aclitem 1034, 1560 bit 1561,
                1562 varbit 1563, 1790 refcursor 2201, 2202 regprocedure 2207, 2203 regoper 2208,
                2204 regoperator 2209, 2205 regclass 2210, 2206 regtype 2211, 2249 record 2287, 2275 cstring 1263,
                2278 void 0, 2970 txid_snapshot 2949, 3220 pg_lsn 3221, 3614 tsvector 3643, 3615 tsquery 3645,
                3734 regconfig 3735, 3769 regdictionary 3770, 3904 int4range 3905, 3906 numrange 3907,
                3908 tsrange 3909, 3910 tstzrange 3911, 3912 daterange 3913, 3926 int8range 3927,
                4072 jsonpath 4073, 4089 regnamespace 4090, 4096 regrole 4097, 4191 regcollation 4192,
                4451 int4multirange 6150, 4532 nummultirange 6151, 4533 tsmultirange 6152,
                4534 tstzmultirange 6153, 4535 datemultirange 6155, 4536 int8multirange 6157,
                5038 pg_snapshot 5039, 5069 xid8 271\
                """;
        for (String line : others.split(",\\s+", -1)) {
            String[] part = line.split(" ", -1);
            other(Integer.parseInt(part[0]), part[1], Integer.parseInt(part[2]));
        }
    }

    private final int oid;
    private final String name;
    private final int arrayOid;
    private final int elementOid;
    private final Category category;
    private final Class<?> javaType;

    private PgType(int oid, String name, int arrayOid, int elementOid, Category category, Class<?> javaType) {
        this.oid = oid;
        this.name = name;
        this.arrayOid = arrayOid;
        this.elementOid = elementOid;
        this.category = category;
        this.javaType = javaType;
    }

    private static PgType other(int oid, String name, int arrayOid) {
        return known(oid, name, arrayOid, Category.OTHER, String.class);
    }

    private static PgType known(int oid, String name, int arrayOid, Category category, Class<?> javaType) {
        PgType type = new PgType(oid, name, arrayOid, 0, category, javaType);
        BY_OID.put(oid, type);
        if (arrayOid != 0) {
            BY_OID.put(arrayOid, new PgType(arrayOid, name + "[]", 0, oid, Category.ARRAY, javaType.arrayType()));
        }
        return type;
    }

    /**
     * The type with an OID. One that is not among the known types reads as {@code String}.
     *
     * @param oid the type's OID, as an unsigned 32-bit number
     * @return the type, never null
     */
    public static PgType of(int oid) {
        PgType type = BY_OID.get(oid);
        return type != null
                ? type
                : new PgType(oid, "oid " + Integer.toUnsignedString(oid), 0, 0, Category.OTHER, String.class);
    }

    /** Every array type that is known. */
    static List<PgType> arrays() {
        return BY_OID.values().stream()
                .filter(type -> type.category == Category.ARRAY)
                .toList();
    }

    /**
     * A type of the database's own, whose OID differs from database to database.
     *
     * @param name the type's name as the catalogue has it
     * @return the type, with OID 0
     */
    public static PgType named(String name) {
        return new PgType(0, name, 0, 0, Category.OTHER, String.class);
    }

    /**
     * The type's OID, or 0 if only its name is known.
     *
     * @return an unsigned 32-bit number
     */
    public int oid() {
        return oid;
    }

    /**
     * The OID of the array type over this one, or 0 if there is none or it is not known.
     *
     * @return an unsigned 32-bit number
     */
    public int arrayOid() {
        return arrayOid;
    }

    /**
     * The type of the elements, if this is an array type.
     *
     * @return the type, or null
     */
    public @Nullable PgType element() {
        return elementOid == 0 ? null : of(elementOid);
    }

    /**
     * The array type over this one, of any number of dimensions: {@code Parameters.in(PgType.TEXT.array(), list)}.
     *
     * @return the type, or null if there is none or it is not known
     */
    public @Nullable PgType array() {
        return arrayOid == 0 ? null : of(arrayOid);
    }

    /**
     * What the type holds.
     *
     * @return the category
     */
    public Category category() {
        return category;
    }

    /** The Java class of {@code row.get} without a class. */
    @Override
    public Class<?> getJavaType() {
        return javaType;
    }

    /** The name as the catalogue has it, with {@code []} for arrays. */
    @Override
    public String getName() {
        return name;
    }

    /** Whether the name is the type's own, and not made up from an OID nobody knows. */
    boolean isNamed() {
        return oid == 0 || BY_OID.containsKey(oid);
    }

    /** Whether a column's type is this one: by OID where both are known, by name otherwise. */
    boolean matches(PgType column) {
        return oid != 0 && column.oid != 0 ? oid == column.oid : name.equals(column.name);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PgType type && oid == type.oid && name.equals(type.name);
    }

    @Override
    public int hashCode() {
        return 31 * oid + name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
