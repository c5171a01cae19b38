// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.testing.ServerMessages.fatal;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.EmbeddedConnection;
import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.exchange.Exchange;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.testing.StandingAsserts;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever waits for a session that is given back, or over, hears of it, and hears once. */
@ExtendWith(StandingAsserts.class)
final class ToldOnceTest {

    private static final Duration LIMIT = Duration.ofSeconds(1);

    private final EmbeddedConnection client =
            EmbeddedConnection.open(PgxcConfiguration.builder().pipelineLimit(1).build());
    private final EmbeddedSession server = client.server();
    private final PlainExchange written = new PlainExchange("written");
    private final PlainExchange first = new PlainExchange("first");
    private final PlainExchange second = new PlainExchange("second");

    @AfterEach
    void close() {
        client.close();
    }

    private void submitAll() {
        List.of(written, first, second).forEach(server.session()::submit);
        assertThat(server.saidTypes()).isEqualTo("Q");
    }

    /** What ends a session, and what those who wait for it hear. */
    static Stream<Arguments> ends() {
        return Stream.of(
                Arguments.of("FATAL", "terminating", (Consumer<EmbeddedSession>)
                        session -> session.hears(fatal("57P01", "terminating"))),
                Arguments.of("the end of input", "lost", (Consumer<EmbeddedSession>) EmbeddedSession::hearsEnd),
                Arguments.of("a reset", "lost", (Consumer<EmbeddedSession>) EmbeddedSession::hearsReset),
                Arguments.of("an abort", "own", (Consumer<EmbeddedSession>) session -> {
                    session.session().abort(new Failure.ConnectionLost("08006", "own", null));
                    session.run();
                }));
    }

    @ParameterizedTest(name = "[X21] given back, then {0}")
    @MethodSource("ends")
    @DisplayName("[X21] those who were told that the connection is given back do not hear of its end as well")
    void givenBack(String end, String reason, Consumer<EmbeddedSession> ending) {
        submitAll();
        server.session().quiesce(() -> {});
        server.run();
        ending.accept(server);
        assertThat(List.of(written, first, second))
                .allSatisfy(exchange -> assertThat(exchange.told)
                        .hasSize(1)
                        .first()
                        .asString()
                        .contains("released")
                        .doesNotContain(reason));
        assertThat(server.isOpen()).as(end).isFalse();
    }

    @ParameterizedTest(name = "[X15, X14] out of time or cancelled, then {0}")
    @MethodSource("ends")
    @DisplayName("[X15, X14] of the end hear those who wait for an answer, once, and nobody who has given up before")
    void gaveUp(String end, String reason, Consumer<EmbeddedSession> ending) {
        submitAll();
        assertThat(server.session()
                        .timeLimit(first, LIMIT, new Failure.TimedOut("too late"))
                        .isDone())
                .isFalse();
        server.session().cancel(second);
        server.timePasses(LIMIT);
        ending.accept(server);
        server.hearsEnd();
        assertThat(first.told).containsExactly("failed: too late");
        assertThat(second.told).as(end).isEmpty();
        assertThat(written.told).hasSize(1).first().asString().contains(reason);
    }

    @Test
    @DisplayName("[X21, X15, X14] who has given up before the connection is given back does not hear of that")
    void gaveUpBeforeGivenBack() {
        submitAll();
        assertThat(server.session()
                        .timeLimit(written, LIMIT, new Failure.TimedOut("too late"))
                        .isDone())
                .isFalse();
        server.session().cancel(second);
        server.timePasses(LIMIT);
        server.session().quiesce(() -> {});
        server.run();
        assertThat(written.told).containsExactly("failed: too late");
        assertThat(first.told).hasSize(1).first().asString().contains("released");
        assertThat(second.told).isEmpty();
        server.hearsEnd();
        assertThat(List.of(written, first))
                .allSatisfy(exchange -> assertThat(exchange.told).hasSize(1));
    }

    @Test
    @DisplayName(
            "who ends the session again, asks for more and cancels others when told changes nothing for those others")
    void restlessListener() {
        PlainExchange late = new PlainExchange("late");
        PlainExchange restless = new PlainExchange("restless") {
            @Override
            public void fail(Failure failure) {
                super.fail(failure);
                server.session().abort(new Failure.ConnectionLost("08006", "again", null));
                server.session().submit(late);
                server.session().cancel(this);
            }
        };
        for (Exchange exchange : List.of(written, restless, first, second)) {
            server.session().submit(exchange);
        }
        server.run();
        server.hears(fatal("57P01", "terminating"));
        server.run();
        assertThat(List.of(written, restless, first, second, late))
                .allSatisfy(exchange -> assertThat(exchange.told).containsExactly("failed: terminating"));
    }
}
