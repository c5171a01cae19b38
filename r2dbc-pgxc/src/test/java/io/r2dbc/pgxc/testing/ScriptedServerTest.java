// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.r2dbc.pgxc.wire.BindValues;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.FrontendMessage;
import io.r2dbc.pgxc.wire.FrontendMessage.Bare;
import io.r2dbc.pgxc.wire.FrontendMessage.Bind;
import io.r2dbc.pgxc.wire.FrontendMessage.Describe;
import io.r2dbc.pgxc.wire.FrontendMessage.Execute;
import io.r2dbc.pgxc.wire.FrontendMessage.Parse;
import io.r2dbc.pgxc.wire.FrontendMessage.Query;
import io.r2dbc.pgxc.wire.FrontendMessage.Target;
import io.r2dbc.pgxc.wire.Octets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("[S8.40] the scripted server")
class ScriptedServerTest {

    private static final Duration SOON = Duration.ofSeconds(5);

    @Test
    @DisplayName("[S8.40] plays a script and remembers what the client said")
    void playsAScript() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(script -> script.startup()
                .expectQuery("SELECT 1")
                .send(rowDescription(column("a", INT4)), row("1"), complete("SELECT 1"), ready())
                .expectEnd())) {
            try (PlainClient client = PlainClient.connected(server)) {
                client.say(new Query("SELECT 1"));
                assertThat(client.hearUntil('Z')).isEqualTo("TDCZ");
                client.say(Bare.TERMINATE);
            }
            assertThat(server.awaitMessages(3, SOON)).hasSize(3);
            assertThat(server.receivedTypes()).isEqualTo("startup Q X");
            assertThat(server.received(0).get(1)).isEqualTo(new ClientMessage.Query("SELECT 1"));
        }
    }

    @Test
    @DisplayName("[S8.40] a broken expectation says what came instead, and fails the close")
    void brokenExpectation() throws IOException {
        ScriptedServer server = ScriptedServer.start(script -> script.startup().expect("P B D E S"));
        try (PlainClient client = PlainClient.connected(server)) {
            client.say(new Parse("", "SELECT 1", new int[0]), new Query("SELECT 2"));
            assertThatThrownBy(() -> client.hear()).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(server::close)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("connection 0")
                .hasMessageContaining("step 3 of 3, expect P B D E S")
                .hasMessageContaining("got Q in place of B")
                .hasMessageContaining("SELECT 2");
    }

    @Test
    @DisplayName("[S8.40] a client that leaves too early, or never comes, fails the close")
    void clientLeavesTooEarly() throws IOException {
        ScriptedServer left = ScriptedServer.start(script -> script.startup().expect("Q"));
        PlainClient.connected(left).close();
        assertThatThrownBy(left::close).hasMessageContaining("the client closed instead of Q");

        ScriptedServer lonely = ScriptedServer.start(Script::startup, Script::startup);
        PlainClient.connected(lonely).close();
        assertThatThrownBy(lonely::close).hasMessageContaining("only 1 of 2 scripts");

        ScriptedServer tolerant =
                ScriptedServer.start(script -> script.startup().clientMayLeave().expect("Q"));
        PlainClient.connected(tolerant).close();
        assertThatCode(tolerant::close).doesNotThrowAnyException();
    }

    @Test
    @DisplayName("[S8.40] pauses until it is released, and then sends byte by byte")
    void pausesAndSlices() throws IOException {
        CountDownLatch released = new CountDownLatch(1);
        CountDownLatch reached = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(script -> script.startup()
                        .expect("Q")
                        .then(reached::countDown)
                        .pause(released)
                        .sendSlices(complete("SET"), ready()));
                PlainClient client = PlainClient.connected(server)) {
            client.say(new Query("SET a = 1"));
            assertThat(server.awaitMessage(ClientMessage.Query.class, SOON).sql())
                    .isEqualTo("SET a = 1");
            released.countDown();
            assertThat(client.hearUntil('Z')).isEqualTo("CZ");
            assertThat(reached.getCount()).isZero();
        }
    }

    @Test
    @DisplayName("[S8.40] ends a connection in three ways, one script for each connection")
    void endsConnections() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(
                script -> script.startup().closeNow(),
                script -> script.startup().reset(),
                script -> script.startup().halfClose().expect("Q").expectEnd())) {
            try (PlainClient client = PlainClient.connected(server)) {
                assertThat(client.hearByte()).isEqualTo(-1);
            }
            try (PlainClient client = new PlainClient(server)) {
                client.say(new FrontendMessage.Startup(196_608, Map.of("user", "bob")));
                assertThatThrownBy(() -> client.hearUntil('X')).isInstanceOf(IOException.class);
            }
            try (PlainClient client = PlainClient.connected(server)) {
                assertThat(client.hearByte()).isEqualTo(-1);
                client.say(new Query("still heard"));
            }
            assertThat(server.awaitMessage(ClientMessage.Query.class, SOON).sql())
                    .isEqualTo("still heard");
            assertThat(server.connectionCount()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("[S8.40] takes cancel requests in a lane of their own")
    void cancelLane() throws IOException {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(script -> script.startup()
                                .expect("Q")
                                .pause(cancelled)
                                .send(ServerMessages.error("57014", "canceled"), ready()))
                        .onCancel(cancelled::countDown);
                PlainClient client = PlainClient.connected(server)) {
            client.say(new Query("SELECT pg_sleep(100)"));
            server.awaitMessages(2, SOON);
            try (PlainClient cancel = new PlainClient(server)) {
                cancel.say(new FrontendMessage.CancelRequest(Greeting.PROCESS_ID, Greeting.SECRET_KEY.bytes()));
                assertThat(cancel.hearByte()).isEqualTo(-1);
            }
            assertThat(client.hearUntil('Z')).isEqualTo("EZ");
            assertThat(server.awaitCancelRequests(1, SOON))
                    .containsExactly(new ClientMessage.CancelRequest(Greeting.PROCESS_ID, Greeting.SECRET_KEY));
            assertThat(server.connectionCount()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("[S8.40] answers the extended protocol from a table of results, with row limits and both formats")
    void servesExtended() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(script -> script.startup()
                        .serve(results -> results.on(
                                "SELECT n",
                                CannedResult.columns(column("n", INT4))
                                        .row("7")
                                        .row("8")
                                        .row((String) null))));
                PlainClient client = PlainClient.connected(server)) {
            client.say(
                    new Parse("", "SELECT n", new int[0]),
                    new Describe(Target.STATEMENT, ""),
                    new Bind("", "", new Texts(), new short[] {1}),
                    new Execute("", 2),
                    new Execute("", 2),
                    Bare.SYNC);
            assertThat(client.hearUntil('T')).isEqualTo("1tT");
            assertThat(client.hearUntil('2')).isEqualTo("2");
            assertThat(client.hear()).isEqualTo(ServerMessages.rowOf(Octets.hex("00000007")));
            assertThat(client.hearUntil('Z')).isEqualTo("DsDCZ");
        }
    }

    @Test
    @DisplayName("[S8.40] tracks the transaction and skips to Sync after an error")
    void servesTransactions() throws IOException {
        try (ScriptedServer server = ScriptedServer.start();
                PlainClient client = PlainClient.connected(server)) {
            client.say(new Query("BEGIN"));
            assertThat(client.hear()).isEqualTo(complete("BEGIN"));
            assertThat(client.hear()).isEqualTo(Octets.hex("5A0000000554"));
            client.say(
                    new Parse("", "INSERT INTO t VALUES ($1)", new int[] {INT4}),
                    new Bind("", "", new Texts(), new short[0]),
                    new Execute("", 0),
                    Bare.SYNC);
            assertThat(client.hearUntil('E')).isEqualTo("1E");
            assertThat(client.hear()).isEqualTo(Octets.hex("5A0000000545"));
            client.say(
                    new Parse("", "ROLLBACK", new int[0]),
                    new Bind("", "", new Texts(), new short[0]),
                    new Execute("", 0),
                    Bare.SYNC);
            assertThat(client.hearUntil('2')).isEqualTo("12");
            assertThat(client.hear()).isEqualTo(complete("ROLLBACK"));
            assertThat(client.hear()).isEqualTo(ready());
            client.say(new Query(" ; "), new Query("INSERT INTO t VALUES (1); SELECT 1"));
            assertThat(client.hearUntil('Z')).isEqualTo("IZ");
            assertThat(client.hearUntil('Z')).isEqualTo("CTDCZ");
        }
    }

    @Test
    @DisplayName("[S8.40] speaks TLS after the request for it, or from the first byte")
    void tls() throws Exception {
        X509Bundle identity = new CertificateBuilder()
                .subject("CN=localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(
                identity.toKeyManagerFactory().getKeyManagers(),
                identity.toTrustManagerFactory().getTrustManagers(),
                null);
        try (ScriptedServer server = ScriptedServer.start(script -> script.expectSslRequest()
                        .sendRaw((byte) 'S')
                        .startTls(tls)
                        .startup()
                        .expectEnd());
                PlainClient client = new PlainClient(server)) {
            client.say(new FrontendMessage.SslRequest());
            assertThat(client.hearByte()).isEqualTo('S');
            client.startTls(tls);
            client.say(new FrontendMessage.Startup(196_608, Map.of("user", "alice")));
            assertThat(client.hearUntil('Z')).startsWith("RS").endsWith("KZ");
            assertThat(server.receivedTypes()).isEqualTo("ssl startup");
            client.say(Bare.TERMINATE);
        }
        try (ScriptedServer server = ScriptedServer.start().directTls(tls, "postgresql");
                PlainClient client = new PlainClient(server)) {
            assertThat(client.startTls(tls, "postgresql")).isEqualTo("postgresql");
            client.say(new FrontendMessage.Startup(196_608, Map.of("user", "alice")));
            assertThat(client.hearUntil('Z')).endsWith("Z");
        }
    }

    /** Values in text format. */
    private static final class Texts implements BindValues {

        private final String[] values;

        Texts(String... values) {
            this.values = values;
        }

        @Override
        public int count() {
            return values.length;
        }

        @Override
        public boolean isBinary(int index) {
            return false;
        }

        @Override
        public boolean write(int index, ByteBuf out) {
            out.writeCharSequence(values[index], StandardCharsets.UTF_8);
            return true;
        }
    }
}
