// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static io.r2dbc.pgxc.codec.CodecCase.row;

import io.r2dbc.pgxc.value.TsVector;
import io.r2dbc.pgxc.value.TsVector.Lexeme;
import io.r2dbc.pgxc.value.TsVector.Position;
import java.util.Arrays;
import java.util.List;

/** Rows for {@code tsvector} and {@code tsquery}: what PostgreSQL answers to each literal in both formats. */
final class TextSearchCases {

    static final List<CodecCase> TSVECTOR = List.of(
            vector("", "", "00000000"),
            vector(
                    "a:1A,2 b 'it''s':3",
                    "'a':1A,2 'b' 'it''s':3",
                    "00000003" + "61000002c0010002" + "62000000" + "697427730000010003",
                    word("a", at(1, 'A'), at(2, 'D')),
                    word("b"),
                    word("it's", at(3, 'D'))),
            vector(
                    "b:4B,5C,6D a",
                    "'a' 'b':4B,5C,6",
                    "00000002" + "61000000" + "62000003800440050006",
                    word("a"),
                    word("b", at(4, 'B'), at(5, 'C'), at(6, 'D'))),
            vector("a:1 a:2B a:1A", "'a':1A,2B", "00000001" + "61000002c0018002", word("a", at(1, 'A'), at(2, 'B'))),
            vector("a:16383A", "'a':16383A", "00000001" + "61000001ffff", word("a", at(16_383, 'A'))),
            vector("a:20000", "'a':16383", "00000001" + "610000013fff", word("a", at(16_383, 'D'))),
            vector(
                    "b abc ab a",
                    "'a' 'ab' 'abc' 'b'",
                    "00000004" + "61000000" + "6162000000" + "616263000000" + "62000000",
                    word("a"),
                    word("ab"),
                    word("abc"),
                    word("b")),
            vector(
                    "'a b':1 'c\\\\d' '\"'",
                    "'\"' 'a b':1 'c\\\\d'",
                    "00000003" + "22000000" + "6120620000010001" + "635c64000000",
                    word("\""),
                    word("a b", at(1, 'D')),
                    word("c\\d")),
            vector(
                    "'\ud83d\ude00' '\uff21' '\u20ac' '\u00e4'",
                    "'\u00e4' '\u20ac' '\uff21' '\ud83d\ude00'",
                    "00000004" + "c3a4000000" + "e282ac000000" + "efbca1000000" + "f09f9880000000",
                    word("\u00e4"),
                    word("\u20ac"),
                    word("\uff21"),
                    word("\ud83d\ude00")),
            row("tsvector", 3614, "a:1B", "'a':1B", "00000001" + "610000018001", "'a':1B", String.class),
            row(
                    "tsvector[]",
                    3643,
                    "{\"a:1,2 b\",NULL}",
                    "{\"'a':1,2 'b'\",NULL}",
                    "000000010000000100000e1e0000000200000001" + "00000010" + "00000002" + "6100000200010002"
                            + "62000000" + "ffffffff",
                    new TsVector[] {of(word("a", at(1, 'D'), at(2, 'D')), word("b")), null},
                    TsVector[].class),
            row(
                    "tsvector[]",
                    3643,
                    "{{a},{b:1A}}",
                    "{{'a'},{'b':1A}}",
                    "000000020000000000000e1e00000002000000010000000100000001" + "00000008" + "00000001" + "61000000"
                            + "0000000a" + "00000001" + "62000001c001",
                    new TsVector[][] {{of(word("a"))}, {of(word("b", at(1, 'A')))}},
                    TsVector[][].class));

    private static final String A = "0100006100";
    private static final String B = "0100006200";
    private static final String C = "0100006300";
    private static final String NOT = "0201";
    private static final String AND = "0202";
    private static final String OR = "0203";
    private static final String NEXT = "02040001";

    static final List<CodecCase> TSQUERY = List.of(
            query("a", "'a'", "00000001" + A),
            query("a:*AB", "'a':*AB", "00000001" + "010c016100"),
            query("a:dc", "'a':CD", "00000001" + "0103006100"),
            query("a:*", "'a':*", "00000001" + "0100016100"),
            query("!a", "!'a'", "00000002" + NOT + A),
            query("!!a", "!!'a'", "00000003" + NOT + NOT + A),
            query("fat & rat", "'fat' & 'rat'", "00000003" + AND + "01000072617400" + "01000066617400"),
            query("a | b & c", "'a' | 'b' & 'c'", "00000005" + OR + AND + C + B + A),
            query("(a | b) & c", "( 'a' | 'b' ) & 'c'", "00000005" + AND + C + OR + B + A),
            query("a & (b | !c)", "'a' & ( 'b' | !'c' )", "00000006" + AND + OR + NOT + C + B + A),
            query("a & b & c", "'a' & 'b' & 'c'", "00000005" + AND + C + AND + B + A),
            query("!(a & b)", "!( 'a' & 'b' )", "00000004" + NOT + AND + B + A),
            query("a <-> b", "'a' <-> 'b'", "00000003" + NEXT + B + A),
            query("a <2> b", "'a' <2> 'b'", "00000003" + "02040002" + B + A),
            query("a <0> b", "'a' <0> 'b'", "00000003" + "02040000" + B + A),
            query("a <-> b <-> c", "'a' <-> 'b' <-> 'c'", "00000005" + NEXT + C + NEXT + B + A),
            query("a <-> (b <-> c)", "'a' <-> ( 'b' <-> 'c' )", "00000005" + NEXT + NEXT + C + B + A),
            query("a <-> (b | c)", "'a' <-> ( 'b' | 'c' )", "00000005" + NEXT + OR + C + B + A),
            query("(a & b) <-> !c", "( 'a' & 'b' ) <-> !'c'", "00000006" + NEXT + NOT + C + AND + B + A),
            query("a <-> b | c", "'a' <-> 'b' | 'c'", "00000005" + OR + C + NEXT + B + A),
            query("!(a <-> b)", "!( 'a' <-> 'b' )", "00000004" + NOT + NEXT + B + A),
            query("'it''s \\\\x'", "'it''s \\\\x'", "00000001" + "01000069742773205c7800"),
            query("\u00e4:A", "'\u00e4':A", "00000001" + "010800c3a400"),
            row(
                    "tsquery[]",
                    3645,
                    "{a,NULL,\"a & b\"}",
                    "{'a',NULL,\"'a' & 'b'\"}",
                    "000000010000000100000e1f0000000300000001" + "00000009" + "00000001" + A + "ffffffff" + "00000010"
                            + "00000003" + AND + B + A,
                    new String[] {"'a'", null, "'a' & 'b'"},
                    String[].class),
            row(
                    "tsquery[]",
                    3645,
                    "{{a},{!b}}",
                    "{{'a'},{!'b'}}",
                    "000000020000000000000e1f00000002000000010000000100000001" + "00000009" + "00000001" + A
                            + "0000000b" + "00000002" + NOT + B,
                    new String[][] {{"'a'"}, {"!'b'"}},
                    String[][].class));

    private TextSearchCases() {}

    private static CodecCase vector(String literal, String text, String hex, Lexeme... lexemes) {
        return row("tsvector", 3614, literal, text, hex, of(lexemes), TsVector.class);
    }

    private static CodecCase query(String literal, String text, String hex) {
        return row("tsquery", 3615, literal, text, hex, text, String.class);
    }

    static TsVector of(Lexeme... lexemes) {
        return new TsVector(Arrays.asList(lexemes));
    }

    static Lexeme word(String word, Position... positions) {
        return new Lexeme(word, Arrays.asList(positions));
    }

    static Position at(int position, char weight) {
        return new Position(position, weight);
    }
}
