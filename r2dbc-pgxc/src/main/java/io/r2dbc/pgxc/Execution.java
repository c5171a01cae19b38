// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.exchange.Exchange;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.ResultConsumer;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * Emits the Results of one execution in order: one of the three hand-written publishers.
 *
 * <p>Each subscription is an exchange of its own. Nothing is sent before the first {@code request} (X1).
 */
abstract class Execution extends Flux<PgxcResult> {

    private final ConnectionCore core;
    private final String sql;
    private final @Nullable Duration timeout;

    /**
     * Describes an execution.
     *
     * @param timeout for this execution alone, or null
     */
    Execution(ConnectionCore core, String sql, @Nullable Duration timeout) {
        this.core = core;
        this.sql = sql;
        this.timeout = timeout;
    }

    /** An execution of so many results, whose exchange needs nothing but somebody to give them to. */
    static Execution of(
            ConnectionCore core,
            String sql,
            int results,
            @Nullable Duration timeout,
            Function<ResultConsumer, Exchange> maker) {
        return new Execution(core, sql, timeout) {

            @Override
            int results() {
                return results;
            }

            @Override
            Exchange make(ResultConsumer consumer) {
                return maker.apply(consumer);
            }
        };
    }

    /** How many Results it has, 1 where a cancelled one ends everything. */
    abstract int results();

    /** Whether a row is the OUT parameters of a CALL. */
    boolean isCall() {
        return false;
    }

    /** Makes the exchange whose results go to the consumer. */
    abstract Exchange make(ResultConsumer consumer);

    /** What has to end before the exchange can be made, such as the collecting of large values; null where nothing has to. */
    @Nullable
    Mono<Void> preparation(CoreSubscriber<?> subscriber) {
        return null;
    }

    /** Somebody has subscribed; nothing is sent before the first {@code request}. */
    void subscribed() {}

    @Override
    public void subscribe(CoreSubscriber<? super PgxcResult> actual) {
        try {
            subscribed();
        } catch (RuntimeException e) {
            Operators.error(actual, e);
            return;
        }
        actual.onSubscribe(new OngoingExecution(this, actual));
    }

    ConnectionCore core() {
        return core;
    }

    String sql() {
        return sql;
    }

    /** What a failure is to the caller; {@code step} says which statement or binding has failed, -1 none in particular. */
    RuntimeException exception(Failure reason, int step) {
        if (results() == 1 || step < 0) {
            return Errors.of(reason, sql);
        }
        return Errors.of(reason, sql, "statement or binding " + step + ", counted from 0: ");
    }

    @Nullable
    Duration timeout() {
        return timeout;
    }

    Failure timedOut(Duration limit) {
        return new Failure.TimedOut("The statement's own limit of " + limit + " has passed: " + sql);
    }
}
