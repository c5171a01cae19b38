// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.Dialogue.started;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.copyBoth;
import static io.r2dbc.pgxc.testing.ServerMessages.copyData;
import static io.r2dbc.pgxc.testing.ServerMessages.copyDone;
import static io.r2dbc.pgxc.testing.ServerMessages.copyIn;
import static io.r2dbc.pgxc.testing.ServerMessages.copyOut;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.wire.ClientMessage.CopyFail;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.test.subscriber.TestSubscriber;

/** COPY through an ordinary statement is refused in a way that leaves the connection as it was. */
class CopyTest {

    private static final Octets REFUSED = Octets.join(error("57014", "COPY from stdin failed"), ready());

    private static void assertRefused(TestSubscriber<?> subscriber) {
        assertThat(failed(subscriber))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("COPY");
    }

    @Test
    @DisplayName("[I6] COPY FROM STDIN is answered with CopyFail at once, and the connection goes on")
    void copyFromStdin() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expectQuery("copy t from stdin")
                .send(copyIn(1))
                .expect(CopyFail.class, fail -> assertThat(fail.reason()).contains("COPY"))
                .send(REFUSED)
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            assertRefused(begin(dialogue.update("copy t from stdin")));
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    @Test
    @DisplayName(
            "[I6, S2.3.27] the same where it comes in the extended protocol, whose Sync the copying server has swallowed")
    void copyFromStdinExtended() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(), bindComplete(), copyIn(1))
                .expect("f S")
                .send(REFUSED)
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            assertRefused(begin(dialogue.update("execute something_strange")));
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[I6] COPY TO STDOUT is read away and fails, and the connection goes on")
    void copyToStdout() {
        Octets copied =
                Octets.join(copyOut(1), copyData("1\n"), copyData("2\n"), copyDone(), complete("COPY 2"), ready());
        try (Dialogue dialogue = Dialogue.of(script -> script.expectQuery("copy t to stdout")
                .send(copied)
                .expect("P D B E S")
                .send(prepared(), bindComplete(), copied)
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            assertRefused(begin(dialogue.update("copy t to stdout")));
            assertRefused(begin(dialogue.update("execute something_strange")));
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[S8.36, A4] COPY in both directions belongs to replication alone: here it breaks the protocol")
    void copyBothWays() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(), bindComplete(), copyBoth())
                .expectEnd())) {
            assertThat(failed(begin(dialogue.update("start_replication slot s logical 0/0"))))
                    .isInstanceOf(R2dbcNonTransientResourceException.class);
        }
    }

    @Test
    @DisplayName("[X14] a cancelled COPY TO STDOUT is stopped at the server")
    void cancelledCopy() {
        CountDownLatch cancelled = new CountDownLatch(1);
        ScriptedServer server = ScriptedServer.start(started(script -> script.expect("Q")
                        .send(copyOut(1), copyData("1\n"))
                        .pause(cancelled)
                        .send(copyData("2\n"), error("57014", "canceling statement due to user request"), ready())
                        .expect("P D B E S")
                        .send(firstSelected("x"))))
                .onCancel(cancelled::countDown);
        try (Dialogue dialogue = Dialogue.on(server, options -> options.cancelGrace(Duration.ZERO))) {
            TestSubscriber<Long> copy = begin(dialogue.update("copy t to stdout"));
            dialogue.server().awaitMessages(2, SOON);
            copy.cancel();
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }
}
