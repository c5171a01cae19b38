// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.net.CopyInTest.SQL;
import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.copyDone;
import static io.r2dbc.pgxc.testing.ServerMessages.copyIn;
import static io.r2dbc.pgxc.testing.ServerMessages.copyOut;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.EmbeddedConnection;
import io.r2dbc.pgxc.testing.DroppedSignals;
import io.r2dbc.pgxc.testing.HandFed;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.BackendEncoder;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Flux;

/** COPY with users whose code breaks the rules, and ends that need no demand: the session goes on in good order. */
@ExtendWith(StandingAsserts.class)
final class CopyTroubleTest {

    private static final Octets REFUSED = Octets.join(error("57014", "COPY from stdin failed"), ready());
    private static final Octets DESCRIBED =
            Octets.join(parseComplete(), parameterTypes(), rowDescription(column("a", INT4)), ready());

    private final EmbeddedConnection client = EmbeddedConnection.open();

    @AfterEach
    void close() {
        client.close();
    }

    private void assertFailedInOrder(Heard copy, String exception) {
        assertThat(client.server().said()).hasSize(1).first().isInstanceOf(ClientMessage.CopyFail.class);
        client.server().hears(REFUSED);
        assertThat(copy.signals()).hasSize(1).first().asString().startsWith("error " + exception);
        assertThat(client.connection()).hasToString("PgxcConnection[open]");
    }

    private Heard begun(Publisher<ByteBuf> source) {
        Heard copy = Heard.of(client.connection().copyIn(SQL, source));
        client.server().said();
        client.server().hears(copyIn(1));
        return copy;
    }

    @ParameterizedTest(name = "[C14, I7] {0} bytes")
    @ValueSource(ints = {10, 5_000})
    @DisplayName(
            "[C14, I7] a buffer that was released before it was emitted fails the COPY, and not a byte of it is said")
    void releasedBefore(int length) {
        ByteBuf released = Unpooled.buffer(length).writeZero(length);
        released.release();
        assertFailedInOrder(begun(Flux.just(released)), "IllegalReferenceCountException");
    }

    @Test
    @DisplayName(
            "[C14, I7] a source that cannot be cancelled does not keep CopyFail, or the server's error, from its way")
    void cannotBeCancelled(DroppedSignals dropped) {
        Publisher<ByteBuf> stubborn = to -> to.onSubscribe(new Subscription() {
            @Override
            public void request(long n) {
                // it emits nothing
            }

            @Override
            public void cancel() {
                throw new IllegalStateException("planted");
            }
        });
        Heard copy = begun(stubborn);
        client.server().hears(REFUSED);
        assertThat(copy.signals()).hasSize(1).first().asString().endsWith("57014");
        assertThat(dropped.errors()).singleElement().asString().contains("planted");
        assertThat(client.connection()).hasToString("PgxcConnection[open]");
    }

    @Test
    @DisplayName("[C14] an exception that cannot say what it is fails the COPY all the same")
    void cannotBeSaid() {
        RuntimeException mute = new IllegalStateException() {
            @Override
            public String getMessage() {
                throw new UnsupportedOperationException();
            }
        };
        assertFailedInOrder(begun(Flux.error(mute)), "");
    }

    @Test
    @DisplayName("[I7] after small elements no more than a few large ones are asked for ahead")
    void asksForFew() {
        HandFed<ByteBuf> source = new HandFed<>();
        begun(source);
        for (int i = 0; i < 200; i++) {
            assertThat(source.wanted()).isBetween(1L, 32L);
            source.next(Unpooled.buffer(1).writeByte(0));
            client.server().run();
        }
        source.fail(new IllegalStateException("enough"));
        client.server().run();
        client.server().hears(REFUSED);
    }

    @Test
    @DisplayName("[I9, S2.5.14] the end of binary COPY OUT needs no demand")
    void endNeedsNoDemand() {
        Heard rows = Heard.of(client.connection().copyOutRows("SELECT a FROM t", (row, metadata) -> row.get(0)), 1);
        client.server().said();
        client.server().hears(DESCRIBED);
        client.server().hears(copyOut(1));
        client.server().hears(data("5047434F50590AFF0D0A00 00000000 00000000"));
        client.server().hears(data("0001 00000004 00000007"));
        client.server().hears(data("FFFF"));
        client.server().hears(Octets.join(copyDone(), complete("COPY 1"), ready()));
        assertThat(rows.signals()).containsExactly("7", "complete");
    }

    private static Octets data(String hex) {
        return BackendEncoder.copyData(Octets.hex(hex));
    }

    @Test
    @DisplayName(
            "[X34] a row of the wrong width owns its buffers too, and so do the arguments of a call that is refused")
    void releases() {
        ByteBuf inRow = Unpooled.buffer().writeByte(1);
        Heard copy = Heard.of(
                client.connection().copyInRows("t", List.of("a"), Flux.<Object[]>just(new Object[] {inRow, 2})));
        client.server().said();
        client.server().hears(DESCRIBED);
        client.server().said();
        client.server().hears(copyIn(1));
        client.server().hears(REFUSED);
        assertThat(copy.signals()).hasSize(1);
        assertThat(inRow.refCnt()).isZero();
        ByteBuf argument = Unpooled.buffer().writeByte(1);
        Heard call = Heard.of(client.connection().functionCall(1, byte[].class, argument, new Object()));
        assertThat(call.signals()).containsExactly("error IllegalArgumentException");
        assertThat(argument.refCnt()).isZero();
    }
}
