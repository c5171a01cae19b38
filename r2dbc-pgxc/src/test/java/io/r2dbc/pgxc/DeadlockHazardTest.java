// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.done;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.rows;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.counts;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.notification;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.ClientMessage.Bind;
import io.r2dbc.pgxc.wire.Octets;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.subscriber.TestSubscriber;

/** A server that does not read until it has said everything, while the client has more to write than the sockets hold. */
@ExtendWith(StandingAsserts.class)
class DeadlockHazardTest {

    private static final int BYTEA = 17;

    /** More than the socket buffers of both sides. */
    private static final int MUCH = 16 << 20;

    private static final String LONG = "x".repeat(64_000);

    private static PgxcStatement insert(Dialogue dialogue) {
        return dialogue.connection()
                .createStatement("insert into t values ($1)")
                .bind(0, ByteBuffer.wrap(new byte[MUCH]));
    }

    @Test
    @DisplayName(
            "[S2.3.27] a large pipeline is written and its answers are read at the same time: neither waits for the other")
    void readsWhileWriting() {
        CountDownLatch written = new CountDownLatch(1);
        String[] values = Collections.nCopies(MUCH / 64_000, LONG).toArray(String[]::new);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .pause(written)
                .send(prepared(TEXT_COLUMN), bindComplete(), rows(values), complete("SELECT 1"), ready())
                .expect("P D")
                .expect(
                        Bind.class,
                        bind -> assertThat(bind.values().get(0).size()).isEqualTo(MUCH))
                .expect("E S")
                .send(prepared(new int[] {BYTEA}), done("INSERT 0 1"), ready()))) {
            TestSubscriber<String> select = begin(dialogue.select("select a from t"));
            TestSubscriber<Long> insert = begin(counts(insert(dialogue).execute()));
            dialogue.settle();
            written.countDown();
            assertThat(completed(select)).hasSize(values.length);
            assertThat(completed(insert)).containsExactly(1L);
        }
    }

    @Test
    @DisplayName(
            "[S2.3.27] a flood of notifications is read while the client does nothing but write, with a listener that asks for none")
    void readsFloodWhileWriting() {
        CountDownLatch written = new CountDownLatch(1);
        Octets flood = Octets.join(Collections.nCopies(MUCH / 64_000, notification(7, "flood", LONG)));
        try (Dialogue dialogue = Dialogue.of(script -> script.pause(written)
                .send(flood)
                .expect("P D")
                .expect(
                        Bind.class,
                        bind -> assertThat(bind.values().get(0).size()).isEqualTo(MUCH))
                .expect("E S")
                .send(prepared(new int[] {BYTEA}), done("INSERT 0 1"), ready())
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            TestSubscriber<PgxcNotification> listener =
                    Dialogue.beginWithoutDemand(dialogue.connection().notifications());
            TestSubscriber<Long> insert = begin(counts(insert(dialogue).execute()));
            dialogue.settle();
            written.countDown();
            assertThat(completed(insert)).containsExactly(1L);
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
            assertThat(listener.getReceivedOnNext()).isEmpty();
            listener.cancel();
        }
    }
}
