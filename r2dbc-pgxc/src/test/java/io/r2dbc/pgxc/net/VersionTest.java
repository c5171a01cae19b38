// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.net.Clients.SOON;
import static io.r2dbc.pgxc.testing.ServerMessages.fatal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.testing.Greeting;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.BackendMessage.NegotiateProtocolVersion;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.spi.R2dbcException;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server may say to a client that asks for protocol 3.0. */
@ExtendWith(StandingAsserts.class)
final class VersionTest {

    @Test
    @DisplayName("[S1.4.3] without a word about it the version is accepted")
    void accepted() {
        try (ScriptedServer server =
                ScriptedServer.start(script -> script.startup().expectGoodbye())) {
            PgxcConnection connection = Clients.connect(server);
            ClientMessage.Startup startup = server.awaitMessage(ClientMessage.Startup.class, SOON);
            assertThat(startup.protocolVersion() >>> 16).isEqualTo(3);
            assertThat(startup.protocolVersion() & 0xFFFF).isZero();
            assertThat(startup.parameters().keySet()).noneMatch(name -> name.startsWith("_pq_."));
            Clients.close(connection);
        }
    }

    @Test
    @DisplayName("[S1.4.3] a server that does not speak it says so by an error, and there is no second attempt")
    void refused() {
        Throwable refusal = refusal(script -> script.expectStartup()
                .send(fatal("0A000", "unsupported frontend protocol 3.0: server supports 2.0 to 2.0"))
                .closeNow());
        assertThat(refusal).hasMessageContaining("server supports 2.0 to 2.0");
        assertThat(((R2dbcException) refusal).getSqlState()).isEqualTo("0A000");
    }

    @ParameterizedTest(name = "[S1.4.3, S1.4.8] {0}")
    @ValueSource(ints = {0x0002_0000, 0x0003_0000, 0x0003_0001, 0x0003_0002, 0x0003_270F, 0x0004_0000, 0, 2, -1})
    @DisplayName(
            "[S1.4.3, S1.4.8] whatever version a server offers instead, the connection is closed at once: nothing is below 3.0")
    void negotiated(int version) {
        Outcomes.assertProto(
                "version " + version,
                refusal(script -> script.expectStartup()
                        .send(new NegotiateProtocolVersion(version, List.of()))
                        .send(Greeting.messages())
                        .expectEnd()));
    }

    private static Throwable refusal(Consumer<Script> script) {
        try (ScriptedServer server = ScriptedServer.start(script)) {
            Throwable refusal = catchThrowable(() -> Clients.connect(server));
            assertThat(refusal).isInstanceOf(R2dbcException.class);
            assertThat(server.connectionCount()).isOne();
            return refusal;
        }
    }
}
