// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static io.r2dbc.pgxc.codec.CodecCase.row;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Rows for characters, bytes, uuid, json, and the types read as text only: what PostgreSQL answers to each literal in both formats, with {@code TimeZone} UTC. */
final class TextCases {

    static final List<CodecCase> TEXT = List.of(
            row("text", 25, "hello", "hello", "68656c6c6f", "hello", String.class),
            row(
                    "text",
                    25,
                    "h\u00e4 \u20ac \ud83d\ude00",
                    "h\u00e4 \u20ac \ud83d\ude00",
                    "68c3a420e282ac20f09f9880",
                    "h\u00e4 \u20ac \ud83d\ude00",
                    String.class),
            row("varchar", 1043, "hello", "hello", "68656c6c6f", "hello", String.class),
            row(
                    "varchar",
                    1043,
                    "h\u00e4 \u20ac \ud83d\ude00",
                    "h\u00e4 \u20ac \ud83d\ude00",
                    "68c3a420e282ac20f09f9880",
                    "h\u00e4 \u20ac \ud83d\ude00",
                    String.class),
            row("name", 19, "hello", "hello", "68656c6c6f", "hello", String.class),
            row(
                    "name",
                    19,
                    "h\u00e4 \u20ac \ud83d\ude00",
                    "h\u00e4 \u20ac \ud83d\ude00",
                    "68c3a420e282ac20f09f9880",
                    "h\u00e4 \u20ac \ud83d\ude00",
                    String.class),
            row("text", 25, "", "", "", "", String.class),
            row("text", 25, "a\nb\t\"\\'", "a\nb\t\"\\'", "610a6209225c27", "a\nb\t\"\\'", String.class),
            row("text", 25, "\ufffd", "\ufffd", "efbfbd", "\ufffd", String.class),
            row("text", 25, "x", "x", "78", 'x', Character.class),
            row("text", 25, "\u20ac", "\u20ac", "e282ac", '\u20ac', Character.class),
            row("bpchar", 1042, "ab  ", "ab  ", "61622020", "ab  ", String.class),
            row("char", 18, "A", "A", "41", "A", String.class),
            row("char", 18, "", "", "00", "", String.class),
            row("text", 25, "SECONDS", "SECONDS", "5345434f4e4453", TimeUnit.SECONDS, TimeUnit.class),
            row("text", 25, "\u00e4", "\u00e4", "c3a4", "\u00e4".getBytes(StandardCharsets.UTF_8), byte[].class)
                    .readOnly());

    static final List<CodecCase> BINARY = List.of(
            row("bytea", 17, "\\x", "\\x", "", ByteBuffer.allocate(0), ByteBuffer.class),
            row(
                    "bytea",
                    17,
                    "\\x00ff5c2741",
                    "\\x00ff5c2741",
                    "00ff5c2741",
                    ByteBuffer.wrap(new byte[] {0, -1, 92, 39, 65}),
                    ByteBuffer.class),
            row(
                    "bytea",
                    17,
                    "\\x00ff5c2741",
                    "\\x00ff5c2741",
                    "00ff5c2741",
                    new byte[] {0, -1, 92, 39, 65},
                    byte[].class),
            row("bytea", 17, "\\xdeadbeef", "\\xdeadbeef", "deadbeef", "\\xdeadbeef", String.class));

    static final List<CodecCase> UUIDS = List.of(
            row(
                    "uuid",
                    2950,
                    "00000000-0000-0000-0000-000000000000",
                    "00000000-0000-0000-0000-000000000000",
                    "00000000000000000000000000000000",
                    UUID.fromString("00000000-0000-0000-0000-000000000000"),
                    UUID.class),
            row(
                    "uuid",
                    2950,
                    "ffffffff-ffff-ffff-ffff-ffffffffffff",
                    "ffffffff-ffff-ffff-ffff-ffffffffffff",
                    "ffffffffffffffffffffffffffffffff",
                    UUID.fromString("ffffffff-ffff-ffff-ffff-ffffffffffff"),
                    UUID.class),
            row(
                    "uuid",
                    2950,
                    "123e4567-e89b-12d3-a456-426614174000",
                    "123e4567-e89b-12d3-a456-426614174000",
                    "123e4567e89b12d3a456426614174000",
                    UUID.fromString("123e4567-e89b-12d3-a456-426614174000"),
                    UUID.class),
            row(
                    "uuid",
                    2950,
                    "123e4567-e89b-12d3-a456-426614174000",
                    "123e4567-e89b-12d3-a456-426614174000",
                    "123e4567e89b12d3a456426614174000",
                    "123e4567-e89b-12d3-a456-426614174000",
                    String.class));

    static final List<CodecCase> JSON = List.of(
            row(
                    "json",
                    114,
                    "{\"a\": [1, null, \"\\u00e4\"]}",
                    "{\"a\": [1, null, \"\\u00e4\"]}",
                    "7b2261223a205b312c206e756c6c2c20225c7530306534225d7d",
                    "{\"a\": [1, null, \"\\u00e4\"]}",
                    String.class),
            row("json", 114, "[]", "[]", "5b5d", "[]", String.class),
            row("json", 114, "\"x\"", "\"x\"", "227822", "\"x\"", String.class),
            row("json", 114, "null", "null", "6e756c6c", "null", String.class),
            row(
                    "jsonb",
                    3802,
                    "{\"a\": [1, null, \"x\"]}",
                    "{\"a\": [1, null, \"x\"]}",
                    "017b2261223a205b312c206e756c6c2c202278225d7d",
                    "{\"a\": [1, null, \"x\"]}",
                    String.class),
            row("jsonb", 3802, "[]", "[]", "015b5d", "[]", String.class),
            row("jsonb", 3802, "\"x\"", "\"x\"", "01227822", "\"x\"", String.class),
            row("jsonb", 3802, "null", "null", "016e756c6c", "null", String.class),
            row("jsonb", 3802, "{}", "{}", "017b7d", "{}", String.class),
            row(
                    "json",
                    114,
                    "{\"b\":  1}",
                    "{\"b\":  1}",
                    "7b2262223a2020317d",
                    "{\"b\":  1}".getBytes(StandardCharsets.UTF_8),
                    byte[].class),
            row(
                    "jsonb",
                    3802,
                    "{\"b\": 1}",
                    "{\"b\": 1}",
                    "017b2262223a20317d",
                    "{\"b\": 1}".getBytes(StandardCharsets.UTF_8),
                    byte[].class),
            row(
                    "jsonb",
                    3802,
                    "{\"b\": 1}",
                    "{\"b\": 1}",
                    "017b2262223a20317d",
                    ByteBuffer.wrap("{\"b\": 1}".getBytes(StandardCharsets.UTF_8)),
                    ByteBuffer.class));

    static final List<CodecCase> OTHER = List.of(
            row("xml", 142, "<a/>", "<a/>", null, "<a/>", String.class),
            row("money", 790, "$1.50", "$1.50", null, "$1.50", String.class),
            row("regclass", 2205, "pg_class", "pg_class", null, "pg_class", String.class),
            row("regtype", 2206, "integer", "integer", null, "integer", String.class));

    private TextCases() {}
}
