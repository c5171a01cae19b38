// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.counts;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.test.subscriber.TestSubscriber;

/** COMMIT as a statement of the user's own: nobody may be left in doubt about it, nor told that it failed by one who does not know. */
class OwnCommitTest {

    private static String sqlState(Throwable error) {
        return ((R2dbcException) error).getSqlState();
    }

    @ParameterizedTest(name = "[X19] {0}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "COMMIT                        | P D B E S | 08007",
                "end work                      | P D B E S | 08007",
                "COMMIT AND CHAIN              | P D B E S | 08007",
                "insert into t select 1; commit| Q         | 08007",
                "ROLLBACK                      | P D B E S | 08006",
                "insert into t select 1        | P D B E S | 08006"
            })
    @DisplayName("[X19] a COMMIT as a statement whose answer is lost is 08007 as well")
    void answerLost(String sql, String messages, String state) {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect(messages).closeNow())) {
            Throwable error = failed(begin(dialogue.update(sql)));
            assertThat(error).isInstanceOf(R2dbcNonTransientResourceException.class);
            assertThat(sqlState(error)).isEqualTo(state);
        }
    }

    @Test
    @DisplayName("[X19] the same in a batch; an error that the server has said is no doubt")
    void inBatch() {
        try (Dialogue dialogue =
                Dialogue.of(script -> script.expect("P D B E P D B E S").closeNow())) {
            PgxcBatch batch = dialogue.connection()
                    .createBatch()
                    .add("insert into t select 1")
                    .add("commit");
            assertThat(sqlState(failed(begin(counts(batch.execute()))))).isEqualTo("08007");
        }
        try (Dialogue dialogue = Dialogue.of(
                script -> script.expect("P D B E S").send(error("40001", "could not serialize"), ready()))) {
            assertThat(sqlState(failed(begin(dialogue.update("commit"))))).isEqualTo("40001");
        }
    }

    @Test
    @DisplayName("[X16, X14] close() awaits a string of statements that has a COMMIT in it, and sends no CancelRequest")
    void awaitedInString() {
        CountDownLatch closing = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("Q")
                .pause(closing)
                .send(complete("INSERT 0 1"), complete("COMMIT"), ready())
                .expectEnd())) {
            TestSubscriber<Long> string = begin(dialogue.update("insert into t select 1; commit"));
            dialogue.server().awaitMessages(2, Dialogue.SOON);
            TestSubscriber<Void> closed = begin(Flux.from(dialogue.connection().close()));
            dialogue.settle();
            closing.countDown();
            assertThat(Dialogue.completed(string)).containsExactly(1L);
            closed.block(Duration.ofSeconds(5));
            assertThat(dialogue.server().cancelRequests()).isEmpty();
        }
    }
}
