// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.done;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.testing.ServerMessages.TEXT;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.ClientMessage.Bind;
import io.r2dbc.pgxc.wire.ClientMessage.Startup;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.Blob;
import io.r2dbc.spi.Clob;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcType;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The Context of a subscriber is seen by the publishers that the driver subscribes to for it, and by nobody else. */
@ExtendWith(StandingAsserts.class)
class ContextTest {

    private static final String INSERT = "insert into t values ($1, $2)";
    private static final int BYTEA = 17;
    private static final String KEY = "who";

    /** The name in the Context of whoever subscribes. */
    private static Mono<String> name() {
        return Mono.deferContextual(context -> Mono.just(context.getOrDefault(KEY, "nobody")));
    }

    private static Publisher<ByteBuffer> nameAsBytes() {
        return name().map(name -> ByteBuffer.wrap(name.getBytes(StandardCharsets.UTF_8)));
    }

    private static Flux<Long> insert(Dialogue dialogue) {
        return Dialogue.counts(dialogue.connection()
                .createStatement(INSERT)
                .bind(0, Blob.from(nameAsBytes()))
                .bind(1, Parameters.in(R2dbcType.CLOB, Clob.from(name())))
                .execute());
    }

    @Test
    @DisplayName("[C17, X34] Blob and Clob see the Context of the subscriber to execute(), each its own")
    void largeValues() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(new int[] {BYTEA, TEXT}), done("INSERT 0 1"), ready())
                .expect("B E S")
                .send(done("INSERT 0 1"), ready())
                .expect("B E S")
                .send(done("INSERT 0 1"), ready()))) {
            completed(begin(insert(dialogue).contextWrite(context -> context.put(KEY, "alice"))));
            completed(begin(insert(dialogue).contextWrite(context -> context.put(KEY, "bob"))));
            completed(begin(insert(dialogue)));
            assertThat(dialogue.said(Bind.class))
                    .extracting(Bind::values)
                    .containsExactly(
                            List.of(Octets.of("alice"), Octets.of("alice")),
                            List.of(Octets.of("bob"), Octets.of("bob")),
                            List.of(Octets.of("nobody"), Octets.of("nobody")));
        }
    }

    @Test
    @DisplayName("[C17] publishers of user and password see the Context of the subscriber to create()")
    void credentials() {
        try (ScriptedServer server = ScriptedServer.start(script -> script.startup())) {
            PgxcConnection connection = new PgxcConnectionFactory(PgxcConfiguration.builder()
                            .host(server.host())
                            .port(server.port())
                            .user(name())
                            .password(name())
                            .build())
                    .create()
                    .contextWrite(context -> context.put(KEY, "carol"))
                    .block(SOON);
            assertThat(server.awaitMessage(Startup.class, SOON).parameters()).containsEntry("user", "carol");
            assertThat(connection).isNotNull();
            connection.close().block(SOON);
        }
    }

    @Test
    @DisplayName("[C17] the connection holds no Context of a subscriber that has finished")
    void lettingGo() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(new int[] {BYTEA, TEXT}), done("INSERT 0 1"), ready())
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            WeakReference<Object> left = inserted(dialogue);
            completed(begin(dialogue.select("select 'x'")));
            dialogue.settle();
            long deadline = System.nanoTime() + SOON.toNanos();
            while (!left.refersTo(null) && System.nanoTime() < deadline) {
                System.gc();
            }
            assertThat(left.refersTo(null)).as("the Context's value is gone").isTrue();
        }
    }

    private static WeakReference<Object> inserted(Dialogue dialogue) {
        Object value = new Object();
        insert(dialogue).contextWrite(context -> context.put("value", value)).blockLast(SOON);
        return new WeakReference<>(value);
    }
}
