// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.exchange.Failure.ServerError;
import io.r2dbc.pgxc.exchange.SessionState.Projection;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendMessage.CommandComplete;
import io.r2dbc.pgxc.wire.BackendMessage.CopyOutResponse;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.BackendMessage.Signal;
import io.r2dbc.pgxc.wire.DataRow;
import io.r2dbc.pgxc.wire.ErrorFields;
import io.r2dbc.pgxc.wire.FrontendMessage.Bare;
import io.r2dbc.pgxc.wire.Tag;
import io.r2dbc.pgxc.wire.TransactionStatus;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A flight through the extended protocol (48.2.3): one statement or binding after the other, and one Sync, so all or nothing (X6).
 *
 * <p>What is sent is {@link FlightWriter}'s business; here the answers are taken, step by step, in the order they must come. An error
 * is held until ReadyForQuery, because only then it is known whether the flight may be repeated unseen (X9, X10), and the last
 * Result's end is held with it, because outside a transaction only ReadyForQuery says that the work is done (X5).
 */
public final class ExtendedQuery extends QueryExchange {

    private enum Awaits {
        STATEMENT,
        BIND,
        ROWS,
        COPY,
        ROLLBACK,
        SYNC
    }

    private final FlightWriter writer;
    private final List<Step> steps;
    private int answering;
    private int answered;
    private int rollbackAnswers;
    private Awaits awaits = Awaits.STATEMENT;
    private long lastRows;
    private boolean suspended;
    private @Nullable Retry retry;
    private @Nullable Failure failure;
    private @Nullable Failure givenUp;

    /**
     * Prepares a flight.
     *
     * @param steps at least one
     * @param fetchSize rows per Execute, 0 for all; only for a flight of one execution
     */
    public ExtendedQuery(List<Step> steps, int fetchSize, StatementFacts facts, ResultConsumer consumer) {
        super(steps.get(0).sql(), facts, consumer);
        this.steps = steps;
        this.writer = new FlightWriter(this, steps, fetchSize);
    }

    @Override
    public Written write(SessionState session, Outbox out) {
        Written written = writer.write(session, out, failure != null, abandonment());
        if (facts.isFence()) {
            session.project(Projection.UNKNOWN);
        }
        return written;
    }

    /** Why what is not written yet is not to be written any more; a flight of which something has been seen goes on when it is cancelled. */
    private @Nullable Failure abandonment() {
        if (givenUp == null && isCancelled() && !hasAnswered()) {
            givenUp = new Failure.Local(
                    new CancellationException("Cancelled when only a part of it had been sent: " + label()));
        }
        return givenUp;
    }

    @Override
    public BeginRule beginRule() {
        return BeginRule.CARRIES;
    }

    @Override
    public boolean holdsBack() {
        return !isAnswered()
                && (facts.isFence()
                        || isCancelled()
                        || writer.ownsConnection()
                        || writer.awaitsBegin()
                        || writer.deduces());
    }

    @Override
    public boolean wants(byte tag) {
        if (tag == Tag.PORTAL_SUSPENDED && writer.ownsConnection() && isResultOpen() && !isCancelled()) {
            return consumer.wantsRow();
        }
        return super.wants(tag);
    }

    @Override
    @Nullable
    ResultColumns columns() {
        return step().columns();
    }

    private Step step() {
        return steps.get(answering);
    }

    @Override
    public void onRow(DataRow row) {
        if (awaits != Awaits.ROWS) {
            throw Replies.unexpected("DataRow", label());
        }
        super.onRow(row);
        writer.onRow();
    }

    @Override
    public Progress onMessage(BackendMessage message, SessionState session, Outbox out) {
        if (message instanceof ReadyForQuery) {
            return finish(message, session, out);
        }
        if (failure instanceof ServerError) {
            throw unexpected(message);
        }
        if (awaits == Awaits.STATEMENT) {
            awaits = nextStep(message);
        }
        switch (awaits) {
            case STATEMENT -> onStatement(message, session);
            case BIND -> onBind(message);
            case ROWS -> onRowsEnd(message, session, out);
            case COPY -> onCopy(message);
            case ROLLBACK -> onRollback(message);
            case SYNC -> onClosed(message);
        }
        return Progress.MORE;
    }

    private Awaits nextStep(BackendMessage message) {
        if (answered < writer.written()) {
            return step().awaitsParse() ? Awaits.STATEMENT : Awaits.BIND;
        }
        if (!writer.isAbandoned()) {
            throw unexpected(message);
        }
        return Awaits.ROLLBACK;
    }

    private void onStatement(BackendMessage message, SessionState session) {
        if (message == Signal.PARSE_COMPLETE) {
            step().rememberDeduction(session);
        }
        if (step().statement().onMessage(message, session.formats)) {
            awaits = Awaits.BIND;
        }
    }

    private void onBind(BackendMessage message) {
        if (message != Signal.BIND_COMPLETE) {
            throw unexpected(message);
        }
        awaits = Awaits.ROWS;
    }

    private void onRowsEnd(BackendMessage message, SessionState session, Outbox out) {
        if (message instanceof CommandComplete complete) {
            if (facts.resetsStatements()) {
                session.onCommandTag(complete.tag());
            }
            stepEnds(complete.rows(), out);
        } else if (message == Signal.EMPTY_QUERY_RESPONSE) {
            stepEnds(-1, out);
        } else if (message == Signal.PORTAL_SUSPENDED) {
            onSuspended(message, out);
        } else {
            onCopyBegins(message, out);
        }
    }

    private void onCopyBegins(BackendMessage message, Outbox out) {
        failure = refuseCopy(message, out);
        if (failure == null) {
            throw unexpected(message);
        }
        awaits = Awaits.COPY;
        if (!(message instanceof CopyOutResponse)) {
            out.send(Bare.SYNC); // while it asked for data the server has swallowed the flight's own
        }
    }

    private void onSuspended(BackendMessage message, Outbox out) {
        if (!writer.hasPortal()) {
            throw unexpected(message);
        }
        answeredSomething();
        open();
        switch (writer.onSuspended(out, isCancelled())) {
            case GOES_ON -> awaits = Awaits.ROWS;
            case CLOSED -> awaits = Awaits.SYNC;
            case SUSPENDED -> {
                suspended = true;
                awaits = Awaits.SYNC;
            }
        }
    }

    private void stepEnds(long rows, Outbox out) {
        answeredSomething();
        open();
        boolean last = answered == writer.written() - 1 && writer.isComplete();
        if (!last) {
            close(rows);
            answered++;
            answering += step().answered() ? 1 : 0;
            awaits = Awaits.STATEMENT;
            return;
        }
        lastRows = rows;
        awaits = Awaits.SYNC;
        writer.onPortalEnd(out);
    }

    private void onCopy(BackendMessage message) {
        if (message instanceof CommandComplete) {
            awaits = Awaits.SYNC;
        } else if (message != Signal.COPY_DONE) {
            throw unexpected(message);
        }
    }

    private void onClosed(BackendMessage message) {
        if (message != Signal.CLOSE_COMPLETE || !writer.takeClose()) {
            throw unexpected(message);
        }
    }

    private void onRollback(BackendMessage message) {
        boolean fits = switch (rollbackAnswers++) {
            case 0 -> message == Signal.PARSE_COMPLETE;
            case 1 -> message == Signal.BIND_COMPLETE;
            case 2 -> message instanceof CommandComplete;
            default -> false;
        };
        if (!fits) {
            throw unexpected(message);
        }
        if (rollbackAnswers == 3) {
            awaits = Awaits.SYNC;
        }
    }

    @Override
    public void onError(Failure error, SessionState session, Outbox out) {
        if (failure instanceof ServerError) {
            return;
        }
        Failure told = session.onError(translated(error, session));
        if (failure == null) {
            failure = told;
        }
        writer.onError(told, failing(), session, out);
    }

    /**
     * A statement that does not exist because its Parse failed fails with what that said (X8), or, in the transaction that was aborted by
     * it, as everything does there (X4). What failed because it had to (X6) fails with the reason for that.
     */
    private Failure translated(Failure error, SessionState session) {
        Failure abandoned = writer.abandonedBecause();
        if (abandoned != null && answered == writer.written()) {
            return abandoned;
        }
        boolean missing = error instanceof ServerError server
                && "26000".equals(server.fields().sqlState());
        Step failing = failing();
        if (!missing || failing == null) {
            return error;
        }
        Failure reason = failing.statement().failure();
        if (reason != null && session.known() == TransactionStatus.FAILED) {
            return new ServerError(ErrorFields.unsaid("25P02", "The transaction is aborted, so this was not executed"));
        }
        return reason == null ? error : reason;
    }

    /** The step that is being answered, if it has been written. */
    private @Nullable Step failing() {
        return answered < writer.written() ? step() : null;
    }

    private Progress finish(BackendMessage message, SessionState session, Outbox out) {
        Failure outcome = failure == null ? writer.abandonedBecause() : failure;
        if (outcome == null && awaits != Awaits.SYNC) {
            if (isResultOpen()) {
                throw unexpected(message);
            }
            outcome =
                    new ServerError(ErrorFields.unsaid("08P01", "The server skipped the statement without saying why"));
        }
        if (outcome != null && mayRetry(outcome, session)) {
            reset();
            return Progress.REPEAT;
        }
        if (isCancelled()) {
            writer.abandonDeduction(outcome, out);
        } else {
            tellEnd(outcome);
        }
        writer.onEnd(suspended && outcome == null, isCancelled());
        return Progress.DONE;
    }

    private boolean mayRetry(Failure outcome, SessionState session) {
        if (retry == null) {
            retry = new Retry();
        }
        return retry.applies(outcome, this, session);
    }

    private void tellEnd(@Nullable Failure outcome) {
        if (suspended && outcome == null) {
            return;
        }
        if (outcome == null) {
            close(lastRows);
        } else {
            consumer.onError(outcome);
        }
        consumer.onEnd();
    }

    private void reset() {
        failure = null;
        answering = 0;
        answered = 0;
        awaits = Awaits.STATEMENT;
        writer.reset();
    }

    List<Step> steps() {
        return steps;
    }

    FlightWriter writer() {
        return writer;
    }

    boolean hasAnswered() {
        return isResultOpen() || answered > 0;
    }

    @Override
    public void cancel() {
        super.cancel();
        writer.onCancel();
    }

    @Override
    public void onReadUp() {
        writer.onReadUp();
    }

    @Override
    public void giveUp(Failure reason) {
        givenUp = reason;
        super.giveUp(reason);
    }

    @Override
    public void setAside() {
        super.setAside();
        writer.readToTheEnd();
    }

    @Override
    public boolean mayStopAtServer() {
        boolean closesInstead = writer.hasPortal() && hasAnswered();
        return super.mayStopAtServer() && !closesInstead && awaits != Awaits.SYNC && !(failure instanceof ServerError);
    }

    @Override
    public Exchange successor() {
        return isAnswered() ? writer.successor() : this;
    }

    @Override
    public boolean isResumable() {
        return writer.portalLives();
    }

    @Override
    public void fail(Failure reason) {
        tellLost(failure, reason);
    }
}
