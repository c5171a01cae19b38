// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.EmbeddedConnection;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.testing.Greeting;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.Octets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** However the stream is cut into segments, the same is heard. */
@ExtendWith(StandingAsserts.class)
final class SegmentationTest {

    private static final Octets STREAM = Transcript.STREAM;

    @Test
    @DisplayName("[A17, S1.1.4] all in one segment is heard as it should be")
    void whole() {
        embedded("whole", server -> server.hears(STREAM));
    }

    @Test
    @DisplayName("[A17, S1.1.4, S8.3] two segments, cut at every byte, are heard as one")
    void everyCut() {
        for (int cut = 1; cut < STREAM.size(); cut++) {
            int at = cut;
            embedded("cut at " + cut, server -> {
                server.hears(STREAM.slice(0, at));
                server.hears(STREAM.slice(at, STREAM.size()));
            });
        }
    }

    @Test
    @DisplayName("[A17, S1.1.4, S8.3] byte by byte is heard as one")
    void everyByte() {
        embedded("byte by byte", server -> {
            for (int i = 0; i < STREAM.size(); i++) {
                server.hears(STREAM.slice(i, i + 1));
            }
        });
    }

    @Test
    @DisplayName("[A17, S8.39] any number of segments of any length is heard as one")
    void randomCuts() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            int longest = 1 + random.nextInt(120);
            embedded("seed " + seed + ", round " + round, server -> {
                for (int from = 0, to; from < STREAM.size(); from = to) {
                    to = Math.min(STREAM.size(), from + 1 + random.nextInt(longest));
                    server.hears(STREAM.slice(from, to));
                }
            });
        }
    }

    @Test
    @DisplayName("[A17, S1.1.4] the greeting, cut at every byte, opens the session")
    void greeting() {
        Octets greeting = Octets.join(Greeting.messages());
        for (int cut = 1; cut < greeting.size(); cut++) {
            try (EmbeddedConnection client = EmbeddedConnection.starting()) {
                client.server().hears(greeting.slice(0, cut));
                client.server().hears(greeting.slice(cut, greeting.size()));
                assertThat(client.connection().getMetadata().getDatabaseVersion())
                        .as("cut at %d", cut)
                        .isEqualTo("18.6");
                assertThat(client.server().isOpen()).isTrue();
            }
        }
    }

    @Test
    @DisplayName("[A17, S8.3] over a real socket two segments, cut at every byte, are heard as one")
    void everyCutOverSocket() {
        List<Consumer<Script>> scripts = new ArrayList<>();
        for (int cut = 1; cut < STREAM.size(); cut++) {
            Octets first = STREAM.slice(0, cut);
            Octets second = STREAM.slice(cut, STREAM.size());
            scripts.add(script -> script.startup()
                    .expect(Transcript.REQUESTS)
                    .send(first)
                    .breathe()
                    .send(second)
                    .expectEnd());
        }
        overSockets(scripts);
    }

    @Test
    @DisplayName("[A17, S8.3] over a real socket byte by byte is heard as one")
    void everyByteOverSocket() {
        overSockets(List.of(script ->
                script.startup().expect(Transcript.REQUESTS).sendSlices(STREAM).expectEnd()));
    }

    private static void embedded(String how, Consumer<EmbeddedSession> answers) {
        try (EmbeddedConnection client = EmbeddedConnection.open()) {
            List<Heard> subscribers = Transcript.begin(client.connection());
            assertThat(client.server().saidTypes()).isEqualTo(Transcript.REQUESTS);
            answers.accept(client.server());
            List<List<String>> heard = subscribers.stream().map(Heard::signals).toList();
            assertThat(heard).as(how).isEqualTo(Transcript.SIGNALS);
            assertThat(client.server().said()).isEmpty();
            subscribers.get(subscribers.size() - 1).cancel();
        }
    }

    private static void overSockets(List<Consumer<Script>> scripts) {
        try (ScriptedServer server = ScriptedServer.startEach(scripts)) {
            for (int i = 0; i < scripts.size(); i++) {
                PgxcConnection connection = Clients.connect(server);
                List<Heard> subscribers = Transcript.begin(connection);
                for (int s = 0; s < subscribers.size() - 1; s++) {
                    assertThat(subscribers.get(s).all()).as("cut at %d", i + 1).isEqualTo(Transcript.SIGNALS.get(s));
                }
                Clients.close(connection);
                List<String> notifications = new ArrayList<>(Transcript.SIGNALS.get(subscribers.size() - 1));
                notifications.add("complete");
                assertThat(subscribers.get(subscribers.size() - 1).all()).isEqualTo(notifications);
            }
        }
    }
}
