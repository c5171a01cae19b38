// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendMessage.CommandComplete;
import io.r2dbc.pgxc.wire.BackendMessage.Signal;
import io.r2dbc.pgxc.wire.FrontendMessage.Bind;
import io.r2dbc.pgxc.wire.FrontendMessage.Close;
import io.r2dbc.pgxc.wire.FrontendMessage.Execute;
import io.r2dbc.pgxc.wire.FrontendMessage.Parse;
import io.r2dbc.pgxc.wire.FrontendMessage.Target;
import java.util.List;

/**
 * A part of a conversation that travels ahead of an exchange and shares its Sync: BEGIN, SAVEPOINT, Close of evicted statements.
 *
 * <p>It is over with its last answer, before ReadyForQuery. When the server fails it, everything up to that Sync is skipped.
 */
public abstract non-sealed class Ride implements Part {

    private boolean holding;

    /** Encodes the part. */
    public abstract void write(Outbox out);

    /** Takes an answer; true when it was the last. */
    public abstract boolean onMessage(BackendMessage message, SessionState session);

    /** The server failed it, or skipped it because of an earlier part. */
    public void onError(Failure failure, SessionState session) {
        holding = false;
    }

    @Override
    public final boolean holdsBack() {
        return holding;
    }

    final void hold(boolean holds) {
        holding = holds;
    }

    /** SQL of the driver's own, without parameters and rows, each as Parse, Bind, Execute (protocol 48.2.3). */
    static class Commands extends Ride {

        private static final int[] NO_TYPES = {};
        private static final short[] TEXT = {};

        private final List<String> sql;
        private final String name;
        private int command;
        private int answers;

        /** Runs through the unnamed statement, which is lost. */
        Commands(List<String> sql) {
            this(sql, "");
        }

        /** Runs through a named statement, closed at once, so that the unnamed one stays what it is. */
        Commands(List<String> sql, String name) {
            this.sql = sql;
            this.name = name;
        }

        @Override
        public void write(Outbox out) {
            for (String text : sql) {
                out.send(new Parse(name, text, NO_TYPES));
                out.send(new Bind("", name, NoValues.INSTANCE, TEXT));
                out.send(new Execute("", 0));
                if (!name.isEmpty()) {
                    out.send(new Close(Target.STATEMENT, name));
                }
            }
        }

        @Override
        public boolean onMessage(BackendMessage message, SessionState session) {
            boolean fits = switch (answers) {
                case 0 -> message == Signal.PARSE_COMPLETE;
                case 1 -> message == Signal.BIND_COMPLETE;
                case 2 -> message instanceof CommandComplete;
                default -> message == Signal.CLOSE_COMPLETE;
            };
            if (!fits) {
                throw Replies.unexpected(message, sql.get(command));
            }
            answers++;
            if (answers == (name.isEmpty() ? 3 : 4)) {
                answers = 0;
                command++;
            }
            if (command == sql.size()) {
                hold(false);
                return true;
            }
            return false;
        }
    }

    /** Closes statements and portals that are no longer needed; a name that does not exist is no error. */
    static final class Closes extends Ride {

        private final List<Close> closes;
        private int answers;

        Closes(List<Close> closes) {
            this.closes = closes;
        }

        @Override
        public void write(Outbox out) {
            closes.forEach(out::send);
        }

        @Override
        public boolean onMessage(BackendMessage message, SessionState session) {
            if (message != Signal.CLOSE_COMPLETE) {
                throw Replies.unexpected(message, "Close");
            }
            return ++answers == closes.size();
        }
    }

    /** Parse and Describe of a statement, apart from its execution. */
    static final class Preparation extends Ride {

        private final Step step;
        private final PreparedStatement statement;

        Preparation(Step step) {
            this.step = step;
            this.statement = step.statement();
        }

        @Override
        public void write(Outbox out) {
            statement.writeParse(out);
        }

        @Override
        public boolean onMessage(BackendMessage message, SessionState session) {
            if (message == Signal.PARSE_COMPLETE) {
                step.rememberDeduction(session);
            }
            return statement.onMessage(message, session.formats);
        }

        @Override
        public void onError(Failure failure, SessionState session) {
            statement.failed(failure);
            session.statements.forget(statement);
        }
    }
}
