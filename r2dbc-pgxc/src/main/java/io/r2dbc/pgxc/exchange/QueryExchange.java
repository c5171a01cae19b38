// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendMessage.CopyInResponse;
import io.r2dbc.pgxc.wire.BackendMessage.CopyOutResponse;
import io.r2dbc.pgxc.wire.DataRow;
import io.r2dbc.pgxc.wire.ErrorFields;
import io.r2dbc.pgxc.wire.FrontendMessage.CopyFail;
import io.r2dbc.pgxc.wire.ProtocolException;
import io.r2dbc.pgxc.wire.Tag;
import org.jspecify.annotations.Nullable;

/** What every conversation with results has in common: demand, set-aside and cancellation pass through it to the consumer. */
abstract class QueryExchange extends Exchange {

    private static final String COPY_HINT = "COPY FROM STDIN and COPY TO STDOUT cannot run as an ordinary"
            + " statement: use PgxcConnection.copyIn and copyOut";

    final ResultConsumer consumer;
    final StatementFacts facts;
    private final String sql;
    private boolean resultOpen;
    private boolean rowsExpected;
    private boolean answeredSomething;
    private boolean discardsCopy;
    private int columnCount;

    QueryExchange(String sql, StatementFacts facts, ResultConsumer consumer) {
        this.sql = sql;
        this.facts = facts;
        this.consumer = consumer;
    }

    @Override
    public String label() {
        return sql;
    }

    @Override
    public boolean wants(byte tag) {
        if (isCancelled()) {
            return true;
        }
        return switch (tag) {
            case Tag.DATA_ROW -> wantsRow();
            case Tag.COMMAND_COMPLETE, Tag.EMPTY_QUERY_RESPONSE, Tag.PORTAL_SUSPENDED ->
                resultOpen || consumer.wantsResult();
            default -> true;
        };
    }

    private boolean wantsRow() {
        if (!resultOpen) {
            if (!consumer.wantsResult()) {
                return false;
            }
            open();
        }
        return isCancelled() || consumer.wantsRow();
    }

    /** The columns of the rows that come next; null where rows are not to be expected. */
    abstract @Nullable ResultColumns columns();

    /** Opens the Result unless it is open already. */
    final void open() {
        if (resultOpen) {
            return;
        }
        resultOpen = true;
        ResultColumns columns = columns();
        rowsExpected = columns != null;
        columnCount = columns == null ? 0 : columns.count();
        if (!isCancelled()) {
            consumer.onResult(columns);
        }
    }

    final void close(long rows) {
        resultOpen = false;
        if (!isCancelled()) {
            consumer.onResultEnd(rows);
        }
    }

    final boolean isResultOpen() {
        return resultOpen;
    }

    /** A portal that was suspended keeps its Result open over several exchanges. */
    final void resumeResult(int columns) {
        resultOpen = true;
        rowsExpected = true;
        columnCount = columns;
    }

    @Override
    public void onRow(DataRow row) {
        answeredSomething = true;
        open();
        if (!rowsExpected) {
            throw new ProtocolException("DataRow came without a RowDescription");
        }
        if (row.columnCount() != columnCount) {
            throw new ProtocolException(
                    "DataRow has " + row.columnCount() + " columns where RowDescription has " + columnCount);
        }
        if (!isCancelled()) {
            consumer.onRow(row);
        }
    }

    /** Refuses the COPY that the message begins, and throws away what it sends (48.2.5); null where it begins none. */
    final @Nullable Failure refuseCopy(BackendMessage message, Outbox out) {
        boolean asks = message instanceof CopyInResponse;
        discardsCopy = message instanceof CopyOutResponse;
        if (asks) {
            out.send(new CopyFail(COPY_HINT));
        }
        return asks || discardsCopy ? new Failure.Local(new UnsupportedOperationException(COPY_HINT)) : null;
    }

    @Override
    public void onCopyData(ByteBuf in, int offset, int length) {
        if (!discardsCopy) {
            throw Replies.unexpected("CopyData", sql);
        }
    }

    final void answeredSomething() {
        answeredSomething = true;
    }

    /** A statement that writes is not stopped once it has answered: its rows or its count are out. A COMMIT never is. */
    @Override
    public boolean losesByStop() {
        return endsTransaction() || (!facts.readsOnly() && answeredSomething);
    }

    @Override
    public boolean endsTransaction() {
        return facts.controlsTransaction();
    }

    @Override
    public boolean mayStopAtServer() {
        return !losesByStop();
    }

    @Override
    public void onNotice(ErrorFields notice) {
        if (!isCancelled()) {
            consumer.onNotice(notice);
        }
    }

    @Override
    public void setAside() {
        consumer.setAside();
    }

    @Override
    public boolean continues(Exchange other) {
        return other instanceof QueryExchange query && query.consumer == consumer;
    }

    @Override
    public boolean canSetAside() {
        return !isCancelled() && consumer.canSetAside();
    }

    @Override
    public String whyNotSetAside() {
        return "exceeds what can be set aside (stallBufferBytes)";
    }

    @Override
    public boolean hasReader() {
        return consumer.hasReader();
    }

    final void tellFailure(Failure failure) {
        if (!isCancelled()) {
            consumer.onFailure(failure);
        }
    }

    /** The session is over. What the server has said before stands; a COMMIT without an answer may have succeeded all the same (X19). */
    final void tellLost(@Nullable Failure earlier, Failure reason) {
        boolean unknown = earlier == null && isWritten() && facts.commits();
        tellFailure(unknown ? Failure.OutcomeUnknown.of(reason) : said(earlier, reason));
    }

    @Override
    public void giveUp(Failure failure) {
        tellFailure(failure);
        cancel();
    }
}
