// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import java.util.List;

/**
 * Carries what the catalogue says about one type of a database's own ({@code pg_type}, {@code pg_range}, {@code
 * pg_attribute}).
 *
 * @param oid the type's OID
 * @param name its name, without a schema
 * @param kind {@code typtype}: b base, c composite, d domain, e enum, r range, m multirange
 * @param element the type of the elements of an array, 0 for every other type
 * @param component what a domain, a range or a multirange is over, 0 for every other type
 * @param hasBinaryForm whether the type has a send function
 * @param isVisible whether its name finds it without a schema
 * @param delimiter what stands between the elements in an array's text
 * @param attributes names of the attributes of a composite type
 * @param attributeTypes OIDs of their types
 */
public record CatalogType(
        int oid,
        String name,
        char kind,
        int element,
        int component,
        boolean hasBinaryForm,
        boolean isVisible,
        char delimiter,
        List<String> attributes,
        List<Integer> attributeTypes) {

    /** Keeps the lists as they are now. */
    public CatalogType {
        attributes = List.copyOf(attributes);
        attributeTypes = List.copyOf(attributeTypes);
        if (attributes.size() != attributeTypes.size()) {
            throw new IllegalArgumentException(
                    attributes.size() + " attributes with " + attributeTypes.size() + " types");
        }
    }
}
