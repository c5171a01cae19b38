// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.copy;

import static io.r2dbc.pgxc.tck.Sandbox.LIMIT;
import static io.r2dbc.pgxc.tck.Sandbox.ask;
import static io.r2dbc.pgxc.tck.Sandbox.column;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static io.r2dbc.pgxc.tck.Sandbox.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.codec.CodecCase;
import io.r2dbc.pgxc.codec.CodecCases;
import io.r2dbc.pgxc.codec.CodecRegistry;
import io.r2dbc.pgxc.tck.Sandbox;
import io.r2dbc.pgxc.tck.server.TestServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.test.publisher.PublisherProbe;

/** Rows of Java values in and out by binary COPY. */
class CopyRowsIT {

    private static final int MAJOR = TestServer.shared().versionNum() / 10_000;

    @Order(1)
    @RegisterExtension
    static final StandingAsserts ASSERTS = StandingAsserts.within(Duration.ofMinutes(2));

    @Order(2)
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("copy_rows_it");

    private static PgxcConnection withTable() {
        PgxcConnection connection = SANDBOX.open("timeZone=UTC");
        run(connection, "drop table if exists t");
        run(
                connection,
                "create table t (id bigint primary key, \"Name\" varchar(20), price numeric, day date, key uuid)");
        return connection;
    }

    private static final List<String> COLUMNS = List.of("id", "\"Name\"", "price", "day", "key");

    private static Object[] row(int i) {
        return new Object[] {
            i, i % 3 == 0 ? null : "n" + i, new BigDecimal(i).movePointLeft(2), LocalDate.ofEpochDay(i), new UUID(i, i)
        };
    }

    @Test
    @DisplayName("[S2.5.14] rows in and out: conversions to the columns' types, NULLs, quoted names, none at all")
    void roundTrip() {
        PgxcConnection connection = withTable();
        assertThat(get(connection.copyInRows("T", COLUMNS, Flux.empty()))).isZero();
        assertThat(get(connection.copyInRows(
                        "copy_rows_it.t", COLUMNS, Flux.range(1, 5_000).map(CopyRowsIT::row))))
                .isEqualTo(5_000);
        assertThat(ask(
                        connection,
                        "select count(*) from t where price = id / 100.0 and day = '1970-01-01'::date + id::int"))
                .isEqualTo("5000");
        List<Object[]> rows = get(connection
                .copyOutRows("select * from t order by id; -- all", (row, metadata) -> new Object[] {
                    row.get(0, Integer.class),
                    row.get("Name"),
                    row.get("price", BigDecimal.class),
                    row.get(3),
                    row.get("key")
                })
                .collectList());
        assertThat(rows).hasSize(5_000);
        for (int i = 0; i < 5_000; i++) {
            assertThat(rows.get(i)).containsExactly(row(i + 1));
        }
        assertThat(get(connection
                        .copyOutRows("select 1 where false", (row, metadata) -> 1)
                        .collectList()))
                .isEmpty();
    }

    @Test
    @DisplayName("[S2.5.14, X10, X30] every type of the table of codec cases makes the round trip by binary COPY")
    void everyType() {
        PgxcConnection connection = SANDBOX.open("timeZone=UTC");
        Map<String, List<CodecCase>> byType = new LinkedHashMap<>();
        CodecRegistry registry = CodecRegistry.standard();
        for (CodecCase row : CodecCases.binary()) {
            if (row.since() <= MAJOR && row.writes() && hasBinary(registry, row)) {
                byType.computeIfAbsent(
                                row.sqlType().equals("bit") ? "\"bit\"" : row.sqlType(), type -> new ArrayList<>())
                        .add(row);
            }
        }
        assertThat(byType).hasSizeGreaterThan(60);
        System.out.println("[copy] " + byType.size() + " types, "
                + byType.values().stream().mapToInt(List::size).sum() + " values by binary COPY: " + byType.keySet());
        byType.forEach((type, cases) -> roundTrip(connection, type, cases));
    }

    private static boolean hasBinary(CodecRegistry registry, CodecCase row) {
        try {
            return registry.binaryEncoding(row.value(), row.oid()).typeOid() == row.oid();
        } catch (IllegalArgumentException textOnly) {
            return false;
        }
    }

    private static void roundTrip(PgxcConnection connection, String type, List<CodecCase> cases) {
        run(connection, "create temp table c (i int, a " + type + ")");
        Flux<Object[]> rows = Flux.range(0, cases.size())
                .map(i -> new Object[] {i, cases.get(i).value()});
        assertThat(get(connection.copyInRows("c", List.of("i", "a"), rows)))
                .as(type)
                .isEqualTo(cases.size());
        List<Boolean> same = get(connection
                .copyOutRows("select a, i from c order by i", (row, metadata) -> {
                    CodecCase expected = cases.get(Objects.requireNonNull(row.get(1, Integer.class)));
                    return expected.matches(row.get(0, expected.target()));
                })
                .collectList());
        for (int i = 0; i < cases.size(); i++) {
            assertThat(same.get(i)).as("%s", cases.get(i)).isTrue();
        }
        List<String> texts = column(connection, "select a::text from c order by i", String.class);
        List<String> literals = new ArrayList<>();
        for (CodecCase row : cases) {
            literals.add(ask(connection, "select ('" + row.literal().replace("'", "''") + "'::" + type + ")::text"));
        }
        assertThat(texts).as(type).isEqualTo(literals);
        run(connection, "drop table c");
    }

    @Test
    @DisplayName("[S2.5.4, X34] a value that cannot be encoded names row, column, class and type; nothing is stored")
    void unencodable() {
        PgxcConnection connection = withTable();
        PublisherProbe<Object[]> source = PublisherProbe.of(
                Flux.range(1, 10_000).map(i -> i == 500 ? new Object[] {i, "x", null, null, "not a uuid"} : row(i)));
        assertThatThrownBy(() -> get(connection.copyInRows("t", COLUMNS, source.flux())))
                .isInstanceOf(R2dbcDataIntegrityViolationException.class)
                .hasMessageContainingAll("row 499", "\"key\"", "java.lang.String", "uuid");
        source.assertWasCancelled();
        assertThatThrownBy(() -> get(connection.copyInRows("t", COLUMNS, Flux.just(row(1), new Object[] {1, 2}))))
                .hasMessageContainingAll("row 1", "2 values", "5 columns");
        assertThatThrownBy(() -> get(connection.copyInRows(
                        "t", List.of("id"), Flux.just(new Object[][] {{3_000_000_000L}, {new Object()}}))))
                .hasMessageContainingAll("row 1", "java.lang.Object", "int8");
        assertThat(ask(connection, "select count(*) from t")).isEqualTo("0");
    }

    @Test
    @DisplayName("[X18, X4] in a transaction: types are asked in it, and a table that is not there fails it")
    void inTransaction() {
        PgxcConnection connection = withTable();
        get(connection.beginTransaction());
        run(connection, "create table young (a int, b text)");
        assertThat(get(connection.copyInRows("young", List.of("a", "b"), Flux.just(new Object[][] {{1, "x"}, {2, null}
                }))))
                .isEqualTo(2);
        assertThat(get(connection
                        .copyOutRows("table young", (row, metadata) -> row.get(1, String.class) + row.get(0))
                        .collectList()))
                .containsExactly("x1", "null2");
        get(connection.rollbackTransaction());
        get(connection.beginTransaction());
        assertThatThrownBy(() -> get(connection.copyInRows("young", List.of("a"), Flux.never())))
                .satisfies(e -> assertThat(((R2dbcException) e).getSqlState()).isEqualTo("42P01"));
        assertThatThrownBy(() -> ask(connection, "select 1")).cause().hasMessageContaining("young");
        get(connection.rollbackTransaction());
        assertThat(ask(connection, "select 42")).isEqualTo("42");
    }

    @Test
    @DisplayName("[X30] types of the database's own, met here for the first time, are looked up before the COPY")
    void ownTypes() {
        PgxcConnection connection = SANDBOX.open();
        run(connection, "drop type if exists mood cascade");
        run(connection, "create type mood as enum ('sad', 'happy')");
        run(connection, "create table moods (a mood, b mood[])");
        assertThat(get(connection.copyInRows("moods", List.of("a", "b"), Flux.just(new Object[][] {
                    {"happy", new String[] {"sad", null}}
                }))))
                .isEqualTo(1);
        assertThat(get(connection
                        .copyOutRows(
                                "select a, b from moods",
                                (row, metadata) -> row.get(0, String.class)
                                        + List.of(Objects.requireNonNull(row.get(1, String[].class))[0]))
                        .collectList()))
                .containsExactly("happy[sad]");
        run(connection, "drop table moods");
    }

    @Test
    @DisplayName("[I9, X14, C14] the mapping function throws, or its reader leaves: the connection goes on")
    void readerLeaves() {
        PgxcConnection connection = SANDBOX.open();
        String many = "select generate_series(1, 100000000)";
        assertThat(get(connection
                        .copyOutRows(many, (row, metadata) -> row.get(0, Integer.class))
                        .next()))
                .isEqualTo(1);
        RuntimeException own = new IllegalStateException("own");
        assertThatThrownBy(() -> connection
                        .copyOutRows(many, (row, metadata) -> {
                            throw own;
                        })
                        .blockLast(LIMIT))
                .isSameAs(own);
        assertThatThrownBy(() -> connection
                        .copyOutRows("select 'x'", (row, metadata) -> row.get(0, Integer.class))
                        .blockLast(LIMIT))
                .isInstanceOf(R2dbcException.class);
        assertThat(ask(connection, "select 42")).isEqualTo("42");
    }
}
