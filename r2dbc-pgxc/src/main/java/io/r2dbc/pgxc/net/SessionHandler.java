// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.r2dbc.pgxc.exchange.Exchange;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.Failure.ConnectionLost;
import io.r2dbc.pgxc.exchange.Failure.ProtocolViolation;
import io.r2dbc.pgxc.exchange.SessionEndException;
import io.r2dbc.pgxc.exchange.SessionState;
import io.r2dbc.pgxc.wire.BackendDecoder;
import io.r2dbc.pgxc.wire.BackendDecoder.Step;
import io.r2dbc.pgxc.wire.ErrorFields;
import io.r2dbc.pgxc.wire.FrontendMessage;
import io.r2dbc.pgxc.wire.ProtocolException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * The event loop's end of a session: reads on demand, decodes, dispatches, writes, flushes at most once per turn.
 *
 * <p>It stops reading only when a message is waiting that nobody wants yet. The bytes then stay here, in the kernel, at the server, and
 * {@code parked} is set; whoever brings demand, a new exchange or a cancellation wakes it. Inside the decode loop everything of the
 * kind only marks; encoding and flushing happen once at its end.
 *
 * <p>Everything here runs on the event loop; other threads come in through {@link Mailbox} alone.
 */
final class SessionHandler extends ChannelInboundHandlerAdapter {

    private final SessionState state;
    private final SessionEvents events;
    private final ExchangeQueue queue;
    private final Inbound inbound = new Inbound();
    private final BackendDecoder decoder;
    private final Dispatcher dispatcher;
    private final Pen pen;
    private final StallGuard stalls;
    private final Stopper stopper;
    private final Silence silence;
    private final Goodbye goodbye;
    private final IdleWaiters idleWaiters = new IdleWaiters();

    private Mailbox mailbox;
    private ChannelHandlerContext context;
    private boolean parked;
    private boolean inputEnded;
    private boolean discarding;
    private volatile boolean connected = true;
    private volatile @Nullable Failure end;
    private @Nullable Throwable trouble;

    @SuppressWarnings("NullAway.Init") // mailbox and context are set by handlerAdded, before anything else is called
    SessionHandler(SessionOptions options, SessionState state, SessionEvents events, Cancellation cancellation) {
        this.state = state;
        this.events = events;
        this.queue = new ExchangeQueue(options.pipelineLimit());
        this.decoder = new BackendDecoder(options.maxMessageSize());
        this.pen = new Pen(this, queue, state);
        this.dispatcher = new Dispatcher(this, queue, state, events, pen);
        this.stalls = new StallGuard(this, queue, events, options.stallTimeout());
        this.stopper = new Stopper(this, queue, state, cancellation, options.cancelGrace());
        this.silence = new Silence(this, queue, options.responseTimeout());
        this.goodbye = new Goodbye(this, queue, stopper);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        mailbox = new Mailbox(ctx.executor(), this::turn, this::orphaned);
        ctx.read();
    }

    ChannelHandlerContext context() {
        return context;
    }

    Mailbox mailbox() {
        return mailbox;
    }

    Goodbye goodbye() {
        return goodbye;
    }

    SessionState state() {
        return state;
    }

    /** Any thread. */
    boolean isConnected() {
        return connected;
    }

    /** Why the session is over, or null while it is not. Any thread. */
    @Nullable
    Failure end() {
        return end;
    }

    boolean isParked() {
        return parked;
    }

    // Turns of the event loop

    /** What other threads asked for, and what has become possible by it. */
    private void turn() {
        mailbox.turnBegins();
        readOn();
    }

    /** The user has ended the event loop, and with it the session. This is another thread; on the loop nothing happens any more. */
    private void orphaned() {
        context.channel().unsafe().closeForcibly();
        fail(new ConnectionLost("08006", "The connection is lost: its event loop has been ended", null));
        turn();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        silence.onBytes();
        stopper.onBytes(((ByteBuf) message).readableBytes());
        inbound.add((ByteBuf) message, ctx.alloc());
        work(true);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!parked && connected) {
            ctx.read();
        }
    }

    /** Goes on with everything there is to do, then asks for more bytes if nothing is in the way. */
    void readOn() {
        work(false);
        if (!parked && connected) {
            context.read();
        }
    }

    /** Takes letters, decodes as far as somebody wants, writes what may be written, and flushes; answers bring more such turns. */
    private void work(boolean heard) {
        if (!mailbox.enter()) {
            return;
        }
        try {
            do {
                takeLetters();
                decode();
                stopper.onChange();
                pen.write();
                stopper.onWritten();
            } while (mailbox.takeAgain());
        } catch (Error e) {
            fail(new ConnectionLost("08006", "The connection was closed, because this process is in trouble: " + e, e));
        } finally {
            mailbox.leave();
        }
        pen.turnEnds(heard);
        inbound.trim();
        silence.watch();
        if (end == null && queue.isIdle()) {
            idleWaiters.tell();
        }
    }

    private void takeLetters() {
        for (Object letter = mailbox.take(); letter != null; letter = mailbox.take()) {
            if (letter instanceof Exchange exchange) {
                accept(exchange);
            } else {
                LostErrors.guard("A user's code failed on the event loop", (Runnable) letter);
            }
        }
    }

    private void accept(Exchange exchange) {
        Failure reason = end;
        if (reason == null && goodbye.hasBegun()) {
            reason = ConnectionLost.CLOSED;
        }
        if (reason == null && !connected) {
            reason = lost();
        }
        if (exchange.isCancelled()) {
            return;
        }
        if (reason != null) {
            tell(exchange, reason);
        } else {
            queue.add(exchange);
        }
    }

    private void decode() {
        if (end != null) {
            return;
        }
        if (discarding) {
            inbound.skip();
        }
        parked = false;
        try {
            do {
                if (decodeAll(inbound.bytes()) == Step.WAITING) {
                    parked = true;
                    return;
                }
            } while (end == null && inbound.moveOn());
            if (inputEnded && end == null) {
                decoder.endOfInput(inbound.bytes(), dispatcher);
                fail(lost());
            }
        } catch (SessionEndException e) {
            fail(e.failure());
        } catch (ProtocolException e) {
            // after the server has gone, half a message says no more than that it has gone
            fail(inputEnded ? lost() : new ProtocolViolation(String.valueOf(e.getMessage()), e));
        } catch (RuntimeException e) {
            fail(new ProtocolViolation("The driver could not make sense of what the server sent: " + e, e));
        }
    }

    /** Decodes until there is nothing more to decode, or nobody who wants it. */
    private Step decodeAll(ByteBuf bytes) {
        Step step = Step.DECODED;
        while (step != Step.INCOMPLETE && end == null) {
            step = decoder.decodeOne(bytes, dispatcher);
            if (step == Step.WAITING && !stalls.relieve()) {
                return step;
            }
        }
        return Step.INCOMPLETE;
    }

    /** The peer has let us in: from now on a session's messages are legal. */
    void authenticated() {
        decoder.authenticated();
    }

    // Ends

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        connected = false;
        inputEnded = true;
        readOn();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        trouble = cause;
        connected = false;
        if (ctx.channel().isOpen()) {
            ctx.close();
        }
    }

    /** A write did not reach the server; what it said before may still be there to be read, unless the fault is on this side. */
    void onWriteFailed(Throwable cause) {
        if (!(cause instanceof IOException)) {
            fail(new ConnectionLost("08006", "The driver could not write what it was to send: " + cause, cause));
        } else if (trouble == null && !(cause instanceof ClosedChannelException)) {
            trouble = cause;
        }
    }

    private Failure lost() {
        if (goodbye.isSaid()) {
            return ConnectionLost.CLOSED;
        }
        ErrorFields announced = dispatcher.announcedEnd();
        if (announced != null) {
            return new ConnectionLost(announced.sqlState(), announced.message(), trouble);
        }
        String why = trouble == null ? "the server closed it" : String.valueOf(trouble.getMessage());
        return new ConnectionLost("08006", "The connection is lost: " + why, trouble);
    }

    /** Ends the session at once: everybody who waits hears of it, every buffer is released, the channel is closed. */
    void fail(Failure failure) {
        if (end != null) {
            return;
        }
        end = failure;
        connected = false;
        parked = false;
        stalls.end();
        stopper.end();
        silence.end();
        inbound.end();
        pen.release();
        context.close();
        for (Exchange exchange : queue.clear()) {
            if (!exchange.isCancelled()) {
                tell(exchange, failure);
            }
        }
        boolean asked = goodbye.isSaid();
        events.onEnd(asked ? null : failure);
        goodbye.onEnd();
        idleWaiters.tell();
    }

    /** What a user's subscriber throws into our face must not keep the others from hearing. */
    void tell(Exchange exchange, Failure failure) {
        LostErrors.guard(
                "A subscriber failed while it was told that " + exchange.label() + " failed",
                () -> exchange.fail(failure));
    }

    /** From now on whatever comes is thrown away; the end of the stream is all that is awaited. */
    void discard() {
        discarding = true;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            readOn();
        }
    }

    // What others may do

    void cancel(Exchange cancelled) {
        Exchange exchange = cancelled.successor();
        boolean alone = exchange.isWritten() && queue.isLastWritten(exchange);
        queue.cancel(exchange);
        if (exchange.isCancelled()) {
            stopper.onCancelled(exchange, alone);
        }
    }

    /** Gives up an exchange that ran out of its own time: its reader hears at once, and the server may be stopped even in a transaction. */
    void timeOut(Exchange late, Failure failure) {
        Exchange exchange = late.successor();
        boolean alone = exchange.isWritten() && queue.isLastWritten(exchange);
        if (giveUp(exchange, failure)) {
            stopper.onTimedOut(exchange, alone);
        }
    }

    /** Gives up an exchange whose connection is handed back: whoever still waits for it hears so. */
    void abandon(Exchange exchange) {
        boolean alone = exchange.isWritten() && queue.isLastWritten(exchange);
        String reason = "The connection was released while this was still running on it: " + exchange.label();
        if (giveUp(exchange, new Failure.Local(new IllegalStateException(reason)))) {
            stopper.onCancelled(exchange, alone);
        }
    }

    /** The reader hears why, now or when it comes, and the rest is drained unread. */
    boolean giveUp(Exchange exchange, Failure failure) {
        if (exchange.isCancelled() || (exchange.isAnswered() && !exchange.isResumable())) {
            return false;
        }
        LostErrors.guard(
                "A subscriber failed while it was told that " + exchange.label() + " was given up",
                () -> exchange.giveUp(failure));
        queue.gaveUp(exchange);
        return true;
    }

    /** Runs the action once nothing waits and nothing is to be answered. */
    void onIdle(Runnable action) {
        if (end == null) {
            idleWaiters.add(action);
        } else {
            action.run();
        }
    }

    Stopper stopper() {
        return stopper;
    }

    ExchangeQueue queue() {
        return queue;
    }

    long progress() {
        return dispatcher.progress();
    }

    void halt(boolean now) {
        pen.halt(now);
    }

    /** Sends a message outside any exchange: the last one. */
    ChannelFuture send(FrontendMessage message) {
        return pen.lastWord(message);
    }
}
