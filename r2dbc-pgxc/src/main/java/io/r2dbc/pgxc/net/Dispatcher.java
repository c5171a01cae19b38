// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.exchange.Exchange;
import io.r2dbc.pgxc.exchange.Exchange.Progress;
import io.r2dbc.pgxc.exchange.Failure.ServerError;
import io.r2dbc.pgxc.exchange.Part;
import io.r2dbc.pgxc.exchange.Ride;
import io.r2dbc.pgxc.exchange.SessionState;
import io.r2dbc.pgxc.exchange.Startup;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendMessage.ErrorResponse;
import io.r2dbc.pgxc.wire.BackendMessage.NoticeResponse;
import io.r2dbc.pgxc.wire.BackendMessage.NotificationResponse;
import io.r2dbc.pgxc.wire.BackendMessage.ParameterStatus;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.BackendSink;
import io.r2dbc.pgxc.wire.DataRow;
import io.r2dbc.pgxc.wire.ErrorFields;
import io.r2dbc.pgxc.wire.ProtocolException;
import io.r2dbc.pgxc.wire.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Hands each message to whom it is for: asynchronous ones to the session's listeners, all others to the head of the queue.
 *
 * <p>Where nothing was asked, nothing may be answered: everything but an error or an asynchronous message is a violation then.
 */
final class Dispatcher implements BackendSink {

    private final SessionHandler session;
    private final ExchangeQueue queue;
    private final SessionState state;
    private final SessionEvents events;
    private final Pen pen;
    private long progress;
    private @Nullable ErrorFields announcedEnd;

    Dispatcher(SessionHandler session, ExchangeQueue queue, SessionState state, SessionEvents events, Pen pen) {
        this.session = session;
        this.queue = queue;
        this.state = state;
        this.events = events;
        this.pen = pen;
    }

    /** How many messages have found their reader; two looks at it tell whether anything moved. */
    long progress() {
        return progress;
    }

    /** What the server said before it left without an error: its own shutdown or crash, as a notice (S2.6.3). */
    @Nullable
    ErrorFields announcedEnd() {
        return announcedEnd;
    }

    @Override
    public boolean wants(byte tag) {
        Part head = queue.head();
        if (head instanceof Exchange exchange && !Tag.isAsynchronous(tag)) {
            return exchange.wants(tag);
        }
        return true;
    }

    @Override
    public boolean wantsCopyData(byte first) {
        return !(queue.head() instanceof Exchange exchange) || exchange.wantsCopyData(first);
    }

    @Override
    public void onRow(DataRow row) {
        progress++;
        exchange("DataRow").onRow(row);
    }

    @Override
    public void onCopyData(ByteBuf in, int offset, int length) {
        progress++;
        exchange("CopyData").onCopyData(in, offset, length);
    }

    private Exchange exchange(String message) {
        if (queue.head() instanceof Exchange exchange) {
            return exchange;
        }
        throw new ProtocolException(message + " came although no rows were asked for");
    }

    @Override
    public void onMessage(BackendMessage message) {
        progress++;
        if (message instanceof NotificationResponse notification) {
            events.onNotification(notification);
        } else if (message instanceof NoticeResponse notice) {
            onNotice(notice.fields());
        } else if (message instanceof ParameterStatus parameter) {
            state.parameters().onReport(parameter);
            events.onParameter(parameter);
        } else if (message instanceof ErrorResponse error) {
            onError(error.fields());
        } else {
            onAnswer(message);
        }
    }

    private void onNotice(ErrorFields fields) {
        if (fields.sqlState().equals("57P01") || fields.sqlState().equals("57P02")) {
            announcedEnd = fields;
        }
        Exchange exchange = queue.headExchange();
        if (exchange != null) {
            exchange.onNotice(fields);
        }
        events.onNotice(fields);
    }

    /** FATAL, and any error that nothing asked for, is the end of the session; others belong to the head and its rides. */
    private void onError(ErrorFields fields) {
        ServerError failure = new ServerError(fields);
        if (fields.isFatal() || queue.head() == null) {
            session.fail(failure.withConnectionLost());
            return;
        }
        while (queue.head() instanceof Ride ride) {
            ride.onError(failure, state);
            queue.pop();
        }
        exchange("ErrorResponse").onError(failure, state, pen);
    }

    private void onAnswer(BackendMessage message) {
        Part head = queue.head();
        if (head == null) {
            throw new ProtocolException(name(message) + " came although nothing was asked");
        }
        if (head instanceof Ride ride) {
            if (ride.onMessage(message, state)) {
                queue.pop();
            }
        } else if (head instanceof Exchange exchange) {
            onAnswer(message, exchange);
        }
    }

    private void onAnswer(BackendMessage message, Exchange exchange) {
        if (message instanceof ReadyForQuery ready) {
            if (queue.isBeingWritten(exchange)) {
                throw new ProtocolException("ReadyForQuery came before Sync was sent");
            }
            state.onReadyForQuery(ready.status(), queue.isLastWritten(exchange));
        }
        Progress came = exchange.onMessage(message, state, pen);
        if (Startup.isAccepted(message)) {
            session.authenticated();
        }
        if (came == Progress.MORE) {
            return;
        }
        if (came == Progress.REPEAT) {
            queue.repeat(exchange);
        } else {
            queue.pop();
            exchange.answered();
        }
    }

    private static String name(BackendMessage message) {
        return message instanceof Enum<?> signal
                ? signal.name()
                : message.getClass().getSimpleName();
    }
}
