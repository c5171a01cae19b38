// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlTextTest {

    @Test
    @DisplayName("[G6, G7] the parameter count is the highest number outside quotes and comments")
    void parameterCount() {
        assertThat(text("select 1").parameterCount()).isZero();
        assertThat(text("select $2, a$7, '$8', \"$9\", $$ $10 $$ -- $11\n/* $12 */")
                        .parameterCount())
                .isEqualTo(2);
        assertThat(text("select $1; select $3").parameterCount()).isEqualTo(3);
        assertThat(text("select $65535").parameterCount()).isEqualTo(65_535);
    }

    @ParameterizedTest(name = "[E3, G6] {0} is refused with the statement in the message")
    @ValueSource(strings = {"select $0", "select $65536", "select $00", "select $18446744073709551617"})
    void illegalParameters(String sql) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> text(sql))
                .withMessageContaining("$1 to $65535")
                .withMessageContaining(sql);
    }

    @Test
    @DisplayName("[E3] a long statement is shortened in the message")
    void longStatement() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> text("select $0 " + "x".repeat(10_000)))
                .satisfies(refusal -> assertThat(refusal.getMessage()).hasSizeLessThan(400));
    }

    @Test
    @DisplayName("[X27, F16] null and NUL are refused")
    void refusals() {
        assertThatIllegalArgumentException().isThrownBy(() -> text(null)).withMessageContaining("sql");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> text("select '\0'"))
                .withMessageContaining("NUL");
    }

    @Test
    @DisplayName("[X7] a single statement is the very text that was given")
    void single() {
        for (String sql : List.of("select 1", " select 1 ; ", ";;/* x */ select 1;-- y\n;", "select ';'")) {
            assertThat(text(sql).statements()).hasSize(1).first().isSameAs(sql);
        }
    }

    @ParameterizedTest(name = "[X7] no statement in: {0}")
    @ValueSource(strings = {"", " ", ";", "; ; -- x", "/* ; */", "-- select 1"})
    void empty(String sql) {
        SqlText text = text(sql);
        assertThat(text.isEmpty()).isTrue();
        assertThat(text.statements()).isEmpty();
        assertThat(text.firstKeyword()).isEmpty();
        assertThat(text.readsOnly()).isFalse();
    }

    @ParameterizedTest(name = "[X7, G7] {0}")
    @MethodSource
    void splits(String sql, List<String> statements) {
        SqlText text = text(sql);
        assertThat(text.statements()).isEqualTo(statements);
        assertThat(text.isEmpty()).isFalse();
    }

    static Stream<Arguments> splits() {
        String function = "create function f() returns int begin atomic select 1; select case when a then 2 end; end";
        String replace = "CREATE OR REPLACE PROCEDURE p(begin atomic) BEGIN ATOMIC INSERT INTO t VALUES (1); END";
        String nested =
                "create procedure p() begin atomic create function g() returns int begin atomic select 1; end; end";
        String labels = "create function f() returns int begin atomic select 1 as end, t.end, 2 end; select 3; end";
        return Stream.of(
                arguments("select 1; select 2", List.of("select 1", "select 2")),
                arguments(" a ;; b; -- c", List.of("a", "b")),
                arguments("/* hint */ a -- x\n; /* y */ b /* z */", List.of("/* hint */ a", "/* y */ b")),
                arguments(
                        "select ';'; select \";\"; select $$;$$",
                        List.of("select ';'", "select \";\"", "select $$;$$")),
                arguments("begin; select 1; end", List.of("begin", "select 1", "end")),
                arguments(
                        "create rule r as on insert to t do (delete from a; delete from b); select 1",
                        List.of("create rule r as on insert to t do (delete from a; delete from b)", "select 1")),
                arguments(function + "; select 1", List.of(function, "select 1")),
                arguments(replace + "; select 1", List.of(replace, "select 1")),
                arguments(nested + "; select 1", List.of(nested, "select 1")),
                arguments(labels + "; select 1", List.of(labels, "select 1")),
                arguments(
                        "create function f() returns int begin atomic end; end",
                        List.of("create function f() returns int begin atomic end", "end")),
                arguments("create table begin (atomic int); end", List.of("create table begin (atomic int)", "end")),
                arguments("begin atomic; select 1", List.of("begin atomic", "select 1")),
                arguments("create view function as select 1; end", List.of("create view function as select 1", "end")),
                arguments("select (1; select 2", List.of("select (1; select 2")),
                arguments("select 1); select 2", List.of("select 1)", "select 2")));
    }

    @Test
    @DisplayName("[G6] with standard_conforming_strings off, a backslash hides a quote")
    void backslashes() {
        String sql = "select '\\'; select $1; --'";
        assertThat(SqlText.of(sql, false).statements()).hasSize(1);
        assertThat(SqlText.of(sql, false).parameterCount()).isZero();
        assertThat(SqlText.of(sql, true).statements()).hasSize(2);
        assertThat(SqlText.of(sql, true).parameterCount()).isEqualTo(1);
    }

    @ParameterizedTest(name = "[X2, X18] first keyword of {0} is {1}")
    @CsvSource({
        "select 1, SELECT",
        "/* a */ -- b, ''",
        "((select 1)), SELECT",
        "; ;Insert into x, INSERT",
        "'x' select, ''",
        "\"select\" 1, ''",
        "1 select, ''"
    })
    void firstKeyword(String sql, String keyword) {
        assertThat(text(sql).firstKeyword()).isEqualTo(keyword);
    }

    @ParameterizedTest(name = "[X2] COPY: {0} {1}")
    @CsvSource({
        "copy t from stdin, true",
        "/* x */ COPY t to stdout, true",
        "select 1; copy t from stdin, true",
        "select copy, false",
        "\"copy\" t, false"
    })
    void copy(String sql, boolean copies) {
        assertThat(text(sql).isCopy()).isEqualTo(copies);
    }

    @ParameterizedTest(name = "[X18] transaction control: {0} {1}")
    @CsvSource({
        "begin, true",
        "START TRANSACTION, true",
        "commit, true",
        "end, true",
        "rollback to a, true",
        "abort, true",
        "savepoint a, true",
        "release a, true",
        "prepare transaction 'x', true",
        "commit prepared 'x', true",
        "prepare p as select 1, false",
        "select 1; commit, true",
        "select 'begin', false",
        "set transaction read only, false"
    })
    void transactions(String sql, boolean controls) {
        assertThat(text(sql).controlsTransaction()).isEqualTo(controls);
    }

    @ParameterizedTest(name = "[X14] reads only: {0} | {1}")
    @CsvSource(delimiter = '|', textBlock = """
                    select 1                                          | true
                    (select 1)                                        | true
                    SELECT 1 AS into                                  | true
                    select t.into from t                              | true
                    select 1 for update                               | true
                    select 'into'                                     | true
                    select * into x from t                            | false
                    (select 1 into x)                                 | false
                    table t                                           | true
                    values (1)                                        | true
                    show all                                          | true
                    with a as (select 1) select * from a              | true
                    with a as (delete from t returning 1) select 1    | false
                    with a as (select 1) insert into t select 1       | false
                    with a as (select 1) select 1 into x              | false
                    explain insert into t values (1)                  | true
                    explain analyze select 1                          | true
                    explain (analyze) insert into t values (1)        | false
                    explain analyze execute p                         | false
                    explain analyze create table x as select 1        | false
                    insert into t values (1)                          | false
                    update t set a = 1                                | false
                    call p()                                          | false
                    fetch 1 from c                                    | false
                    select 1; select 2                                | true
                    select 1; delete from t                           | false
                    """)
    void readsOnly(String sql, boolean reads) {
        assertThat(text(sql).readsOnly()).isEqualTo(reads);
    }

    @ParameterizedTest(name = "[X9, X32] {0}: statements {1}, set {2}, reset {3}")
    @CsvSource({
        "discard all, true, false, true",
        "discard plans, false, false, false",
        "deallocate p, true, false, false",
        "select 1; deallocate all, true, false, false",
        "set a = 1, false, true, false",
        "reset all, false, false, true",
        "select set, false, false, false"
    })
    void settings(String sql, boolean statements, boolean set, boolean reset) {
        SqlText text = text(sql);
        assertThat(text.resetsStatements()).isEqualTo(statements);
        assertThat(text.isSet()).isEqualTo(set);
        assertThat(text.isReset()).isEqualTo(reset);
    }

    @Test
    @DisplayName("[G7, X21] keyword answers come from any statement of several")
    void several() {
        SqlText text = text("set a = 1; reset b; listen c");
        assertThat(text.isSet()).isTrue();
        assertThat(text.isReset()).isTrue();
        assertThat(text.isListen()).isTrue();
        assertThat(text("unlisten c; select listen").isListen()).isFalse();
        assertThat(text.firstKeyword()).isEqualTo("SET");
        assertThat(text.sql()).isEqualTo("set a = 1; reset b; listen c");
    }

    @ParameterizedTest(name = "[G5] RETURNING: {0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    insert into t values ($1)                   | insert into t values ($1) RETURNING *
                    update t set a = 1 ;                        | update t set a = 1 RETURNING * ;
                    delete from t -- all; of it                 | delete from t RETURNING * -- all; of it
                    merge into t using s on a when matched then delete | merge into t using s on a when matched then delete RETURNING *
                    with a as (select 1) insert into t select 1 | with a as (select 1) insert into t select 1 RETURNING *
                    with delete as (select 1), update as (select 2) insert into t select 1 | with delete as (select 1), update as (select 2) insert into t select 1 RETURNING *
                    insert into t select 1 as returning         | insert into t select 1 as returning RETURNING *
                    insert into t values ('returning')          | insert into t values ('returning') RETURNING *
                    """)
    void returningAll(String sql, String expected) {
        assertThat(text(sql).returning(new String[0]).sql()).isEqualTo(expected);
    }

    @ParameterizedTest(name = "[G5] no second or senseless RETURNING: {0}")
    @ValueSource(
            strings = {
                "insert into t values (1) returning id",
                "select 1",
                "with a as (insert into t values (1) returning id) select * from a",
                "with insert as (select 1) select * from insert",
                "insert into t values (1); insert into t values (2)",
                "",
                "create table insert (a int)",
                "explain insert into t values (1)",
                "copy (delete from t returning 1) to stdout",
                "insert into t values (1"
            })
    void returningNothing(String sql) {
        SqlText text = text(sql);
        assertThat(text.returning(new String[] {"id"})).isSameAs(text);
    }

    @Test
    @DisplayName("[G5] columns: quoted stay, bare are folded, anything else is quoted, * is itself")
    void returningColumns() {
        SqlText text = text("insert into t values ($1)").returning(new String[] {"\"Id\"", "Name", "user", "a;b", "*"});
        assertThat(text.sql()).isEqualTo("insert into t values ($1) RETURNING \"Id\", \"name\", \"user\", \"a;b\", *");
        assertThat(text.parameterCount()).isEqualTo(1);
    }

    @Test
    @DisplayName("[X27] null, empty and NUL among the columns are refused, also where nothing would be added")
    void returningRefuses() {
        SqlText text = text("select 1");
        assertThatIllegalArgumentException().isThrownBy(() -> text.returning(null));
        assertThatIllegalArgumentException().isThrownBy(() -> text.returning(new String[] {null}));
        assertThatIllegalArgumentException().isThrownBy(() -> text.returning(new String[] {""}));
        assertThatIllegalArgumentException().isThrownBy(() -> text.returning(new String[] {"a\0"}));
    }

    @Test
    @DisplayName("[G6, G7, X7] random SQL from pieces of known meaning is counted and split as it was built")
    void generated() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            GeneratedSql generated = new GeneratedSql(random);
            SqlText text = SqlText.of(generated.sql(), generated.standardConformingStrings());
            assertThat(text.parameterCount())
                    .as("seed %d: %s", seed, generated.sql())
                    .isEqualTo(generated.parameters());
            assertThat(text.statements())
                    .as("seed %d: %s", seed, generated.sql())
                    .hasSize(generated.statements());
        }
    }

    private static SqlText text(String sql) {
        return SqlText.of(sql, true);
    }
}
