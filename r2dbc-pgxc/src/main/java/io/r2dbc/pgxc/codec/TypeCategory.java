// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

/** Sorts the types by what they hold. */
public enum TypeCategory {
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
    /** Enumerations of labels. */
    ENUM,
    /** Another type with constraints. */
    DOMAIN,
    /** Rows of attributes. */
    COMPOSITE,
    /** Ranges of another type. */
    RANGE,
    /** Sets of ranges. */
    MULTIRANGE,
    /** Everything else. */
    OTHER
}
