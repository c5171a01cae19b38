// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.codec.CatalogType;
import io.r2dbc.pgxc.codec.CodecRegistry;
import io.r2dbc.pgxc.codec.Decoder;
import io.r2dbc.pgxc.codec.Format;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.exchange.Question;
import io.r2dbc.pgxc.wire.DataRow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Asks the catalogue for types of a database's own, as servers of all versions understand it. */
final class CatalogSql {

    /** OIDs below this one are every server's. */
    private static final int FIRST_OF_USERS = 16_384;

    private static final Decoder<Long> OID = decoder(PgType.OID.oid(), Long.class);
    private static final Decoder<String> NAME = decoder(PgType.NAME.oid(), String.class);
    private static final Decoder<Character> CHAR = decoder(PgType.CHAR.oid(), Character.class);
    private static final Decoder<Boolean> BOOL = decoder(PgType.BOOL.oid(), Boolean.class);
    private static final Decoder<String[]> NAMES = decoder(PgType.TEXT.arrayOid(), String[].class);
    private static final Decoder<Long[]> OIDS = decoder(PgType.OID.arrayOid(), Long[].class);

    /** A database with more types than that has the others looked up when they are met. */
    private static final int MOST = 20_000;

    private final ServerVersion version;

    private static <T> Decoder<T> decoder(int oid, Class<T> target) {
        return CodecRegistry.standard().decoder(oid, Format.TEXT, target);
    }

    /** Whether a type is not every server's. */
    static boolean isOfUsers(int oid) {
        return Integer.compareUnsigned(oid, FIRST_OF_USERS) >= 0;
    }

    CatalogSql(ServerVersion version) {
        this.version = version;
    }

    /** All types but the row types of tables, of which there may be very many. */
    String all() {
        return select() + " WHERE t.oid >= " + FIRST_OF_USERS
                + " AND coalesce(c.relkind, 'c') = 'c' AND coalesce(ec.relkind, 'c') = 'c' LIMIT " + MOST;
    }

    /** These types and the arrays over them. */
    String of(Collection<Integer> oids, Collection<String> names) {
        String oidList = oids.isEmpty()
                ? "0"
                : oids.stream().map(Integer::toUnsignedString).collect(Collectors.joining(","));
        String nameList =
                names.isEmpty() ? "''" : names.stream().map(CatalogSql::literal).collect(Collectors.joining(","));
        return select() + " WHERE t.oid >= " + FIRST_OF_USERS + " AND (t.oid IN (" + oidList + ") OR e.oid IN ("
                + oidList + ") OR t.typname IN (" + nameList + ") OR e.typname IN (" + nameList + ")) LIMIT " + MOST;
    }

    /** Whatever the session thinks of backslashes and quotes. */
    private static String literal(String name) {
        String hex = HexFormat.of().formatHex(name.getBytes(StandardCharsets.UTF_8));
        return "pg_catalog.convert_from(pg_catalog.decode('" + hex + "', 'hex'), 'UTF8')";
    }

    /** OID, name, kind, element, component, whether there is a binary form, whether the name alone finds it, delimiter, names and types of attributes. */
    private String select() {
        boolean hasRanges = version.isAtLeast(9, 2);
        boolean hasMultiranges = version.isAtLeast(14, 0);
        return "SELECT t.oid, t.typname, t.typtype, coalesce(e.oid, 0), coalesce(nullif(t.typbasetype, 0)"
                + (hasRanges ? ", r.rngsubtype" : "")
                + (hasMultiranges ? ", m.rngtypid" : "")
                + ", 0), t.typsend <> 0, pg_catalog.pg_type_is_visible(t.oid), t.typdelim,"
                + attributes("attname::text")
                + ","
                + attributes("atttypid")
                + " FROM pg_catalog.pg_type t"
                + " LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND e.typarray = t.oid"
                + " LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid"
                + " LEFT JOIN pg_catalog.pg_class ec ON ec.oid = e.typrelid"
                + (hasRanges ? " LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid" : "")
                + (hasMultiranges ? " LEFT JOIN pg_catalog.pg_range m ON m.rngmultitypid = t.oid" : "");
    }

    private static String attributes(String what) {
        return " ARRAY(SELECT a." + what + " FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.typrelid"
                + " AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)";
    }

    /** The types in the answer to one of these. */
    static List<CatalogType> types(Question answered) {
        if (answered.isCutShort()) {
            throw new IllegalStateException("The catalogue's answer was too long");
        }
        DataRow row = new DataRow();
        List<CatalogType> types = new ArrayList<>(answered.rows().size());
        for (byte[] body : answered.rows()) {
            row.moveTo(Unpooled.wrappedBuffer(body), 0, body.length);
            types.add(type(row));
        }
        return types;
    }

    private static CatalogType type(DataRow row) {
        return new CatalogType(
                read(row, 0, OID).intValue(),
                read(row, 1, NAME),
                read(row, 2, CHAR),
                read(row, 3, OID).intValue(),
                read(row, 4, OID).intValue(),
                read(row, 5, BOOL),
                read(row, 6, BOOL),
                read(row, 7, CHAR),
                List.of(read(row, 8, NAMES)),
                Stream.of(read(row, 9, OIDS)).map(Long::intValue).toList());
    }

    private static <T> T read(DataRow row, int column, Decoder<T> decoder) {
        return decoder.decode(row.buffer(), row.offset(column), row.length(column));
    }
}
