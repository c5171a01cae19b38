// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.SegmentReader.Counted;
import io.r2dbc.pgxc.SegmentReader.ErrorMessage;
import io.r2dbc.pgxc.wire.DataRow;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Result;
import java.util.ArrayDeque;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * The way of one Result's segments from the exchange to its subscriber.
 *
 * <p>Usually a row goes straight from the inbound buffer into the mapping function. Rows that were set aside (X13), and whatever comes
 * behind them, wait here as heap bytes and objects, in order. Event loop only, except {@link Reading}.
 */
final class ResultPipe {

    /** What the pipe asks of the execution it belongs to. */
    interface Owner {

        void execute(Runnable action);

        /** Goes on with the event loop's work. */
        void wake();

        boolean inEventLoop();

        /** The reader has gone before the end. */
        void onCancelled(ResultPipe pipe);

        /** The pipe keeps so many heap bytes more, or, with a minus, fewer. */
        void held(ResultPipe pipe, long change);
    }

    /** How the stream ends. */
    private record End(@Nullable Throwable error) {}

    private record Count(long rows) {}

    private static final End COMPLETED = new End(null);

    /** Notices that nobody asks for are kept up to this many; all of them also go to {@code notices()}. */
    private static final int MESSAGES_KEPT = 64;

    private final Owner owner;
    private final @Nullable PgxcRow cursor;
    private @Nullable ArrayDeque<Object> held;
    private int heldMessages;
    private @Nullable PacedSubscription<Object> subscribed;
    private SegmentReader<?> reader = SegmentReader.Count.INSTANCE;
    private @Nullable Predicate<Result.Segment> filter;
    private boolean discards;
    private boolean ended;
    private boolean draining;
    private boolean uncounted;
    private long rows;

    ResultPipe(Owner owner, @Nullable PgxcRow cursor) {
        this.owner = owner;
        this.cursor = cursor;
        if (cursor != null && cursor.awaitsTypes()) {
            cursor.whenTypesAreThere(this::goOn);
        }
    }

    private void goOn() {
        drain();
        owner.wake();
    }

    /** One way of consuming the pipe; only the first subscriber gets anything. Any thread. */
    static final class Reading<T> extends DemandFlux<T> {

        private final ResultPipe pipe;
        private final SegmentReader<T> reader;
        private final @Nullable Predicate<Result.Segment> filter;

        Reading(ResultPipe pipe, SegmentReader<T> reader, @Nullable Predicate<Result.Segment> filter) {
            this.pipe = pipe;
            this.reader = reader;
            this.filter = filter;
        }

        @Override
        void attach(PacedSubscription<T> subscription) {
            if (pipe.owner.inEventLoop()) {
                pipe.attach(subscription, this);
            } else {
                pipe.owner.execute(() -> pipe.attach(subscription, this));
            }
        }

        @Override
        void onDemand() {
            pipe.owner.execute(pipe::drain);
        }

        @Override
        void onCancel(PacedSubscription<T> leaving) {
            pipe.owner.execute(() -> pipe.detach(leaving));
        }
    }

    @SuppressWarnings("unchecked") // the elements a flux carries are those its own reading makes
    private <T> void attach(PacedSubscription<T> subscription, Reading<T> reading) {
        if (subscribed != null || discards) {
            subscription.fail(new IllegalStateException("A result can be consumed only once"));
            return;
        }
        subscribed = (PacedSubscription<Object>) subscription;
        reader = reading.reader;
        filter = reading.filter;
        if (subscription.isOver()) {
            discard();
        }
        goOn();
    }

    /** A reader has gone; one who came too late was none, and one who is still to come is met when it does. */
    private void detach(PacedSubscription<?> leaving) {
        if (subscribed == leaving) {
            discard();
        }
    }

    /** Nobody will read the rest: it passes unseen. */
    void discard() {
        if (discards) {
            return;
        }
        discards = true;
        dropHeld();
        owner.onCancelled(this);
    }

    private void dropHeld() {
        ArrayDeque<Object> dropped = held;
        held = null;
        if (dropped != null) {
            dropped.forEach(this::giveBack);
        }
        heldMessages = 0;
    }

    private void hold(Object segment) {
        if (held == null) {
            held = new ArrayDeque<>(4);
        }
        held.add(segment);
    }

    boolean hasReader() {
        return subscribed != null || discards;
    }

    /** Whether its reader has gone, or none is to come. */
    boolean isDiscarded() {
        PacedSubscription<Object> to = subscribed;
        return discards || (to != null && to.isOver());
    }

    boolean isEnded() {
        return ended;
    }

    boolean isEmpty() {
        return held == null || held.isEmpty();
    }

    /** Whether a row would go straight through. A reader who has just left wants none: that he has left comes next. */
    boolean wantsRow() {
        if (discards) {
            return true;
        }
        PacedSubscription<Object> to = subscribed;
        if (to == null || !isEmpty()) {
            return false;
        }
        return !reader.readsRows() || to.refuseBadRequest() || to.hasEnded() || (to.isPresent() && isReadable());
    }

    /** Whether it is known what types the columns are of. */
    private boolean isReadable() {
        return cursor == null || !cursor.awaitsTypes();
    }

    void onRow(DataRow row) {
        rows++;
        if (discards) {
            return;
        }
        if (wantsRow()) {
            passRow(row);
            return;
        }
        byte[] bytes = row.copyBody();
        owner.held(this, bytes.length);
        hold(bytes);
    }

    void onMessage(Result.Message message) {
        if (heldMessages < MESSAGES_KEPT) {
            heldMessages++;
            pass(message);
        }
    }

    /** The command has ended; {@code count} is -1 where its tag has none. A tag counts its last portion only, the rows count all (S2.3.11). */
    void onCount(long count) {
        long most = Math.max(count, count < 0 ? -1 : rows);
        if (most >= 0 && !(goesStraight() && !reader.readsCount() && filter == null)) {
            pass(new Count(most));
        }
    }

    void onEnd(@Nullable Throwable error) {
        ended = true;
        pass(error == null ? COMPLETED : new End(error));
    }

    /** The stream breaks off: what was set aside is half a result, and a reader without demand has to hear of it as well. */
    void onFailure(Throwable error) {
        dropHeld();
        onEnd(error);
    }

    private void pass(Object segment) {
        if (discards) {
            return;
        }
        PacedSubscription<Object> to = subscribed;
        if (to == null || !goesStraight() || (needsDemand(segment) && !to.isPresent())) {
            hold(segment);
            drain();
            return;
        }
        draining = true;
        try {
            deliver(segment, to);
        } catch (Throwable e) {
            failed(e, to);
        } finally {
            draining = false;
        }
    }

    /** Whether a reader is there who has got everything that came before. */
    private boolean goesStraight() {
        PacedSubscription<Object> to = subscribed;
        return to != null && !draining && isEmpty() && !to.isOver() && !to.hasBadRequest();
    }

    private void failed(Throwable thrown, PacedSubscription<Object> to) {
        to.fail(thrown);
        discard();
        Exceptions.throwIfJvmFatal(thrown);
    }

    /** Delivers what waits, as far as demand goes. */
    void drain() {
        PacedSubscription<Object> to = subscribed;
        if (to == null || draining) {
            return;
        }
        draining = true;
        try {
            if (to.refuseBadRequest()) {
                discard();
            }
            while (held != null
                    && !held.isEmpty()
                    && !to.isOver()
                    && (!needsDemand(held.peek()) || (to.isPresent() && isReadable()))) {
                deliver(held.poll(), to);
            }
        } catch (Throwable e) {
            failed(e, to);
        } finally {
            draining = false;
        }
    }

    private boolean needsDemand(@Nullable Object segment) {
        if (segment instanceof byte[]) {
            return reader.readsRows();
        }
        if (segment instanceof Count) {
            return reader.readsCount();
        }
        boolean message = segment instanceof Result.Message || (segment instanceof End end && end.error() != null);
        return message && reader.readsMessages();
    }

    private void deliver(@Nullable Object segment, PacedSubscription<Object> to) {
        if (segment instanceof byte[] bytes) {
            giveBack(bytes);
            passHeld(bytes, to);
        } else if (segment instanceof Count count) {
            emit(to, reader.readsCount() && accepts(new Counted(count.rows())) ? reader.onCount(count.rows()) : null);
        } else if (segment instanceof Result.Message message) {
            heldMessages--;
            emit(to, reader.readsMessages() && accepts(message) ? reader.onMessage(message) : null);
        } else if (segment instanceof End end) {
            finish(end, to);
        }
    }

    private void finish(End end, PacedSubscription<Object> to) {
        if (end.error() instanceof R2dbcException error && isSaidByServer(error)) {
            Result.Message message = new ErrorMessage(error);
            boolean passes = accepts(message);
            if (passes && !reader.readsMessages()) {
                to.fail(error);
                return;
            }
            emit(to, passes ? reader.onMessage(message) : null);
            to.complete();
        } else if (end.error() != null) {
            to.fail(end.error());
        } else {
            to.complete();
        }
    }

    /** A message is what the server has said. That the connection is lost, or a time limit over, ends a stream in any form. */
    private static boolean isSaidByServer(R2dbcException error) {
        return error instanceof PgxcException told && told.getErrorDetails() != null;
    }

    private void giveBack(@Nullable Object segment) {
        if (segment instanceof byte[] bytes && !uncounted) {
            owner.held(this, -bytes.length);
        }
    }

    /** Without a reader, what is kept is the Result's own from now on. */
    void keepUncounted() {
        if (!hasReader()) {
            if (held != null) {
                held.forEach(this::giveBack);
            }
            uncounted = true;
        }
    }

    private void passRow(DataRow row) {
        PacedSubscription<Object> to = subscribed;
        PgxcRow standing = cursor;
        if (to != null && standing != null && reader.readsRows()) {
            standing.enter(row);
            pass(standing, to);
        }
    }

    private void passHeld(byte[] bytes, PacedSubscription<Object> to) {
        PgxcRow standing = cursor;
        if (standing != null && reader.readsRows()) {
            standing.enter(bytes);
            pass(standing, to);
        }
    }

    private void pass(PgxcRow standing, PacedSubscription<Object> to) {
        Object element;
        try {
            element = filter == null || filter.test(reader.segment(standing)) ? reader.onRow(standing) : null;
        } catch (Throwable e) {
            failed(e, to);
            return;
        } finally {
            standing.leave();
        }
        emit(to, element);
    }

    private boolean accepts(Result.Segment segment) {
        return filter == null || filter.test(segment);
    }

    private static void emit(PacedSubscription<Object> to, @Nullable Object element) {
        if (element != null) {
            to.next(element);
        }
    }
}
