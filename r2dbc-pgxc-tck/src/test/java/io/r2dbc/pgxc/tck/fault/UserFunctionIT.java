// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.LIMIT;
import static io.r2dbc.pgxc.tck.fault.Live.await;
import static io.r2dbc.pgxc.tck.fault.Live.requireOpen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcResult;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.Result;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Users' functions that throw, or return null: the caller gets just that, and the connection never notices. */
@ExtendWith(StandingAsserts.class)
class UserFunctionIT {

    private static final int ROWS = 10_000;

    @RegisterExtension
    final Live live = new Live();

    /** Where the user's function sits. */
    private enum Place {
        MAP,
        MAP_READABLE,
        FILTER,
        FLAT_MAP,
        FLAT_MAP_INNER,
        DOWNSTREAM
    }

    /** Throws at one row, and lets all others pass. */
    private record Bomb(int at, Throwable error, AtomicInteger seen) {

        boolean tick() {
            if (seen.incrementAndGet() == at) {
                sneakyThrow(error);
            }
            return true;
        }

        @SuppressWarnings("unchecked") // what the compiler does not see may be any error
        private static <E extends Throwable> void sneakyThrow(Throwable error) throws E {
            throw (E) error;
        }
    }

    @ParameterizedTest(name = "[C12] {0}, row {1}, in a transaction: {2}")
    @CsvSource({
        "MAP, 1, false",
        "MAP, 5000, false",
        "MAP, 10000, false",
        "MAP, 5000, true",
        "MAP_READABLE, 1, false",
        "FILTER, 1, false",
        "FILTER, 10000, false",
        "FILTER, 1, true",
        "FLAT_MAP, 1, false",
        "FLAT_MAP, 10000, true",
        "FLAT_MAP_INNER, 5000, false",
        "DOWNSTREAM, 1, false",
        "DOWNSTREAM, 5000, true"
    })
    @DisplayName("[C12] an error of the user's function arrives unchanged, and the rest is drained")
    void errorArrivesUnchanged(Place place, int row, boolean inTransaction) {
        for (Throwable planted :
                new Throwable[] {new IllegalArgumentException("planted"), new AssertionError("planted")}) {
            PgxcConnection connection = live.open();
            if (inTransaction) {
                await(connection.beginTransaction());
            }
            Bomb bomb = new Bomb(row, planted, new AtomicInteger());

            Throwable met = catchThrowable(() -> connection
                    .createStatement("select generate_series(1, " + ROWS + ")")
                    .execute()
                    .flatMap(consumer(place, bomb))
                    .blockLast(LIMIT));

            assertThat(Exceptions.unwrap(met)).isSameAs(planted);
            requireOpen(connection);
            if (inTransaction) {
                assertThat(connection.isAutoCommit()).isFalse();
                await(connection.commitTransaction());
                requireOpen(connection);
            }
        }
    }

    private static Function<PgxcResult, Flux<?>> consumer(Place place, Bomb bomb) {
        return switch (place) {
            case MAP -> result -> result.map((row, metadata) -> bomb.tick());
            case MAP_READABLE -> result -> result.map(row -> bomb.tick());
            case FILTER ->
                result -> result.filter(segment -> !(segment instanceof Result.RowSegment) || bomb.tick())
                        .map(row -> 1);
            case FLAT_MAP ->
                result -> result.flatMap(
                        segment -> segment instanceof Result.RowSegment && bomb.tick() ? Mono.just(1) : Mono.empty());
            case FLAT_MAP_INNER ->
                result -> result.flatMap(segment ->
                        segment instanceof Result.RowSegment ? Mono.fromSupplier(bomb::tick) : Mono.<Boolean>empty());
            case DOWNSTREAM -> result -> result.map(row -> 1).filter(one -> bomb.tick());
        };
    }

    @ParameterizedTest(name = "[C12] {0}")
    @CsvSource({"MAP", "FLAT_MAP"})
    @DisplayName("[C12] null from a mapping function is a NullPointerException")
    void nullIsNullPointerException(Place place) {
        PgxcConnection connection = live.open();
        Function<PgxcResult, Flux<?>> consumer = place == Place.MAP
                ? result -> result.map((row, metadata) -> (Integer) null)
                : result -> result.flatMap(segment -> (Mono<Integer>) null);

        Throwable met = catchThrowable(() -> connection
                .createStatement("select generate_series(1, " + ROWS + ")")
                .execute()
                .flatMap(consumer)
                .blockLast(LIMIT));

        assertThat(met).isInstanceOf(NullPointerException.class);
        requireOpen(connection);
    }
}
