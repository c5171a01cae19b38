// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.selected;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.testing.ServerMessages.closeComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.test.subscriber.TestSubscriber;

/** Where nothing was asked, nothing may be answered: it could be taken for the answer to what is asked next. */
class UnsolicitedTest {

    static Stream<Arguments> surplus() {
        return Stream.of(
                Arguments.of(
                        "a result",
                        Octets.join(rowDescription(Answers.TEXT_COLUMN), row("forged"), complete("SELECT 1"), ready())),
                Arguments.of("an extended result", Octets.join(selected("forged"), ready())),
                Arguments.of("a row", row("forged")),
                Arguments.of("a tag", complete("DELETE 7")),
                Arguments.of("ReadyForQuery", ready()),
                Arguments.of("CloseComplete", closeComplete()));
    }

    private static void assertViolation(TestSubscriber<?> subscriber) {
        Throwable error = failed(subscriber);
        assertThat(error).isInstanceOf(R2dbcNonTransientResourceException.class);
        assertThat(((R2dbcException) error).getSqlState()).isEqualTo("08P01");
    }

    @ParameterizedTest(name = "[A5, A6] {0} behind the answer")
    @MethodSource("surplus")
    @DisplayName("[A5, A6] what comes behind ReadyForQuery ends the connection, and the next query does not get it")
    void behindTheAnswer(String what, Octets surplus) {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(firstSelected("x"), surplus)
                .clientMayLeave()
                .expectEnd())) {
            assertThat(completed(begin(dialogue.select("select 'x'")))).as(what).containsExactly("x");
            assertViolation(begin(dialogue.select("select 'y'")));
        }
    }

    @ParameterizedTest(name = "[A5, A6] {0} while idle")
    @MethodSource("surplus")
    @DisplayName("[A5, A6] what comes while nothing is asked ends the connection when it comes")
    void whileIdle(String what, Octets surplus) {
        CountDownLatch settled = new CountDownLatch(1);
        try (Dialogue dialogue =
                Dialogue.of(script -> script.pause(settled).send(surplus).expectEnd())) {
            TestSubscriber<PgxcNotice> notices = begin(dialogue.connection().notices());
            dialogue.settle();
            settled.countDown();
            assertViolation(notices);
            assertViolation(begin(dialogue.select("select 'y'")));
        }
    }

    @Test
    @DisplayName("[A6] ReadyForQuery before Sync was sent is no answer to a flight that is still being written")
    void readyBeforeSync() {
        CountDownLatch written = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.of(
                script -> script.expect("P D B E").send(ready()).pause(written).expectEndOfBytes())) {
            PgxcStatement statement = dialogue.connection().createStatement("insert into t values ($1)");
            for (int i = 0; i < 2_000; i++) {
                statement.bind(0, "x".repeat(10_000)).add();
            }
            assertViolation(begin(statement.bind(0, "x").execute()));
            written.countDown();
        }
    }
}
