// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.auth.GssDialogue;
import io.r2dbc.pgxc.auth.GssMechanism;
import io.r2dbc.pgxc.auth.GssMechanism.Purpose;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that a conversation of GSSAPI is had by one thread at a time and disposed of once, however and whenever it ends.
 *
 * <p>{@link #prepare} and {@link #next} block, and so do not run on an event loop; the rest may. {@link #end} is for any thread: it
 * waits for nobody, and whoever is at work disposes of what it has in its hands.
 */
public final class GssTalk {

    private enum State {
        IDLE,
        AT_WORK,
        ENDED
    }

    private final GssMechanism mechanism;
    private final Purpose purpose;
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
    private @Nullable GssDialogue dialogue;

    GssTalk(GssMechanism mechanism, Purpose purpose) {
        this.mechanism = mechanism;
        this.purpose = purpose;
    }

    /** Finds out as whom to speak; an exception says that there is nobody. */
    public void prepare() {
        work(begun -> begun);
    }

    /** Takes what the server said, at first nothing, and returns what to say, which may be nothing. */
    public byte[] next(byte[] token) {
        return work(begun -> begun.next(token));
    }

    /** Whether each has proved to the other who it is. */
    public boolean isEstablished() {
        GssDialogue begun = dialogue;
        return begun != null && begun.isEstablished();
    }

    /** The most bytes that {@link #wrap} makes no more than {@code packet} bytes of. */
    public int wrapLimit(int packet) {
        return work(begun -> begun.wrapLimit(packet));
    }

    public byte[] wrap(byte[] bytes, int offset, int length) {
        return work(begun -> begun.wrap(bytes, offset, length));
    }

    public byte[] unwrap(byte[] bytes, int offset, int length) {
        return work(begun -> begun.unwrap(bytes, offset, length));
    }

    private <T> T work(Function<GssDialogue, T> task) {
        if (!state.compareAndSet(State.IDLE, State.AT_WORK)) {
            throw new IllegalStateException("GSSAPI is not to be used any more, or by another thread just now");
        }
        try {
            GssDialogue begun = dialogue;
            if (begun == null) {
                begun = begin();
                dialogue = begun;
            }
            return task.apply(begun);
        } finally {
            if (!state.compareAndSet(State.AT_WORK, State.IDLE)) {
                dispose();
            }
        }
    }

    /** A runtime that was put together of few modules may lack this one. */
    private GssDialogue begin() {
        try {
            return mechanism.begin(purpose);
        } catch (NoClassDefFoundError e) {
            String missing = String.valueOf(e.getMessage());
            if (missing.contains("ietf/jgss")
                    || missing.contains("security/auth")
                    || missing.contains("security/jgss")) {
                throw new IllegalStateException(
                        "This Java runtime has no GSSAPI: it lacks the module java.security.jgss or one below it", e);
            }
            throw e;
        }
    }

    /** Nothing more is to be said, and all secrets are forgotten as soon as nobody is at work. Any thread, any number of times. */
    public void end() {
        if (state.getAndSet(State.ENDED) == State.IDLE) {
            dispose();
        }
    }

    private void dispose() {
        GssDialogue begun = dialogue;
        if (begun != null) {
            begun.dispose();
        }
    }
}
