// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.net.Clients.SOON;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.channel.epoll.Epoll;
import io.r2dbc.pgxc.GssEncMode;
import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.SslMode;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.SelectorLoops;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.testing.UnixDoor;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationCleartextPassword;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.resources.LoopResources;

/** Sessions over a Unix socket, on the JDK's selector and on epoll. */
@ExtendWith(StandingAsserts.class)
final class UnixSocketTest {

    @TempDir
    Path folder;

    @ParameterizedTest(name = "[S1.0.2] {0} and {1}: {2}")
    @CsvSource({
        "/run/postgresql, 5432, /run/postgresql/.s.PGSQL.5432",
        "/run/postgresql/, 6543, /run/postgresql/.s.PGSQL.6543",
        "/, 5432, /.s.PGSQL.5432",
        "/run/.s.PGSQL.7, 5432, /run/.s.PGSQL.7",
        "/run/x.s.PGSQL.7, 5432, /run/x.s.PGSQL.7/.s.PGSQL.5432",
        "@pg, 5432, @pg/.s.PGSQL.5432",
        "/run/pooler.sock, 0, /run/pooler.sock",
        "@pooler, 0, @pooler"
    })
    @DisplayName("[S1.0.2] a host that is a folder of sockets, or a socket")
    void paths(String host, int port, String path) {
        assertThat(UnixSocket.isMeantBy(host)).isTrue();
        assertThat(UnixSocket.of(host, port).path()).isEqualTo(path);
    }

    @ParameterizedTest(name = "[S1.0.2] on the JDK's selector: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("[S1.0.2, S2.9.10] a session by folder and by file: never a request for TLS, whatever the mode")
    void sessions(boolean selector) {
        for (boolean byFile : new boolean[] {false, true}) {
            for (SslMode mode : new SslMode[] {SslMode.PREFER, SslMode.VERIFY_FULL}) {
                with(
                        selector,
                        (client, socket) -> {
                            if (byFile) {
                                client.socket(socket.toString());
                            } else {
                                client.host(folder.toString());
                            }
                            Clients.close(Clients.connect(client.sslMode(mode)));
                        },
                        "startup X",
                        script -> script.startup().expectGoodbye());
            }
        }
    }

    @ParameterizedTest(name = "[S1.0.2] gssEncMode={0}")
    @EnumSource
    @DisplayName("[S1.0.2, S2.10.1] never a request for GSSAPI over a Unix socket, whatever the mode")
    void withoutGss(GssEncMode mode) {
        with(
                false,
                (client, socket) ->
                        Clients.close(Clients.connect(client.gssEncMode(mode).socket(socket.toString()))),
                "startup X",
                script -> script.startup().expectGoodbye());
    }

    @ParameterizedTest(name = "[X35] on the JDK's selector: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("[X35] a clear-text password leaves over a Unix socket without being allowed")
    void clearText(boolean selector) {
        with(
                selector,
                (client, socket) -> Clients.close(Clients.connect(client.socket(socket.toString()))),
                "startup p X",
                script -> script.expectStartup()
                        .send(new AuthenticationCleartextPassword())
                        .expect("p")
                        .greet()
                        .expectGoodbye());
    }

    @ParameterizedTest(name = "[S2.7.4, X14] on the JDK's selector: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("[S2.7.4, X14] a request to cancel goes by the same socket")
    void cancel(boolean selector) {
        CountDownLatch cancelled = new CountDownLatch(1);
        Path socket = folder.resolve(".s.PGSQL.1");
        try (ScriptedServer server = ScriptedServer.start(script -> script.startup()
                                .expect("P D B E S")
                                .pause(cancelled)
                                .send(error("57014", "canceled"), ready())
                                .expectGoodbye())
                        .onCancel(cancelled::countDown);
                UnixDoor door = UnixDoor.to(server, socket)) {
            LoopResources loops = selector ? SelectorLoops.resources() : EventLoops.shared();
            PgxcConnection connection = Clients.connect(Clients.of(server)
                    .socket(socket.toString())
                    .loopResources(loops)
                    .cancelGrace(Duration.ZERO));
            Heard slow = Heard.of(connection
                    .createStatement("SELECT pg_sleep(60)")
                    .timeout(Duration.ofMillis(50))
                    .execute());
            server.awaitCancelRequests(1, SOON);
            assertThat(slow.failure()).isNotNull();
            assertThat(door.connectionCount()).isEqualTo(2);
            Clients.close(connection);
        }
    }

    @ParameterizedTest(name = "[B1] on the JDK's selector: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("[B1, S1.0.2] nobody there: 08001 that names the socket")
    void nobody(boolean selector) {
        LoopResources loops = selector ? SelectorLoops.resources() : EventLoops.shared();
        Throwable failure = Heard.of(Clients.connecting(PgxcConfiguration.builder()
                        .host(folder.toString())
                        .port(4711)
                        .user("alice")
                        .loopResources(loops)))
                .failure();
        Outcomes.assertLost("nobody", failure, "08001");
        assertThat(failure).hasMessageContaining(folder + "/.s.PGSQL.4711");
    }

    @Test
    @DisplayName("[S1.0.2] a socket without a file needs native event loops, and the error says so")
    void abstractSockets() {
        UnixSocket socket = UnixSocket.of("@pg", 5432);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> socket.address(SelectorLoops.resources()))
                .withMessageContaining("@pg/.s.PGSQL.5432")
                .withMessageContaining("native");
        if (Epoll.isAvailable()) {
            assertThat(socket.address(EventLoops.shared())).hasToString("\0pg/.s.PGSQL.5432");
        }
    }

    private interface Use {
        void of(PgxcConfiguration.Builder client, Path socket);
    }

    private void with(boolean selector, Use use, String said, Consumer<Script> script) {
        LoopResources loops = selector ? SelectorLoops.resources() : EventLoops.shared();
        try (ScriptedServer server = ScriptedServer.start(script)) {
            Path socket = folder.resolve(".s.PGSQL." + server.port());
            try (UnixDoor door = UnixDoor.to(server, socket)) {
                use.of(Clients.of(server).loopResources(loops), socket);
                assertThat(door.connectionCount()).isOne();
            }
            server.awaitMessages(said.split(" ").length, SOON);
            assertThat(server.receivedTypes()).isEqualTo(said);
        }
    }
}
