// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.exchange.Transactions.End;
import io.r2dbc.spi.IsolationLevel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;

/**
 * Undoes what one borrower of a pooled connection must not leave to the next (X21): statements in flight, an open transaction however it was
 * begun, LISTENs, settings made through R2DBC's methods, and, with {@code resetOnRelease=discard-all}, everything.
 *
 * <p>Nothing is sent where nothing is to be undone. If the connection is not quiet after five seconds it is an error, so that the pool lets
 * go of it.
 */
final class Release {

    private static final Duration BOUND = Duration.ofSeconds(5);

    private Release() {}

    static Mono<Void> of(ConnectionCore core) {
        return quiesce(core)
                .then(core.exchange(done -> new End(false, done), "ROLLBACK"))
                .then(Mono.defer(() -> reset(core)))
                .timeout(BOUND)
                .onErrorMap(
                        TimeoutException.class,
                        e -> new IllegalStateException(
                                "The connection was not quiet within " + BOUND.toSeconds()
                                        + " s and cannot be used again",
                                e));
    }

    private static Mono<Void> quiesce(ConnectionCore core) {
        return Mono.create(sink -> core.session().quiesce(sink::success));
    }

    private static Mono<Void> reset(ConnectionCore core) {
        List<String> commands = new ArrayList<>();
        if (core.configuration().resetOnRelease() == PgxcConfiguration.ResetOnRelease.DISCARD_ALL) {
            commands.add("DISCARD ALL");
        } else {
            if (core.listens()) {
                commands.add("UNLISTEN *");
            }
            core.changedSettings().forEach(name -> commands.add("RESET " + name));
        }
        Mono<Void> all = Mono.empty();
        for (String command : commands) {
            all = all.then(core.command(command));
        }
        return all.doOnSuccess(nothing -> {
            core.listensNoMore();
            core.isolation(IsolationLevel.READ_COMMITTED);
            core.changedSettings().clear();
        });
    }
}
