// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.noData;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static io.r2dbc.pgxc.testing.ServerMessages.suspended;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.EmbeddedConnection;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.testing.Greeting;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.pgxc.wire.TransactionStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The connection ends after any byte: whoever has not been answered completely hears an error, never completion, never nothing. */
@ExtendWith(StandingAsserts.class)
final class CutTest {

    private static final Octets STREAM = Transcript.STREAM;

    /** How it ends. */
    enum End {
        FIN {
            @Override
            void of(EmbeddedSession server) {
                server.hearsEnd();
            }

            @Override
            Script of(Script script) {
                return script.closeNow();
            }
        },
        RST {
            @Override
            void of(EmbeddedSession server) {
                server.hearsReset();
            }

            @Override
            Script of(Script script) {
                return script.reset();
            }
        };

        abstract void of(EmbeddedSession server);

        abstract Script of(Script script);
    }

    @ParameterizedTest(name = "[B4] {0}")
    @EnumSource
    @DisplayName("[B4, S8.16, S8.17, S8.18, S2.8.4, X26, I4] every flow at once, cut after every byte")
    void everyByte(End end) {
        for (int cut = 0; cut < STREAM.size(); cut++) {
            String how = end + " after " + cut + " bytes";
            try (EmbeddedConnection client = EmbeddedConnection.open()) {
                List<Heard> subscribers = Transcript.begin(client.connection());
                assertThat(client.server().saidTypes()).isEqualTo(Transcript.REQUESTS);
                client.server().hears(STREAM.slice(0, cut));
                end.of(client.server());
                for (int s = 0; s < subscribers.size(); s++) {
                    boolean answered = s < Transcript.ANSWERS.size() && Transcript.endOf(s) <= cut;
                    assertBrokenOff(how, subscribers.get(s), Transcript.SIGNALS.get(s), answered);
                }
                Outcomes.assertClosed(how, client);
            }
        }
    }

    private static void assertBrokenOff(String how, Heard subscriber, List<String> whole, boolean answered) {
        List<String> heard = subscriber.signals();
        if (answered) {
            assertThat(heard).as(how).isEqualTo(whole);
            return;
        }
        assertThat(subscriber.isOver()).as(how).isTrue();
        assertThat(Outcomes.isResource(subscriber.failure())).as(how + heard).isTrue();
        int elements = heard.size() - 1;
        assertThat(elements).as(how).isLessThanOrEqualTo(whole.size());
        assertThat(heard.subList(0, elements)).as(how).isEqualTo(whole.subList(0, elements));
    }

    @ParameterizedTest(name = "[B4] {0}")
    @EnumSource
    @DisplayName("[B4, X11] a result that is read in portions outside a transaction, cut after every byte")
    void portions(End end) {
        Octets stream = Octets.join(
                parseComplete(),
                parameterTypes(),
                rowDescription(column("x", INT4)),
                bindComplete(),
                row("1"),
                row("2"),
                suspended(),
                row("3"),
                suspended(),
                complete("SELECT 0"),
                ready());
        for (int cut = 0; cut <= stream.size(); cut++) {
            try (EmbeddedConnection client = EmbeddedConnection.open()) {
                Heard rows = Heard.of(Heard.rows(client.connection()
                        .createStatement("SELECT x")
                        .fetchSize(2)
                        .execute()));
                assertThat(client.server().saidTypes()).isEqualTo("P D B E H");
                client.server().hears(stream.slice(0, cut));
                end.of(client.server());
                assertBrokenOff(end + " after " + cut, rows, List.of("1", "2", "3", "complete"), cut == stream.size());
            }
        }
    }

    @ParameterizedTest(name = "[B4] {0}")
    @EnumSource
    @DisplayName(
            "[B4, D4, X19, S2.8.5] a transaction, cut after every byte: a COMMIT without its answer is of unknown outcome")
    void transaction(End end) {
        Octets begun = Octets.join(parseComplete(), bindComplete(), complete("BEGIN"));
        Octets inserted = Octets.join(
                parseComplete(),
                parameterTypes(),
                noData(),
                bindComplete(),
                complete("INSERT 0 1"),
                ready(TransactionStatus.IN_TRANSACTION));
        Octets stream = Octets.join(begun, inserted, complete("COMMIT"), ready());
        int commitWritten = begun.size();
        for (int cut = 0; cut <= stream.size(); cut++) {
            String how = end + " after " + cut;
            try (EmbeddedConnection client = EmbeddedConnection.open()) {
                PgxcConnection connection = client.connection();
                Heard begin = Heard.of(connection.beginTransaction());
                Heard insert = Heard.of(
                        Heard.counts(connection.createStatement("INSERT INTO t").execute()));
                Heard commit = Heard.of(connection.commitTransaction());
                assertThat(client.server().saidTypes()).isEqualTo("P B E P D B E S");
                client.server().hears(stream.slice(0, Math.min(cut, commitWritten)));
                assertThat(client.server().saidTypes()).as(how).isEqualTo(cut < commitWritten ? "" : "Q");
                client.server().hears(stream.slice(Math.min(cut, commitWritten), cut));
                end.of(client.server());
                assertThat(begin.signals()).containsExactly("complete");
                assertBrokenOff(how, insert, List.of("1", "complete"), cut >= begun.size() + inserted.size());
                assertBrokenOff(how, commit, List.of("complete"), cut == stream.size());
                if (cut < stream.size()) {
                    assertThat(commit.signals())
                            .as(how)
                            .containsExactly("error NonTransientResource " + (cut < commitWritten ? "08006" : "08007"));
                }
            }
        }
    }

    @ParameterizedTest(name = "[B4] {0}")
    @EnumSource
    @DisplayName("[B4, S8.18] the greeting, cut after every byte: there is no connection, and it is said why")
    void startUp(End end) {
        Octets greeting = Octets.join(Greeting.messages());
        for (int cut = 0; cut < greeting.size(); cut++) {
            String how = end + " after " + cut;
            try (EmbeddedConnection client = EmbeddedConnection.starting()) {
                client.server().hears(greeting.slice(0, cut));
                assertThat(client.startUpFailure()).as(how).isNull();
                end.of(client.server());
                RuntimeException failure = client.startUpFailure();
                assertThat(failure).as(how).isNotNull();
                Outcomes.assertLost(how, failure, "08006");
            }
        }
    }

    @ParameterizedTest(name = "[B4] {0}")
    @EnumSource
    @DisplayName("[B4, S8.17, S8.18] over real sockets, cut around every message boundary")
    void overSockets(End end) {
        List<Integer> cuts = cuts();
        List<Consumer<Script>> scripts = new ArrayList<>();
        for (int cut : cuts) {
            Octets beginning = STREAM.slice(0, cut);
            scripts.add(script ->
                    end.of(script.startup().expect(Transcript.REQUESTS).send(beginning)));
        }
        try (ScriptedServer server = ScriptedServer.startEach(scripts)) {
            for (int cut : cuts) {
                String how = end + " after " + cut;
                PgxcConnection connection = Clients.connect(server);
                List<Heard> subscribers = Transcript.begin(connection);
                for (int s = 0; s < subscribers.size(); s++) {
                    Heard subscriber = subscribers.get(s);
                    List<String> heard = subscriber.all();
                    boolean answered = s < Transcript.ANSWERS.size() && Transcript.endOf(s) <= cut;
                    // a reset may overtake what was sent before it
                    boolean arrived = answered && (end == End.FIN || heard.equals(Transcript.SIGNALS.get(s)));
                    assertBrokenOff(how, subscriber, Transcript.SIGNALS.get(s), arrived);
                }
                Outcomes.assertClosed(how, connection);
            }
        }
    }

    /** Before, at and behind every boundary, and within every header. */
    private static List<Integer> cuts() {
        List<Integer> cuts = new ArrayList<>();
        for (int at = 0; at < STREAM.size(); at += 1 + STREAM.buffer().getInt(at + 1)) {
            for (int cut : new int[] {at - 1, at, at + 1, at + 4}) {
                if (cut >= 0 && cut < STREAM.size()) {
                    cuts.add(cut);
                }
            }
        }
        return cuts;
    }

    @Test
    @DisplayName("[S8.16, S2.6.3] the end of an idle connection is noticed without a query")
    void idle() {
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            Heard notifications = Heard.of(client.connection().notifications());
            client.server().hearsEnd();
            Outcomes.assertLost("idle", notifications.failure(), "08006");
            Outcomes.assertClosed("idle", client);
        }
    }
}
