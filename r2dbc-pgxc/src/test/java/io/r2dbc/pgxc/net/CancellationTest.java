// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.net.Clients.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.net.Cancellation.Fate;
import io.r2dbc.pgxc.testing.Greeting;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.BackendMessage.BackendKeyData;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

@DisplayName("What may become of a CancelRequest")
@ExtendWith(StandingAsserts.class)
class CancellationTest {

    private static final BackendKeyData KEY = new BackendKeyData(Greeting.PROCESS_ID, Greeting.SECRET_KEY.bytes());

    private static Fate fate(ScriptedServer server, Cancellation.Cover cover) {
        Dialer dialer = new Dialer(Clients.options(server.host(), server.port(), Encryption.NONE));
        Cancellation cancellation =
                new Cancellation(dialer, () -> new InetSocketAddress(server.host(), server.port()), cover);
        return Mono.<Fate>create(sink -> cancellation.send(KEY, (fate, cause) -> sink.success(fate)))
                .block(SOON);
    }

    @Test
    @DisplayName("[S2.7.6] it is handed over when the server closes the connection")
    void handedOver() {
        try (ScriptedServer server = ScriptedServer.start()) {
            assertThat(fate(server, Cancellation.Cover.NONE)).isEqualTo(Fate.HANDED_OVER);
            assertThat(server.cancelRequests()).hasSize(1);
        }
    }

    @Test
    @DisplayName(
            "[S2.7.8] where the connection could not be made safe in time it was not sent and never will be, which is"
                    + " certain")
    void neverSent() {
        try (ScriptedServer server = ScriptedServer.start()) {
            assertThat(fate(server, connection -> Mono.never())).isEqualTo(Fate.FAILED);
            assertThat(server.cancelRequests()).isEmpty();
        }
    }

    @Test
    @DisplayName("[X14] where the server does not close the connection in time it is not known whether it has it")
    void unknown() {
        try (ScriptedServer server = ScriptedServer.start().hangOnCancel()) {
            assertThat(fate(server, Cancellation.Cover.NONE)).isEqualTo(Fate.UNKNOWN);
        }
    }
}
