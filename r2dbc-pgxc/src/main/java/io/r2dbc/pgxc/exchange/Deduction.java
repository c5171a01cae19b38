// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether the server can deduce what the Strings of a flight are, before anything of the flight is executed (X10).
 *
 * <p>Steps whose Parse is the first to tell are parsed ahead of the flight, inside a transaction behind a savepoint, so that the flight can
 * be sent once more with {@code text}. Only a first step outside a transaction needs no such care: its Parse comes first anyway.
 */
final class Deduction {

    private static final String SAVEPOINT = "\"pgxc_deduction\"";

    private static final List<String> RECOVERY =
            List.of("ROLLBACK TO SAVEPOINT " + SAVEPOINT, "RELEASE SAVEPOINT " + SAVEPOINT);

    private final List<Step> steps;
    private List<Step> untried = List.of();
    private List<PreparedStatement> asked = List.of();
    private boolean guarded;
    private boolean recovers;

    Deduction(List<Step> steps) {
        this.steps = steps;
    }

    /** The flight is about to be written, its first step is resolved. */
    void begin(SessionState session, boolean inTransaction) {
        Step first = steps.get(0);
        boolean ofFirst = first.isUntried(session);
        if (!ofFirst && steps.size() == 1) {
            return;
        }
        untried = resolveLater(session);
        if (ofFirst) {
            // last, because it is bound next, and may have to share the unnamed statement with the others
            untried.add(first);
        }
        asked = untried.stream().map(Step::statement).toList();
        guarded = !untried.isEmpty() && inTransaction && session.profile().savepoints();
        if (guarded) {
            untried.forEach(Step::parsedElsewhere);
        }
    }

    private List<Step> resolveLater(SessionState session) {
        List<Step> found = new ArrayList<>(1);
        for (int i = 1; i < steps.size(); i++) {
            Step step = steps.get(i);
            if (!step.sharesKey(steps.get(i - 1)) && step.wouldBeUntried(session) && isNew(step, found)) {
                step.resolve(session);
                step.parsedElsewhere();
                found.add(step);
            }
        }
        return found;
    }

    private boolean isNew(Step step, List<Step> found) {
        return !step.sharesKey(steps.get(0)) && found.stream().noneMatch(step::sharesKey);
    }

    /** Whether the step's statement is parsed ahead and is still there when its turn comes. */
    boolean hasPrepared(Step step) {
        return !step.isUnnamed() && untried.contains(step);
    }

    boolean ridesAhead() {
        return recovers || !parsedAhead().isEmpty();
    }

    private List<Step> parsedAhead() {
        return untried.isEmpty()
                ? untried
                : untried.stream().filter(step -> !step.parses()).toList();
    }

    void rideAhead(SessionState session, Outbox out) {
        if (recovers) {
            out.ride(new Ride.Commands(RECOVERY));
            recovers = false;
        }
        if (guarded) {
            out.ride(new Ride.Commands(List.of("SAVEPOINT " + SAVEPOINT)));
        }
        parsedAhead().forEach(step -> out.ride(new Ride.Preparation(step)));
        if (guarded) {
            out.ride(new Ride.Commands(List.of("RELEASE SAVEPOINT " + SAVEPOINT), session.statements.nextName()));
        }
    }

    /** Nothing was sent after all. */
    void undo(SessionState session) {
        asked.forEach(session.statements::forget);
    }

    /** Whether the server has not said yet, or has denied, that it can deduce them. */
    boolean isOpen() {
        for (PreparedStatement statement : asked) {
            if (!statement.isParsed()) {
                return true;
            }
        }
        return false;
    }

    boolean isGuarded() {
        return guarded;
    }

    /** Nobody wants the flight any more: that the server cannot deduce a type must not have cost the transaction (X14). */
    void abandon(@Nullable Failure outcome, Outbox out) {
        if (guarded && outcome != null && ParameterTyping.isUndeduced(outcome) && isOpen()) {
            out.ahead(new Command(String.join(";", RECOVERY), Done.NOBODY));
        }
    }

    /** The flight will be written once more. */
    void reset() {
        recovers = guarded;
        guarded = false;
        untried = List.of();
        asked = List.of();
    }
}
