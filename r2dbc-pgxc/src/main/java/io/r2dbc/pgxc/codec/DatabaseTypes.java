// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.r2dbc.pgxc.value.Composite;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
            }
        }
        for (CatalogType row : rows.values()) {
            PgType element = byOid.get(row.element());
            if (row.element() != 0 && element != null) {
                byOid.put(row.oid(), element.withArray(row.oid()));
            }
        }
        rows.values().stream().filter(row -> row.element() == 0).forEach(this::link);
        Set<Integer> tooDeep = tooDeep();
        byOid.keySet().removeAll(tooDeep);
        nameThem();
    }

    /** Those with more types one within the other than there may be; a type that contains itself has no end. */
    private Set<Integer> tooDeep() {
        Map<Integer, Integer> depths = new HashMap<>();
        boolean[] changed = {true};
        for (int round = 0; round <= DEEPEST && changed[0]; round++) {
            changed[0] = false;
            byOid.forEach((oid, type) -> {
                Integer depth = 1 + inner(type, depths);
                changed[0] |= !depth.equals(depths.put(oid, depth));
            });
        }
        depths.values().removeIf(depth -> depth <= DEEPEST);
        return depths.keySet();
    }

    private static int inner(PgType type, Map<Integer, Integer> depths) {
        PgType component = type.component();
        int inner = component == null ? 0 : depths.getOrDefault(component.oid(), 0);
        for (Attribute attribute : type.attributes()) {
            inner = Math.max(inner, depths.getOrDefault(attribute.type().oid(), 0));
        }
        return inner;
    }

    /** Of several types of one name that is meant which a statement would mean, and if there is none, none. */
    private void nameThem() {
        Set<String> ambiguous = new HashSet<>();
        for (CatalogType row : rows.values()) {
            PgType type = byOid.get(row.oid());
            PgType other = type == null ? null : byName.get(row.name());
            CatalogType otherRow = other == null ? null : rows.get(other.oid());
            if (type != null && (otherRow == null || row.isVisible() && !otherRow.isVisible())) {
                byName.put(row.name(), type);
            } else if (otherRow != null && !otherRow.isVisible() && !row.isVisible()) {
                ambiguous.add(row.name());
            }
        }
        byName.values().removeIf(type -> {
            CatalogType row = rows.get(type.oid());
            return row != null && !row.isVisible() && ambiguous.contains(row.name());
        });
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
     * These types but for some.
     *
     * @param gone OIDs of types that are not there any more
     * @return types that do not know them
     */
    public DatabaseTypes without(Collection<Integer> gone) {
        Map<Integer, CatalogType> rest = new HashMap<>(rows);
        rest.keySet().removeAll(gone);
        return rest.size() == rows.size() ? this : new DatabaseTypes(rest);
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
     * Whether a type is known.
     *
     * @param name its name, without a schema
     * @return false if there is none, or none was known when the catalogue was read, or several in other schemas only
     */
    public boolean knows(String name) {
        return named(name) != null;
    }

    /** The type with a name, if there is one: one of the database's own, or else one that every server has. */
    @Nullable
    PgType named(String name) {
        PgType own = byName.get(name);
        return own == null ? PgType.builtIn(name) : own;
    }

    /** The range type over a type, if there is one. */
    @Nullable
    PgType rangeOver(int subtype) {
        PgType builtIn = PgType.rangeOver(subtype);
        return builtIn == null ? rangesOver.get(subtype) : builtIn;
    }
}
