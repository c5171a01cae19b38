// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.r2dbc.pgxc.value.Composite;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Knows the types of one database by OID and by name: those every server has, and those its catalogue had when it was
 * read. It does not change, and may be shared by threads.
 */
public final class DatabaseTypes {

    /** No types but those every server has. */
    public static final DatabaseTypes BUILT_IN = new DatabaseTypes(Map.of());

    private static final int DEEPEST = 32;

    private final Map<Integer, CatalogType> rows;
    private final Map<Integer, PgType> byOid = new HashMap<>();
    private final Map<String, PgType> byName = new HashMap<>();
    private final Map<Integer, PgType> rangesOver = new HashMap<>();

    private DatabaseTypes(Map<Integer, CatalogType> rows) {
        this.rows = rows;
        for (CatalogType row : rows.values()) {
            if (row.element() == 0) {
                PgType type = new PgType(
                        row.oid(), row.name(), category(row), javaType(row), row.delimiter(), row.hasBinaryForm());
                byOid.put(row.oid(), type);
                byName.putIfAbsent(row.name(), type);
            }
        }
        for (CatalogType row : rows.values()) {
            PgType element = byOid.get(row.element());
            if (row.element() != 0 && element != null) {
                byOid.put(row.oid(), element.withArray(row.oid()));
            }
        }
        rows.values().stream().filter(row -> row.element() == 0).forEach(this::link);
        Map<Integer, Integer> depths = new HashMap<>();
        byOid.values().removeIf(type -> depth(type, 0, depths) > DEEPEST);
        byName.values().removeIf(type -> !byOid.containsKey(type.oid()));
    }

    /** How many types stand one within the other; a server that says that some contain themselves is not believed. */
    private static int depth(PgType type, int level, Map<Integer, Integer> known) {
        Integer before = known.get(type.oid());
        if (before != null || level > DEEPEST) {
            return before == null ? DEEPEST + 1 : before;
        }
        known.put(type.oid(), DEEPEST + 1);
        int inner = type.component() == null ? 0 : depth(type.component(), level + 1, known);
        for (Attribute attribute : type.attributes()) {
            inner = Math.max(inner, depth(attribute.type(), level + 1, known));
        }
        known.put(type.oid(), inner + 1);
        return inner + 1;
    }

    private static TypeCategory category(CatalogType row) {
        return switch (row.kind()) {
            case 'c' -> TypeCategory.COMPOSITE;
            case 'd' -> TypeCategory.DOMAIN;
            case 'e' -> TypeCategory.ENUM;
            case 'm' -> TypeCategory.MULTIRANGE;
            case 'r' -> TypeCategory.RANGE;
            default -> TypeCategory.OTHER;
        };
    }

    private static Class<?> javaType(CatalogType row) {
        return row.kind() == 'c' ? Composite.class : String.class;
    }

    private void link(CatalogType row) {
        PgType type = of(row.oid());
        PgType component = row.component() == 0 ? null : of(row.component());
        if (component != null && row.kind() == 'r') {
            rangesOver.putIfAbsent(component.oid(), type);
        }
        List<Attribute> attributes = new ArrayList<>();
        for (int i = 0; i < row.attributes().size(); i++) {
            attributes.add(new Attribute(
                    row.attributes().get(i), of(row.attributeTypes().get(i))));
        }
        type.consistsOf(component, attributes);
    }

    /**
     * These types and others, or the same ones as they are now.
     *
     * @param found what the catalogue says
     * @return types that know them all
     */
    public DatabaseTypes with(Collection<CatalogType> found) {
        Map<Integer, CatalogType> all = new HashMap<>(rows);
        found.stream().filter(row -> !PgType.isBuiltIn(row.oid())).forEach(row -> all.put(row.oid(), row));
        return all.equals(rows) ? this : new DatabaseTypes(all);
    }

    /**
     * The type with an OID. One that is not known reads as {@code String}.
     *
     * @param oid the type's OID, as an unsigned 32-bit number
     * @return the type, never null
     */
    public PgType of(int oid) {
        PgType own = byOid.get(oid);
        return own == null ? PgType.of(oid) : own;
    }

    /**
     * Whether a type is known.
     *
     * @param oid the type's OID
     * @return false if only its OID is
     */
    public boolean knows(int oid) {
        return byOid.containsKey(oid) || PgType.isBuiltIn(oid);
    }

    /**
     * Whether a type of the database's own is known.
     *
     * @param name its name, without a schema
     * @return false if there is none, or none was known when the catalogue was read
     */
    public boolean knows(String name) {
        return byName.containsKey(name);
    }

    /** The type of the database's own with a name, if there is one. */
    @Nullable
    PgType named(String name) {
        return byName.get(name);
    }

    /** The range type over a type, if there is one. */
    @Nullable
    PgType rangeOver(int subtype) {
        PgType builtIn = PgType.rangeOver(subtype);
        return builtIn == null ? rangesOver.get(subtype) : builtIn;
    }
}
