// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.catalogue;
import static io.r2dbc.pgxc.Answers.done;
import static io.r2dbc.pgxc.Answers.firstDone;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Dialogue.await;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.counts;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.Dialogue.onTwoConnections;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.ClientMessage.Parse;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.test.subscriber.TestSubscriber;

/** A statement with a value of a named type keeps its place in line while that type is looked up. */
@ExtendWith(StandingAsserts.class)
class NamedTypeOrderTest {

    private static final String INSERT = "insert into people values ($1)";
    private static final String DELETE = "delete from people";
    private static final int MOOD = 20_001;

    private static final Octets KNOWN =
            catalogue(row(String.valueOf(MOOD), "mood", "e", "0", "0", "t", "t", ",", "{}", "{}"));

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);

    private Dialogue dialogue(Consumer<Script> user) {
        return onTwoConnections(
                user,
                script -> script.expect("Q")
                        .then(asked::countDown)
                        .pause(answer)
                        .send(KNOWN)
                        .expectGoodbye());
    }

    private static PgxcStatement insert(Dialogue dialogue) {
        return dialogue.connection().createStatement(INSERT).bind(0, Parameters.in(PgType.named("mood"), "glad"));
    }

    private static List<String> parsed(Dialogue dialogue) {
        return dialogue.said(Parse.class).stream().map(Parse::sql).toList();
    }

    private static Flux<Long> inserted(Dialogue dialogue) {
        return counts(insert(dialogue).execute());
    }

    @Test
    @DisplayName("[X2, X34] what is subscribed to later stays behind it, a ROLLBACK too")
    void isNotOvertaken() {
        try (Dialogue dialogue = dialogue(script -> script.expect("P D B E S")
                .send(prepared(new int[] {MOOD}), done("INSERT 0 1"), ready())
                .expect("P D B E S")
                .send(firstDone("DELETE 1")))) {
            TestSubscriber<Long> first = begin(inserted(dialogue));
            await(asked);
            TestSubscriber<Long> second = begin(dialogue.update(DELETE));
            dialogue.settle();
            assertThat(parsed(dialogue)).isEmpty();
            answer.countDown();
            assertThat(completed(first)).containsExactly(1L);
            assertThat(completed(second)).containsExactly(1L);
            assertThat(parsed(dialogue)).containsExactly(INSERT, DELETE);
            assertThat(dialogue.parameterTypes(INSERT)).containsExactly(List.of(MOOD));
        }
    }

    @Test
    @DisplayName("[X15] its own time limit runs while it waits for the type, and those behind it then go on")
    void isLimited() {
        try (Dialogue dialogue = dialogue(script -> script.expect("P D B E S").send(firstDone("DELETE 1")))) {
            TestSubscriber<Long> first =
                    begin(counts(insert(dialogue).timeout(Duration.ofMillis(50)).execute()));
            await(asked);
            TestSubscriber<Long> second = begin(dialogue.update(DELETE));
            assertThat(failed(first)).isInstanceOf(R2dbcTimeoutException.class).hasMessageContaining(INSERT);
            assertThat(completed(second)).containsExactly(1L);
            answer.countDown();
            assertThat(parsed(dialogue)).containsExactly(DELETE);
        }
    }

    @Test
    @DisplayName("[X14] cancelled while it waits for the type, it is never sent, and those behind it go on at once")
    void isCancelled() {
        try (Dialogue dialogue = dialogue(script -> script.expect("P D B E S").send(firstDone("DELETE 1")))) {
            TestSubscriber<Long> first = begin(inserted(dialogue));
            await(asked);
            TestSubscriber<Long> second = begin(dialogue.update(DELETE));
            first.cancel();
            assertThat(completed(second)).containsExactly(1L);
            answer.countDown();
            assertThat(parsed(dialogue)).containsExactly(DELETE);
        }
    }

    @Test
    @DisplayName("[X16] the end of the connection reaches it while it waits for the type")
    void isToldOfTheEnd() {
        try (Dialogue dialogue = dialogue(script -> {})) {
            TestSubscriber<Long> first = begin(inserted(dialogue));
            await(asked);
            completed(begin(dialogue.connection().close()));
            assertThat(failed(first)).isInstanceOf(R2dbcException.class);
            answer.countDown();
            assertThat(parsed(dialogue)).isEmpty();
        }
    }

    @Test
    @DisplayName("[X21] a pool's release does not wait for the type, and the next user's statement runs")
    void isReleased() {
        try (Dialogue dialogue = dialogue(script -> script.expect("P D B E S").send(firstDone("DELETE 1")))) {
            TestSubscriber<Long> first = begin(inserted(dialogue));
            await(asked);
            completed(begin(dialogue.connection().preRelease()));
            assertThat(failed(first)).hasMessageContaining("released");
            assertThat(completed(begin(dialogue.update(DELETE)))).containsExactly(1L);
            answer.countDown();
            assertThat(parsed(dialogue)).containsExactly(DELETE);
        }
    }

    @Test
    @DisplayName("[X4, X34] a value that turns out not to be of the type fails alone, with the parameter's number")
    void failsAlone() {
        try (Dialogue dialogue = dialogue(script -> script.expect("P D B E S").send(firstDone("DELETE 1")))) {
            TestSubscriber<Long> first = begin(counts(dialogue.connection()
                    .createStatement(INSERT)
                    .bind(0, Parameters.in(PgType.named("mood"), new Object()))
                    .execute()));
            await(asked);
            TestSubscriber<Long> second = begin(dialogue.update(DELETE));
            answer.countDown();
            assertThat(failed(first))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("mood");
            assertThat(completed(second)).containsExactly(1L);
            assertThat(parsed(dialogue)).containsExactly(DELETE);
        }
    }
}
