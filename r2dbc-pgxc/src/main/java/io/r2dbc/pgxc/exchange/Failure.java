// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.wire.ErrorFields;
import org.jspecify.annotations.Nullable;

/**
 * Why an exchange or the whole session did not succeed. The roof translates it into exceptions, in one place.
 */
public sealed interface Failure {

    /** One line for people, without secrets. */
    String message();

    /**
     * The server said no.
     *
     * @param fields what it said
     * @param connectionLost whether the connection ended with it: FATAL, PANIC, or nothing but the end of the stream after it
     * @param first the error that caused this one: the first error of an aborted transaction
     * @param remark what else is known of it, in one line
     */
    record ServerError(
            ErrorFields fields,
            boolean connectionLost,
            @Nullable Failure first,
            @Nullable String remark) implements Failure {

        public ServerError(ErrorFields fields) {
            this(fields, false, null);
        }

        public ServerError(ErrorFields fields, boolean connectionLost, @Nullable Failure first) {
            this(fields, connectionLost, first, null);
        }

        @Override
        public String message() {
            return fields.message();
        }

        public ServerError withConnectionLost() {
            return connectionLost ? this : new ServerError(fields, true, first, remark);
        }

        ServerError withRemark(String line) {
            return new ServerError(fields, connectionLost, first, line);
        }
    }

    /**
     * The connection ended, or never came to be.
     *
     * @param sqlState 08001, 08003, 08006, or what the server announced before it left
     */
    record ConnectionLost(
            String sqlState, String message, @Nullable Throwable cause) implements Failure {

        /** The state of a session whose owner has closed it. */
        public static final ConnectionLost CLOSED =
                new ConnectionLost("08003", "The connection is closed, so nothing more can be sent on it", null);
    }

    /** The peer broke the protocol: the session ends, SQLSTATE 08P01. */
    record ProtocolViolation(String message, @Nullable Throwable cause) implements Failure {}

    /** A limit of time that this client keeps has passed. */
    record TimedOut(String message) implements Failure {}

    /** The server answered COMMIT with a rollback (SQLSTATE 25P02 of the first error, where there was one). */
    record RolledBack(String message, @Nullable Failure first) implements Failure {}

    /** COMMIT was sent and its answer is lost, SQLSTATE 08007. */
    record OutcomeUnknown(String message, Failure reason) implements Failure {

        static OutcomeUnknown of(Failure reason) {
            return new OutcomeUnknown(
                    "COMMIT was sent and its answer did not come, so the transaction may or may not have been committed: "
                            + reason.message(),
                    reason);
        }
    }

    /** Authentication could not go on for a reason of this side, SQLSTATE 28000. */
    record Refused(String message, @Nullable Throwable cause) implements Failure {}

    /** Something in this process stood in the way: a value that cannot be encoded, misuse. The cause goes to the user as it is. */
    record Local(RuntimeException cause) implements Failure {

        @Override
        public String message() {
            return String.valueOf(cause.getMessage());
        }
    }
}
