// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.exchange.Exchange;
import io.r2dbc.pgxc.exchange.ExtendedQuery;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.ResultConsumer;
import io.r2dbc.pgxc.exchange.StatementFacts;
import io.r2dbc.pgxc.exchange.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** All bindings of one text, sent together: all or nothing, one Result each (X6). */
final class Flight extends Execution {

    /** What the server says where it does not know a type, or knows it otherwise: internal, undefined, mismatch, binary. */
    private static final Set<String> OF_TYPES = Set.of("XX000", "42704", "42804", "22P03");

    private final SqlText text;
    private final List<ParameterBindings> bindings;
    private final int fetchSize;
    private final boolean careful;
    private final boolean isCall;

    /**
     * Describes a flight.
     *
     * @param careful whether values may be among them that do more than stand in line, see {@link ParameterBindings#needsCare}
     * @param isCall whether a row is OUT parameters
     */
    Flight(
            ConnectionCore core,
            SqlText text,
            List<ParameterBindings> bindings,
            int fetchSize,
            @Nullable Duration timeout,
            boolean careful,
            boolean isCall) {
        super(core, text.sql(), timeout);
        this.text = text;
        this.bindings = bindings;
        this.fetchSize = bindings.size() == 1 ? fetchSize : 0;
        this.careful = careful;
        this.isCall = isCall;
    }

    @Override
    int results() {
        return bindings.size();
    }

    /** The types of values may have been dropped or changed since they were looked up. */
    @Override
    RuntimeException exception(Failure reason, int step) {
        if (reason instanceof Failure.ServerError error
                && OF_TYPES.contains(error.fields().sqlState())) {
            bindings.forEach(values -> values.doubtTypes(core()));
        }
        return super.exception(reason, step);
    }

    @Override
    boolean isCall() {
        return isCall;
    }

    @Override
    void subscribed() {
        if (careful) {
            bindings.forEach(ParameterBindings::takeBuffers);
        }
    }

    /** The subscriber's Context is seen by the publishers of large values. */
    @Override
    @Nullable
    Mono<Void> preparation(CoreSubscriber<?> subscriber) {
        if (!careful || bindings.stream().noneMatch(ParameterBindings::hasLarge)) {
            return null;
        }
        return Flux.fromIterable(bindings)
                .filter(ParameterBindings::hasLarge)
                .concatMap(ParameterBindings::collect)
                .then()
                .contextWrite(subscriber.currentContext());
    }

    /** What has a value of a type that is not known yet takes its place in line at once, and is made when the type has been looked up. */
    @Override
    Exchange make(ResultConsumer consumer) {
        StatementFacts facts = core().noted(text);
        Set<String> named = careful ? namedTypes() : Set.of();
        return named.isEmpty()
                ? exchange(bindings, facts, consumer)
                : core().whenKnown(named, () -> exchange(resolved(), facts, consumer), sql(), consumer::onFailure);
    }

    private Set<String> namedTypes() {
        Set<String> named = new LinkedHashSet<>();
        bindings.forEach(values -> values.namedTypes(named));
        return named;
    }

    /** Copies, because others may be executing the same bindings. */
    private List<ParameterBindings> resolved() {
        return bindings.stream().map(values -> values.resolved(core())).toList();
    }

    private Exchange exchange(List<ParameterBindings> all, StatementFacts facts, ResultConsumer consumer) {
        return new ExtendedQuery(steps(all), fetchSize, facts, consumer);
    }

    /** Bindings in a row that are of the same types run as the same statement. */
    private List<Step> steps(List<ParameterBindings> all) {
        Keys keys = all.get(0).keys(text);
        if (all.size() == 1) {
            return List.of(step(keys, all));
        }
        List<Step> steps = new ArrayList<>(1);
        int from = 0;
        for (int i = 1; i < all.size(); i++) {
            ParameterBindings values = all.get(i);
            if (!values.fits(keys)) {
                steps.add(step(keys, all.subList(from, i)));
                from = i;
                keys = values.keys(text);
            }
        }
        steps.add(step(keys, all.subList(from, all.size())));
        return steps;
    }

    private static Step step(Keys keys, List<ParameterBindings> executions) {
        return new Step(keys.own(), keys.asText(), executions);
    }
}
