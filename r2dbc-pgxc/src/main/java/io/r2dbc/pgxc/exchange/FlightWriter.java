// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.exchange.Exchange.Written;
import io.r2dbc.pgxc.exchange.Transactions.BeginRide;
import io.r2dbc.pgxc.wire.FrontendMessage.Bare;
import io.r2dbc.pgxc.wire.FrontendMessage.Bind;
import io.r2dbc.pgxc.wire.FrontendMessage.Close;
import io.r2dbc.pgxc.wire.FrontendMessage.Execute;
import io.r2dbc.pgxc.wire.FrontendMessage.Parse;
import io.r2dbc.pgxc.wire.FrontendMessage.Target;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says what an {@link ExtendedQuery} has to say: rides ahead, one step after the other as the socket takes them, then Sync.
 *
 * <p>With a fetch size there are two ways (X11). Inside a transaction a named portal is asked for a chunk and synced, and others speak
 * between the chunks. Outside one a Sync would end the portal, so chunks are flushed and the connection is this flight's to the end;
 * where Flush does not arrive all rows are asked for at once.
 */
final class FlightWriter {

    /** What became of the flight when its portal was suspended. */
    enum Suspension {
        GOES_ON,
        SUSPENDED,
        CLOSED
    }

    private static final int[] NO_TYPES = {};
    private static final short[] TEXT = {};

    private final ExtendedQuery flight;
    private final List<Step> steps;
    private int fetchSize;
    private int writing;
    private int written;
    private boolean inTransaction;
    private boolean synced;
    private boolean readsToTheEnd;
    private boolean awaitsClose;
    private @Nullable Failure abandonedBecause;
    private @Nullable Portal portal;
    private @Nullable BeginRide begin;
    private @Nullable Deduction deduction;

    FlightWriter(ExtendedQuery flight, List<Step> steps, int fetchSize) {
        this.flight = flight;
        this.steps = steps;
        this.fetchSize = fetchSize;
    }

    /** Goes on, unless the server has said no or there is a reason to abandon the rest. */
    Written write(SessionState session, Outbox out, boolean failed, @Nullable Failure abandonment) {
        if (written == 0) {
            start(session, out);
        }
        while (!isComplete() && !failed && !isAbandoned()) {
            if (out.isFull()) {
                return Written.PARTLY;
            }
            if (abandonment != null) {
                abandon(session, out, abandonment);
            } else {
                next(session, out);
            }
        }
        if (ownsConnection()) {
            out.send(Bare.FLUSH);
        } else {
            sync(out);
        }
        return Written.ALL;
    }

    private void sync(Outbox out) {
        if (!synced) {
            synced = true;
            out.send(Bare.SYNC);
        }
    }

    /** Encodes the first step before anything rides ahead of it, so that a value that cannot be encoded sends nothing at all. */
    private void start(SessionState session, Outbox out) {
        Step first = steps.get(0);
        ByteBuf buffer = out.buffer();
        int mark = buffer.writerIndex();
        int closes;
        inTransaction = session.projectsTransaction();
        if (!inTransaction && !session.profile().flush()) {
            fetchSize = 0;
        }
        try {
            first.resolve(session);
            // what the deduction evicts may be of this flight, and is closed behind it
            closes = session.closes().size();
            deduce(first, session);
            if (fetchSize > 0 && inTransaction) {
                portal = new Portal(session, out, first, fetchSize, flight.consumer, flight.label());
            }
            first.write(out, portalName(), fetchSize);
        } catch (RuntimeException | Error e) {
            buffer.writerIndex(mark);
            forgetUnsent(first, session);
            if (deduction != null) {
                deduction.undo(session);
            }
            throw e;
        }
        wroteOne(first);
        rideAhead(session, out, mark, closes);
        if (portal != null) {
            portal.open();
        }
    }

    /** Most flights are of one step whose types are known. */
    private void deduce(Step first, SessionState session) {
        if (steps.size() > 1 || first.isUntried(session)) {
            Deduction begun = deduction == null ? new Deduction(steps) : deduction;
            begun.begin(session, inTransaction);
            deduction = begun;
        }
    }

    private void wroteOne(Step step) {
        written++;
        writing += step.isWritten() ? 1 : 0;
    }

    private void forgetUnsent(Step step, SessionState session) {
        if (step.isResolved() && step.parses() && !step.isBegun()) {
            session.statements.forget(step.statement());
        }
    }

    private void rideAhead(SessionState session, Outbox out, int mark, int closes) {
        if (closes == 0 && !session.beginWaits() && (deduction == null || !deduction.ridesAhead())) {
            return;
        }
        ByteBuf buffer = out.buffer();
        byte[] flightBytes = new byte[buffer.writerIndex() - mark];
        buffer.getBytes(mark, flightBytes);
        buffer.writerIndex(mark);
        if (closes > 0) {
            out.ride(new Ride.Closes(session.takeCloses(closes)));
        }
        begin = session.beginWaits() ? new BeginRide(session.takeBegin()) : null;
        if (begin != null) {
            out.ride(begin);
        }
        if (deduction != null) {
            deduction.rideAhead(session, out);
        }
        buffer.writeBytes(flightBytes);
    }

    private void next(SessionState session, Outbox out) {
        ByteBuf buffer = out.buffer();
        int mark = buffer.writerIndex();
        Step step = steps.get(writing);
        try {
            if (!step.isBegun()) {
                resolve(step, steps.get(writing - 1), session);
            }
            step.write(out, "", 0);
            wroteOne(step);
        } catch (RuntimeException e) {
            buffer.writerIndex(mark);
            forgetUnsent(step, session);
            abandon(session, out, new Failure.Local(e));
        }
    }

    private void resolve(Step step, Step previous, SessionState session) {
        if (step.sharesKey(previous)) {
            step.share(previous);
        } else if (deduction == null || !deduction.hasPrepared(step)) {
            step.resolve(session);
        }
    }

    /** A part of a flight must never commit (X6): roll back the implicit transaction, or break the one that is open. */
    private void abandon(SessionState session, Outbox out, Failure reason) {
        abandonedBecause = reason;
        if (inTransaction) {
            out.send(new Execute(session.statements.nextName(), 0));
            return;
        }
        out.send(new Parse("", "ROLLBACK", NO_TYPES));
        out.send(new Bind("", "", NoValues.INSTANCE, TEXT));
        out.send(new Execute("", 0));
    }

    /** The server said no, to {@code failing} if that is known, and skips to the next Sync. */
    void onError(Failure failure, @Nullable Step failing, SessionState session, Outbox out) {
        for (Step step : begun(0)) {
            if (step.parses() && !step.statement().isDescribed()) {
                forgetFailed(step, failure, session);
            }
        }
        if (failing != null && failure instanceof Failure.ServerError error && Retry.isStale(error, failing)) {
            forgetStale(failing, session);
        }
        if (ownsConnection()) {
            sync(out);
        }
    }

    /** The steps of which something has been written. */
    private List<Step> begun(int from) {
        boolean partly = writing < steps.size() && steps.get(writing).isBegun();
        return steps.subList(from, partly ? writing + 1 : writing);
    }

    private static void forgetFailed(Step step, Failure failure, SessionState session) {
        PreparedStatement statement = step.statement();
        if (statement.isParsed()) {
            forget(statement, session);
            return;
        }
        statement.failed(failure);
        session.statements.forget(statement);
        step.forgetDeduction(session);
    }

    /** Whatever took one statement from the server has taken those behind it as well, as far as they were there before. */
    private void forgetStale(Step failing, SessionState session) {
        for (Step step : begun(steps.indexOf(failing))) {
            if (step == failing || !step.parses()) {
                forget(step.statement(), session);
            }
        }
    }

    private static void forget(PreparedStatement statement, SessionState session) {
        boolean known = session.statements.forget(statement);
        if (known && statement.isParsed() && !statement.name().isEmpty()) {
            session.closeLater(new Close(Target.STATEMENT, statement.name()));
        }
    }

    Suspension onSuspended(Outbox out, boolean cancelled) {
        if (portal != null) {
            portal.onSuspended();
            return Suspension.SUSPENDED;
        }
        if (cancelled) {
            awaitsClose = true;
            out.send(new Close(Target.PORTAL, ""));
            sync(out);
            return Suspension.CLOSED;
        }
        out.send(new Execute("", readsToTheEnd ? 0 : fetchSize));
        if (readsToTheEnd) {
            sync(out);
        } else {
            out.send(Bare.FLUSH);
        }
        return Suspension.GOES_ON;
    }

    void onRow() {
        if (portal != null && !flight.isCancelled()) {
            portal.onRow();
        }
    }

    void onReadUp() {
        if (portal != null) {
            portal.onReadUp();
        }
    }

    /** All rows of the last step are there. */
    void onPortalEnd(Outbox out) {
        if (ownsConnection()) {
            sync(out);
        }
    }

    /** ReadyForQuery has come: a portal lives on only if somebody will ask it for more. */
    void onEnd(boolean suspended, boolean cancelled) {
        if (portal != null && (!suspended || cancelled)) {
            portal.end();
        }
    }

    /** Who speaks for the flight once it has been answered: the chunk of a portal that is under way, or was the last so far. */
    Exchange successor() {
        FetchChunk chunk = portal == null ? null : portal.chunk();
        return chunk == null ? flight : chunk;
    }

    /** Whether there may be more to ask a portal for. */
    boolean portalLives() {
        return portal != null && !portal.isEnded();
    }

    void onCancel() {
        if (portal != null) {
            portal.cancel();
        }
    }

    boolean takeClose() {
        boolean awaited = awaitsClose;
        awaitsClose = false;
        return awaited;
    }

    void reset() {
        if (deduction != null) {
            deduction.reset();
        }
        steps.forEach(Step::restart);
        writing = 0;
        written = 0;
        synced = false;
        abandonedBecause = null;
        portal = null;
    }

    void readToTheEnd() {
        readsToTheEnd = true;
    }

    private String portalName() {
        return portal == null ? "" : portal.name();
    }

    /** How many executions have been written. */
    int written() {
        return written;
    }

    boolean isComplete() {
        return writing == steps.size();
    }

    boolean isAbandoned() {
        return abandonedBecause != null;
    }

    @Nullable
    Failure abandonedBecause() {
        return abandonedBecause;
    }

    /** Whether it carries a BEGIN that has not succeeded: what there is to be written next shows at ReadyForQuery (X17). */
    boolean awaitsBegin() {
        return begin != null && !begin.hasBegun();
    }

    /** Whether the server has not said yet, or has denied, that it can deduce what the Strings are. */
    boolean deduces() {
        return deduction != null && deduction.isOpen();
    }

    /** Whether the transaction outlives that it cannot. */
    boolean deducesGuarded() {
        return deduction != null && deduction.isGuarded();
    }

    /** Nobody wants the flight any more, whatever the server has deduced. */
    void abandonDeduction(@Nullable Failure outcome, Outbox out) {
        if (deduction != null) {
            deduction.abandon(outcome, out);
        }
    }

    boolean ranInTransaction() {
        return inTransaction;
    }

    boolean hasPortal() {
        return fetchSize > 0;
    }

    /** Whether chunks are flushed, not synced, so that nobody else may speak before the end. */
    boolean ownsConnection() {
        return fetchSize > 0 && !inTransaction;
    }
}
