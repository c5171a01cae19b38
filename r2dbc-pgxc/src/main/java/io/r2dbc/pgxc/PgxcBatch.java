// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.exchange.Exchange;
import io.r2dbc.pgxc.exchange.ExtendedQuery;
import io.r2dbc.pgxc.exchange.NoValues;
import io.r2dbc.pgxc.exchange.ResultConsumer;
import io.r2dbc.pgxc.exchange.StatementFacts;
import io.r2dbc.pgxc.exchange.StatementKey;
import io.r2dbc.pgxc.exchange.Step;
import io.r2dbc.spi.Batch;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;

/** Several statements without parameters as one flight with one Sync: all or nothing, one Result each (X6). Not for several threads. */
public final class PgxcBatch implements Batch {

    private static final int[] NO_TYPES = {};
    private static final List<NoValues> ONCE = List.of(NoValues.INSTANCE);

    private final ConnectionCore core;
    private final List<SqlText> texts = new ArrayList<>();

    PgxcBatch(ConnectionCore core) {
        this.core = core;
    }

    /**
     * Adds a statement, or several in one string.
     *
     * @throws IllegalArgumentException if the SQL has parameters, or is COPY, which cannot share a flight
     */
    @Override
    public PgxcBatch add(String sql) {
        SqlText text = core.sqlText(Require.nonNull(sql, "sql"));
        if (text.parameterCount() > 0) {
            throw new IllegalArgumentException(
                    "A batch takes SQL without parameters; use Statement.add() for bindings of: " + text);
        }
        if (text.isCopy()) {
            throw new IllegalArgumentException("COPY cannot share a flight with other statements: " + text);
        }
        texts.add(text);
        return this;
    }

    @Override
    public Flux<PgxcResult> execute() {
        List<SqlText> all = List.copyOf(texts);
        List<String> statements =
                all.stream().flatMap(text -> text.statements().stream()).toList();
        if (statements.isEmpty()) {
            return Flux.empty();
        }
        String label = String.join("; ", statements);
        return Execution.of(core, label, statements.size(), null, consumer -> flight(all, statements, consumer));
    }

    private Exchange flight(List<SqlText> all, List<String> statements, ResultConsumer consumer) {
        List<Step> steps = new ArrayList<>(statements.size());
        for (String statement : statements) {
            boolean kept = !core.sqlText(statement).isFetch();
            steps.add(new Step(new StatementKey(statement, NO_TYPES, kept), null, ONCE));
        }
        StatementFacts facts = core.noted(all.get(0));
        for (SqlText text : all.subList(1, all.size())) {
            facts = facts.and(core.noted(text));
        }
        return new ExtendedQuery(steps, 0, facts, consumer);
    }
}
