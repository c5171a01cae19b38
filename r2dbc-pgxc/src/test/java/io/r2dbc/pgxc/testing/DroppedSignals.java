// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import java.time.Duration;
import java.util.List;

/**
 * What nobody was left to take: errors and elements that reached Reactor's hooks. A test that drops something on purpose asks for
 * this as a parameter, and says what it expects to find.
 */
public final class DroppedSignals {

    private final Journal<Throwable> errors = new Journal<>();
    private final Journal<Object> elements = new Journal<>();
    private volatile boolean expected;

    DroppedSignals() {}

    void error(Throwable error) {
        errors.add(error);
    }

    void element(Object element) {
        elements.add(element);
    }

    void expect() {
        expected = true;
    }

    public List<Throwable> errors() {
        return errors.entries();
    }

    public List<Object> elements() {
        return elements.entries();
    }

    /** The errors dropped so far, as soon as there are so many. */
    public List<Throwable> awaitErrors(int count, Duration timeout) {
        return errors.await(count + " dropped errors", all -> all.size() >= count, timeout);
    }

    /** Fails if something was dropped and the test did not say that this may be. */
    void verify() {
        if (expected || (errors().isEmpty() && elements().isEmpty())) {
            return;
        }
        AssertionError failure = new AssertionError(
                "dropped, with nobody left to take it: errors " + errors() + ", elements " + elements());
        errors().forEach(failure::addSuppressed);
        throw failure;
    }
}
