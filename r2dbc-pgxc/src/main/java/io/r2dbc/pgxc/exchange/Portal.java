// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.exchange.SessionState.Projection;
import io.r2dbc.pgxc.wire.FrontendMessage.Close;
import io.r2dbc.pgxc.wire.FrontendMessage.Target;
import org.jspecify.annotations.Nullable;

/**
 * A named portal that is read in chunks inside a transaction, and who reads it (X11).
 *
 * <p>The next chunk is asked for while half of the current one is still to be consumed, so that the server works ahead by at most one
 * chunk, and rows that were set aside are read before that. The portal lives as long as its transaction, or until {@link #end}.
 */
final class Portal {

    private final SessionState session;
    private final Outbox out;
    private final Step step;
    private final int fetchSize;
    private final ResultConsumer consumer;
    private final String sql;
    private final String name;
    private long transaction;
    private int rows;
    private int asked = 1;
    private int answered;
    private boolean ended;
    private @Nullable FetchChunk chunk;

    Portal(SessionState session, Outbox out, Step step, int fetchSize, ResultConsumer consumer, String sql) {
        this.session = session;
        this.out = out;
        this.step = step;
        this.fetchSize = fetchSize;
        this.consumer = consumer;
        this.sql = sql;
        this.name = session.statements.nextName();
    }

    /** The portal is on its way, in the transaction that is projected now. */
    void open() {
        transaction = session.transaction();
        step.statement().portalOpened();
    }

    void onRow() {
        rows++;
        ask();
    }

    void onSuspended() {
        answered++;
        rows = 0;
        ask();
    }

    /** What had been set aside has been read. */
    void onReadUp() {
        ask();
    }

    private void ask() {
        boolean due = asked == answered || (asked == answered + 1 && rows > fetchSize / 2);
        boolean readFirst = consumer.holdsRows() && consumer.hasReader();
        if (due && !readFirst && !ended) {
            asked++;
            chunk = new FetchChunk(this);
            out.enqueue(chunk);
        }
    }

    /** Nothing more will be read from it; Close travels with a later flight. */
    void end() {
        if (!ended) {
            ended = true;
            step.statement().portalClosed();
            session.closeLater(new Close(Target.PORTAL, name));
        }
    }

    /** Nobody reads it any more; a chunk that is on its way is drained. */
    void cancel() {
        end();
        if (chunk != null && !chunk.isCancelled()) {
            chunk.cancel();
        }
    }

    @Nullable
    FetchChunk chunk() {
        return chunk;
    }

    boolean isEnded() {
        return ended;
    }

    /** Whether the transaction it lives in is still open, as far as can be told now. */
    boolean isAlive() {
        return session.projection() == Projection.OPEN && session.transaction() == transaction;
    }

    String name() {
        return name;
    }

    String sql() {
        return sql;
    }

    int fetchSize() {
        return fetchSize;
    }

    ResultConsumer consumer() {
        return consumer;
    }

    @Nullable
    ResultColumns columns() {
        return step.columns();
    }
}
