// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HexFormat;
import java.util.stream.Collectors;

/** Asks the catalogue for types of a database's own, as servers of all versions understand it. */
final class CatalogSql {

    /** OIDs below this one are every server's. */
    static final int FIRST_OF_USERS = 16_384;

    /** A database with more types than that has the others looked up when they are met. */
    private static final int MOST = 20_000;

    private final ServerVersion version;

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
                + oidList + ") OR t.typname IN (" + nameList + ") OR e.typname IN (" + nameList + "))";
    }

    /** Whatever the session thinks of backslashes and quotes. */
    private static String literal(String name) {
        String hex = HexFormat.of().formatHex(name.getBytes(StandardCharsets.UTF_8));
        return "pg_catalog.convert_from(pg_catalog.decode('" + hex + "', 'hex'), 'UTF8')";
    }

    /** OID, name, kind, element, component, whether there is a binary form, delimiter, names and types of attributes. */
    private String select() {
        boolean hasRanges = version.isAtLeast(9, 2);
        boolean hasMultiranges = version.isAtLeast(14, 0);
        return "SELECT t.oid, t.typname, t.typtype, coalesce(e.oid, 0), coalesce(nullif(t.typbasetype, 0)"
                + (hasRanges ? ", r.rngsubtype" : "")
                + (hasMultiranges ? ", m.rngtypid" : "")
                + ", 0), t.typsend <> 0, t.typdelim,"
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
}
