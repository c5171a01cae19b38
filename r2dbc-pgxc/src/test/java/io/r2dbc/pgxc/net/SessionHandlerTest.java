// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
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
import io.r2dbc.pgxc.exchange.Exchange;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.Outbox;
import io.r2dbc.pgxc.exchange.SessionState;
import io.r2dbc.pgxc.testing.CannedResult;
import io.r2dbc.pgxc.testing.DroppedSignals;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.FrontendMessage.Query;
import io.r2dbc.pgxc.wire.Octets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(StandingAsserts.class)
final class SessionHandlerTest {

    private static final Octets DESCRIBED =
            Octets.join(parseComplete(), parameterTypes(), rowDescription(column("x", INT4)), bindComplete());

    private final EmbeddedConnection client = EmbeddedConnection.open();
    private final EmbeddedSession server = client.server();

    @AfterEach
    void close() {
        client.close();
    }

    private Heard rows(String sql, long demand) {
        return Heard.of(Heard.rows(client.connection().createStatement(sql).execute()), demand);
    }

    private PlainExchange submitted(String name) {
        return submitted(new PlainExchange(name));
    }

    private PlainExchange submitted(PlainExchange exchange) {
        server.session().submit(exchange);
        return exchange;
    }

    @Test
    @DisplayName("[X2] what is submitted before a turn of the event loop leaves in one piece, at its end")
    void oneFlush() {
        for (int i = 0; i < 100; i++) {
            submitted("e" + i);
        }
        assertThat(server.flushedPieces()).isOne();
    }

    @Test
    @DisplayName("[S2.6.2] an idle session always asks for more bytes")
    void readsWhileIdle() {
        server.reads();
        for (int i = 0; i < 3; i++) {
            server.hears(notice("n"));
            assertThat(server.reads()).isPositive();
        }
    }

    @Test
    @DisplayName(
            "[C11] a session stops asking for bytes only while a row waits that nobody wants, and goes on when it is wanted")
    void stopsReading() {
        Heard slow = rows("SELECT x", 1);
        server.said();
        server.hears(Octets.join(DESCRIBED, row("1")));
        assertThat(server.reads()).isPositive();
        server.hears(row("2"));
        assertThat(slow.signals()).containsExactly("1");
        assertThat(server.reads()).isZero();
        slow.request(1);
        assertThat(server.reads()).isPositive();
        assertThat(slow.signals()).containsExactly("1", "2");
        server.hears(complete("SELECT 2"));
        server.hears(ready());
        assertThat(slow.signals()).containsExactly("1", "2", "complete");
        assertThat(server.reads()).isPositive();
    }

    @Test
    @DisplayName("[B13, X6] while the socket takes nothing, nothing further is encoded; then it goes on")
    void waitsForTheSocket() {
        server.takesMore(false);
        PlainExchange first = submitted("first");
        PlainExchange second = submitted("second");
        assertThat(server.said()).isEmpty();
        assertThat(first.isWritten()).isFalse();
        server.takesMore(true);
        assertThat(server.saidTypes()).isEqualTo("Q Q");
        server.hears(Octets.join(complete("X"), ready(), complete("X"), ready()));
        assertThat(first.told).containsExactly("CommandComplete", "ReadyForQuery");
        assertThat(second.told).containsExactly("CommandComplete", "ReadyForQuery");
    }

    @Test
    @DisplayName(
            "[S2.3.26] a failure to tell one that the session is over keeps nobody else from hearing, written or waiting")
    void everybodyHears(DroppedSignals dropped) {
        PlainExchange before = submitted("before");
        server.session().submit(new Unhearing());
        PlainExchange written = submitted("written");
        PlainExchange waiting = new PlainExchange("waiting");
        before.fences = true;
        server.run();
        submitted(waiting);
        server.said();
        server.hears(fatal("57P01", "terminating"));
        for (PlainExchange exchange : List.of(before, written, waiting)) {
            assertThat(exchange.told).containsExactly("failed: terminating");
        }
        assertThat(dropped.errors()).hasSize(1);
        assertThat(submitted("late").told).isEmpty();
        PlainExchange late = submitted("late");
        server.run();
        assertThat(late.told).containsExactly("failed: terminating");
    }

    /** Cannot be told anything. */
    private static final class Unhearing extends Nothing {
        @Override
        public void fail(Failure failure) {
            throw new IllegalStateException("does not hear");
        }
    }

    @Test
    @DisplayName("[S1.1.6] an exchange that cannot be encoded sends nothing and is told; those around it go on")
    void cannotBeEncoded() {
        PlainExchange before = submitted("before");
        Unspeaking mute = new Unspeaking();
        server.session().submit(mute);
        PlainExchange after = submitted("after");
        assertThat(server.saidTypes()).isEqualTo("Q Q");
        assertThat(mute.told).isEqualTo("cannot speak");
        server.hears(Octets.join(complete("X"), ready(), complete("X"), ready()));
        assertThat(before.told).last().isEqualTo("ReadyForQuery");
        assertThat(after.told).last().isEqualTo("ReadyForQuery");
    }

    private static final class Unspeaking extends Nothing {

        private String told = "";

        @Override
        public Written write(SessionState session, Outbox out) {
            throw new IllegalStateException("cannot speak");
        }

        @Override
        public void fail(Failure failure) {
            told = failure.message();
        }
    }

    @Test
    @DisplayName("[S8.39] an exchange that does not understand its answer ends the session, and the others hear of it")
    void doesNotUnderstand() {
        server.session().submit(new Nothing());
        PlainExchange behind = submitted("behind");
        server.said();
        server.hears(complete("X"));
        assertThat(server.isOpen()).isFalse();
        assertThat(behind.told).hasSize(1).first().asString().startsWith("failed: ");
    }

    /** Says a Query and has no idea what to do with the answer. */
    private static class Nothing extends Exchange {

        @Override
        public Written write(SessionState session, Outbox out) {
            out.send(new Query("nothing"));
            return Written.ALL;
        }

        @Override
        public Progress onMessage(BackendMessage message, SessionState session, Outbox out) {
            throw new IllegalStateException("what is this?");
        }

        @Override
        public void onError(Failure failure, SessionState session, Outbox out) {}

        @Override
        public void fail(Failure failure) {}

        @Override
        public String label() {
            return "nothing";
        }
    }

    @Test
    @DisplayName("[C10, C11] demand from another thread at random moments: every row comes, none is asked for in vain")
    void demandFromElsewhere() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int count = 20_000;
        try (ScriptedServer scripted = ScriptedServer.start(script -> script.startup()
                .serve(results -> results.on(
                        "SELECT many",
                        CannedResult.columns(column("x", INT4)).rows(count, i -> List.of(Integer.toString(i))))))) {
            PgxcConnection connection = Clients.connect(scripted);
            Heard rows = Heard.of(
                    Heard.rows(connection.createStatement("SELECT many").execute()), 0);
            long requested = 0;
            while (requested <= count) {
                int n = 1 + random.nextInt(200);
                rows.request(n);
                requested += n;
                if (random.nextInt(3) == 0) {
                    awaitRows(rows, Math.min(count, requested), seed);
                }
            }
            assertThat(rows.all()).as("seed %d", seed).hasSize(count + 1).endsWith("19999", "complete");
            Clients.close(connection);
        }
    }

    private static void awaitRows(Heard rows, long count, long seed) {
        long deadline = System.nanoTime() + Clients.SOON.toNanos();
        while (rows.signals().size() < count) {
            assertThat(System.nanoTime())
                    .as("seed %d, %d rows are missing", seed, count)
                    .isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
