// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import java.util.List;

/**
 * Types of a database's own, as its catalogue would say: an enum {@code mood}, a domain {@code zip} over text, a composite
 * {@code address (street text, zip_code zip, number int4)} and one that holds it, a range over floats, and arrays of all.
 */
final class UserTypes {

    static final int MOOD = 20_001;
    static final int ZIP = 20_002;
    static final int ADDRESS = 20_003;
    static final int PERSON = 20_004;
    static final int FLOATRANGE = 20_005;
    static final int FLOATMULTIRANGE = 20_006;
    static final int AGE = 20_007;
    static final int EMPTY = 20_008;

    /** The array type over one of these has an OID so much higher. */
    static final int ARRAY = 1000;

    static final DatabaseTypes TYPES = DatabaseTypes.BUILT_IN.with(List.of(
            plain(MOOD, "mood", 'e', 0),
            array(MOOD, "mood"),
            plain(ZIP, "zip", 'd', PgType.TEXT.oid()),
            array(ZIP, "zip"),
            composite(ADDRESS, "address", List.of("street", "zip_code", "number"), List.of(25, ZIP, 23)),
            array(ADDRESS, "address"),
            composite(
                    PERSON,
                    "person",
                    List.of("name", "home", "others", "mood", "scores"),
                    List.of(25, ADDRESS, ADDRESS + ARRAY, MOOD, 1007)),
            array(PERSON, "person"),
            plain(FLOATRANGE, "floatrange", 'r', PgType.FLOAT8.oid()),
            array(FLOATRANGE, "floatrange"),
            plain(FLOATMULTIRANGE, "floatmultirange", 'm', FLOATRANGE),
            plain(AGE, "age", 'd', PgType.INT4.oid()),
            array(AGE, "age"),
            composite(EMPTY, "empty", List.of(), List.of())));

    static final CodecRegistry REGISTRY = CodecRegistry.standard().with(TYPES);

    private UserTypes() {}

    static CatalogType plain(int oid, String name, char kind, int component) {
        return new CatalogType(oid, name, kind, 0, component, true, true, ',', List.of(), List.of());
    }

    static CatalogType array(int element, String name) {
        return new CatalogType(element + ARRAY, "_" + name, 'b', element, 0, true, true, ',', List.of(), List.of());
    }

    static CatalogType composite(int oid, String name, List<String> attributes, List<Integer> types) {
        return new CatalogType(oid, name, 'c', 0, 0, true, true, ',', attributes, types);
    }
}
