// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.copyData;
import static io.r2dbc.pgxc.testing.ServerMessages.copyDone;
import static io.r2dbc.pgxc.testing.ServerMessages.copyIn;
import static io.r2dbc.pgxc.testing.ServerMessages.copyOut;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.notice;
import static io.r2dbc.pgxc.testing.ServerMessages.notification;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.EmbeddedConnection;
import io.r2dbc.pgxc.testing.HandFed;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.pgxc.wire.TransactionStatus;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** COPY FROM STDIN from a publisher: who speaks when, who owns what, and how it ends. */
@ExtendWith(StandingAsserts.class)
final class CopyInTest {

    static final String SQL = "COPY t FROM STDIN";
    static final Octets DONE = Octets.join(complete("COPY 2"), ready());

    private final EmbeddedConnection client = EmbeddedConnection.open();
    private final List<ByteBuf> emitted = new ArrayList<>();
    private final HandFed<ByteBuf> source = new HandFed<>();

    @AfterEach
    void close() {
        client.close();
        assertThat(emitted).as("every buffer is released").allMatch(buffer -> buffer.refCnt() == 0);
    }

    private ByteBuf data(String text) {
        ByteBuf buffer = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
        emitted.add(buffer);
        return buffer;
    }

    private void emit(String text) {
        source.next(data(text));
        client.server().run();
    }

    /** The COPY has been asked for, and the server takes data. */
    private Heard begun() {
        Heard copy = Heard.of(client.connection().copyIn(SQL, source));
        assertThat(client.server().said()).containsExactly(new ClientMessage.Query(SQL));
        assertThat(source.isSubscribed()).isFalse();
        client.server().hears(copyIn(1));
        assertThat(source.isSubscribed()).isTrue();
        return copy;
    }

    private static ClientMessage copied(String text) {
        return new ClientMessage.CopyData(Octets.of(text));
    }

    private String failReason() {
        List<ClientMessage> said = client.server().said();
        assertThat(said).hasSize(1).first().isInstanceOf(ClientMessage.CopyFail.class);
        return ((ClientMessage.CopyFail) said.get(0)).reason();
    }

    @Test
    @DisplayName(
            "[S2.5.2, S2.5.11, S2.5.13] the source is subscribed when the server is ready; its buffers, then CopyDone; the count is the tag's")
    void copies() {
        Heard copy = begun();
        emit("1\ta\n2");
        emit("\tb\n");
        assertThat(client.server().said()).containsExactly(copied("1\ta\n2"), copied("\tb\n"));
        source.complete();
        assertThat(client.server().said()).containsExactly(new ClientMessage.CopyDone());
        assertThat(copy.signals()).isEmpty();
        client.server().hears(complete("COPY 2"));
        assertThat(copy.signals()).isEmpty();
        client.server().hears(ready());
        assertThat(copy.signals()).containsExactly("2", "complete");
        assertOpen();
    }

    @Test
    @DisplayName(
            "[I7] an empty source is CopyDone alone, empty buffers are not sent, and nor is what comes after the end")
    void emptySource() {
        Heard none = Heard.of(client.connection().copyIn(SQL, Flux.empty()));
        client.server().hears(copyIn(1));
        assertThat(client.server().saidTypes()).isEqualTo("Q c");
        client.server().hears(Octets.join(complete("COPY 0"), ready()));
        assertThat(none.signals()).containsExactly("0", "complete");
        Heard some = begun();
        emit("");
        emit("1\n");
        emit("");
        source.complete();
        assertThat(client.server().saidTypes()).isEqualTo("d c");
        client.server().hears(DONE);
        assertThat(some.signals()).containsExactly("2", "complete");
    }

    @Test
    @DisplayName("[S2.5.2] buffers of Java's own are sent from position to limit")
    void javaBuffers() {
        ByteBuffer part = ByteBuffer.wrap("x1\ny".getBytes(StandardCharsets.UTF_8))
                .position(1)
                .limit(3);
        Heard copy = Heard.of(client.connection().copyInBuffers(SQL, Flux.just(part)));
        client.server().hears(copyIn(1));
        assertThat(client.server().said())
                .containsExactly(new ClientMessage.Query(SQL), copied("1\n"), new ClientMessage.CopyDone());
        client.server().hears(DONE);
        assertThat(copy.signals()).containsExactly("2", "complete");
    }

    @Test
    @DisplayName("[S2.5.8, S2.5.6] nothing is written behind a COPY before its ReadyForQuery")
    void isAFence() {
        Heard copy = begun();
        Heard next = Heard.of(
                Heard.counts(client.connection().createStatement("UPDATE t").execute()));
        emit("1\n");
        source.complete();
        assertThat(client.server().saidTypes()).isEqualTo("d c");
        client.server().hears(complete("COPY 1"));
        assertThat(client.server().said()).isEmpty();
        client.server().hears(ready());
        assertThat(client.server().saidTypes()).isEqualTo("P D B E S");
        assertThat(copy.signals()).containsExactly("1", "complete");
        assertThat(next.isOver()).isFalse();
    }

    @Test
    @DisplayName("[X17] a waiting BEGIN goes alone ahead of COPY, and is awaited")
    void beginGoesAhead() {
        Heard begin = Heard.of(client.connection().beginTransaction());
        Heard copy = Heard.of(client.connection().copyIn(SQL, Flux.empty()));
        assertThat(client.server().said()).containsExactly(new ClientMessage.Query("BEGIN"));
        client.server().hears(Octets.join(complete("BEGIN"), ready(TransactionStatus.IN_TRANSACTION)));
        assertThat(client.server().saidTypes()).isEqualTo("Q");
        client.server().hears(copyIn(1));
        assertThat(client.server().saidTypes()).isEqualTo("c");
        client.server().hears(Octets.join(complete("COPY 0"), ready(TransactionStatus.IN_TRANSACTION)));
        assertThat(begin.signals()).containsExactly("complete");
        assertThat(copy.signals()).containsExactly("0", "complete");
    }

    @Test
    @DisplayName("[S2.5.4, I7] a source that fails is CopyFail with the reason, and the Mono fails with the very error")
    void sourceFails() {
        Heard copy = begun();
        emit("1\n");
        client.server().said();
        RuntimeException own = new IllegalStateException("out of \u0000 paper \uD800" + "!".repeat(20_000));
        source.fail(own);
        assertThat(failReason())
                .contains("IllegalStateException: out of \\u0000 paper ?!!!")
                .hasSizeLessThan(2_000);
        assertThat(copy.signals()).isEmpty();
        client.server().hears(Octets.join(error("57014", "COPY from stdin failed"), ready()));
        assertThat(copy.failure()).isSameAs(own);
        assertOpen();
    }

    @Test
    @DisplayName("[S2.5.4] a publisher that throws when it is subscribed to, or emits unasked, is a source that fails")
    void sourceMisbehaves() {
        RuntimeException own = new IllegalStateException("no");
        Heard copy = Heard.of(client.connection().copyIn(SQL, subscriber -> {
            throw own;
        }));
        client.server().hears(copyIn(1));
        assertThat(client.server().saidTypes()).isEqualTo("Q f");
        client.server().hears(Octets.join(error("57014", "COPY from stdin failed"), ready()));
        assertThat(copy.failure()).isSameAs(own);

        Heard flooded = begun();
        source.next(data("1"));
        source.next(data("2"));
        assertThat(client.server().saidTypes()).isEqualTo("f");
        assertThat(source.isCancelled()).isTrue();
        client.server().hears(Octets.join(error("57014", "COPY from stdin failed"), ready()));
        assertThat(flooded.failure()).hasMessageContaining("more than it was asked for");
        assertOpen();
    }

    @Test
    @DisplayName(
            "[S2.5.5, I8] an error of the server cancels the source at once, the rest is not sent, and it is told once")
    void serverRefuses() {
        Heard copy = begun();
        emit("nonsense\n");
        client.server().said();
        client.server().hears(error("22P02", "invalid input syntax"));
        assertThat(source.isCancelled()).isTrue();
        emit("more\n");
        assertThat(client.server().said()).isEmpty();
        assertThat(copy.signals()).isEmpty();
        client.server().hears(ready());
        assertThat(copy.failure())
                .isInstanceOf(R2dbcDataIntegrityViolationException.class)
                .hasMessageContaining("invalid input syntax");
        assertThat(copy.signals()).hasSize(1);
        assertOpen();
    }

    @Test
    @DisplayName(
            "[I8] an error instead of CopyInResponse, or after CopyDone, is the COPY's, and in the first case nobody was subscribed")
    void serverRefusesEarlyOrLate() {
        Heard early = Heard.of(client.connection().copyIn(SQL, source));
        client.server().hears(Octets.join(error("42P01", "no such table"), ready()));
        assertThat(early.signals()).hasSize(1).first().asString().endsWith("42P01");
        assertThat(source.isSubscribed()).isFalse();
        client.server().said();
        Heard late = begun();
        emit("1\n");
        source.complete();
        client.server().hears(Octets.join(error("23505", "duplicate key"), ready()));
        assertThat(late.signals()).hasSize(1).first().asString().endsWith("23505");
    }

    @Test
    @DisplayName("[X4] the error of a COPY in a transaction is the cause of what fails after it")
    void errorInTransaction() {
        Heard copy = begun();
        client.server().hears(Octets.join(error("22P02", "bad data"), ready(TransactionStatus.FAILED)));
        Heard next = Heard.of(client.connection().copyIn(SQL, Flux.empty()));
        client.server().hears(Octets.join(error("25P02", "transaction is aborted"), ready(TransactionStatus.FAILED)));
        assertThat(next.failure().getCause()).hasMessageContaining("bad data");
        assertThat(copy.failure()).hasMessageContaining("bad data");
    }

    @ParameterizedTest(name = "[X14] {0}")
    @ValueSource(strings = {"waiting", "asked", "copying", "done"})
    @DisplayName(
            "[X14, S2.5.4] cancelled: nothing is sent, or CopyFail as soon as that is legal; the answer is drained")
    void cancelled(String phase) {
        boolean waits = phase.equals("waiting");
        if (waits) {
            Heard.of(client.connection().copyIn("COPY before FROM STDIN", Mono.never()));
            client.server().said();
        }
        Heard copy = Heard.of(client.connection().copyIn(SQL, source));
        assertThat(client.server().saidTypes()).isEqualTo(waits ? "" : "Q");
        if (phase.equals("copying") || phase.equals("done")) {
            client.server().hears(copyIn(1));
            emit("1\n");
            if (phase.equals("done")) {
                source.complete();
            }
            client.server().said();
        }
        copy.cancel();
        if (waits) {
            assertThat(client.server().said()).isEmpty();
            assertThat(source.isSubscribed()).isFalse();
            return;
        }
        if (phase.equals("asked")) {
            assertThat(client.server().said()).isEmpty();
            client.server().hears(copyIn(1));
            assertThat(source.isSubscribed()).isFalse();
        }
        assertThat(client.server().saidTypes()).isEqualTo(phase.equals("done") ? "" : "f");
        client.server()
                .hears(phase.equals("done") ? DONE : Octets.join(error("57014", "COPY from stdin failed"), ready()));
        assertThat(copy.signals()).isEmpty();
        assertOpen();
    }

    @Test
    @DisplayName("[I7] what a source emits after it was cancelled is released and not sent")
    void emitsAfterCancel() {
        Heard copy = begun();
        copy.cancel();
        assertThat(client.server().saidTypes()).isEqualTo("f");
        assertThat(source.isCancelled()).isTrue();
        emit("late\n");
        assertThat(client.server().said()).isEmpty();
    }

    @Test
    @DisplayName(
            "[S8.17, I7] a lost connection cancels the source and fails the Mono; a source that never emits does not matter")
    void lost() {
        Heard copy = begun();
        client.server().hearsEnd();
        assertThat(source.isCancelled()).isTrue();
        Outcomes.assertLost("COPY", copy.failure(), "08006");
        Outcomes.assertClosed("COPY", client);
    }

    @Test
    @DisplayName("[X16, S2.5.6] close() ends a COPY with CopyFail before Terminate, and the source is cancelled")
    void closed() {
        Heard copy = begun();
        Heard close = Heard.of(client.connection().close());
        assertThat(client.server().saidTypes()).isEqualTo("f X");
        assertThat(source.isCancelled()).isTrue();
        Outcomes.assertLost("COPY", copy.failure(), "08003");
        client.server().hearsEnd();
        assertThat(close.signals()).containsExactly("complete");
    }

    @Test
    @DisplayName("[X21] a pool's release gives a COPY up: CopyFail, and whoever waits for it hears so")
    void released() {
        Heard copy = begun();
        Heard release = Heard.of(client.connection().preRelease());
        assertThat(client.server().saidTypes()).isEqualTo("f");
        assertThat(copy.failure()).hasMessageContaining("released");
        client.server().hears(Octets.join(error("57014", "COPY from stdin failed"), ready()));
        assertThat(release.signals()).containsExactly("complete");
        assertOpen();
    }

    @Test
    @DisplayName("[I3] notices and notifications inside a COPY are heard, and do it no harm")
    void asynchronousMessages() {
        Heard notices = Heard.of(client.connection().notices().map(notice -> notice.message()));
        Heard notifications = Heard.of(client.connection().notifications().map(notification -> notification.payload()));
        Heard copy = begun();
        emit("1\n");
        client.server().hears(Octets.join(notice("careful"), notification(1, "c", "p")));
        source.complete();
        client.server().hears(DONE);
        assertThat(notices.signals()).containsExactly("careful");
        assertThat(notifications.signals()).containsExactly("p");
        assertThat(copy.signals()).containsExactly("2", "complete");
    }

    @Test
    @DisplayName(
            "[S8.36] COPY TO STDOUT, given to copyIn, is read away and fails, naming copyOut; the source is not touched")
    void wrongWay() {
        Heard copy = Heard.of(client.connection().copyIn("COPY t TO STDOUT", source));
        client.server().hears(Octets.join(copyOut(1), copyData("1\n"), copyDone(), complete("COPY 1"), ready()));
        assertThat(copy.failure()).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("copyOut");
        assertThat(source.isSubscribed()).isFalse();
        client.server().said();
        assertOpen();
    }

    @Test
    @DisplayName("[S2.5.3] COPY FROM a file asks for nothing, and that is said")
    void asksForNothing() {
        Heard copy = Heard.of(client.connection().copyIn("COPY t FROM '/tmp/t'", source));
        client.server().hears(DONE);
        assertThat(copy.failure()).isInstanceOf(IllegalArgumentException.class);
        assertThat(source.isSubscribed()).isFalse();
    }

    @ParameterizedTest(name = "[X2] {0}")
    @ValueSource(strings = {"SELECT 1", "", "COPY t FROM STDIN; SELECT 1", "COPY t FROM STDIN; COPY u FROM STDIN"})
    @DisplayName("[X2] anything but one COPY statement is refused before anything is sent")
    void notCopy(String sql) {
        assertThatThrownBy(() -> client.connection().copyIn(sql, source)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.connection().copyOut(sql)).isInstanceOf(IllegalArgumentException.class);
        assertThat(client.server().said()).isEmpty();
    }

    private void assertOpen() {
        Heard next = Heard.of(
                Heard.counts(client.connection().createStatement("UPDATE t").execute()));
        assertThat(client.server().saidTypes()).isEqualTo("P D B E S");
        client.server().hears(Octets.join(UnaskedCopyTest.DESCRIBED, complete("UPDATE 42"), ready()));
        assertThat(next.signals()).containsExactly("42", "complete");
    }
}
