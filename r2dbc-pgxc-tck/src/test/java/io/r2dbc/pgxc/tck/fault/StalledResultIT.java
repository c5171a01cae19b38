// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.LIMIT;
import static io.r2dbc.pgxc.tck.fault.Live.get;
import static io.r2dbc.pgxc.tck.fault.Live.one;
import static io.r2dbc.pgxc.tck.fault.Live.requireOpen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcResult;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcTimeoutException;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.StepVerifierOptions;

/** Results that nobody reads: they may not poison the connection, nor be lost while somebody may still come for them. */
@ExtendWith(StandingAsserts.class)
class StalledResultIT {

    private static final String LARGE = "select generate_series(1, 1000000), 'a row of a large result'";
    private static final String SMALL = "select generate_series(1, 1000), 'a row of a small result'";
    private static final StepVerifierOptions NO_DEMAND =
            StepVerifierOptions.create().initialRequest(0);

    @RegisterExtension
    final Live live = new Live();

    @Test
    @DisplayName("[C7, X13] a reader without demand is given up after stallTimeout, told for whom, and those behind are"
            + " answered")
    void readerWithoutDemandIsGivenUp() {
        PgxcConnection connection =
                live.open(options -> options.stallBufferBytes(64 * 1024).stallTimeout(Duration.ofMillis(500)));
        PgxcResult result = get(Mono.from(connection.createStatement(LARGE).execute()));

        StepVerifier.create(result.map(row -> row.get(0, Integer.class)), NO_DEMAND)
                .expectSubscription()
                .then(() -> requireOpen(connection))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(R2dbcTimeoutException.class)
                        .hasMessageContaining(LARGE)
                        .hasMessageContaining("SELECT 42"))
                .verify(LIMIT);
        requireOpen(connection);
    }

    @Test
    @DisplayName("[C7, X16] behind a reader without demand validation says no within its bound, and close() works")
    void validationIsBounded() {
        PgxcConnection connection =
                live.open(options -> options.stallBufferBytes(64 * 1024).stallTimeout(Duration.ZERO));
        PgxcResult result = get(Mono.from(connection.createStatement(LARGE).execute()));

        StepVerifier.create(result.map(row -> row.get(0, Integer.class)), NO_DEMAND)
                .expectSubscription()
                .then(() -> {
                    assertThat(connection.validate(ValidationDepth.REMOTE).block(Duration.ofSeconds(6)))
                            .isFalse();
                    connection.close().block(Duration.ofMillis(1_500));
                })
                .expectErrorMatches(error -> String.valueOf(error.getMessage()).contains("closed"))
                .verify(LIMIT);
    }

    @Test
    @DisplayName("[C8, X13] results that are dropped, small ones and a large one, do not hold up anybody")
    void droppedResultsHoldUpNobody() {
        PgxcConnection connection = live.open(options -> options.stallTimeout(Duration.ofMillis(300)));
        for (String sql : List.of(SMALL, LARGE, SMALL)) {
            List<PgxcResult> dropped = new ArrayList<>();
            connection.createStatement(sql).execute().subscribe(dropped::add);
            requireOpen(connection);
            assertThat(dropped).hasSize(1);
        }
        assertThat(get(connection.createStatement(SMALL).execute().count())).isEqualTo(1);
        assertThat(get(Flux.range(0, 100)
                        .flatMap(
                                i -> connection.createStatement(SMALL).execute().next())
                        .count()))
                .isEqualTo(100);
        requireOpen(connection);
    }

    @Test
    @DisplayName(
            "[C8, X14] a result that execute() was cancelled after is held while others run, and then consumed whole")
    void heldResultIsConsumedLater() {
        PgxcConnection connection = live.open();
        PgxcResult held = get(Mono.from(connection.createStatement(SMALL).execute()));
        for (int i = 0; i < 100; i++) {
            requireOpen(connection);
        }

        assertThat(get(Flux.from(held.map(row -> row.get(0, Integer.class))).collectList()))
                .hasSize(1000)
                .startsWith(1, 2, 3)
                .endsWith(1000);
        requireOpen(connection);
    }

    @Test
    @DisplayName("[C8, X13] a large result that was given up while it was held tells whoever comes late")
    void givenUpResultTellsLateReader() {
        PgxcConnection connection =
                live.open(options -> options.stallBufferBytes(64 * 1024).stallTimeout(Duration.ofMillis(300)));
        PgxcResult held = get(Mono.from(connection.createStatement(LARGE).execute()));
        assertThat(get(one(connection, "select 'somebody waits'", String.class)))
                .isEqualTo("somebody waits");

        assertThatThrownBy(() -> held.map(row -> row.get(0, Integer.class)).blockLast(LIMIT))
                .isInstanceOf(R2dbcTimeoutException.class)
                .hasMessageContaining(LARGE);
        requireOpen(connection);
    }
}
