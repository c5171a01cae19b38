// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.load;

import io.r2dbc.pgxc.benchmarks.peers.Client;
import io.r2dbc.pgxc.benchmarks.peers.Done;
import io.r2dbc.pgxc.benchmarks.peers.Scan;
import io.r2dbc.pgxc.benchmarks.peers.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** Makes the operation of a work, for one lane. */
final class Operations {

    private static final int FETCH_SIZE = 1000;
    private static final int PAIRS = 20;

    /** Prime to the number of accounts, so that every key comes in its turn, far from the last one. */
    private static final long STRIDE = 61_843;

    private final Client client;
    private final Expectations expectations;
    private final int lane;
    private final int connection;

    Operations(Client client, Expectations expectations, int lane, int connections) {
        this.client = client;
        this.expectations = expectations;
        this.lane = lane;
        this.connection = lane % connections;
    }

    Operation of(Work work) throws Exception {
        return switch (work) {
            case W1, W2, W2C, W3 -> byKey();
            case W4 -> scan(new Scan(Tables.SIX_COLUMNS, Scan.Shape.SIX_COLUMNS, 0), expectations.sixColumns());
            case W4B ->
                scan(new Scan(Tables.SIX_COLUMNS, Scan.Shape.SIX_COLUMNS, FETCH_SIZE), expectations.sixColumns());
            case W4F -> first(new Scan(Tables.SIX_COLUMNS, Scan.Shape.SIX_COLUMNS, 0));
            case W4BF -> first(new Scan(Tables.SIX_COLUMNS, Scan.Shape.SIX_COLUMNS, FETCH_SIZE));
            case W5 -> scan(new Scan(Tables.ONE_TEXT, Scan.Shape.ONE_TEXT, 0), expectations.oneText());
            case W6 -> one((turn, done) -> client.insert(connection, done), turn -> Tables.BATCH);
            case W6C -> one((turn, done) -> client.copy(connection, done), turn -> Tables.BATCH);
            case W7, W7S -> one((turn, done) -> client.visit(done), turn -> 1);
            case W8 -> new News(client);
            case W9 -> new Sequence(pairs());
            case W9P -> new Together(pairs());
            case W11 ->
                new Sequence(List.of(
                        one((turn, done) -> client.begin(connection, done), turn -> 0),
                        byKey(),
                        update(),
                        one((turn, done) -> client.append(connection, key(turn), done), turn -> 1),
                        one((turn, done) -> client.commit(connection, done), turn -> 0)));
            case W10 -> throw new IllegalArgumentException("A slow consumer is no operation: see SlowConsumer");
        };
    }

    private int key(long turn) {
        return (int) ((turn + lane * 7919L) * STRIDE % Tables.ACCOUNTS) + 1;
    }

    private Operation byKey() {
        return one((turn, done) -> client.byKey(connection, key(turn), done), this::key);
    }

    private Operation update() {
        return one((turn, done) -> client.update(connection, key(turn), done), turn -> 1);
    }

    private Operation scan(Scan scan, long sum) {
        return one((turn, done) -> client.scan(connection, scan, done), turn -> sum);
    }

    private Operation first(Scan scan) {
        return one((turn, done) -> client.scan(connection, scan.anew(turn), done), turn -> expectations.sixColumns());
    }

    private List<Operation> pairs() {
        List<Operation> pairs = new ArrayList<>();
        for (int i = 0; i < PAIRS; i++) {
            pairs.add(byKey());
            pairs.add(update());
        }
        return List.copyOf(pairs);
    }

    private static Operation one(Start start, LongUnaryOperator sum) {
        return new Operation() {
            @Override
            public void start(long turn, Done done) {
                start.start(turn, done);
            }

            @Override
            public long expected(long turn) {
                return sum.applyAsLong(turn);
            }
        };
    }

    /** How an operation begins. */
    private interface Start {
        void start(long turn, Done done);
    }
}
