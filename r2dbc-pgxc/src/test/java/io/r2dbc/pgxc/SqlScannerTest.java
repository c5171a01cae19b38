// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SqlScannerTest {

    @ParameterizedTest(name = "[G6, G7, X7] {0}")
    @MethodSource
    void tokens(String sql, List<String> expected) {
        assertThat(tokensOf(sql, true)).isEqualTo(expected);
    }

    static Stream<Arguments> tokens() {
        return Stream.of(
                arguments("", List.of()),
                arguments(" \t\r\n\f\u000b", List.of()),
                arguments("select 1", List.of("WORD select", "LITERAL 1")),
                arguments("a$1 b$$ $1", List.of("WORD a$1", "WORD b$$", "PARAMETER $1")),
                arguments("$12::int", List.of("PARAMETER $12", "SYMBOL :", "SYMBOL :", "WORD int")),
                arguments("1$2", List.of("LITERAL 1", "PARAMETER $2")),
                arguments("-$1,$2", List.of("SYMBOL -", "PARAMETER $1", "SYMBOL ,", "PARAMETER $2")),
                arguments("$ $a b", List.of("SYMBOL $", "SYMBOL $", "WORD a", "WORD b")),
                arguments("'it''s $1' $2", List.of("LITERAL 'it''s $1'", "PARAMETER $2")),
                arguments("'\\' $1", List.of("LITERAL '\\'", "PARAMETER $1")),
                arguments("E'\\' $1'", List.of("LITERAL E'\\' $1'")),
                arguments("e'\\\\' $1", List.of("LITERAL e'\\\\'", "PARAMETER $1")),
                arguments("E'a'\n'\\' $1'", List.of("LITERAL E'a'\n'\\' $1'")),
                arguments("E'a' -- c\n -- d\n '\\' $1'", List.of("LITERAL E'a' -- c\n -- d\n '\\' $1'")),
                arguments("E'a' '\\' $1", List.of("LITERAL E'a'", "LITERAL '\\'", "PARAMETER $1")),
                arguments("E'a' /*\n*/ '\\' $1", List.of("LITERAL E'a'", "LITERAL '\\'", "PARAMETER $1")),
                arguments("E'a'\n x", List.of("LITERAL E'a'", "WORD x")),
                arguments("E'a'\n-- x", List.of("LITERAL E'a'")),
                arguments(
                        "B'\\' x'' n'\\' $1", List.of("LITERAL B'\\'", "LITERAL x''", "LITERAL n'\\'", "PARAMETER $1")),
                arguments(
                        "U&'\\' u&\"a\"\"\\\" $1",
                        List.of("LITERAL U&'\\'", "QUOTED_NAME u&\"a\"\"\\\"", "PARAMETER $1")),
                arguments("u & 'x' u&", List.of("WORD u", "SYMBOL &", "LITERAL 'x'", "WORD u", "SYMBOL &")),
                arguments("type'\\' $1", List.of("WORD type", "LITERAL '\\'", "PARAMETER $1")),
                arguments("\"a\"\"$1;\" $2", List.of("QUOTED_NAME \"a\"\"$1;\"", "PARAMETER $2")),
                arguments("$$ $1 ' $$ $2", List.of("LITERAL $$ $1 ' $$", "PARAMETER $2")),
                arguments("$t$ $1 $$ $T$ $t $t$$1", List.of("LITERAL $t$ $1 $$ $T$ $t $t$", "PARAMETER $1")),
                arguments("$a$$b$$a$ x", List.of("LITERAL $a$$b$$a$", "WORD x")),
                arguments("$$ $a$$ x", List.of("LITERAL $$ $a$$", "WORD x")),
                arguments("$é1$;$é1$;", List.of("LITERAL $é1$;$é1$", "SEMICOLON ;")),
                arguments("$1$ $1", List.of("PARAMETER $1", "SYMBOL $", "PARAMETER $1")),
                arguments("/* $1 /* ' */ ; */ $2", List.of("PARAMETER $2")),
                arguments("/*/*/ x */ */ y /**/ z", List.of("WORD y", "WORD z")),
                arguments("a --$1 '\n$2 --\r$3", List.of("WORD a", "PARAMETER $2", "PARAMETER $3")),
                arguments("2*/* $1 */3", List.of("LITERAL 2", "SYMBOL *", "LITERAL 3")),
                arguments("a - -b / *", List.of("WORD a", "SYMBOL -", "SYMBOL -", "WORD b", "SYMBOL /", "SYMBOL *")),
                arguments("(a);", List.of("OPEN (", "WORD a", "CLOSE )", "SEMICOLON ;")),
                arguments("été\u00a0x", List.of("WORD été\u00a0x")),
                arguments("'open $1 ;", List.of("LITERAL 'open $1 ;")),
                arguments("E'open\\", List.of("LITERAL E'open\\")),
                arguments("\"open $1", List.of("QUOTED_NAME \"open $1")),
                arguments("$x$ open $x", List.of("LITERAL $x$ open $x")),
                arguments("a /* open /* */ $1", List.of("WORD a")));
    }

    @Test
    @DisplayName("[G6] with standard_conforming_strings off a backslash escapes in plain strings only")
    void backslashes() {
        assertThat(tokensOf("'\\' $1' n'\\'' b'\\' U&'\\' $2", false))
                .containsExactly(
                        "LITERAL '\\' $1'", "LITERAL n'\\''", "LITERAL b'\\'", "LITERAL U&'\\'", "PARAMETER $2");
    }

    @Test
    @DisplayName("[G6] parameter numbers do not wrap around")
    void hugeNumbers() {
        SqlScanner scanner = new SqlScanner("$65535 $4294967297 $" + "9".repeat(500), true);
        List<Integer> numbers = new ArrayList<>();
        while (scanner.next() != SqlScanner.Token.END) {
            numbers.add(scanner.parameter());
        }
        assertThat(numbers).hasSize(3).startsWith(65_535);
        assertThat(numbers.subList(1, 3)).allMatch(number -> number > 65_535);
    }

    @Test
    @DisplayName("[G7] keywords are folded as the server folds them: ASCII only")
    void folding() {
        SqlScanner scanner = new SqlScanner("inSert \u0131nsert in\u017fert", true);
        assertThat(scanner.next()).isEqualTo(SqlScanner.Token.WORD);
        assertThat(scanner.reads("INSERT")).isTrue();
        assertThat(scanner.upperCased()).isEqualTo("INSERT");
        assertThat(scanner.next()).isEqualTo(SqlScanner.Token.WORD);
        assertThat(scanner.reads("INSERT")).isFalse();
        assertThat(scanner.next()).isEqualTo(SqlScanner.Token.WORD);
        assertThat(scanner.reads("INSERT")).isFalse();
    }

    @Test
    @DisplayName(
            "[A18, G7] random text: tokens do not overlap, lie inside the text, and what is skipped is blank or comment")
    void randomText() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = "eEuUbn&$$$''\"\"--**//\\\n 1aé;()._";
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(24);
            for (int j = 0; j < length; j++) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String sql = text.toString();
            SqlScanner scanner = new SqlScanner(sql, random.nextBoolean());
            int before = 0;
            for (SqlScanner.Token t = scanner.next(); t != SqlScanner.Token.END; t = scanner.next()) {
                assertThat(scanner.start()).as("seed %d, %s", seed, sql).isGreaterThanOrEqualTo(before);
                assertThat(scanner.end()).as("seed %d, %s", seed, sql).isGreaterThan(scanner.start());
                assertThat(scanner.end()).as("seed %d, %s", seed, sql).isLessThanOrEqualTo(sql.length());
                String skipped = sql.substring(before, scanner.start());
                assertThat(skipped.isBlank() || skipped.contains("--") || skipped.contains("/*"))
                        .as("seed %d, %s", seed, sql)
                        .isTrue();
                before = scanner.end();
            }
            assertThat(scanner.next())
                    .as("seed %d, the end stays the end", seed)
                    .isEqualTo(SqlScanner.Token.END);
        }
    }

    @Test
    @DisplayName("[E9, G7] two million characters of the worst kind take linear time")
    void linear() {
        int size = 2_000_000;
        List<String> worst = List.of(
                "$a".repeat(size / 2),
                "$" + "a".repeat(size / 2) + "$" + ("$" + "a".repeat(999)).repeat(size / 2000),
                "$a$" + "$b".repeat(size / 2),
                "/*".repeat(size / 2),
                "'".repeat(size),
                "'\n".repeat(size / 2),
                "E'a'\n--\n".repeat(size / 8),
                "E'a'" + "\n--".repeat(size / 3),
                "\"".repeat(size + 1),
                "e".repeat(size),
                "e'\\".repeat(size / 3),
                "(".repeat(size),
                ";".repeat(size),
                "$1".repeat(size / 2),
                "begin atomic case ".repeat(size / 18));
        for (String sql : worst) {
            assertTimeoutPreemptively(
                    Duration.ofSeconds(10), () -> SqlText.of(sql, true).isEmpty(), sql.substring(0, 20));
        }
    }

    private static List<String> tokensOf(String sql, boolean standardConformingStrings) {
        SqlScanner scanner = new SqlScanner(sql, standardConformingStrings);
        List<String> tokens = new ArrayList<>();
        for (SqlScanner.Token t = scanner.next(); t != SqlScanner.Token.END; t = scanner.next()) {
            tokens.add(t + " " + sql.substring(scanner.start(), scanner.end()));
        }
        return tokens;
    }
}
