// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.exchange.SessionState.Projection;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendMessage.CommandComplete;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.FrontendMessage.Query;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How transactions begin and end (X17-X19): BEGIN costs no round trip, and an end that had no beginning sends nothing. */
public final class Transactions {

    private Transactions() {}

    /** Asks for a transaction: BEGIN waits for the first exchange that needs it, unless a transaction is open already. */
    public static final class Begin extends Exchange {

        private final SessionState session;
        private final List<String> commands;
        private final Done done;
        private boolean arrived;

        /** Any thread; from here on the session is not in auto-commit. */
        public Begin(SessionState session, List<String> commands, Done done) {
            this.session = session;
            this.commands = commands;
            this.done = done;
            session.beginSubscribed();
        }

        @Override
        public Written write(SessionState state, Outbox out) {
            if (!session.projectsTransaction() && session.beginFailure() == null) {
                session.beginWaits(commands);
            }
            arrived();
            done.succeeded();
            return Written.NOTHING;
        }

        private void arrived() {
            if (!arrived) {
                arrived = true;
                session.beginArrived();
            }
        }

        @Override
        public void cancel() {
            super.cancel();
            arrived();
        }

        @Override
        public Progress onMessage(BackendMessage message, SessionState state, Outbox out) {
            throw unexpected(message);
        }

        @Override
        public void onError(Failure failure, SessionState state, Outbox out) {
            done.failed(failure);
        }

        @Override
        public void fail(Failure failure) {
            arrived();
            done.failed(failure);
        }

        @Override
        public String label() {
            return commands.get(0);
        }
    }

    /** BEGIN on its way with the first flight; nothing is written behind both before it is answered. */
    static final class BeginRide extends Ride.Commands {

        private boolean hasBegun;

        BeginRide(List<String> commands) {
            super(commands);
            hold(true);
        }

        /** False while it is not answered, and for ever if it was refused. */
        boolean hasBegun() {
            return hasBegun;
        }

        @Override
        public boolean onMessage(BackendMessage message, SessionState session) {
            hasBegun = super.onMessage(message, session);
            return hasBegun;
        }

        @Override
        public void onError(Failure failure, SessionState session) {
            super.onError(failure, session);
            session.beginFailed(failure);
        }
    }

    /** BEGIN by itself, ahead of what cannot carry it; awaited before anything else is written. */
    public static final class BeginAlone extends Command {

        public BeginAlone(SessionState session) {
            super(String.join(";", session.takeBegin()), Done.NOBODY);
        }

        @Override
        public Written write(SessionState session, Outbox out) {
            out.send(new Query(label()));
            return Written.ALL;
        }

        @Override
        public void onError(Failure failure, SessionState session, Outbox out) {
            super.onError(failure, session, out);
            session.beginFailed(failure);
        }

        @Override
        public boolean holdsBack() {
            return !isAnswered();
        }

        @Override
        public BeginRule beginRule() {
            return BeginRule.IGNORES;
        }
    }

    /** Waits until a BEGIN that is due has been sent and answered, for those who do not want it deferred. */
    public static final class AwaitBegin extends Exchange {

        private final Done done;

        public AwaitBegin(Done done) {
            this.done = done;
        }

        @Override
        public Written write(SessionState session, Outbox out) {
            done.succeeded();
            return Written.NOTHING;
        }

        @Override
        public BeginRule beginRule() {
            return BeginRule.AWAITS;
        }

        @Override
        public Progress onMessage(BackendMessage message, SessionState session, Outbox out) {
            throw unexpected(message);
        }

        @Override
        public void onError(Failure failure, SessionState session, Outbox out) {
            done.failed(failure);
        }

        @Override
        public void fail(Failure failure) {
            done.failed(failure);
        }

        @Override
        public String label() {
            return "BEGIN";
        }
    }

    /** COMMIT or ROLLBACK; sends nothing where nothing was begun, and is never cancelled once written. */
    public static final class End extends Exchange {

        private final boolean commit;
        private final Done done;
        private @Nullable Failure failure;
        private @Nullable String tag;
        private @Nullable Failure cause;

        public End(boolean commit, Done done) {
            this.commit = commit;
            this.done = done;
        }

        public boolean isCommit() {
            return commit;
        }

        @Override
        public boolean endsTransaction() {
            return true;
        }

        @Override
        public Written write(SessionState session, Outbox out) {
            Failure begin = session.beginFailure();
            boolean open = session.projection() == Projection.OPEN;
            session.dropBegin();
            if (commit && begin != null && !open) {
                done.failed(begin);
                return Written.NOTHING;
            }
            if (!open) {
                done.succeeded();
                return Written.NOTHING;
            }
            out.send(new Query(label()));
            session.project(Projection.IDLE);
            return Written.ALL;
        }

        @Override
        public Progress onMessage(BackendMessage message, SessionState session, Outbox out) {
            if (message instanceof CommandComplete complete) {
                tag = complete.tag();
                cause = session.firstError();
                return Progress.MORE;
            }
            if (!(message instanceof ReadyForQuery)) {
                throw unexpected(message);
            }
            if (failure != null) {
                done.failed(failure);
            } else if (tag == null) {
                throw unexpected(message);
            } else if (commit && tag.startsWith("ROLLBACK")) {
                done.failed(new Failure.RolledBack("The transaction had failed, so COMMIT rolled it back", cause));
            } else {
                done.succeeded();
            }
            return Progress.DONE;
        }

        @Override
        public void onError(Failure error, SessionState session, Outbox out) {
            if (failure == null) {
                failure = session.onError(error);
            }
        }

        @Override
        public void fail(Failure reason) {
            boolean lost = isWritten() && commit && failure == null;
            done.failed(lost ? Failure.OutcomeUnknown.of(reason) : said(failure, reason));
        }

        /** Once written it goes its way: nobody may be left in doubt about what became of the transaction (X14). */
        @Override
        public void cancel() {
            if (!isWritten()) {
                super.cancel();
            }
        }

        /** Who hands a connection back in the middle of a transaction wants it rolled back: a ROLLBACK in line is no loss to him. */
        @Override
        public void giveUp(Failure failure) {
            if (!isWritten() && commit) {
                super.giveUp(failure);
            }
        }

        @Override
        public String label() {
            return commit ? "COMMIT" : "ROLLBACK";
        }
    }
}
