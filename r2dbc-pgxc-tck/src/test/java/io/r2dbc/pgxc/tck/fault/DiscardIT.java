// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.LIMIT;
import static io.r2dbc.pgxc.tck.fault.Live.all;
import static io.r2dbc.pgxc.tck.fault.Live.get;
import static io.r2dbc.pgxc.tck.fault.Live.one;
import static io.r2dbc.pgxc.tck.fault.Live.requireOpen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.Blob;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Result;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Rows and values that are on their way when nobody wants them any more. Forgotten buffers fail the class. */
@ExtendWith(StandingAsserts.class)
class DiscardIT {

    private static final String ROWS = "select g, repeat('row', 100) from generate_series(1, 20000) g";

    @RegisterExtension
    final Live live = new Live();

    /** What stands between the driver and the subscriber, with a buffer of its own. */
    private enum Operator {
        PUBLISH_ON,
        FLAT_MAP,
        WINDOW,
        LIMIT_RATE,
        ZIP,
        BUFFER_TIMEOUT;

        Flux<Integer> over(Flux<Integer> flux) {
            return switch (this) {
                case PUBLISH_ON -> flux.publishOn(Schedulers.parallel());
                case FLAT_MAP -> flux.flatMap(value -> Mono.just(value).publishOn(Schedulers.parallel()), 8, 2);
                case WINDOW -> flux.window(7).concatMap(window -> window);
                case LIMIT_RATE -> flux.limitRate(16);
                case ZIP -> flux.zipWith(Flux.range(1, 1000), (left, right) -> left);
                case BUFFER_TIMEOUT ->
                    flux.bufferTimeout(5, Duration.ofMillis(1), true).concatMapIterable(list -> list);
            };
        }
    }

    @ParameterizedTest(name = "[C16] {0}")
    @EnumSource
    @DisplayName(
            "[C16] cancelling under an operator that holds rows leaks nothing, whether rows are mapped, detached or"
                    + " set aside")
    void cancelUnderOperator(Operator operator) {
        PgxcConnection connection = live.open();
        for (int taken = 1; taken <= 40; taken += 13) {
            Flux<Integer> mapped = all(connection.createStatement(ROWS), Integer.class);
            assertThat(get(operator.over(mapped).take(taken).count())).isEqualTo(taken);

            Flux<Integer> detached =
                    connection.createStatement(ROWS).execute().flatMap(result -> result.flatMap(DiscardIT::number));
            assertThat(get(operator.over(detached).take(taken).count())).isEqualTo(taken);

            Flux<Integer> nested = all(connection.createStatement(ROWS), Integer.class)
                    .concatMap(id -> one(connection, "select " + id, Integer.class));
            assertThat(get(operator.over(nested).take(taken).count())).isEqualTo(taken);
        }
        requireOpen(connection);
    }

    private static Publisher<Integer> number(Result.Segment segment) {
        return segment instanceof Result.RowSegment row
                ? Mono.justOrEmpty(row.row().get(0, Integer.class))
                : Mono.empty();
    }

    @ParameterizedTest(name = "[C16] {0}")
    @EnumSource
    @DisplayName("[C16] an error of the server in the middle of the rows leaks nothing")
    void errorInTheMiddle(Operator operator) {
        PgxcConnection connection = live.open();
        String failing = "select 1 / (15000 - g), repeat('row', 100) from generate_series(1, 20000) g";

        Throwable met = catchThrowable(() -> operator.over(all(connection.createStatement(failing), Integer.class)
                        .filter(value -> value < 0)
                        .concatWith(all(connection.createStatement(failing), Integer.class)))
                .blockLast(LIMIT));

        assertThat(met).isInstanceOf(R2dbcException.class).hasMessageContaining("division by zero");
        requireOpen(connection);
    }

    @ParameterizedTest(name = "[C16] {0}")
    @EnumSource(names = "WINDOW", mode = EnumSource.Mode.EXCLUDE) // it tells concatMap of the error twice
    @DisplayName("[C16, X16] close() with a result in flight leaks nothing and fails its reader")
    void closeWithResultInFlight(Operator operator) {
        PgxcConnection connection = live.open();
        AtomicBoolean closed = new AtomicBoolean();

        assertThatThrownBy(() -> operator.over(Flux.range(1, 1000)
                                .concatMap(i -> all(connection.createStatement(ROWS), Integer.class))
                                .doOnNext(value -> {
                                    if (closed.compareAndSet(false, true)) {
                                        connection.close().subscribe();
                                    }
                                }))
                        .concatWith(Mono.error(new IllegalStateException("the operator was satisfied before")))
                        .blockLast(LIMIT))
                .isInstanceOfAny(R2dbcException.class, IllegalStateException.class);
        Live.await(connection.close());
    }

    @Test
    @DisplayName("[C16, X34] values that are bound and never sent, cancelled, or refused leak nothing")
    void boundValuesThatAreNotSent() {
        PgxcConnection connection = live.open();
        for (int round = 0; round < 50; round++) {
            connection.createStatement("select $1::bytea").bind(0, ByteBuffer.wrap(new byte[10_000]));
            connection
                    .createStatement("select $1::bytea")
                    .bind(0, ByteBuffer.wrap(new byte[10_000]))
                    .execute();
            connection
                    .createStatement("select $1::bytea")
                    .bind(
                            0,
                            Blob.from(
                                    Flux.just(ByteBuffer.wrap(new byte[10_000])).concatWith(Mono.never())))
                    .execute()
                    .subscribe()
                    .dispose();
            connection
                    .createStatement("select $1::bytea")
                    .bind(0, ByteBuffer.wrap(new byte[10_000]))
                    .execute()
                    .subscribe()
                    .dispose();
            assertThat(catchThrowable(() -> connection
                            .createStatement("insert into nowhere values ($1)")
                            .bind(0, ByteBuffer.wrap(new byte[10_000]))
                            .execute()
                            .blockLast(LIMIT)))
                    .isInstanceOf(R2dbcException.class);
        }
        requireOpen(connection);
    }
}
