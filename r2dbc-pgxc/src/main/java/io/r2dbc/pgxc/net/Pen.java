// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.IllegalReferenceCountException;
import io.r2dbc.pgxc.exchange.Exchange;
import io.r2dbc.pgxc.exchange.Exchange.BeginRule;
import io.r2dbc.pgxc.exchange.Exchange.Written;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.Outbox;
import io.r2dbc.pgxc.exchange.Ride;
import io.r2dbc.pgxc.exchange.SessionState;
import io.r2dbc.pgxc.exchange.Transactions.BeginAlone;
import io.r2dbc.pgxc.wire.FrontendMessage;
import io.r2dbc.pgxc.wire.FrontendMessage.CopyData;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Writes exchanges when their turn has come, into one buffer per turn of the event loop, flushed at its end.
 *
 * <p>When the socket does not take what is there, no further exchange is written: writing never gets more than about a buffer ahead of
 * the socket, however many wait.
 */
final class Pen implements Outbox {

    private static final int FULL = 64 * 1024;
    private static final int USUAL = 1024;

    /** Data up to this length is cheaper copied than written by itself. */
    private static final int SHORT = 1024;

    /** The server takes in a message whole before it looks at it, so it gets long data in pieces. */
    private static final int PIECE = 1 << 20;

    /** So many buffers a speaker may fill in one turn, if the socket takes them; then the loop must look at the socket's other side. */
    private static final int BUFFERS_A_TURN = 4;

    /** So many exchanges keep the server at work for longer than it takes to wake this side: measured, see benchmarks. */
    private static final int BUSY = 16;

    private final SessionHandler session;
    private final ExchangeQueue queue;
    private final SessionState state;
    private final ChannelFutureListener onWritten;
    private @Nullable ByteBuf buffer;
    private @Nullable Exchange speaker;
    private boolean speaksOn;
    private boolean halted;
    private boolean writing;

    /** Parts of the queue whose bytes are all still here. */
    private int unsent;

    /** How many answers were due when the last bytes left. */
    private int dueAtFlush;

    /** How many bytes of data have been written ahead of the buffer, uncopied and not flushed. */
    private int loose;

    /** Whether somebody whose first bytes have left goes on speaking: the server may be waiting for that. */
    private boolean urgent;

    Pen(SessionHandler session, ExchangeQueue queue, SessionState state) {
        this.session = session;
        this.queue = queue;
        this.state = state;
        this.onWritten = future -> {
            if (future.cause() != null) {
                session.onWriteFailed(future.cause());
            }
        };
    }

    @Override
    public ByteBuf buffer() {
        urgent |= !writing;
        if (buffer == null) {
            buffer = session.context().alloc().buffer(USUAL);
        }
        return buffer;
    }

    @Override
    public boolean isFull() {
        int waiting = buffer == null ? 0 : buffer.readableBytes();
        return waiting + loose >= FULL;
    }

    @Override
    public void copyData(ByteBuf data) {
        if (data.refCnt() == 0) {
            // before the header, behind which the server would take whatever comes next for data
            throw new IllegalReferenceCountException("A buffer was emitted that has been released already");
        }
        while (data.readableBytes() > PIECE) {
            copyPiece(data.readRetainedSlice(PIECE));
        }
        if (data.isReadable()) {
            copyPiece(data);
        } else {
            data.release();
        }
    }

    private void copyPiece(ByteBuf piece) {
        int length = piece.readableBytes();
        CopyData.writeCopyDataHeader(buffer(), length);
        if (length <= SHORT) {
            buffer().writeBytes(piece);
            piece.release();
            return;
        }
        ByteBuf ahead = buffer();
        buffer = null;
        loose += ahead.readableBytes() + length;
        session.context().write(ahead).addListener(onWritten);
        session.context().write(piece).addListener(onWritten);
    }

    @Override
    public void speaks(Exchange exchange) {
        speaker = exchange;
    }

    @Override
    public void ride(Ride ride) {
        ride.write(this);
        queue.addRide(ride);
        unsent++;
    }

    @Override
    public void enqueue(Exchange follower) {
        session.mailbox().put(follower);
    }

    @Override
    public void ahead(Exchange next) {
        queue.addFirst(next);
    }

    @Override
    public <T> void offload(Load load, Supplier<T> work, Consumer<T> then) {
        Scheduler threads = load == Load.WAITS ? GssThreads.shared() : Schedulers.boundedElastic();
        threads.schedule(() -> {
            try {
                T outcome = work.get();
                session.mailbox().put(() -> then.accept(outcome));
            } catch (RuntimeException e) {
                session.mailbox().put(() -> session.fail(new Failure.Refused(String.valueOf(e.getMessage()), e)));
            } catch (Throwable e) {
                session.mailbox().put(() -> session.fail(new Failure.Refused(e.toString(), e)));
                Exceptions.throwIfJvmFatal(e);
            }
        });
    }

    /** While a CancelRequest is under way nothing new is written, so that it cannot hit what it was not meant for (X14). */
    void halt(boolean now) {
        halted = now;
    }

    /** Writes whatever may be written now. */
    void write() {
        letSpeak();
        while (session.end() == null && mayWriteOn()) {
            Exchange next = queue.nextToWrite();
            if (next == null || (halted && !queue.isBeingWritten(next))) {
                return;
            }
            write(next);
        }
    }

    /** A speaker whose source never pauses shares the event loop with everybody else: with what the server says, first of all. */
    private void letSpeak() {
        Exchange speaking = speaker;
        for (int i = 0; speaking != null && session.end() == null && mayWriteOn(); i++) {
            if (i == BUFFERS_A_TURN) {
                speakOn();
                return;
            }
            if (speaking.isSpeaking()) {
                speak(speaking);
            }
            speaker = speaking.isSpeaking() ? speaking : null;
            speaking = isFull() ? speaker : null;
        }
    }

    /** A task of the loop's would run ahead of its look at the sockets, again and again. */
    private void speakOn() {
        if (!speaksOn) {
            speaksOn = true;
            session.context()
                    .executor()
                    .schedule(
                            () -> {
                                speaksOn = false;
                                session.readOn();
                            },
                            0,
                            TimeUnit.NANOSECONDS);
        }
    }

    /** Half of what was to be said may be there, so nothing sensible could follow. */
    private void speak(Exchange speaking) {
        try {
            speaking.speak(this);
        } catch (RuntimeException e) {
            session.fail(new Failure.ConnectionLost(
                    "08006", "The driver could not go on with what it was sending: " + e, e));
        }
    }

    /** The session ends here: whoever is speaking hears so and comes to an end in good order, and then this is the last word. */
    ChannelFuture lastWord(FrontendMessage message) {
        Exchange speaking = speaker;
        if (speaking != null && speaking.isSpeaking()) {
            session.giveUp(speaking, Failure.ConnectionLost.CLOSED);
            speak(speaking);
        }
        flush();
        message.writeTo(buffer());
        return flush();
    }

    private boolean mayWriteOn() {
        if (isFull()) {
            flush();
        }
        Channel channel = session.context().channel();
        return channel.isWritable() || !channel.isActive();
    }

    private void write(Exchange next) {
        Failure begin = state.beginFailure();
        if (begin != null && next.needsTransaction() && !next.isWritten()) {
            queue.taken(next);
            session.tell(next, begin);
            return;
        }
        Exchange exchange = next;
        if (state.beginWaits() && next.beginRule() == BeginRule.AWAITS && !next.isWritten()) {
            exchange = new BeginAlone(state);
            queue.addFirst(exchange);
        }
        writing = true;
        try {
            note(exchange, exchange.write(state, this));
        } catch (RuntimeException e) {
            queue.taken(exchange);
            session.tell(exchange, new Failure.Local(e));
        } finally {
            writing = false;
        }
    }

    private void note(Exchange exchange, Written written) {
        switch (written) {
            case ALL -> {
                urgent |= exchange.isWritten();
                unsent++;
                queue.written(exchange, true);
            }
            case PARTLY -> {
                queue.written(exchange, false);
                flush();
            }
            case NOTHING -> {
                queue.taken(exchange);
                exchange.answered();
            }
        }
    }

    /**
     * Ends a turn of the event loop: what has been written leaves.
     *
     * <p>But if answers have brought the turn, and the server still has more to do than it can finish before further answers bring the
     * next one, what they have led to waits for that: the server works strictly in order, so it loses nothing, and one system call
     * carries many exchanges. While somebody does not read, no answers come, and nothing waits for them.
     */
    void turnEnds(boolean heard) {
        int atServer = queue.answersDue() - unsent;
        if (!heard || session.isParked() || urgent || atServer < BUSY || atServer <= dueAtFlush / 2) {
            flush();
        }
    }

    /** What has been written leaves; the future is that of the last bytes. */
    ChannelFuture flush() {
        ByteBuf full = buffer;
        buffer = null;
        unsent = 0;
        urgent = false;
        dueAtFlush = queue.answersDue();
        ChannelHandlerContext context = session.context();
        if (full == null || !full.isReadable()) {
            if (full != null) {
                full.release();
            }
            if (loose > 0) {
                context.flush();
            }
            loose = 0;
            return context.newSucceededFuture();
        }
        loose = 0;
        return context.writeAndFlush(full).addListener(onWritten);
    }

    void release() {
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
        speaker = null;
    }
}
