// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.notice;
import static io.r2dbc.pgxc.testing.ServerMessages.notification;
import static io.r2dbc.pgxc.testing.ServerMessages.parameter;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.EmbeddedConnection;
import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcNotification;
import io.r2dbc.pgxc.PgxcResult;
import io.r2dbc.pgxc.testing.Greeting;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.Octets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** What the server says unasked, at any time, as often as it likes. */
@ExtendWith(StandingAsserts.class)
final class AsynchronousMessagesTest {

    private static final Octets DESCRIBED =
            Octets.join(parseComplete(), parameterTypes(), rowDescription(column("x", INT4)), bindComplete());

    @Test
    @DisplayName(
            "[I3, S1.0.6, S2.6.1, S2.6.4] a notification between any two messages is heard once, and harms no result")
    void notificationsEverywhere() {
        Octets stream = Transcript.STREAM;
        List<String> usual = Transcript.SIGNALS.get(Transcript.SIGNALS.size() - 1);
        for (int at = 0; at <= stream.size(); at = next(stream, at)) {
            Octets before = stream.slice(0, at);
            Octets after = stream.slice(at, stream.size());
            try (EmbeddedConnection client = EmbeddedConnection.open()) {
                List<Heard> subscribers = Transcript.begin(client.connection());
                client.server().said();
                client.server().hears(Octets.join(before, notification(77, "inserted", "here"), after));
                for (int s = 0; s < Transcript.ANSWERS.size(); s++) {
                    assertThat(subscribers.get(s).signals()).as("at %d", at).isEqualTo(Transcript.SIGNALS.get(s));
                }
                Heard listener = subscribers.get(subscribers.size() - 1);
                assertThat(Collections.frequency(listener.signals(), "77 inserted here"))
                        .as("at %d", at)
                        .isOne();
                assertThat(listener.signals()).containsSubsequence(usual).hasSize(usual.size() + 1);
                listener.cancel();
            }
        }
    }

    private static int next(Octets stream, int at) {
        return at == stream.size() ? at + 1 : at + 1 + stream.buffer().getInt(at + 1);
    }

    @Test
    @DisplayName("[S2.1.4, S2.0.2] a notice before authentication is taken, and the greeting goes on")
    void beforeAuthentication() {
        try (EmbeddedConnection client = EmbeddedConnection.starting()) {
            client.server().hears(notice("welcome"));
            client.server().hears(Octets.join(Greeting.messages()));
            assertThat(client.startUpFailure()).isNull();
            assertThat(client.connection().getMetadata().getDatabaseVersion()).isEqualTo("18.6");
        }
    }

    @Test
    @DisplayName(
            "[I3, S2.1.5, E8] notifications, notices and reports between any two messages of the greeting do no harm")
    void duringStartUp() {
        List<Octets> greeting = Greeting.messages();
        Octets unasked = Octets.join(notification(7, "c", ""), notice("n"), parameter("DateStyle", "ISO, DMY"));
        for (int at = 1; at <= greeting.size(); at++) {
            List<Octets> all = new ArrayList<>(greeting);
            all.add(at, unasked);
            try (EmbeddedConnection client = EmbeddedConnection.starting()) {
                client.server().hears(Octets.join(all));
                assertThat(client.server().isOpen()).as("at %d", at).isTrue();
                assertThat(client.connection().getMetadata().getDatabaseVersion())
                        .isEqualTo("18.6");
            }
        }
    }

    @ParameterizedTest(name = "[S2.6.7] {0}={1}")
    @CsvSource({"client_encoding, LATIN1", "CLIENT_ENCODING, SQL_ASCII", "integer_datetimes, off"})
    @DisplayName(
            "[S2.6.7, D11, S8.34, G4] a report after which nothing could be decoded ends the session and says why, at any moment")
    void undecodable(String name, String value) {
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            client.server().hears(parameter(name, value));
            Outcomes.assertClosed("idle", client);
        }
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            Heard rows = Heard.of(
                    Heard.rows(client.connection().createStatement("SELECT x").execute()));
            client.server().said();
            client.server().hears(Octets.join(DESCRIBED, row("1"), parameter(name, value), row("2")));
            assertThat(rows.signals()).containsExactly("1", "error NonTransientResource 08P01");
            assertThat(rows.failure()).hasMessageContaining(value);
            Outcomes.assertClosed("busy", client);
        }
        try (EmbeddedConnection client = EmbeddedConnection.starting()) {
            client.server().hears(Octets.join(Greeting.messages().get(0), parameter(name, value)));
            RuntimeException failure = client.startUpFailure();
            assertThat(failure).isNotNull();
            Outcomes.assertProto("start-up", failure);
        }
    }

    @Test
    @DisplayName(
            "[D11, S2.6.5, S2.6.6, S7.9, X25] reports at odd moments are told in order and remembered; unknown names do no harm")
    void reports() {
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            Heard reports = Heard.of(client.connection().parameters());
            Heard rows = Heard.of(
                    Heard.rows(client.connection().createStatement("SELECT x").execute()));
            client.server().said();
            client.server().hears(parameter("client_encoding", "utf-8"));
            client.server()
                    .hears(Octets.join(
                            parameter("TimeZone", "Asia/Kolkata"),
                            DESCRIBED,
                            row("1"),
                            parameter("never.heard.of", "x"),
                            row("2"),
                            complete("SELECT 2"),
                            parameter("standard_conforming_strings", "off"),
                            ready()));
            assertThat(rows.signals()).containsExactly("1", "2", "complete");
            assertThat(reports.signals())
                    .containsExactly(
                            "client_encoding=utf-8",
                            "TimeZone=Asia/Kolkata",
                            "never.heard.of=x",
                            "standard_conforming_strings=off");
            reports.cancel();
        }
    }

    @ParameterizedTest(name = "[E8] {0}")
    @ValueSource(strings = {"notice", "report", "notification"})
    @DisplayName(
            "[E8, S8.33, I1] 200,000 unasked messages inside a result nobody reads yet: a bound amount is kept, the result is right")
    void flood(String kind) {
        Octets one = switch (kind) {
            case "notice" -> notice("flood ".repeat(20));
            case "report" -> parameter("application_name", "flood ".repeat(20));
            default -> notification(7, "flood", "flood ".repeat(20));
        };
        Octets thousand = Octets.join(Collections.nCopies(1_000, one));
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            List<PgxcResult> results = new ArrayList<>();
            Flux<PgxcResult> execution =
                    client.connection().createStatement("SELECT x").execute();
            execution.subscribe(results::add, error -> {});
            client.server().said();
            client.server().hears(thousand);
            client.server().hears(Octets.join(DESCRIBED, row("1")));
            assertThat(results).hasSize(1);
            long before = usedHeap();
            for (int i = 0; i < 199; i++) {
                client.server().hears(thousand);
            }
            assertThat(usedHeap() - before).isLessThan(4 << 20);
            client.server().hears(Octets.join(row("2"), complete("SELECT 2"), ready()));
            Heard segments = Heard.of(Heard.segments(Flux.just(results.get(0))));
            client.server().run();
            assertThat(segments.signals())
                    .filteredOn(signal -> !signal.startsWith("message"))
                    .containsExactly("row 1", "row 2", "count 2", "complete");
            assertThat(segments.signals()).hasSizeLessThan(200);
        }
    }

    private static long usedHeap() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    @Test
    @DisplayName(
            "[X22, I2] a slow listener loses the oldest, and the next notification it gets says how many; others lose nothing")
    void slowListener() {
        PgxcConfiguration configuration =
                PgxcConfiguration.builder().notificationBuffer(4).build();
        try (EmbeddedConnection client = EmbeddedConnection.open(configuration)) {
            Heard slow = Heard.of(client.connection().notifications().map(AsynchronousMessagesTest::word), 1);
            Heard quick = Heard.of(client.connection().notifications().map(AsynchronousMessagesTest::word));
            for (int i = 0; i < 10; i++) {
                client.server().hears(notification(i, "c", ""));
            }
            assertThat(slow.signals()).containsExactly("0, missed 0");
            assertThat(quick.signals()).hasSize(10).allMatch(heard -> heard.endsWith("missed 0"));
            slow.request(2);
            client.server().run();
            assertThat(slow.signals()).containsExactly("0, missed 0", "6, missed 5", "7, missed 0");
            for (int i = 10; i < 14; i++) {
                client.server().hears(notification(i, "c", ""));
            }
            slow.request(100);
            client.server().run();
            assertThat(slow.signals()).endsWith("10, missed 2", "11, missed 0", "12, missed 0", "13, missed 0");
            slow.cancel();
            quick.cancel();
        }
    }

    private static String word(PgxcNotification notification) {
        return notification.processId() + ", missed " + notification.missed();
    }

    @Test
    @DisplayName(
            "[I4, X22] on close a listener's stream completes, on loss it fails; who comes later hears the same at once")
    void ends() {
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            List<Flux<?>> streams = List.of(
                    client.connection().notifications(),
                    client.connection().notices(),
                    client.connection().parameters());
            List<Heard> before = streams.stream().map(Heard::of).toList();
            client.server().hearsReset();
            for (Heard listener : before) {
                Outcomes.assertLost("lost", listener.failure(), "08006");
            }
            List<Heard> after = streams.stream().map(Heard::of).toList();
            client.server().run();
            for (Heard listener : after) {
                Outcomes.assertLost("lost before", listener.failure(), "08006");
            }
        }
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            Heard before = Heard.of(client.connection().notifications());
            Heard close = Heard.of(client.connection().close());
            client.server().run();
            client.server().hearsEnd();
            assertThat(close.signals()).containsExactly("complete");
            assertThat(before.signals()).containsExactly("complete");
            Heard after = Heard.of(client.connection().notifications());
            client.server().run();
            assertThat(after.signals()).containsExactly("complete");
        }
    }

    @Test
    @DisplayName("[I2, X22] what has come is still told when the connection is closed, as far as it is asked for")
    void keptToTheEnd() {
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            Heard slow = Heard.of(client.connection().notifications().map(AsynchronousMessagesTest::word), 1);
            client.server().hears(Octets.join(notification(1, "c", ""), notification(2, "c", "")));
            Heard close = Heard.of(client.connection().close());
            client.server().run();
            client.server().hearsEnd();
            assertThat(close.isOver()).isTrue();
            assertThat(slow.signals()).containsExactly("1, missed 0");
            slow.request(5);
            client.server().run();
            assertThat(slow.signals()).containsExactly("1, missed 0", "2, missed 0", "complete");
        }
    }

    @Test
    @DisplayName("[I2, X13, S2.6.2] notifications are heard although a result in front of them is not read")
    void behindUnreadResult() {
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            Heard listener = Heard.of(client.connection().notifications().map(event -> event.channel()));
            Heard slow = Heard.of(
                    Heard.rows(client.connection().createStatement("SELECT x").execute()), 1);
            client.server().said();
            client.server()
                    .hears(Octets.join(
                            DESCRIBED,
                            row("1"),
                            row("2"),
                            row("3"),
                            notification(7, "behind", ""),
                            complete("SELECT 3"),
                            ready()));
            assertThat(listener.signals()).containsExactly("behind");
            slow.request(10);
            client.server().run();
            assertThat(slow.signals()).containsExactly("1", "2", "3", "complete");
            listener.cancel();
        }
    }

    @Test
    @DisplayName("[X24, I1] notices are told to listeners, and to the result they came with")
    void notices() {
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            Heard listener = Heard.of(client.connection().notices().map(told -> told.message()));
            Heard segments = Heard.of(Heard.segments(
                    client.connection().createStatement("SELECT x").execute()));
            client.server().said();
            client.server().hears(Octets.join(DESCRIBED, row("1"), notice("in it"), complete("SELECT 1"), ready()));
            client.server().hears(notice("idle"));
            assertThat(listener.signals()).containsExactly("in it", "idle");
            assertThat(segments.signals()).containsExactly("row 1", "message 00000 in it", "count 1", "complete");
            listener.cancel();
        }
    }
}
