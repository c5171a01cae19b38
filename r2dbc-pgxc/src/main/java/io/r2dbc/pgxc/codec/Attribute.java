// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

/**
 * Names an attribute of a composite type.
 *
 * @param name its name
 * @param type its type
 */
public record Attribute(String name, PgType type) {}
