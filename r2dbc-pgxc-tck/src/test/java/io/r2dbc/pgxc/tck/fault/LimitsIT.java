// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.LIMIT;
import static io.r2dbc.pgxc.tck.fault.Live.get;
import static io.r2dbc.pgxc.tck.fault.Live.one;
import static io.r2dbc.pgxc.tck.fault.Live.requireOpen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcStatement;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Row;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** As many parameters, columns and statements as there may be, and one more. */
@ExtendWith(StandingAsserts.class)
class LimitsIT {

    @RegisterExtension
    final Live live = new Live();

    private static PgxcStatement withParameters(PgxcConnection connection, int count) {
        PgxcStatement statement = connection.createStatement(IntStream.rangeClosed(1, count)
                .mapToObj(i -> "$" + i)
                .collect(Collectors.joining(",", "select cardinality(array[", "]::int4[])")));
        for (int i = 0; i < count; i++) {
            statement.bind(i, i);
        }
        return statement;
    }

    @Test
    @DisplayName("[E3] 65,535 parameters work")
    void mostParameters() {
        PgxcConnection connection = live.open();
        assertThat(get(Live.all(withParameters(connection, 65_535), Integer.class)
                        .single()))
                .isEqualTo(65_535);
        requireOpen(connection);
    }

    @ParameterizedTest(name = "[E3] {0}")
    @ValueSource(ints = {65_536, 65_537})
    @DisplayName("[E3] one parameter more is refused here, with the limit and the SQL in the message")
    void tooManyParameters(int count) {
        PgxcConnection connection = live.open();

        Throwable met =
                catchThrowable(() -> withParameters(connection, count).execute().blockLast(LIMIT));

        assertThat(met).hasMessageContaining("65535").hasMessageContaining("select cardinality");
        requireOpen(connection);
    }

    private static String columns(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> i + " as c" + i)
                .collect(Collectors.joining(", ", "select ", ""));
    }

    @Test
    @DisplayName("[E6] 1,664 columns work, by index and by name, and one more is the server's error")
    void columnsOfQuery() {
        PgxcConnection connection = live.open();
        for (int execution = 0; execution < 2; execution++) {
            List<Long> sums = get(connection
                    .createStatement(columns(1_664) + " from generate_series(1, 50)")
                    .execute()
                    .flatMap(result -> result.map((row, metadata) -> sum(row, 1_664)))
                    .collectList());
            assertThat(sums).hasSize(50).containsOnly(1_664L * 1_663);
        }

        R2dbcException met = catchThrowableOfType(
                R2dbcException.class,
                () -> one(connection, columns(1_665), Integer.class).block(LIMIT));
        assertThat(met.getSqlState()).isEqualTo("54011");
        requireOpen(connection);
    }

    private static long sum(Row row, int columns) {
        long sum = 0;
        for (int i = 0; i < columns; i++) {
            sum += number(row.get(i, Integer.class)) + number(row.get("C" + i, Integer.class));
        }
        return sum;
    }

    private static int number(Integer value) {
        return value;
    }

    @Test
    @DisplayName("[E6] a table of 1,600 columns works")
    void columnsOfTable() {
        live.command(IntStream.range(0, 1_600)
                .mapToObj(i -> "c" + i + " bool")
                .collect(Collectors.joining(", ", "create table wide (", ")")));
        PgxcConnection connection = live.open();
        Live.await(Live.run(connection, "insert into wide (c0, c1599) values (true, true)"));

        assertThat(get(connection
                        .createStatement("select * from wide")
                        .execute()
                        .flatMap(result -> result.map(row -> row.get(1_599, Boolean.class)))
                        .single()))
                .isTrue();
    }

    @Test
    @DisplayName("[E7, X2] 100,000 statements subscribed at once on one connection all complete")
    void longLine() throws InterruptedException {
        PgxcConnection connection = live.open();
        int count = 100_000;
        AtomicIntegerArray answers = new AtomicIntegerArray(count);
        CountDownLatch all = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            int number = i;
            Live.all(connection.createStatement("select $1::int").bind(0, number), Integer.class)
                    .subscribe(answer -> answers.set(number, answer), error -> {}, all::countDown);
        }

        assertThat(all.await(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as("all are answered")
                .isTrue();
        assertThat(IntStream.range(0, count)).allMatch(number -> answers.get(number) == number);
        requireOpen(connection);
    }
}
