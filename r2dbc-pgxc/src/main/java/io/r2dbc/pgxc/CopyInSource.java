// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.exchange.CopyIn;
import io.r2dbc.pgxc.exchange.Outbox;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Operators;
import reactor.util.concurrent.Queues;
import reactor.util.context.Context;

/**
 * Feeds COPY from a publisher: asks it for no more than the socket takes, and takes what it emits, on any thread, to the event loop.
 *
 * <p>The queue between both holds what has been asked for and no more. It is asked for one or two elements at first, and then for up to so
 * many as fill a buffer if they are like the largest so far, but never for more than 32. Whatever comes after the end is thrown away. Event loop only, but for the subscriber's
 * signals.
 */
final class CopyInSource<T> implements CopyIn.Source, CoreSubscriber<T> {

    /** What is made of the elements. Event loop only. */
    interface Writer<T> {

        /** Writes one element, and takes ownership of it; what it throws fails the source. Answers how many bytes that were. */
        int write(T element, Outbox out);

        /** Something else may be written next, or nothing for a while. */
        default void pause(Outbox out) {}

        /** The end of all elements. */
        default void end(Outbox out) {}

        /** Takes an element that will not be written. */
        void discard(T element);
    }

    @SuppressWarnings("rawtypes") // an updater knows no type arguments
    private static final AtomicReferenceFieldUpdater<CopyInSource, Subscription> SUBSCRIPTION =
            AtomicReferenceFieldUpdater.newUpdater(CopyInSource.class, Subscription.class, "subscription");

    private static final int A_BUFFER = 64 * 1024;

    /** What comes may be larger than all that has come. */
    private static final int MOST = 32;

    private final ConnectionCore core;
    private final Publisher<? extends T> publisher;
    private final Writer<T> writer;
    private final Context context;
    private final Queue<T> arrived = Queues.<T>unboundedMultiproducer().get();
    private final AtomicLong owed = new AtomicLong();
    private volatile @Nullable Subscription subscription;
    private volatile @Nullable Throwable error;
    private volatile boolean ended;
    private volatile boolean stopped;
    private boolean supplying;
    private boolean failed;
    private int largest;
    private int asked = 1;

    CopyInSource(ConnectionCore core, Publisher<? extends T> publisher, Writer<T> writer, Context context) {
        this.core = core;
        this.publisher = publisher;
        this.writer = writer;
        this.context = context;
    }

    /** What the source has failed with, if it is that which has ended the COPY. */
    @Nullable
    Throwable failure() {
        return failed ? error : null;
    }

    // The exchange's

    @Override
    public void begin() {
        try {
            publisher.subscribe(this);
        } catch (Throwable e) {
            Exceptions.throwIfJvmFatal(e);
            onError(e);
        }
    }

    @Override
    public CopyIn.Supply supply(Outbox out) {
        CopyIn.Supply supply = CopyIn.Supply.MORE;
        supplying = true;
        try {
            supply = fill(out);
        } catch (Throwable e) {
            Exceptions.throwIfJvmFatal(e);
            error = e;
        } finally {
            supplying = false;
        }
        writer.pause(out);
        if (error != null) {
            failed = true;
            return CopyIn.Supply.FAILED;
        }
        return supply;
    }

    private CopyIn.Supply fill(Outbox out) {
        while (!out.isFull() && error == null) {
            boolean nothingFollows = ended;
            T next = arrived.poll();
            if (next != null) {
                largest = Math.max(largest, writer.write(next, out));
            } else if (nothingFollows) {
                if (error == null) {
                    writer.end(out);
                }
                return CopyIn.Supply.ENDED;
            } else if (!askForMore()) {
                break;
            }
        }
        return CopyIn.Supply.MORE;
    }

    /** Whether that has brought anything already. */
    private boolean askForMore() {
        Subscription from = subscription;
        if (from == null || owed.get() > 0) {
            return false;
        }
        int fitting = largest == 0 ? 1 : Math.max(1, A_BUFFER / largest);
        int more = Math.min(Math.min(2 * asked, MOST), fitting);
        asked = Math.max(1, more);
        owed.set(more);
        from.request(more);
        return owed.get() < more || ended;
    }

    @Override
    public void stop() {
        stopped = true;
        guarded(() -> Operators.terminate(SUBSCRIPTION, this));
        discardAll();
    }

    private void discardAll() {
        for (T left = arrived.poll(); left != null; left = arrived.poll()) {
            T element = left;
            guarded(() -> writer.discard(element));
        }
    }

    /** What belongs to the user may throw; the COPY goes on to its end all the same. */
    private void guarded(Runnable ofUsers) {
        try {
            ofUsers.run();
        } catch (Throwable e) {
            Exceptions.throwIfJvmFatal(e);
            Operators.onErrorDropped(e, context);
        }
    }

    @Override
    public String reason() {
        return ErrorText.toServer(error);
    }

    // The publisher's, any thread

    /** What comes while it is being asked for is seen at once; a turn more for each would never come to an end. */
    private void wake() {
        if (!(core.session().inEventLoop() && supplying)) {
            core.session().wake();
        }
    }

    @Override
    public Context currentContext() {
        return context;
    }

    @Override
    public void onSubscribe(Subscription given) {
        if (Operators.setOnce(SUBSCRIPTION, this, given)) {
            wake();
        }
    }

    @Override
    public void onNext(T element) {
        if (stopped || ended) {
            writer.discard(element);
        } else if (owed.decrementAndGet() < 0) {
            writer.discard(element);
            onError(new IllegalStateException(
                    "The publisher has emitted more than it was asked for (Reactive Streams rule 1.1)"));
        } else {
            arrived.offer(element);
            wake();
            if (stopped) {
                core.session().execute(this::discardAll);
            }
        }
    }

    @Override
    public void onError(Throwable thrown) {
        if (stopped || ended) {
            Operators.onErrorDropped(thrown, context);
            return;
        }
        error = thrown;
        ended = true;
        wake();
    }

    @Override
    public void onComplete() {
        ended = true;
        wake();
    }
}
