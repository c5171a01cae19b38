// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.LIMIT;
import static io.r2dbc.pgxc.tck.fault.Live.all;
import static io.r2dbc.pgxc.tck.fault.Live.await;
import static io.r2dbc.pgxc.tck.fault.Live.get;
import static io.r2dbc.pgxc.tck.fault.Live.one;
import static io.r2dbc.pgxc.tck.fault.Live.requireOpen;
import static io.r2dbc.pgxc.tck.fault.Live.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Prepared statements whose ground has moved, and how many of them there may be. */
@ExtendWith(StandingAsserts.class)
class PreparedStatementIT {

    private static final String READ = "select * from changing";

    @RegisterExtension
    final Live live = new Live();

    @BeforeEach
    void createTable() {
        live.command("create table changing (id int)", "insert into changing values (7)");
    }

    private static Mono<Integer> columns(PgxcConnection connection) {
        return connection
                .createStatement(READ)
                .execute()
                .flatMap(result -> result.map(
                        (row, metadata) -> metadata.getColumnMetadatas().size()))
                .single();
    }

    private void learn(PgxcConnection connection) {
        assertThat(get(columns(connection))).isEqualTo(1);
        assertThat(get(columns(connection))).isEqualTo(1);
    }

    private static String sqlState(Mono<?> statement) {
        return String.valueOf(catchThrowableOfType(R2dbcException.class, () -> statement.block(LIMIT))
                .getSqlState());
    }

    @Test
    @DisplayName("[D9, X9] a statement whose table has changed is prepared anew, and nobody notices")
    void changedTableInAutoCommit() {
        PgxcConnection connection = live.open();
        learn(connection);
        live.command("alter table changing add column more text");

        assertThat(get(columns(connection))).isEqualTo(2);
        assertThat(get(columns(connection))).isEqualTo(2);
    }

    @Test
    @DisplayName("[D9, X9] in a transaction the caller sees 0A000 itself, and the next transaction works")
    void changedTableInTransaction() {
        PgxcConnection connection = live.open();
        learn(connection);
        live.command("alter table changing add column more text");
        await(connection.beginTransaction());

        assertThat(sqlState(columns(connection))).isEqualTo("0A000");
        assertThat(sqlState(one(connection, "SELECT 42", Integer.class))).isEqualTo("25P02");

        await(connection.rollbackTransaction());
        await(connection.beginTransaction());
        assertThat(get(columns(connection))).isEqualTo(2);
        await(connection.commitTransaction());
    }

    @Test
    @DisplayName("[D9, X9] among pipelined statements only those on the changed table are touched")
    void changedTableInPipeline() {
        PgxcConnection connection = live.open();
        learn(connection);
        live.command("alter table changing add column more text");

        List<Object> outcomes = get(Flux.range(0, 30)
                .flatMap(i -> i % 3 == 0
                        ? columns(connection)
                                .cast(Object.class)
                                .onErrorResume(R2dbcException.class, e -> Mono.just(String.valueOf(e.getSqlState())))
                        : one(connection, "select " + (100 + i), Integer.class).cast(Object.class))
                .collectList());

        assertThat(outcomes)
                .hasSize(30)
                .containsAll(IntStream.range(0, 30)
                        .filter(i -> i % 3 != 0)
                        .mapToObj(i -> (Object) (100 + i))
                        .toList());
        assertThat(outcomes.stream().filter(outcome -> !(outcome instanceof Integer i) || i < 100))
                .hasSize(10)
                .allMatch(outcome -> outcome.equals(2) || outcome.equals("0A000"));
        assertThat(get(columns(connection))).isEqualTo(2);
    }

    @ParameterizedTest(name = "[D10] {0}")
    @ValueSource(
            strings = {
                "DEALLOCATE ALL",
                "DISCARD ALL",
                "deallocate all; select 1",
                "do 'begin execute ''deallocate all''; end'"
            })
    @DisplayName("[D10, X9] statements that vanish, openly or behind the driver's back, are prepared anew")
    void vanishedStatement(String sql) {
        PgxcConnection connection = live.open();
        for (int i = 0; i < 3; i++) {
            for (int k = 0; k < 3; k++) {
                assertThat(get(all(connection.createStatement("select $1 + 1").bind(0, 41), Integer.class)
                                .single()))
                        .isEqualTo(42);
                assertThat(get(one(connection, "select 'text'", String.class))).isEqualTo("text");
            }
            await(run(connection, sql));
        }
        requireOpen(connection);
    }

    @Test
    @DisplayName("[D10, X9] in a transaction a vanished statement is an error, and forgotten")
    void vanishedStatementInTransaction() {
        PgxcConnection connection = live.open();
        learn(connection);
        await(connection.beginTransaction());
        await(run(connection, "do 'begin execute ''deallocate all''; end'"));

        assertThat(sqlState(columns(connection))).isEqualTo("26000");

        await(connection.rollbackTransaction());
        await(connection.beginTransaction());
        assertThat(get(columns(connection))).isEqualTo(1);
        await(connection.commitTransaction());
    }

    @ParameterizedTest(name = "[E1] capacity {0}")
    @CsvSource({"256", "16", "1", "0"})
    @DisplayName("[E1, X8] 10,000 texts leave no more prepared statements at the server than the cache may hold")
    void cacheIsBounded(int capacity) {
        PgxcConnection connection = live.open(options -> options.preparedStatementCacheQueries(capacity));
        int texts = capacity == 256 ? 10_000 : 1_000;

        long sum = get(Flux.range(0, texts)
                .flatMap(i -> one(connection, "select " + i + " as number_" + i, Integer.class), 64)
                .reduce(0L, Long::sum));

        assertThat(sum).isEqualTo((long) texts * (texts - 1) / 2);
        String count = "select count(*)::int from pg_prepared_statements";
        // what was evicted last is closed by the flight after
        get(one(connection, count, Integer.class));
        assertThat(get(one(connection, count, Integer.class))).isBetween(Math.min(capacity, 1), capacity);
    }
}
