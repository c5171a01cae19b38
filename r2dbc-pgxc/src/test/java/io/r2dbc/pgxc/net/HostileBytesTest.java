// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.authenticationOk;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.copyBoth;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static io.r2dbc.pgxc.wire.BackendEncoder.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.EmbeddedConnection;
import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.Octets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whatever breaks the protocol ends the session with 08P01, for everybody, exactly once, and for good. */
@ExtendWith(StandingAsserts.class)
final class HostileBytesTest {

    /** Half of an answer: one row of a result that goes on. */
    private static final Octets HALF =
            Octets.join(parseComplete(), parameterTypes(), rowDescription(column("x", INT4)), bindComplete(), row("1"));

    @Test
    @DisplayName(
            "[A1, A2, A3, A4, A7, A8, A10, A11, A14, S8.1, S8.2, S8.4, S8.5, S8.7, S8.8, S8.9, S8.10, S8.11, S8.15, S8.22, S8.30,"
                    + " S1.1.7, S1.1.12, S1.1.13, S2.3.22, S2.8.6] idle: hostile bytes end the session, and the next use says so")
    void idle() {
        HostileBytes.all().forEach(HostileBytesTest::breaksWhileIdle);
    }

    @Test
    @DisplayName("[A5, A6, S8.5, S8.6, S8.14, S8.36, S2.4.3] idle: an answer to nothing ends the session")
    void unasked() {
        HostileBytes.unasked().forEach(HostileBytesTest::breaksWhileIdle);
    }

    private static void breaksWhileIdle(String how, Octets bytes) {
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            client.server().hears(bytes);
            Outcomes.assertClosed(how, client);
            Heard later =
                    Heard.of(client.connection().createStatement("SELECT later").execute());
            client.server().run();
            Outcomes.assertProto(how, later.failure());
        }
    }

    @Test
    @DisplayName(
            "[A1, A2, A3, A4, A7, A8, A10, A11, A14, S8.1, S8.2, S8.4, S8.5, S8.7, S8.8, S8.9, S8.10, S8.11, S8.15, S8.22, S8.30]"
                    + " busy: hostile bytes fail the statement that is answered, those written and those waiting, each once")
    void busy() {
        HostileBytes.all().forEach(HostileBytesTest::breaksWhileBusy);
    }

    @Test
    @DisplayName("[A9, S8.6, S8.12, S8.36] busy: what does not answer the statement at the head ends the session")
    void outOfOrder() {
        Map<String, Octets> all = new LinkedHashMap<>();
        all.put("[A9, S8.12] DataRow with more columns", row("1", "2"));
        all.put("[A9, S8.12] DataRow without columns", row());
        all.put("[S8.6] second RowDescription", rowDescription(column("x", INT4)));
        all.put("[S8.6] ReadyForQuery amid rows", ready());
        all.put("[S8.6] PortalSuspended without a limit", frame('s', Octets.NONE));
        all.put("[S8.6] ParseComplete twice", parseComplete());
        all.put("[S8.6] BindComplete twice", bindComplete());
        all.put("[S8.6] CloseComplete without Close", frame('3', Octets.NONE));
        all.put("[S8.6] NoData", frame('n', Octets.NONE));
        all.put("[S8.6] CopyDone", frame('c', Octets.NONE));
        all.put("[S8.6] ParameterDescription", parameterTypes());
        all.put("[S8.6] FunctionCallResponse", frame('V', Octets.hex("FFFFFFFF")));
        all.put("[S8.36, A4] CopyBothResponse", copyBoth());
        all.put("[S8.36] CopyData", frame('d', Octets.of("x")));
        all.put("[S8.6] CommandComplete twice", Octets.join(complete("SELECT 1"), complete("SELECT 1")));
        all.put("[S8.6] DataRow after CommandComplete", Octets.join(complete("SELECT 1"), row("1")));
        all.forEach(HostileBytesTest::breaksWhileBusy);
    }

    private static void breaksWhileBusy(String how, Octets bytes) {
        try (EmbeddedConnection client = EmbeddedConnection.open(
                PgxcConfiguration.builder().pipelineLimit(2).build())) {
            List<Heard> subscribers = List.of(
                    Heard.of(Heard.rows(
                            client.connection().createStatement("SELECT x").execute())),
                    Heard.of(Heard.counts(
                            client.connection().createStatement("UPDATE t").execute())),
                    Heard.of(Heard.rows(client.connection()
                            .createStatement("SELECT y; SELECT z")
                            .execute())),
                    Heard.of(client.connection().createSavepoint("s")),
                    Heard.of(client.connection().notifications()));
            assertThat(client.server().saidTypes()).as(how).isEqualTo("P D B E S P D B E S");
            client.server().hears(HALF);
            client.server().hears(bytes);
            assertThat(subscribers.get(0).signals()).as(how).startsWith("1").hasSizeLessThanOrEqualTo(3);
            for (Heard subscriber : subscribers) {
                assertThat(subscriber.isOver()).as(how).isTrue();
                Outcomes.assertProto(how, subscriber.failure());
            }
            Outcomes.assertClosed(how, client);
        }
    }

    @Test
    @DisplayName("[S2.3.26] a statement whose Sync is answered without a word fails; it is no end of the connection")
    void skipped() {
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            Heard skipped = Heard.of(
                    Heard.rows(client.connection().createStatement("SELECT x").execute()));
            Heard next = Heard.of(
                    Heard.counts(client.connection().createStatement("UPDATE t").execute()));
            client.server().hears(ready());
            client.server()
                    .hears(Octets.join(
                            parseComplete(),
                            parameterTypes(),
                            frame('n', Octets.NONE),
                            bindComplete(),
                            complete("UPDATE 1"),
                            ready()));
            assertThat(skipped.signals()).containsExactly("error NonTransient 08P01");
            assertThat(next.signals()).containsExactly("1", "complete");
            assertThat(client.server().isOpen()).isTrue();
        }
    }

    @Test
    @DisplayName("[S8.13] rows that nothing described end the session")
    void rowsWithoutDescription() {
        breaksSimple("[S8.13] DataRow first", row("1"));
        breaksSimple("[S8.13] DataRow after CommandComplete", Octets.join(complete("BEGIN"), row("1")));
        breaksSimple(
                "[S8.6] second RowDescription before CommandComplete",
                Octets.join(rowDescription(column("x", INT4)), rowDescription(column("x", INT4))));
        breaksSimple(
                "[S8.6] ReadyForQuery after RowDescription", Octets.join(rowDescription(column("x", INT4)), ready()));
        breaksSimple(
                "[S8.6] ReadyForQuery after the second RowDescription",
                Octets.join(complete("BEGIN"), rowDescription(column("x", INT4)), ready()));
        for (char type : "123nst".toCharArray()) {
            breaksSimple(
                    "[S8.6] " + type + " in a simple cycle",
                    frame(type, type == 't' ? Octets.hex("0000") : Octets.NONE));
        }
    }

    private static void breaksSimple(String how, Octets bytes) {
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            Heard subscriber = Heard.of(Heard.segments(
                    client.connection().createStatement("BEGIN; SELECT x").execute()));
            assertThat(client.server().saidTypes()).as(how).isEqualTo("Q");
            client.server().hears(bytes);
            assertThat(subscriber.isOver()).as(how).isTrue();
            assertThat(subscriber.signals()).as(how).last().isNotEqualTo("complete");
            Outcomes.assertClosed(how, client);
        }
    }

    @Test
    @DisplayName(
            "[A1, A2, A3, A7, S8.1, S8.2, S8.4, S8.5, S2.1.4] before authentication: nothing of it is believed, nothing is said")
    void beforeAuthentication() {
        HostileBytes.all().forEach((how, bytes) -> {
            byte second = bytes.size() > 1 ? bytes.bytes()[1] : 0;
            boolean mayBeUnframed = bytes.bytes()[0] == 'E' && second != 0;
            if (!mayBeUnframed && bytes.bytes()[0] != 'R') {
                breaksStartUp(how, Octets.NONE, bytes);
            }
        });
    }

    @Test
    @DisplayName(
            "[A1, A2, A3, A4, A7, S8.1, S8.2, S8.4, S8.5, S2.1.5] between authentication and ready: the connection does not come to be")
    void beforeReady() {
        HostileBytes.all().forEach((how, bytes) -> breaksStartUp(how, authenticationOk(), bytes));
    }

    private static void breaksStartUp(String how, Octets before, Octets bytes) {
        try (EmbeddedConnection client = EmbeddedConnection.starting()) {
            client.server().hears(before);
            client.server().hears(bytes);
            RuntimeException failure = client.startUpFailure();
            assertThat(failure).as(how).isNotNull();
            Outcomes.assertProto(how, failure);
            assertThat(client.server().isOpen()).as(how).isFalse();
            assertThat(client.server().said()).as(how).isEmpty();
        }
    }

    @Test
    @DisplayName(
            "[S8.39, A18] any bytes, at any time: the session stays open, or ends in order for everybody; no other exception, no hang")
    void noise() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 1_000; round++) {
            String how = "seed " + seed + ", round " + round;
            try (EmbeddedConnection client = EmbeddedConnection.open()) {
                Heard subscriber = Heard.of(Heard.segments(
                        client.connection().createStatement("SELECT x").execute()));
                assertThat(client.server().saidTypes()).isEqualTo("P D B E S");
                client.server().hears(HALF.slice(0, random.nextInt(HALF.size() + 1)));
                client.server().hears(HostileBytes.noise(random));
                client.server().hearsEnd();
                assertThat(subscriber.isOver()).as(how).isTrue();
                Outcomes.assertClosed(how, client);
            }
        }
    }
}
