// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.r2dbc.pgxc.exchange.Credentials;
import io.r2dbc.pgxc.exchange.Done;
import io.r2dbc.pgxc.exchange.SessionState;
import io.r2dbc.pgxc.exchange.Startup;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.FrontendDecoder;
import io.r2dbc.pgxc.wire.Octets;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A session whose socket, event loop and clock are the test's: it hears exactly the bytes it is given, cut as they are given, and nothing
 * happens meanwhile.
 */
public final class EmbeddedSession {

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Session session;
    private final AtomicInteger cancelRequests = new AtomicInteger();
    private int reads;

    public EmbeddedSession(SessionOptions options, SessionState state, SessionEvents events) {
        channel.freezeTime();
        channel.config().setAutoRead(false);
        SessionHandler handler = new SessionHandler(
                options,
                state,
                events,
                new Cancellation(
                        new Dialer(options),
                        () -> {
                            cancelRequests.incrementAndGet();
                            throw new IllegalStateException("nobody is there to be asked");
                        },
                        Cancellation.Cover.NONE));
        channel.pipeline()
                .addLast(
                        new ChannelOutboundHandlerAdapter() {
                            @Override
                            public void read(ChannelHandlerContext ctx) {
                                reads++;
                                ctx.read();
                            }
                        },
                        handler);
        session = new Session(handler);
    }

    public Session session() {
        return session;
    }

    /** Says StartupMessage; what becomes of it is told to {@code done}. */
    public void startUp(Credentials credentials, Done done) {
        session.submit(new Startup(Map.of("user", credentials.user()), credentials, done));
        run();
        ByteBuf packet = channel.readOutbound();
        packet.release();
    }

    /** Lets the event loop do what it has been asked to do. */
    public void run() {
        channel.runPendingTasks();
    }

    /** The bytes arrive, in one piece. */
    public void hears(Octets bytes) {
        run();
        channel.pipeline()
                .fireChannelRead(channel.alloc().buffer().writeBytes(bytes.bytes()))
                .fireChannelReadComplete();
        run();
    }

    /** The server has closed. */
    public void hearsEnd() {
        run();
        channel.close();
        run();
    }

    /** The connection is reset. */
    public void hearsReset() {
        run();
        channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
        run();
    }

    public void timePasses(Duration duration) {
        run();
        channel.advanceTimeBy(duration.toMillis(), TimeUnit.MILLISECONDS);
        run();
        channel.runScheduledPendingTasks();
        run();
    }

    public boolean isOpen() {
        return channel.isOpen();
    }

    /** What has been said since the last call. */
    public List<ClientMessage> said() {
        run();
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            all.writeBytes(bytes);
            bytes.release();
        }
        return FrontendDecoder.all(all);
    }

    /** The types of what has been said since the last call: {@code "P D B E S"}. */
    public String saidTypes() {
        return String.join(" ", said().stream().map(ClientMessage::type).toList());
    }

    /** How many pieces have been flushed since the last look, each whole; they are gone. */
    public int flushedPieces() {
        run();
        int pieces = 0;
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            bytes.release();
            pieces++;
        }
        return pieces;
    }

    /** How often more bytes have been asked for, since the last look. */
    int reads() {
        run();
        int since = reads;
        reads = 0;
        return since;
    }

    /** How often a second connection was to be opened for a CancelRequest; each is refused, which counts as its end. */
    int cancelRequests() {
        run();
        return cancelRequests.get();
    }

    /** Whether the socket takes more, as far as the driver is told. */
    void takesMore(boolean takes) {
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, takes);
        run();
    }

    /** Ends everything; fails if the pipeline let an exception pass. */
    public void dispose() {
        channel.finishAndReleaseAll();
        channel.checkException();
    }
}
