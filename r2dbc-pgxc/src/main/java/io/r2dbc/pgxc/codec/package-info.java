// SPDX-License-Identifier: Apache-2.0
/**
 * Values and their bytes: how PostgreSQL's types are read into Java and Java's values are written for the server, in the
 * text format and in the binary one.
 *
 * <p>The room knows nobody but {@code value}, the classes that the JDK lacks, which were part of it until there were so many of
 * them: bytes come as {@code (buffer, offset, length)} and are read with absolute getters only, never sliced, retained or
 * consumed. A decoder is planned once per column ({@link
 * io.r2dbc.pgxc.codec.CodecRegistry#decoder}) and run per row; it allocates nothing but the value. One file serves one
 * family of types: {@code Families} knows which, {@code Decoders} and {@code Encodings} choose between them and the user's
 * own codecs. What consists of other types (arrays, ranges, composites) asks the registry for how these are read and written.
 * Types of a database's own are made of its catalogue, which somebody else reads ({@link
 * io.r2dbc.pgxc.codec.DatabaseTypes}). Whatever cannot be read or written is a {@link io.r2dbc.pgxc.codec.ValueException} for that value,
 * and never another value.
 *
 * <p>Text and binary give equal values: the families that could differ read both formats into the same intermediate
 * number (a {@code long}, microseconds, days) and convert from there.
 */
@NullMarked
package io.r2dbc.pgxc.codec;

import org.jspecify.annotations.NullMarked;
