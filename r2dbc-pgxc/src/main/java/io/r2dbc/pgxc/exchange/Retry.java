// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.exchange.Failure.ServerError;
import java.util.Set;

/**
 * Decides whether a failed flight may be written once more without anybody noticing.
 *
 * <p>Two causes qualify: the statement went stale at the server (X9), and the server could not deduce the type of a String (X10).
 * Each is tried once, and only where nothing was emitted and nothing was written behind; a stale statement besides only outside a
 * transaction, because there the failure undid nothing.
 */
final class Retry {

    private static final Set<String> STALE = Set.of("26000", "42P05");
    private static final String CHANGED = "0A000";

    private boolean stale;
    private boolean typed;

    boolean applies(Failure failure, ExtendedQuery flight, SessionState session) {
        if (flight.isCancelled() || flight.hasAnswered() || !(failure instanceof ServerError error)) {
            return false;
        }
        if (error.connectionLost() || !session.nothingBehind() || session.beginFailure() != null) {
            return false;
        }
        return staleApplies(error, flight, session) || typingApplies(error, flight, session);
    }

    private boolean staleApplies(ServerError error, ExtendedQuery flight, SessionState session) {
        boolean applies = !stale
                && isStale(error, flight.steps().get(0))
                && !flight.writer().ranInTransaction();
        if (applies) {
            stale = true;
            session.forgetFirstError();
        }
        return applies;
    }

    static boolean isStale(ServerError error, Step step) {
        String state = error.fields().sqlState();
        boolean parseFailed = step.statement().failure() != null && !step.awaitsParse();
        boolean changed = CHANGED.equals(state) && !step.awaitsParse();
        return !parseFailed && (STALE.contains(state) || changed);
    }

    private boolean typingApplies(ServerError error, ExtendedQuery flight, SessionState session) {
        Step first = flight.steps().get(0);
        boolean ofFirst = first.canParseAsText() && !first.statement().isParsed();
        if (typed
                || !ParameterTyping.isUndeduced(error)
                || !(ofFirst || flight.writer().deduces())) {
            return false;
        }
        if (flight.writer().ranInTransaction() && !flight.writer().deducesGuarded()) {
            return false;
        }
        typed = true;
        flight.steps().forEach(Step::parseAsText);
        session.forgetFirstError();
        return true;
    }
}
