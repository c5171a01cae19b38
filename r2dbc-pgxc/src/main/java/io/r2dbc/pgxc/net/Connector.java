// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.util.concurrent.GlobalEventExecutor;
import io.r2dbc.pgxc.exchange.Credentials;
import io.r2dbc.pgxc.exchange.SessionEndException;
import io.r2dbc.pgxc.exchange.SessionState;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import reactor.core.Fuseable;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * Opens sessions: TCP, TLS, start-up, authentication, one deadline over all of it, and nothing left behind when it fails or is cancelled.
 *
 * <p>Failures come as {@link SessionEndException}.
 */
public final class Connector {

    private final SessionOptions options;
    private final Dialer dialer;
    private final ClearTextWarning warning;

    public Connector(SessionOptions options) {
        this.options = options;
        this.dialer = new Dialer(options);
        this.warning = new ClearTextWarning(options.address());
    }

    /**
     * Opens a session on each subscription. A subscriber that has cancelled gets nothing, and then the session ends.
     *
     * @param parameters of StartupMessage, for the user
     * @param credentials resolved anew for each session; part of the deadline
     * @param face makes of the session what the subscriber gets
     */
    public <T> Mono<T> open(
            Function<String, Map<String, String>> parameters,
            Mono<Credentials> credentials,
            SessionState state,
            SessionEvents events,
            Function<Session, T> face) {
        return Mono.defer(() -> {
            Attempt attempt = new Attempt(options, dialer, warning, state, events);
            return timely(credentials)
                    .flatMap(login -> attempt.outcome(login, parameters.apply(login.user())))
                    .<T>handle((session, subscriber) -> {
                        if (attempt.take()) {
                            subscriber.next(face.apply(session));
                        }
                    })
                    .doOnCancel(attempt::abandon);
        });
    }

    /** One of those that sessions run on, for what belongs to none of them, and has something to say even when they have been ended. */
    public Executor eventLoop() {
        Executor loop =
                options.loopResources().onClient(LoopResources.DEFAULT_NATIVE).next();
        return task -> {
            try {
                loop.execute(task);
            } catch (RejectedExecutionException e) {
                GlobalEventExecutor.INSTANCE.execute(task);
            }
        };
    }

    /** What is there already needs no watch. */
    private Mono<Credentials> timely(Mono<Credentials> credentials) {
        return credentials instanceof Fuseable.ScalarCallable
                ? credentials
                : credentials.timeout(options.connectTimeout(), Mono.error(this::tooLate));
    }

    private SessionEndException tooLate() {
        return new SessionEndException(options.tooLate());
    }
}
