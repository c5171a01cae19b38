// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.replication.LogicalOptions;
import io.r2dbc.pgxc.value.Lsn;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcTransientResourceException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * The changes of a database, decoded ("Logical Streaming Replication Parameters" and "Logical Replication Message Formats"), and the
 * application's word on how far it is with them.
 *
 * <p>Any thread may call any method.
 */
public final class PgxcLogicalStream {

    private static final Duration FIRST_BACKOFF = Duration.ofMillis(50);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(30);
    private static final String OBJECT_IN_USE = "55006";
    private static final String PROTOCOL_VIOLATION = "08P01";

    private final LogicalOptions options;
    private final Standing standing = new Standing();
    private final Flux<PgxcLogicalEvent> events;
    private volatile @Nullable LogicalFeed current;
    private volatile boolean begun;

    /** A stream on this connection. */
    PgxcLogicalStream(LogicalOptions options, PgxcReplicationConnection connection) {
        this.options = options;
        this.events = feed(connection, false);
    }

    /** A stream on connections of its own. */
    PgxcLogicalStream(LogicalOptions options, Mono<PgxcReplicationConnection> connections) {
        this.options = options;
        this.events = Flux.usingWhen(
                        connections,
                        connection -> Flux.defer(() -> feed(connection, begun)),
                        PgxcReplicationConnection::close)
                .retryWhen(Retry.backoff(Long.MAX_VALUE, FIRST_BACKOFF)
                        .maxBackoff(LONGEST_BACKOFF)
                        .transientErrors(true)
                        .filter(this::comesBack));
    }

    private LogicalFeed feed(PgxcReplicationConnection connection, boolean again) {
        Lsn acknowledged = standing.flushed();
        LogicalOptions from = options.start().compareTo(acknowledged) < 0 ? options.from(acknowledged) : options;
        LogicalFeed feed = new LogicalFeed(
                connection.opening(from.toRequest(), standing),
                connection.core(),
                from.newDecoder(),
                again,
                () -> begun = true);
        current = feed;
        return feed;
    }

    /** What is lost by the line, or by a server that goes away or has not yet noticed that we went, may be had from the next connection. */
    private boolean comesBack(Throwable failure) {
        boolean lost = failure instanceof R2dbcTransientResourceException
                || failure instanceof R2dbcNonTransientResourceException;
        String state = failure instanceof R2dbcException told ? told.getSqlState() : null;
        return begun && (OBJECT_IN_USE.equals(state) || (lost && !PROTOCOL_VIOLATION.equals(state)));
    }

    /**
     * The messages of the stream, in order, at the subscriber's pace; delivered on the event loop of the connection. The command is sent on
     * subscription; there can be one subscriber. Cancelling ends the stream.
     */
    public Flux<PgxcLogicalEvent> events() {
        return events;
    }

    /**
     * Everything before {@code position} is durable here: it will not come again, and the server may discard its log up to there. While the
     * server has nothing for this client, and all that came is acknowledged, the position goes on by itself.
     *
     * @param position {@link PgxcLogicalEvent#endOfTransaction}; an earlier one than told before changes nothing
     */
    public void acknowledge(Lsn position) {
        Require.nonNull(position, "position");
        LogicalFeed feed = current;
        if (feed == null) {
            standing.acknowledge(position, position, position);
        } else {
            feed.acknowledge(position, position, position);
        }
    }

    /** From where a new connection would go on; 0/0 before anything has been acknowledged. */
    public Lsn acknowledged() {
        return standing.flushed();
    }

    @Override
    public String toString() {
        return "PgxcLogicalStream[" + options + "]";
    }
}
