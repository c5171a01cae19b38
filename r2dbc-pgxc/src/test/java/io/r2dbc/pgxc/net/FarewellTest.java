// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.fatal;
import static io.r2dbc.pgxc.testing.ServerMessages.notice;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.EmbeddedConnection;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.BackendEncoder;
import io.r2dbc.pgxc.wire.BackendMessage.ErrorResponse;
import io.r2dbc.pgxc.wire.BackendMessage.NoticeResponse;
import io.r2dbc.pgxc.wire.ErrorFields;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.pgxc.wire.TransactionStatus;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import io.r2dbc.spi.R2dbcTransientResourceException;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server ends the session, with a word or without: whoever is concerned hears which. */
@ExtendWith(StandingAsserts.class)
final class FarewellTest {

    private static final Octets DESCRIBED =
            Octets.join(parseComplete(), parameterTypes(), rowDescription(column("x", INT4)));

    @ParameterizedTest(name = "[B6, B11] {0}")
    @CsvSource({
        "57P01, transient",
        "57P02, transient",
        "57P05, other",
        "25P03, other",
        "25P04, other",
        "40001, other",
        "28000, permission",
        "53100, transient",
        "XX000, other"
    })
    @DisplayName(
            "[B6, B11, X26, S2.6.3, S2.8.3, S8.20] FATAL while idle: dead at once, and the next statement's error has its code")
    void fatalWhileIdle(String sqlState, String kind) {
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            Heard listener = Heard.of(client.connection().notifications());
            client.server().hears(fatal(sqlState, "goodbye"));
            Outcomes.assertClosed(sqlState, client);
            Outcomes.assertLost(sqlState, listener.failure(), sqlState);
            Throwable later = later(client);
            assertThat(later).isInstanceOf(kind(kind)).hasMessageContaining("goodbye");
            assertThat(((R2dbcException) later).getSqlState()).isEqualTo(sqlState);
        }
    }

    private static Class<?> kind(String kind) {
        return switch (kind) {
            case "transient" -> R2dbcTransientResourceException.class;
            case "permission" -> R2dbcPermissionDeniedException.class;
            default -> R2dbcNonTransientResourceException.class;
        };
    }

    private static Throwable later(EmbeddedConnection client) {
        Heard later =
                Heard.of(client.connection().createStatement("SELECT later").execute());
        client.server().run();
        return later.failure();
    }

    @Test
    @DisplayName(
            "[S8.20, S2.6.3, S6.3] any error while idle is the end, whatever its severity: nothing had asked for it")
    void errorWhileIdle() {
        Octets translated = BackendEncoder.encode(
                new ErrorResponse(ErrorFields.of(Map.of('S', "FATALE", 'C', "57P01", 'M', "arrêt"))));
        for (Octets farewell : new Octets[] {translated, error("57P01", "terminating")}) {
            try (EmbeddedConnection client = EmbeddedConnection.open()) {
                client.server().hears(farewell);
                Outcomes.assertClosed("error while idle", client);
                Outcomes.assertLost("error while idle", later(client), "57P01");
            }
        }
    }

    @ParameterizedTest(name = "[B7] after {0} bytes of the answer")
    @ValueSource(ints = {0, 12, 200})
    @DisplayName("[B7, S2.8.3] FATAL in a busy statement: it and all behind it fail with the server's error")
    void fatalWhileBusy(int bytes) {
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            PgxcConnection connection = client.connection();
            Heard running =
                    Heard.of(Heard.rows(connection.createStatement("SELECT x").execute()));
            Heard waiting =
                    Heard.of(Heard.counts(connection.createStatement("UPDATE t").execute()));
            Heard simple = Heard.of(
                    Heard.counts(connection.createStatement("DELETE; DELETE").execute()));
            Octets answer = Octets.join(DESCRIBED, bindComplete(), row("1"));
            client.server().said();
            client.server().hears(answer.slice(0, Math.min(bytes, answer.size())));
            client.server().hears(fatal("57P01", "terminating connection"));
            for (Heard heard : new Heard[] {running, waiting, simple}) {
                Outcomes.assertLost("busy", heard.failure(), "57P01");
                assertThat(heard.failure()).isInstanceOf(R2dbcTransientResourceException.class);
            }
            Outcomes.assertClosed("busy", client);
        }
    }

    @Test
    @DisplayName("[B7, X19] FATAL in a transaction: the statement's error, and then that of commit and rollback too")
    void fatalInTransaction() {
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            PgxcConnection connection = client.connection();
            Heard begin = Heard.of(connection.beginTransaction());
            Heard first =
                    Heard.of(Heard.counts(connection.createStatement("UPDATE t").execute()));
            client.server().said();
            client.server()
                    .hears(Octets.join(parseComplete(), bindComplete(), complete("BEGIN"), DESCRIBED, bindComplete()));
            client.server().hears(fatal("57P01", "terminating connection"));
            assertThat(begin.signals()).containsExactly("complete");
            Outcomes.assertLost("statement", first.failure(), "57P01");
            Heard commit = Heard.of(connection.commitTransaction());
            Heard rollback = Heard.of(connection.rollbackTransaction());
            client.server().run();
            Outcomes.assertLost("commit", commit.failure(), "57P01");
            Outcomes.assertLost("rollback", rollback.failure(), "57P01");
            Outcomes.assertClosed("transaction", client);
        }
    }

    @ParameterizedTest(name = "[B8] {0}")
    @ValueSource(strings = {"57P01", "57P02"})
    @DisplayName(
            "[B8, S2.6.3] a crash or an immediate shutdown comes as a warning, then the end: lost with its code, busy or idle")
    void warningThenEnd(String sqlState) {
        Octets warning = BackendEncoder.encode(new NoticeResponse(ErrorFields.of(
                Map.of('S', "WARNING", 'V', "WARNING", 'C', sqlState, 'M', "terminating because of a crash"))));
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            Heard notices = Heard.of(client.connection().notices().map(told -> told.sqlState()));
            client.server().hears(warning);
            assertThat(client.server().isOpen()).isTrue();
            client.server().hearsEnd();
            Outcomes.assertClosed("idle", client);
            Outcomes.assertLost("idle", later(client), sqlState);
            assertThat(later(client))
                    .isInstanceOf(R2dbcTransientResourceException.class)
                    .hasMessageContaining("because of a crash");
            assertThat(notices.signals()).first().isEqualTo(sqlState);
        }
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            Heard running = Heard.of(
                    Heard.rows(client.connection().createStatement("SELECT x").execute()));
            client.server().said();
            client.server().hears(Octets.join(DESCRIBED, bindComplete(), row("1"), warning));
            client.server().hearsReset();
            Outcomes.assertLost("busy", running.failure(), sqlState);
            Outcomes.assertClosed("busy", client);
        }
    }

    @Test
    @DisplayName("[B8] another notice, then the end: lost, but not with that notice's code")
    void noticeThenEnd() {
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            client.server().hears(notice("by the way"));
            client.server().hearsEnd();
            Outcomes.assertLost("notice", later(client), "08006");
        }
    }

    @Test
    @DisplayName("[X26, S6.3] an error followed by the end of the connection is the loss of it, with the error's code")
    void errorThenEnd() {
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            Heard extended = Heard.of(
                    Heard.rows(client.connection().createStatement("SELECT x").execute()));
            Heard behind = Heard.of(
                    Heard.rows(client.connection().createStatement("SELECT y").execute()));
            client.server().said();
            client.server().hears(Octets.join(DESCRIBED, error("22012", "by zero")));
            assertThat(extended.isOver()).isFalse();
            client.server().hearsEnd();
            Outcomes.assertLost("extended", extended.failure(), "22012");
            Outcomes.assertLost("behind", behind.failure(), "08006");
        }
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            Heard simple = Heard.of(Heard.rows(
                    client.connection().createStatement("SELECT x; SELECT y").execute()));
            client.server().said();
            client.server().hears(error("22012", "by zero"));
            client.server().hearsEnd();
            Outcomes.assertLost("simple", simple.failure(), "22012");
        }
    }

    @Test
    @DisplayName("[S8.19] whatever comes behind FATAL is thrown away, in the same segment or another")
    void dataBehindFatal() {
        Octets rest = Octets.join(ready(), Octets.hex("FF FF FF FF FF FF"));
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            client.server().hears(Octets.join(fatal("57P01", "terminating"), rest));
            client.server().hears(rest);
            Outcomes.assertClosed("behind FATAL", client);
            Outcomes.assertLost("behind FATAL", later(client), "57P01");
        }
    }

    @Test
    @DisplayName("[B6, B7] over a socket: FATAL while idle closes it from this side, without a query")
    void overSocket() {
        try (ScriptedServer server = ScriptedServer.start(
                script -> script.startup().send(fatal("57P01", "terminating")).expectEnd(), FarewellTest::busy)) {
            PgxcConnection idle = Clients.connect(server);
            Outcomes.assertLost("idle", Heard.of(idle.notifications()).failure(), "57P01");
            Outcomes.assertClosed("idle", idle);

            PgxcConnection busy = Clients.connect(server);
            Heard running = Heard.of(Heard.rows(busy.createStatement("SELECT x").execute()));
            Outcomes.assertLost("busy", running.failure(), "57P01");
            Outcomes.assertClosed("busy", busy);
        }
    }

    private static void busy(Script script) {
        script.startup()
                .expect("P D B E S")
                .send(DESCRIBED, bindComplete(), row("1"), fatal("57P01", "terminating"))
                .closeNow();
    }

    @Test
    @DisplayName("[S2.8.2, S1.0.4] a session that ends in a transaction is closed like any other")
    void inTransaction() {
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            Heard begin = Heard.of(
                    Heard.counts(client.connection().createStatement("BEGIN").execute()));
            client.server().said();
            client.server()
                    .hears(Octets.join(
                            parseComplete(),
                            parameterTypes(),
                            BackendEncoder.frame('n', Octets.NONE),
                            bindComplete(),
                            complete("BEGIN"),
                            ready(TransactionStatus.IN_TRANSACTION)));
            assertThat(begin.signals()).last().isEqualTo("complete");
            assertThat(client.connection().isAutoCommit()).isFalse();
            client.server().hearsEnd();
            Outcomes.assertClosed("in a transaction", client);
        }
    }
}
