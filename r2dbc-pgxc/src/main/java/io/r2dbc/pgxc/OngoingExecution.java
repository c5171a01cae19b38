// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.exchange.Exchange;
import io.r2dbc.pgxc.exchange.ExtendedQuery;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.ResultColumns;
import io.r2dbc.pgxc.exchange.ResultConsumer;
import io.r2dbc.pgxc.wire.DataRow;
import io.r2dbc.pgxc.wire.ErrorFields;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/**
 * One subscription to {@link Execution}: hands Results on at the subscriber's pace, and sees to it that exactly one subscriber hears of each
 * error (X33).
 *
 * <p>A Result is emitted at its first row, count, or error. Cancelling after that stops further Results only: the Result lives until it is
 * consumed, cancelled or given up, and the exchange is cancelled when its last reader has gone. {@code request} and {@code cancel} come from
 * any thread; everything else happens on the event loop.
 */
final class OngoingExecution implements ResultConsumer, Subscription, ResultPipe.Owner {

    /** Notices that come before their Result is there are kept up to this many; all of them also go to {@code notices()}. */
    private static final int NOTICES_KEPT = 64;

    private static final AtomicIntegerFieldUpdater<OngoingExecution> STARTED =
            AtomicIntegerFieldUpdater.newUpdater(OngoingExecution.class, "started");

    private final Execution execution;
    private final ConnectionCore core;
    private final Delivery delivery;
    private volatile int started;
    private volatile boolean badRequest;
    private volatile boolean submitted;
    private volatile Disposable.@Nullable Swap preparation;
    private @Nullable Exchange exchange;
    private @Nullable SetAside aside;
    private @Nullable List<PgxcNotice> notices;
    private @Nullable Future<?> timer;
    private @Nullable ResultPipe current;
    private @Nullable Throwable failure;
    private boolean ended;
    private int opened;

    OngoingExecution(Execution execution, CoreSubscriber<? super PgxcResult> subscriber) {
        this.execution = execution;
        this.core = execution.core();
        this.delivery = new Delivery(subscriber, this);
    }

    // The subscriber's, any thread

    @Override
    public void request(long n) {
        if (n <= 0) {
            badRequest = true;
            execute(this::refuse);
        } else {
            boolean awaited = delivery.add(n);
            if (started == 0 && STARTED.compareAndSet(this, 0, 1)) {
                start();
            } else if (awaited) {
                execute(this::emitReady);
            }
        }
    }

    @Override
    public void cancel() {
        if (!delivery.cancel()) {
            return;
        }
        Disposable.Swap preparing = preparation;
        if (preparing != null) {
            preparing.dispose();
        }
        if (submitted) {
            execute(this::onCancelled);
        }
    }

    private void start() {
        try {
            Mono<Void> first = execution.preparation(delivery.subscriber());
            if (first == null) {
                submit();
            } else {
                prepare(first);
            }
        } catch (Throwable e) {
            onUnprepared(e);
        }
    }

    private void prepare(Mono<Void> first) {
        Disposable.Swap preparing = Disposables.swap();
        preparation = preparing;
        if (!delivery.isCancelled()) {
            preparing.update(first.subscribe(null, this::onUnprepared, this::submitPrepared));
        }
    }

    private void submitPrepared() {
        try {
            submit();
        } catch (Throwable e) {
            onUnprepared(e);
        }
    }

    private void submit() {
        if (delivery.isCancelled()) {
            return;
        }
        Exchange made = execution.make(this);
        exchange = made;
        core.session().submit(made);
        // from now on a cancel comes behind the submission
        submitted = true;
        Duration limit = execution.timeout();
        if (limit != null) {
            execute(() -> watch(made, limit));
        }
        if (delivery.isCancelled()) {
            execute(this::onCancelled);
        }
    }

    private void watch(Exchange made, Duration limit) {
        if (!ended) {
            timer = core.session().timeLimit(made, limit, execution.timedOut(limit));
        }
    }

    private void onUnprepared(Throwable error) {
        Exceptions.throwIfJvmFatal(error);
        execute(() -> {
            failure = error;
            end();
        });
    }

    // The exchange's, on the event loop

    @Override
    public boolean wantsResult() {
        return delivery.isOver() || takesMore() || delivery.wantsMore();
    }

    @Override
    public boolean wantsRow() {
        ResultPipe pipe = current;
        return pipe == null || pipe.wantsRow() || takesMore();
    }

    private boolean takesMore() {
        return aside != null && aside.takesMore();
    }

    @Override
    public boolean hasReader() {
        ResultPipe pipe = current;
        return pipe == null || pipe.hasReader();
    }

    @Override
    public boolean canSetAside() {
        return core.stallBuffer().hasRoom();
    }

    @Override
    public boolean holdsRows() {
        return aside != null && !aside.isEmpty();
    }

    @Override
    public void setAside() {
        aside().begin();
    }

    private SetAside aside() {
        if (aside == null) {
            aside = new SetAside(core.stallBuffer());
        }
        return aside;
    }

    @Override
    public void onResult(@Nullable ResultColumns columns) {
        ResultPipe pipe = new ResultPipe(this, columns == null ? null : cursor(columns));
        opened++;
        current = pipe;
        if (notices != null) {
            notices.forEach(pipe::onMessage);
            notices = null;
        }
        if (delivery.isOver()) {
            pipe.discard();
        } else {
            delivery.offer(new PgxcResult(pipe, null, execution.isCall()));
            if (ended) {
                // its subscriber has put an end to everything meanwhile
                emitReady();
            }
        }
    }

    private PgxcRow cursor(ResultColumns columns) {
        return new PgxcRow(core.shapeOf(columns), execution.sql());
    }

    @Override
    public void onRow(DataRow row) {
        ResultPipe pipe = current;
        if (pipe != null) {
            pipe.onRow(row);
        }
    }

    @Override
    public void onResultEnd(long rows) {
        ResultPipe pipe = current;
        current = null;
        if (pipe != null) {
            pipe.onCount(rows);
            pipe.onEnd(null);
        }
    }

    @Override
    public void onNotice(ErrorFields fields) {
        PgxcNotice notice = new PgxcNotice(fields);
        ResultPipe pipe = current;
        if (pipe != null) {
            pipe.onMessage(notice);
        } else {
            notices = notices == null ? new ArrayList<>(1) : notices;
            if (notices.size() < NOTICES_KEPT) {
                notices.add(notice);
            }
        }
    }

    @Override
    public void onError(Failure reason) {
        RuntimeException error = exception(reason);
        if (current == null && !(reason instanceof Failure.Local) && !delivery.isCancelled() && delivery.wantsMore()) {
            onResult(null);
        }
        ResultPipe pipe = current;
        current = null;
        if (pipe == null) {
            failure = error;
        } else if (isHeard(pipe)) {
            pipe.onEnd(error);
        } else {
            withdraw(pipe, error);
            failure = error;
        }
    }

    /** Whether the Result has a reader of its own: one that has not left, or, if execute() was cancelled, the only one who can come. */
    private boolean isHeard(ResultPipe pipe) {
        return delivery.isEmitted(pipe) && (delivery.isCancelled() || (pipe.hasReader() && !pipe.isDiscarded()));
    }

    /** Its error is told elsewhere, so the Result is not emitted any more, or says so to whoever comes late. */
    private void withdraw(ResultPipe pipe, Throwable error) {
        delivery.withdraw(pipe);
        pipe.onEnd(new IllegalStateException("The error of this result was signalled by execute()", error));
    }

    private RuntimeException exception(Failure reason) {
        int step = current == null ? opened : opened - 1;
        return execution.exception(reason, opened == 0 && !isOfFirstStep(reason) ? -1 : step);
    }

    /** Before anything was answered: a string is parsed as a whole, and a BEGIN that failed is no step of the flight. */
    private boolean isOfFirstStep(Failure reason) {
        boolean ofStep = reason instanceof Failure.ServerError error
                ? !error.connectionLost() && core.session().state().beginFailure() == null
                : reason instanceof Failure.Local;
        return ofStep && exchange != null && exchange.successor() instanceof ExtendedQuery;
    }

    @Override
    public void onEnd() {
        end();
    }

    @Override
    public void onFailure(Failure reason) {
        RuntimeException error = exception(reason);
        ResultPipe pipe = current;
        current = null;
        boolean waitsForReader =
                reason instanceof Failure.TimedOut && pipe != null && !pipe.hasReader() && delivery.isEmitted(pipe);
        if (pipe == null) {
            failure = error;
        } else if (waitsForReader || isHeard(pipe)) {
            pipe.onFailure(error);
        } else {
            withdraw(pipe, error);
            failure = error;
        }
        end();
    }

    private void end() {
        ended = true;
        if (aside != null) {
            aside.end();
        }
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        emitReady();
    }

    private void emitReady() {
        if (delivery.emitReady() && ended) {
            delivery.finish(failure);
        }
    }

    private void refuse() {
        if (badRequest && !delivery.isOver()) {
            delivery.finish(
                    new IllegalArgumentException("request needs a positive number (Reactive Streams rule 3.9)"));
            cancel();
        }
    }

    // Cancellation, on the event loop

    private void onCancelled() {
        delivery.discardReady();
        if (opened == 0 || (current != null && current.isDiscarded())) {
            cancelExchange();
        }
    }

    @Override
    public void onCancelled(ResultPipe pipe) {
        Exchange made = exchange;
        boolean decided = execution.results() == 1 && made != null && !made.losesByStop();
        if (pipe == current && (delivery.isCancelled() || decided)) {
            cancelExchange();
        }
        wake();
    }

    private void cancelExchange() {
        Exchange made = exchange;
        if (made == null || ended) {
            return;
        }
        core.session().cancel(made);
        current = null;
        end();
    }

    // What the pipes of the Results ask for

    @Override
    public void execute(Runnable action) {
        core.session().execute(action);
    }

    @Override
    public void wake() {
        core.session().wake();
    }

    @Override
    public boolean inEventLoop() {
        return core.session().inEventLoop();
    }

    @Override
    public void held(ResultPipe pipe, long change) {
        Exchange made = exchange;
        if (aside().add(pipe, change) && made != null && !ended) {
            made.onReadUp();
        }
    }
}
