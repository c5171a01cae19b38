// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.ClientMessage.Startup;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is said first on a connection, to a server that hangs up on hearing it. */
@ExtendWith(StandingAsserts.class)
class FirstWordsTest {

    private static final int PROTOCOL_3_0 = 0x0003_0000;
    private static final int SSL_REQUEST = 80877103;

    @ParameterizedTest(name = "[S2.10.3] {0}")
    @EnumSource(SslMode.class)
    @DisplayName("[S2.10.3] encryption by GSSAPI is never asked for unless gssEncMode says so, whatever sslMode says")
    void neverGssapi(SslMode mode) throws Exception {
        List<Integer> codes = new CopyOnWriteArrayList<>();
        Thread listening;
        try (ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            listening = new Thread(() -> listen(server, codes), "first words");
            listening.start();
            new PgxcConnectionFactory(PgxcConfiguration.builder()
                            .host(server.getInetAddress().getHostAddress())
                            .port(server.getLocalPort())
                            .user("test")
                            .sslMode(mode)
                            .build())
                    .create()
                    .onErrorComplete()
                    .block(Duration.ofSeconds(10));
        }
        listening.join();
        assertThat(codes).isNotEmpty().containsAnyOf(PROTOCOL_3_0, SSL_REQUEST);
        assertThat(codes).isSubsetOf(PROTOCOL_3_0, SSL_REQUEST);
    }

    @Test
    @DisplayName("[H7] by default nothing is said at start-up that poolers would not take")
    void acceptedByPoolers() {
        try (Dialogue dialogue = Dialogue.of(script -> {})) {
            assertThat(dialogue.server()
                            .awaitMessage(Startup.class, Dialogue.SOON)
                            .parameters())
                    .containsOnlyKeys("user", "application_name", "client_encoding", "DateStyle");
        }
    }

    private static void listen(ServerSocket server, List<Integer> codes) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                in.readInt();
                codes.add(in.readInt());
            } catch (IOException e) {
                codes.addAll(server.isClosed() ? List.of() : List.of(-1)); // a client that says nothing is a failure
            }
        }
    }
}
