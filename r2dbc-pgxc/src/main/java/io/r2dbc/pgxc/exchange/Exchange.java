// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.DataRow;
import io.r2dbc.pgxc.wire.ErrorFields;
import io.r2dbc.pgxc.wire.ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * One conversation with the server: what is said, what may be answered, and when it is over.
 *
 * <p>An exchange is <em>waiting</em>, then <em>written</em>, then <em>answered</em>. It does no I/O and lives on the event loop from
 * {@link #write} on; the session calls it, never the other way round. The drawing of its states is in the package comment.
 */
public abstract non-sealed class Exchange implements Part {

    /** What a turn at the pen came to. */
    public enum Written {
        /** Everything is in the outbox. */
        ALL,
        /** The outbox is full: go on when the socket has taken it. */
        PARTLY,
        /** Nothing was sent and nothing will be answered: the exchange is over. */
        NOTHING
    }

    /** What a message meant for the exchange. */
    public enum Progress {
        MORE,
        DONE,
        /** Over at the server, and to be written once more ahead of everything that waits. */
        REPEAT
    }

    private boolean cancelled;
    private boolean waiting;
    private boolean written;
    private boolean answered;

    /** Whether it can be written when its turn comes; until it can, it keeps its place, and those behind it wait. */
    public boolean isReady() {
        return true;
    }

    /** Encodes the exchange, or the next part of it. An exception means that not a byte of it is in the outbox. */
    public abstract Written write(SessionState session, Outbox out);

    /** Whether somebody wants the message with this tag now; asked with the tag in hand, before the body is there. */
    public boolean wants(byte tag) {
        return true;
    }

    /** Whether a CopyData whose payload begins with this byte is wanted, although {@link #wants} has just said no. */
    public boolean wantsCopyData(byte first) {
        return false;
    }

    /** Whether the server owes it no word: it is no sign of trouble when nothing comes. */
    public boolean mayBeSilent() {
        return false;
    }

    public void onRow(DataRow row) {
        throw Replies.unexpected("DataRow", label());
    }

    public void onCopyData(ByteBuf in, int offset, int length) {
        throw Replies.unexpected("CopyData", label());
    }

    /** A notice that came while this exchange was being answered. */
    public void onNotice(ErrorFields notice) {}

    /**
     * Whether it goes on speaking while it is being answered, so that the server waits for it and not the other way round: the data of COPY.
     * It has told the outbox by {@link Outbox#speaks}.
     */
    public boolean isSpeaking() {
        return false;
    }

    /** Says what there is to say now; called in every turn of the event loop in which the socket takes more, while it {@link #isSpeaking}. */
    public void speak(Outbox out) {}

    public abstract Progress onMessage(BackendMessage message, SessionState session, Outbox out);

    /** An error, its own or that of a {@link Ride} ahead of it in the same Sync. */
    public abstract void onError(Failure failure, SessionState session, Outbox out);

    /** The end without an answer: the session is over, or the exchange is not sent at all. Called at most once, then nothing else. */
    public abstract void fail(Failure failure);

    @Override
    public boolean holdsBack() {
        return cancelled && !answered;
    }

    /** Whether a waiting BEGIN may share this exchange's Sync, must go alone before it, or is not its business. */
    public BeginRule beginRule() {
        return BeginRule.IGNORES;
    }

    /** See {@link #beginRule()}. */
    public enum BeginRule {
        CARRIES,
        AWAITS,
        IGNORES
    }

    /** Whether a failed BEGIN makes this exchange fail, as everything does until COMMIT or ROLLBACK. */
    public boolean needsTransaction() {
        return beginRule() != BeginRule.IGNORES;
    }

    /** Nobody is interested any more: what is still to be answered is drained unread. */
    public void cancel() {
        cancelled = true;
    }

    public final boolean isCancelled() {
        return cancelled;
    }

    public final boolean isWaiting() {
        return waiting;
    }

    /** It stands in line for the pen, or, written, cancelled or failed, no longer. */
    public final void waiting(boolean isSo) {
        waiting = isSo;
    }

    public final boolean isWritten() {
        return written;
    }

    /** Its first bytes are in the outbox, or, to be repeated, none are any more. */
    public final void written(boolean isSo) {
        written = isSo;
    }

    public final boolean isAnswered() {
        return answered;
    }

    public final void answered() {
        answered = true;
    }

    /** Whether a cancelled exchange may also be stopped at the server: nothing it did would be undone by that. */
    public boolean mayStopAtServer() {
        return false;
    }

    /** Whether stopping it at the server could undo what it has answered already. */
    public boolean losesByStop() {
        return false;
    }

    /** Whether it is, or holds, a COMMIT or ROLLBACK: awaited when the session is closed, and never stopped (X14, X16). */
    public boolean endsTransaction() {
        return false;
    }

    /** Keeps what arrives as heap bytes although nobody asks for it, so that the next exchange can be answered. */
    public void setAside() {}

    /** What had been set aside has been read. */
    public void onReadUp() {}

    /** Whether this only goes on with what the other exchange began, and so is not held up by it. */
    public boolean continues(Exchange other) {
        return false;
    }

    /** Whether {@link #setAside} would let the session read on. */
    public boolean canSetAside() {
        return false;
    }

    /** Why it is not, or no longer, set aside, as the user is told it. */
    public String whyNotSetAside() {
        return "is not set aside as rows of a query are";
    }

    /** Whether anybody has subscribed to the result that is being answered. */
    public boolean hasReader() {
        return true;
    }

    /** Gives the exchange up: its reader gets the failure, now or later, and the rest is drained. */
    public void giveUp(Failure failure) {
        fail(failure);
        cancel();
    }

    /** Who speaks for it once it has been answered: the next chunk of a portal, or nobody else. */
    public Exchange successor() {
        return this;
    }

    /** Whether its reader still waits although it has been answered: between two chunks of a portal. */
    public boolean isResumable() {
        return false;
    }

    /** What the user calls it: SQL, or the driver's own command. */
    public abstract String label();

    /** The error that has come already says more than the end that follows it. */
    static Failure said(@Nullable Failure earlier, Failure end) {
        if (earlier instanceof Failure.ServerError error) {
            return end instanceof Failure.ConnectionLost ? error.withConnectionLost() : error;
        }
        return earlier == null ? end : earlier;
    }

    protected final ProtocolException unexpected(BackendMessage message) {
        return Replies.unexpected(message, label());
    }
}
