// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.r2dbc.pgxc.value.Box;
import io.r2dbc.pgxc.value.Circle;
import io.r2dbc.pgxc.value.Composite;
import io.r2dbc.pgxc.value.Inet;
import io.r2dbc.pgxc.value.Interval;
import io.r2dbc.pgxc.value.Line;
import io.r2dbc.pgxc.value.LineSegment;
import io.r2dbc.pgxc.value.Lsn;
import io.r2dbc.pgxc.value.MacAddress;
import io.r2dbc.pgxc.value.Path;
import io.r2dbc.pgxc.value.Point;
import io.r2dbc.pgxc.value.Polygon;
import io.r2dbc.pgxc.value.Range;
import io.r2dbc.pgxc.value.Snapshot;
import io.r2dbc.pgxc.value.Tid;
import io.r2dbc.pgxc.value.TsVector;
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
 * Names a PostgreSQL type: its OID, its name, what it consists of, and the Java class that {@code row.get} gives for it.
 *
 * <p>The types every server has are constants here or are found by {@link #of(int)}; those of a database's own are made of
 * its catalogue, or are given by {@linkplain #named name}. Two types are equal if OID and name are.
 */
public final class PgType implements Type {

    private static final Map<Integer, PgType> BY_OID = new HashMap<>();

    private static final Map<Integer, PgType> RANGES_OVER = new HashMap<>();

    private static final String NAMELESS = "oid ";

    /** Truth values; {@code Boolean}. */
    public static final PgType BOOL = known(16, "bool", 1000, TypeCategory.BOOLEAN, Boolean.class);
    /** Bytes; {@code ByteBuffer}. */
    public static final PgType BYTEA = known(17, "bytea", 1001, TypeCategory.BINARY, ByteBuffer.class);
    /** One byte, the catalogue's {@code "char"}; {@code String}. */
    public static final PgType CHAR = known(18, "char", 1002, TypeCategory.TEXT, String.class);
    /** Identifiers of at most 63 bytes; {@code String}. */
    public static final PgType NAME = known(19, "name", 1003, TypeCategory.TEXT, String.class);
    /** 64-bit integers; {@code Long}. */
    public static final PgType INT8 = known(20, "int8", 1016, TypeCategory.NUMBER, Long.class);
    /** 16-bit integers; {@code Short}. */
    public static final PgType INT2 = known(21, "int2", 1005, TypeCategory.NUMBER, Short.class);
    /** 32-bit integers; {@code Integer}. */
    public static final PgType INT4 = known(23, "int4", 1007, TypeCategory.NUMBER, Integer.class);
    /** Strings without a limit; {@code String}. */
    public static final PgType TEXT = known(25, "text", 1009, TypeCategory.TEXT, String.class);
    /** Object identifiers, unsigned 32 bit; {@code Long}. */
    public static final PgType OID = known(26, "oid", 1028, TypeCategory.NUMBER, Long.class);
    /** JSON as it was written; {@code String}. */
    public static final PgType JSON = known(114, "json", 199, TypeCategory.JSON, String.class);
    /** 32-bit floating point; {@code Float}. */
    public static final PgType FLOAT4 = known(700, "float4", 1021, TypeCategory.NUMBER, Float.class);
    /** 64-bit floating point; {@code Double}. */
    public static final PgType FLOAT8 = known(701, "float8", 1022, TypeCategory.NUMBER, Double.class);
    /** Literals whose type is not decided; {@code String}. */
    public static final PgType UNKNOWN = known(705, "unknown", 0, TypeCategory.TEXT, String.class);
    /** Strings padded with blanks, SQL's {@code char(n)}; {@code String}. */
    public static final PgType BPCHAR = known(1042, "bpchar", 1014, TypeCategory.TEXT, String.class);
    /** Strings with a limit; {@code String}. */
    public static final PgType VARCHAR = known(1043, "varchar", 1015, TypeCategory.TEXT, String.class);
    /** Days; {@code LocalDate}. */
    public static final PgType DATE = known(1082, "date", 1182, TypeCategory.TEMPORAL, LocalDate.class);
    /** Times of day; {@code LocalTime}. */
    public static final PgType TIME = known(1083, "time", 1183, TypeCategory.TEMPORAL, LocalTime.class);
    /** Date and time without a zone; {@code LocalDateTime}. */
    public static final PgType TIMESTAMP = known(1114, "timestamp", 1115, TypeCategory.TEMPORAL, LocalDateTime.class);
    /** Instants; {@code OffsetDateTime}. */
    public static final PgType TIMESTAMPTZ =
            known(1184, "timestamptz", 1185, TypeCategory.TEMPORAL, OffsetDateTime.class);
    /** Months, days and microseconds; {@link Interval}. */
    public static final PgType INTERVAL = known(1186, "interval", 1187, TypeCategory.INTERVAL, Interval.class);
    /** Times of day with an offset; {@code OffsetTime}. */
    public static final PgType TIMETZ = known(1266, "timetz", 1270, TypeCategory.TEMPORAL, OffsetTime.class);
    /** Exact decimals; {@code BigDecimal}. */
    public static final PgType NUMERIC = known(1700, "numeric", 1231, TypeCategory.NUMBER, BigDecimal.class);
    /** UUIDs; {@code UUID}. */
    public static final PgType UUID = known(2950, "uuid", 2951, TypeCategory.UUID, UUID.class);
    /** JSON in the server's own form; {@code String}. */
    public static final PgType JSONB = known(3802, "jsonb", 3807, TypeCategory.JSON, String.class);
    /** IP addresses; {@code InetAddress}, or {@link Inet} for those with the prefix of a network. */
    public static final PgType INET = known(869, "inet", 1041, TypeCategory.OTHER, InetAddress.class);
    /** XML; {@code String}. */
    public static final PgType XML = other(142, "xml", 143);
    /** Amounts in the currency of {@code lc_monetary}; {@code String}. */
    public static final PgType MONEY = other(790, "money", 791);
    /** Networks; {@link Inet}. */
    public static final PgType CIDR = known(650, "cidr", 651, TypeCategory.OTHER, Inet.class);
    /** Addresses of 48 bits; {@link MacAddress}. */
    public static final PgType MACADDR = known(829, "macaddr", 1040, TypeCategory.OTHER, MacAddress.class);
    /** Addresses of 64 bits; {@link MacAddress}. */
    public static final PgType MACADDR8 = known(774, "macaddr8", 775, TypeCategory.OTHER, MacAddress.class);
    /** Bits of a fixed number; {@code String}. */
    public static final PgType BIT = other(1560, "bit", 1561);
    /** Bits; {@code String}. */
    public static final PgType VARBIT = other(1562, "varbit", 1563);
    /** Points; {@link Point}. */
    public static final PgType POINT = known(600, "point", 1017, TypeCategory.OTHER, Point.class);
    /** Lines without ends; {@link Line}. */
    public static final PgType LINE = known(628, "line", 629, TypeCategory.OTHER, Line.class);
    /** Lines between two points; {@link LineSegment}. */
    public static final PgType LSEG = known(601, "lseg", 1018, TypeCategory.OTHER, LineSegment.class);
    /** Rectangles; {@link Box}. */
    public static final PgType BOX = known(603, "box", 1020, TypeCategory.OTHER, Box.class);
    /** Lines through points; {@link Path}. */
    public static final PgType PATH = known(602, "path", 1019, TypeCategory.OTHER, Path.class);
    /** Polygons; {@link Polygon}. */
    public static final PgType POLYGON = known(604, "polygon", 1027, TypeCategory.OTHER, Polygon.class);
    /** Circles; {@link Circle}. */
    public static final PgType CIRCLE = known(718, "circle", 719, TypeCategory.OTHER, Circle.class);
    /** Documents prepared for text search; {@link TsVector}. */
    public static final PgType TSVECTOR = known(3614, "tsvector", 3643, TypeCategory.OTHER, TsVector.class);
    /** Text search queries; {@code String}. */
    public static final PgType TSQUERY = other(3615, "tsquery", 3645);
    /** Paths into JSON; {@code String}. */
    public static final PgType JSONPATH = known(4072, "jsonpath", 4073, TypeCategory.JSON, String.class);
    /** Positions in the write-ahead log; {@link Lsn}. */
    public static final PgType PG_LSN = known(3220, "pg_lsn", 3221, TypeCategory.OTHER, Lsn.class);
    /** Transactions as a statement sees them; {@link Snapshot}. */
    public static final PgType PG_SNAPSHOT = known(5038, "pg_snapshot", 5039, TypeCategory.OTHER, Snapshot.class);
    /** The same under its older name; {@link Snapshot}. */
    public static final PgType TXID_SNAPSHOT = known(2970, "txid_snapshot", 2949, TypeCategory.OTHER, Snapshot.class);
    /** Transaction identifiers, unsigned 32 bit; {@code Long}. */
    public static final PgType XID = known(28, "xid", 1011, TypeCategory.OTHER, Long.class);
    /** Transaction identifiers, unsigned 64 bit; {@code Long}. */
    public static final PgType XID8 = known(5069, "xid8", 271, TypeCategory.OTHER, Long.class);
    /** Numbers of commands in a transaction, unsigned 32 bit; {@code Long}. */
    public static final PgType CID = known(29, "cid", 1012, TypeCategory.OTHER, Long.class);
    /** Places of rows in a table; {@link Tid}. */
    public static final PgType TID = known(27, "tid", 1010, TypeCategory.OTHER, Tid.class);
    /** The catalogue's vectors of {@code int2}; {@code Short[]}. */
    public static final PgType INT2VECTOR = known(22, "int2vector", 1006, TypeCategory.OTHER, Short[].class);
    /** The catalogue's vectors of {@code oid}; {@code Long[]}. */
    public static final PgType OIDVECTOR = known(30, "oidvector", 1013, TypeCategory.OTHER, Long[].class);
    /** Names of cursors; {@code String}. */
    public static final PgType REFCURSOR = known(1790, "refcursor", 2201, TypeCategory.TEXT, String.class);
    /** What a function without a result gives; an empty {@code String}. */
    public static final PgType VOID = other(2278, "void", 0);
    /** Rows whose type has no name; {@link Composite}. */
    public static final PgType RECORD = known(2249, "record", 2287, TypeCategory.COMPOSITE, Composite.class);
    /** Ranges of {@code int4}; {@code String}, or {@link Range}. */
    public static final PgType INT4RANGE = range(3904, "int4range", 3905, INT4, 4451, "int4multirange", 6150);
    /** Ranges of {@code int8}; {@code String}, or {@link Range}. */
    public static final PgType INT8RANGE = range(3926, "int8range", 3927, INT8, 4536, "int8multirange", 6157);
    /** Ranges of {@code numeric}; {@code String}, or {@link Range}. */
    public static final PgType NUMRANGE = range(3906, "numrange", 3907, NUMERIC, 4532, "nummultirange", 6151);
    /** Ranges of {@code date}; {@code String}, or {@link Range}. */
    public static final PgType DATERANGE = range(3912, "daterange", 3913, DATE, 4535, "datemultirange", 6155);
    /** Ranges of {@code timestamp}; {@code String}, or {@link Range}. */
    public static final PgType TSRANGE = range(3908, "tsrange", 3909, TIMESTAMP, 4533, "tsmultirange", 6152);
    /** Ranges of {@code timestamptz}; {@code String}, or {@link Range}. */
    public static final PgType TSTZRANGE = range(3910, "tstzrange", 3911, TIMESTAMPTZ, 4534, "tstzmultirange", 6153);

    static {
        String others = """
                24 regproc 1008, 1033 aclitem 1034, 2202 regprocedure 2207, 2203 regoper 2208, 2204 regoperator 2209,
                2205 regclass 2210, 2206 regtype 2211, 2275 cstring 1263, 3734 regconfig 3735,
                3769 regdictionary 3770, 4089 regnamespace 4090, 4096 regrole 4097, 4191 regcollation 4192\
                """;
        for (String line : others.split(",\\s+", -1)) {
            String[] part = line.split(" ", -1);
            other(Integer.parseInt(part[0]), part[1], Integer.parseInt(part[2]));
        }
    }

    private final int oid;
    private final String name;
    private final TypeCategory category;
    private final Class<?> javaType;
    private final char delimiter;
    private final boolean hasBinaryForm;

    // set by those who make several types at once, before anybody else sees them
    private int arrayOid;
    private @Nullable PgType array;
    private @Nullable PgType component;
    private List<Attribute> attributes = List.of();

    PgType(int oid, String name, TypeCategory category, Class<?> javaType, char delimiter, boolean hasBinaryForm) {
        this.oid = oid;
        this.name = name;
        this.category = category;
        this.javaType = javaType;
        this.delimiter = delimiter;
        this.hasBinaryForm = hasBinaryForm;
    }

    private static PgType other(int oid, String name, int arrayOid) {
        return known(oid, name, arrayOid, TypeCategory.OTHER, String.class);
    }

    private static PgType known(int oid, String name, int arrayOid, TypeCategory category, Class<?> javaType) {
        PgType type = new PgType(oid, name, category, javaType, oid == 603 ? ';' : ',', true);
        BY_OID.put(oid, type);
        if (arrayOid != 0) {
            BY_OID.put(arrayOid, type.withArray(arrayOid));
        }
        return type;
    }

    private static PgType range(
            int oid, String name, int arrayOid, PgType subtype, int multi, String multiName, int multiArrayOid) {
        PgType range = known(oid, name, arrayOid, TypeCategory.RANGE, String.class);
        range.consistsOf(subtype, List.of());
        RANGES_OVER.put(subtype.oid, range);
        known(multi, multiName, multiArrayOid, TypeCategory.MULTIRANGE, String.class)
                .consistsOf(range, List.of());
        return range;
    }

    /** Makes the array type over this one. */
    PgType withArray(int oidOfArray) {
        PgType over = new PgType(oidOfArray, name + "[]", TypeCategory.ARRAY, javaType.arrayType(), delimiter, true);
        over.component = this;
        arrayOid = oidOfArray;
        array = over;
        return over;
    }

    /** Says what a domain, a range or a multirange is over, and what a composite consists of. */
    void consistsOf(@Nullable PgType part, List<Attribute> own) {
        component = part;
        attributes = List.copyOf(own);
    }

    /** Whether the server can send it in binary; an older version of an extension may not. */
    boolean hasBinaryForm() {
        return hasBinaryForm;
    }

    /**
     * The type with an OID. One that is not among the known types reads as {@code String}.
     *
     * @param oid the type's OID, as an unsigned 32-bit number
     * @return the type, never null
     */
    public static PgType of(int oid) {
        PgType type = BY_OID.get(oid);
        return type != null ? type : opaque(oid, NAMELESS + Integer.toUnsignedString(oid));
    }

    /** The range type that every server has over a type, if there is one. */
    static @Nullable PgType rangeOver(int subtype) {
        return RANGES_OVER.get(subtype);
    }

    /** The type that every server has with a name, if there is one. */
    static @Nullable PgType builtIn(String name) {
        return BY_OID.values().stream()
                .filter(type -> type.name.equals(name))
                .findAny()
                .orElse(null);
    }

    /** Whether every server has it. */
    static boolean isBuiltIn(int oid) {
        return BY_OID.containsKey(oid);
    }

    /**
     * A type of the database's own, whose OID differs from database to database. As the type of a parameter it is found
     * in the catalogue of the connection's database.
     *
     * @param name the type's name as the catalogue has it, without a schema
     * @return the type, with OID 0
     */
    public static PgType named(String name) {
        return opaque(0, name);
    }

    private static PgType opaque(int oid, String name) {
        return new PgType(oid, name, TypeCategory.OTHER, String.class, ',', true);
    }

    /** The type's OID, an unsigned 32-bit number, or 0 if only its name is known. */
    public int oid() {
        return oid;
    }

    /** The OID of the array type over this one, or 0 if there is none or it is not known. */
    public int arrayOid() {
        return arrayOid;
    }

    /**
     * The type of the elements, if this is an array type.
     *
     * @return the type, or null
     */
    public @Nullable PgType element() {
        return category == TypeCategory.ARRAY ? component : null;
    }

    /**
     * The type that a domain restricts.
     *
     * @return the type, which may be a domain itself, or null if this is no domain
     */
    public @Nullable PgType base() {
        return category == TypeCategory.DOMAIN ? component : null;
    }

    /**
     * The type of the bounds, if this is a range type, and of the ranges, if this is a multirange type.
     *
     * @return the type, or null
     */
    public @Nullable PgType subtype() {
        return category == TypeCategory.RANGE || category == TypeCategory.MULTIRANGE ? component : null;
    }

    /**
     * The attributes of a composite type.
     *
     * @return in the order of the type; none if this is no composite type, or one without a name
     */
    public List<Attribute> attributes() {
        return attributes;
    }

    /**
     * The array type over this one, of any number of dimensions: {@code Parameters.in(PgType.TEXT.array(), list)}.
     *
     * @return the type, or null if there is none or it is not known
     */
    public @Nullable PgType array() {
        return array;
    }

    /** What an array, domain, range or multirange is over. */
    @Nullable
    PgType component() {
        return component;
    }

    /** What stands between the elements of an array's text. */
    char delimiter() {
        return delimiter;
    }

    /** What the type holds. */
    public TypeCategory category() {
        return category;
    }

    @Override
    public Class<?> getJavaType() {
        return javaType;
    }

    @Override
    public String getName() {
        return name;
    }

    /** Whether the name is the type's own, and not made up from an OID nobody knows. */
    boolean isNamed() {
        return oid == 0 || !name.equals(NAMELESS + Integer.toUnsignedString(oid));
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
