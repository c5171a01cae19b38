// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.LIMIT;
import static io.r2dbc.pgxc.tck.fault.Live.await;
import static io.r2dbc.pgxc.tck.fault.Live.one;
import static io.r2dbc.pgxc.tck.fault.Live.requireOpen;
import static io.r2dbc.pgxc.tck.fault.Live.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcNotification;
import io.r2dbc.pgxc.tck.server.Capability;
import io.r2dbc.pgxc.tck.server.TestServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

/** Names of channels and payloads, up to the server's limits and beyond. */
@ExtendWith(StandingAsserts.class)
class ChannelsIT {

    @RegisterExtension
    final Live live = new Live();

    @BeforeEach
    void needsListen() {
        assumeTrue(TestServer.shared().supports(Capability.LISTEN), "a standby has no channels");
    }

    static List<String> names() {
        return List.of(
                "plain", "Mixed Case", "with \"quotes\"", "semi;colon--", "dotted.name", "ünïcödé", "x".repeat(63));
    }

    @ParameterizedTest(name = "[I5] {0}")
    @MethodSource("names")
    @DisplayName("[I5] a notification has its channel's name as it was meant, and its payload as it was sent")
    void name(String name) {
        List<String> payloads = List.of("", "it's \"quoted\"; -- 'ü'", "x".repeat(7_999));
        PgxcConnection connection = live.open();
        TestSubscriber<PgxcNotification> heard = TestSubscriber.create();
        connection.notifications().take(payloads.size()).subscribe(heard);
        await(run(connection, "LISTEN \"" + name.replace("\"", "\"\"") + "\""));
        for (String payload : payloads) {
            await(notify(connection, name, payload));
        }
        heard.block(LIMIT);
        assertThat(heard.getReceivedOnNext())
                .extracting(PgxcNotification::channel)
                .containsOnly(name);
        assertThat(heard.getReceivedOnNext())
                .extracting(PgxcNotification::payload)
                .containsExactlyElementsOf(payloads);
        requireOpen(connection);
    }

    @ParameterizedTest(name = "[I5] {0} bytes of name, {1} bytes of payload")
    @CsvSource({"64, 1", "0, 1", "1, 8000"})
    @DisplayName("[I5] beyond the limits the server's 22023 is the statement's error, and the session goes on")
    void beyond(int name, int payload) {
        PgxcConnection connection = live.open();
        R2dbcException failure = catchThrowableOfType(
                R2dbcException.class,
                () -> notify(connection, "n".repeat(name), "p".repeat(payload)).block(LIMIT));
        assertThat(failure).isNotInstanceOf(R2dbcNonTransientResourceException.class);
        assertThat(failure.getSqlState()).isEqualTo("22023");
        requireOpen(connection);
    }

    @Test
    @DisplayName("[I5] a name of 64 bytes in LISTEN is cut by the server, which says so in a notice")
    void cut() {
        PgxcConnection connection = live.open();
        TestSubscriber<String> notices = TestSubscriber.create();
        connection.notices().map(notice -> notice.details().sqlState()).take(1).subscribe(notices);
        TestSubscriber<PgxcNotification> heard = TestSubscriber.create();
        connection.notifications().take(1).subscribe(heard);
        await(run(connection, "LISTEN " + "n".repeat(64)));
        notices.block(LIMIT);
        assertThat(notices.getReceivedOnNext()).containsExactly("42622");
        await(notify(connection, "n".repeat(63), "cut"));
        heard.block(LIMIT);
        assertThat(heard.getReceivedOnNext())
                .extracting(PgxcNotification::payload)
                .containsExactly("cut");
        assertThat(one(connection, "select * from pg_listening_channels()", String.class)
                        .block(LIMIT))
                .hasSize(63);
    }

    private static Mono<Void> notify(PgxcConnection connection, String name, String payload) {
        return connection
                .createStatement("select pg_notify($1, $2)")
                .bind(0, name)
                .bind(1, payload)
                .execute()
                .concatMap(result -> result.map(row -> 1))
                .then();
    }
}
