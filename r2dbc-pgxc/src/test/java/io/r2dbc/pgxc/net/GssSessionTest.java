// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.net.Clients.SOON;
import static io.r2dbc.pgxc.net.Clients.await;
import static io.r2dbc.pgxc.testing.ServerMessages.TEXT;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.GssEncMode;
import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.ToyFactory;
import io.r2dbc.pgxc.testing.Greeting;
import io.r2dbc.pgxc.testing.GssSteps;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.testing.ToyGss;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** Sessions that GSSAPI encrypts: what they say and hear, how they cancel, are cancelled, and end. */
@ExtendWith(StandingAsserts.class)
final class GssSessionTest {

    private static final String QUERY = "P D B E S";

    private final ToyGss gss = new ToyGss(1);

    @AfterEach
    void nothingIsLeft() {
        GssAuthenticationTest.assertNothingIsLeft(gss);
    }

    private PgxcConnection connect(PgxcConfiguration.Builder client) {
        return Objects.requireNonNull(ToyFactory.of(client, gss).create().block(SOON));
    }

    private static PgxcConfiguration.Builder client(ScriptedServer server) {
        return Clients.of(server).gssEncMode(GssEncMode.REQUIRE);
    }

    private static Octets answer(Octets... rows) {
        return Octets.join(
                parseComplete(),
                parameterTypes(),
                rowDescription(column("a", TEXT)),
                bindComplete(),
                Octets.join(rows),
                complete("SELECT " + rows.length),
                ready());
    }

    private static Flux<String> select(PgxcConnection connection) {
        return Heard.rows(connection.createStatement("SELECT a").execute());
    }

    @ParameterizedTest(name = "row of {0} bytes")
    @ValueSource(ints = {1, 16_000, 16_340, 16_372, 16_373, 40_000, 1_000_000})
    @DisplayName("[S2.10.2] rows of any size, whatever packets they are cut into")
    void rows(int size) {
        String value = "x".repeat(size);
        try (ScriptedServer server = ScriptedServer.start(script -> GssSteps.accept(script, gss)
                .startup()
                .expect(QUERY)
                .send(answer(row(value), row("short"), row(value)))
                .expectGoodbye())) {
            PgxcConnection connection = connect(client(server));
            assertThat(Heard.of(select(connection)).all()).containsExactly(value, "short", value, "complete");
            Clients.close(connection);
        }
    }

    @Test
    @DisplayName("[S2.10.2] packets that arrive byte by byte, each with one byte in it or with many")
    void inPieces() {
        for (boolean tiny : new boolean[] {true, false}) {
            try (ScriptedServer server = ScriptedServer.start(script -> {
                GssSteps.acceptSliced(script, gss).startup().expect(QUERY);
                Octets answer = answer(row("one"), row("y".repeat(2000)));
                (tiny ? script.sendSlices(answer) : script.send(answer)).expectGoodbye();
            })) {
                PgxcConnection connection = connect(client(server));
                assertThat(Heard.of(select(connection)).all()).containsExactly("one", "y".repeat(2000), "complete");
                Clients.close(connection);
            }
        }
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {1, 16_000, 16_371, 20_000, 70_000, 3_000_000})
    @DisplayName("[S2.10.2] what is sent is cut into packets under 16 kB, whatever its size")
    void sends(int size) {
        String value = "z".repeat(size);
        try (ScriptedServer server = ScriptedServer.start(script -> GssSteps.accept(script, gss)
                .startup()
                .expect("P D B E S")
                .send(answer(row("taken")))
                .expectGoodbye())) {
            PgxcConnection connection = connect(client(server));
            assertThat(Heard.of(Heard.rows(connection
                                    .createStatement("SELECT $1")
                                    .bind(0, value)
                                    .execute()))
                            .all())
                    .containsExactly("taken", "complete");
            Clients.close(connection);
            assertThat(server.awaitMessage(ClientMessage.Bind.class, SOON).values())
                    .containsExactly(Octets.of(value));
        }
    }

    @Test
    @DisplayName("[S2.10.2] statements that are sent at once are answered in order")
    void pipelined() {
        int count = 20;
        try (ScriptedServer server = ScriptedServer.start(script -> {
            GssSteps.accept(script, gss).startup();
            for (int i = 0; i < count; i++) {
                script.expect(QUERY);
            }
            for (int i = 0; i < count; i++) {
                script.send(answer(row("r" + i)));
            }
            script.expectGoodbye();
        })) {
            PgxcConnection connection = connect(client(server));
            List<Heard> heard = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                heard.add(Heard.of(
                        Heard.rows(connection.createStatement("SELECT " + i).execute())));
            }
            for (int i = 0; i < count; i++) {
                assertThat(heard.get(i).all()).containsExactly("r" + i, "complete");
            }
            Clients.close(connection);
        }
    }

    /** What may arrive in place of the server's next packet. */
    @SuppressWarnings("ImmutableEnumChecker") // functions without state
    private enum Forgery {
        OF_LENGTH_ZERO(script -> GssSteps.sendBelow(script, GssSteps.length(0))),
        OF_NEGATIVE_LENGTH(script -> GssSteps.sendBelow(script, GssSteps.length(-1))),
        TOO_LONG(script -> GssSteps.sendBelow(script, GssSteps.length(16_381))),
        MUCH_TOO_LONG(script -> GssSteps.sendBelow(script, GssSteps.length(Integer.MAX_VALUE))),
        IN_CLEAR_TEXT(script -> GssSteps.sendBelow(script, error("58000", "forged"))),
        CHANGED(script -> GssSteps.sendBelow(script, changed())),
        OUT_OF_TURN(script -> GssSteps.sendBelow(script, sealed(99))),
        REPEATED(script -> GssSteps.sendBelow(script, sealed(0)));

        private final Consumer<Script> script;

        Forgery(Consumer<Script> script) {
            this.script = script;
        }

        private static Octets changed() {
            byte[] packet = sealed(1).bytes();
            packet[10] ^= 1;
            return Octets.of(packet);
        }

        private static Octets sealed(int number) {
            byte[] plain = answer(row("forged")).bytes();
            return GssSteps.packet(ToyGss.seal(number, plain, 0, plain.length));
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName(
            "[S2.10.2] a packet that is not the server's next one breaks the session, and nothing of it is believed")
    void forged(Forgery forgery) {
        try (ScriptedServer server = ScriptedServer.start(script -> {
            GssSteps.accept(script, gss).startup().expect(QUERY);
            forgery.script.accept(script);
            script.clientMayLeave().expectEndOfBytes();
        })) {
            PgxcConnection connection = connect(client(server));
            Heard rows = Heard.of(select(connection));
            Outcomes.assertProto("forged", rows.failure());
            assertThat(rows.failure().getMessage()).doesNotContain("forged");
            Outcomes.assertClosed("forged", connection);
        }
    }

    @Test
    @DisplayName("[S2.10.2] what came ahead of a forged packet counts")
    void before() {
        try (ScriptedServer server = ScriptedServer.start(script -> {
            GssSteps.accept(script, gss).startup().expect(QUERY).send(answer(row("true")));
            GssSteps.sendBelow(script, GssSteps.length(-1)).clientMayLeave().expectEndOfBytes();
        })) {
            PgxcConnection connection = connect(client(server));
            assertThat(Heard.of(select(connection)).all()).containsExactly("true", "complete");
            Outcomes.assertProto("next", Heard.of(select(connection)).failure());
        }
    }

    @Test
    @DisplayName("[S8.17] the end of the connection in the middle of a packet: lost, and the rows that came count")
    void cut() {
        try (ScriptedServer server = ScriptedServer.start(script -> {
            GssSteps.accept(script, gss)
                    .startup()
                    .expect(QUERY)
                    .send(
                            parseComplete(),
                            parameterTypes(),
                            rowDescription(column("a", TEXT)),
                            bindComplete(),
                            row("1"));
            GssSteps.sendBelow(script, GssSteps.length(1000))
                    .halfClose()
                    .clientMayLeave()
                    .expectEndOfBytes();
        })) {
            PgxcConnection connection = connect(client(server));
            Heard rows = Heard.of(select(connection));
            Outcomes.assertLost("cut", rows.failure(), "08006");
            assertThat(rows.signals()).startsWith("1");
        }
    }

    @Test
    @DisplayName("[S2.7.3, X14] a request to cancel is encrypted as its session is, by a conversation of its own")
    void cancel() {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(script -> slow(script.startup(), cancelled)
                        .expect("S")
                        .send(ready())
                        .expectGoodbye())
                .negotiatedGss(gss)
                .onCancel(cancelled::countDown)) {
            PgxcConnection connection = connect(client(server).cancelGrace(Duration.ZERO));
            Heard slow = sleep(connection);
            assertThat(server.awaitCancelRequests(1, SOON))
                    .containsExactly(new ClientMessage.CancelRequest(Greeting.PROCESS_ID, Greeting.SECRET_KEY));
            assertThat(slow.failure()).isNotNull();
            assertThat(Heard.of(connection.validate(ValidationDepth.REMOTE)).all(SOON))
                    .containsExactly("true", "complete");
            Clients.close(connection);
        }
        assertThat(gss.begun()).hasSize(2);
    }

    @ParameterizedTest(name = "answer {0}")
    @ValueSource(strings = {"N", "E", "X", "G!", "G"})
    @DisplayName("[S2.7.3, S2.7.8] whoever stands where the server was and does not speak GSSAPI gets no key")
    void impostor(String answer) {
        CountDownLatch seen = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(
                script -> slow(GssSteps.accept(script, gss).startup(), seen)
                        .expect("S")
                        .send(ready())
                        .expectGoodbye(),
                script -> {
                    GssSteps.request(script.then(seen::countDown)).send(Octets.of(answer));
                    if (answer.equals("G")) {
                        GssSteps.token(script, 1).send(GssSteps.packet((byte) 1));
                    }
                    script.expectEnd();
                })) {
            PgxcConnection connection = connect(client(server).cancelGrace(Duration.ZERO));
            assertThat(sleep(connection).failure()).isNotNull();
            await(seen);
            assertThat(Heard.of(connection.validate(ValidationDepth.REMOTE)).all(SOON))
                    .containsExactly("true", "complete");
            Clients.close(connection);
            assertThat(server.cancelRequests()).isEmpty();
        }
    }

    private static Script slow(Script script, CountDownLatch end) {
        return script.expect(QUERY).pause(end).send(error("57014", "canceled"), ready());
    }

    private static Heard sleep(PgxcConnection connection) {
        return Heard.of(connection
                .createStatement("SELECT pg_sleep(60)")
                .timeout(Duration.ofMillis(50))
                .execute());
    }
}
