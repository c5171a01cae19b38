// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.all;
import static io.r2dbc.pgxc.tck.fault.Live.await;
import static io.r2dbc.pgxc.tck.fault.Live.requireOpen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A repository's {@code findAll().flatMap(one -> findById(...))}: a statement on the connection whose result is being read. */
@ExtendWith(StandingAsserts.class)
class NestedStatementIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int INNER = 256;
    private static final String FIND_BY_ID = "select $1::int * 2";

    @RegisterExtension
    final Live live = new Live();

    /** How the outer result is read. */
    private enum Mode {
        AUTO_COMMIT(0),
        AUTO_COMMIT_IN_CHUNKS(100),
        TRANSACTION(0),
        TRANSACTION_IN_CHUNKS(100);

        private final int fetchSize;

        Mode(int fetchSize) {
            this.fetchSize = fetchSize;
        }

        boolean isTransaction() {
            return this == TRANSACTION || this == TRANSACTION_IN_CHUNKS;
        }
    }

    @ParameterizedTest(name = "[C9] {0} rows, {1}")
    @CsvSource({
        "10, AUTO_COMMIT",
        "256, AUTO_COMMIT",
        "257, AUTO_COMMIT",
        "1000, AUTO_COMMIT",
        "100000, AUTO_COMMIT",
        "10, AUTO_COMMIT_IN_CHUNKS",
        "257, AUTO_COMMIT_IN_CHUNKS",
        "1000, AUTO_COMMIT_IN_CHUNKS",
        "10, TRANSACTION",
        "256, TRANSACTION",
        "257, TRANSACTION",
        "1000, TRANSACTION",
        "100000, TRANSACTION",
        "10, TRANSACTION_IN_CHUNKS",
        "256, TRANSACTION_IN_CHUNKS",
        "257, TRANSACTION_IN_CHUNKS",
        "1000, TRANSACTION_IN_CHUNKS",
        "100000, TRANSACTION_IN_CHUNKS"
    })
    @DisplayName("[C9, X11, X13] a statement inside a row callback works at every size, while the rest fits or comes in"
            + " chunks")
    void statementInsideRowCallback(int rows, Mode mode) {
        // chunks of a transaction need nothing set aside, so there they must not get it either
        int bound = mode == Mode.TRANSACTION_IN_CHUNKS ? 64 * 1024 : 8 * 1024 * 1024;
        PgxcConnection connection = live.open(options -> options.stallBufferBytes(bound));
        if (mode.isTransaction()) {
            await(connection.beginTransaction());
        }
        Long sum = findAll(connection, rows, mode)
                .flatMap(id -> findById(connection, id))
                .reduce(0L, Long::sum)
                .block(LIMIT);

        assertThat(sum).isEqualTo((long) rows * (rows + 1));
        if (mode.isTransaction()) {
            await(connection.commitTransaction());
        }
        requireOpen(connection);
    }

    @ParameterizedTest(name = "[C9] {0}")
    @EnumSource(names = "TRANSACTION_IN_CHUNKS", mode = EnumSource.Mode.EXCLUDE)
    @DisplayName(
            "[C9, X13] where the rest does not fit, the outer statement fails and says for whom, and the inner ones"
                    + " are answered")
    void outerStatementFailsWhereRestDoesNotFit(Mode mode) {
        PgxcConnection connection =
                live.open(options -> options.stallBufferBytes(64 * 1024).stallTimeout(Duration.ofMillis(300)));
        if (mode.isTransaction()) {
            await(connection.beginTransaction());
        }
        AtomicInteger answered = new AtomicInteger();

        assertThatThrownBy(() -> findAll(connection, 100_000, mode)
                        .flatMapDelayError(id -> findById(connection, id), INNER, INNER)
                        .doOnNext(value -> answered.incrementAndGet())
                        .blockLast(LIMIT))
                .isInstanceOf(R2dbcTimeoutException.class)
                .hasMessageContaining("generate_series")
                .hasMessageContaining(FIND_BY_ID);

        assertThat(answered).hasValue(INNER);
        requireOpen(connection);
        if (mode.isTransaction()) {
            await(connection.commitTransaction());
        }
    }

    private static Flux<Integer> findAll(PgxcConnection connection, int rows, Mode mode) {
        return all(
                connection
                        .createStatement("select id from generate_series(1, " + rows + ") id")
                        .fetchSize(mode.fetchSize),
                Integer.class);
    }

    private static Mono<Long> findById(PgxcConnection connection, int id) {
        return all(connection.createStatement(FIND_BY_ID).bind(0, id), Integer.class)
                .single()
                .map(Integer::longValue);
    }
}
