// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.exchange.Exchange;
import io.r2dbc.pgxc.exchange.ExtendedQuery;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.ResultConsumer;
import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import io.r2dbc.pgxc.wire.DataRow;
import io.r2dbc.pgxc.wire.ErrorFields;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.publisher.Operators;

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

    private final Execution execution;
    private final ConnectionCore core;
    private final CoreSubscriber<? super PgxcResult> subscriber;
    private final Demand demand = new Demand();
    private final SetAside aside;
    private final AtomicBoolean started = new AtomicBoolean();
    private final ArrayDeque<PgxcResult> ready = new ArrayDeque<>();
    private final List<PgxcNotice> notices = new ArrayList<>(0);
    private volatile boolean cancelled;
    private volatile boolean badRequest;
    private volatile boolean submitted;
    private final Disposable.Swap preparation = Disposables.swap();
    private @Nullable Exchange exchange;
    private @Nullable Future<?> timer;
    private @Nullable ResultPipe current;
    private @Nullable Throwable failure;
    private boolean ended;
    private boolean over;
    private boolean emitting;
    private int opened;

    OngoingExecution(Execution execution, CoreSubscriber<? super PgxcResult> subscriber) {
        this.execution = execution;
        this.core = execution.core();
        this.subscriber = subscriber;
        this.aside = new SetAside(core.stallBuffer());
    }

    // The subscriber's, any thread

    @Override
    public void request(long n) {
        if (n <= 0) {
            badRequest = true;
            execute(this::refuse);
        } else {
            boolean awaited = demand.add(n);
            if (!started.get() && started.compareAndSet(false, true)) {
                start();
            } else if (awaited) {
                execute(this::emitReady);
            }
        }
    }

    @Override
    public void cancel() {
        if (cancelled) {
            return;
        }
        cancelled = true;
        preparation.dispose();
        if (submitted) {
            execute(this::onCancelled);
        }
    }

    private void start() {
        try {
            preparation.update(execution.make(this, subscriber).subscribe(this::submit, this::onUnprepared));
        } catch (RuntimeException e) {
            onUnprepared(e);
        }
    }

    private void submit(Exchange made) {
        if (cancelled) {
            return;
        }
        exchange = made;
        core.session().submit(made);
        // from now on a cancel comes behind the submission
        submitted = true;
        Duration limit = execution.timeout();
        if (limit != null) {
            execute(() -> watch(made, limit));
        }
        if (cancelled) {
            execute(this::onCancelled);
        }
    }

    private void watch(Exchange made, Duration limit) {
        if (!over && !ended) {
            timer = core.session().timeLimit(made, limit, execution.timedOut(limit));
        }
    }

    private void onUnprepared(Throwable error) {
        execute(() -> {
            failure = error;
            end();
        });
    }

    // The exchange's, on the event loop

    @Override
    public boolean wantsResult() {
        return cancelled || over || aside.takesMore() || demand.exceeds(ready.size());
    }

    @Override
    public boolean wantsRow() {
        ResultPipe pipe = current;
        return pipe == null || pipe.wantsRow() || aside.takesMore();
    }

    @Override
    public boolean hasReader() {
        ResultPipe pipe = current;
        return pipe == null || pipe.hasReader();
    }

    @Override
    public boolean canSetAside() {
        return aside.hasRoom();
    }

    @Override
    public boolean holdsRows() {
        return !aside.isEmpty();
    }

    @Override
    public void setAside() {
        aside.begin();
    }

    @Override
    public void onResult(@Nullable RowDescription columns, short @Nullable [] formats) {
        ResultPipe pipe = new ResultPipe(this, columns == null ? null : cursor(columns, formats));
        opened++;
        current = pipe;
        notices.forEach(pipe::onMessage);
        notices.clear();
        if (cancelled || over) {
            pipe.discard();
        } else {
            ready.add(new PgxcResult(pipe, null));
            emitReady();
        }
    }

    private PgxcRow cursor(RowDescription columns, short @Nullable [] formats) {
        return new PgxcRow(new RowShape(columns, formats, core.registry()), execution.sql(), core::registry);
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
        } else if (notices.size() < NOTICES_KEPT) {
            notices.add(notice);
        }
    }

    @Override
    public void onError(Failure reason) {
        RuntimeException error = exception(reason);
        if (current == null && !(reason instanceof Failure.Local) && !cancelled && demand.exceeds(ready.size())) {
            onResult(null, null);
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
        return isEmitted(pipe) && (cancelled || (pipe.hasReader() && !pipe.isDiscarded()));
    }

    private boolean isEmitted(ResultPipe pipe) {
        PgxcResult last = ready.peekLast();
        return last == null || last.pipe() != pipe;
    }

    /** Its error is told elsewhere, so the Result is not emitted any more, or says so to whoever comes late. */
    private void withdraw(ResultPipe pipe, Throwable error) {
        if (!isEmitted(pipe)) {
            ready.pollLast();
        }
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
        return ofStep && exchange instanceof ExtendedQuery;
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
                reason instanceof Failure.TimedOut && pipe != null && !pipe.hasReader() && isEmitted(pipe);
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
        aside.end();
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        emitReady();
    }

    private void emitReady() {
        if (emitting || over) {
            return;
        }
        emitting = true;
        try {
            while (!ready.isEmpty() && !cancelled && demand.isPresent()) {
                demand.take();
                subscriber.onNext(ready.poll());
            }
        } catch (Throwable e) {
            Exceptions.throwIfJvmFatal(e);
            over = true;
            cancel();
            Operators.onErrorDropped(e, subscriber.currentContext());
        } finally {
            emitting = false;
        }
        if (ended && (ready.isEmpty() || cancelled)) {
            finish();
        }
    }

    private void finish() {
        if (over) {
            return;
        }
        over = true;
        ready.clear();
        if (cancelled) {
            return;
        }
        if (failure == null) {
            StreamEnd.complete(subscriber);
        } else {
            StreamEnd.fail(subscriber, failure);
        }
    }

    private void refuse() {
        if (badRequest && !over && !cancelled) {
            failure = new IllegalArgumentException("request needs a positive number (Reactive Streams rule 3.9)");
            finish();
            cancel();
        }
    }

    // Cancellation, on the event loop

    private void onCancelled() {
        for (PgxcResult result : ready) {
            result.pipe().discard();
        }
        ready.clear();
        if (opened == 0 || (current != null && current.isDiscarded())) {
            cancelExchange();
        }
    }

    @Override
    public void onCancelled(ResultPipe pipe) {
        Exchange made = exchange;
        boolean decided = execution.results() == 1 && made != null && !made.losesByStop();
        if (pipe == current && (cancelled || decided)) {
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
        if (aside.add(pipe, change) && made != null && !ended) {
            made.onReadUp();
        }
    }
}
