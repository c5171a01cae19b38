// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.replication.NextTimeline;
import io.r2dbc.pgxc.replication.ReplicationFormatException;
import io.r2dbc.pgxc.replication.StandbyMessage.HotStandbyFeedback;
import io.r2dbc.pgxc.replication.WalData;
import io.r2dbc.pgxc.value.Lsn;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A stream of the server's log ("Streaming Replication Protocol", START_REPLICATION), and the application's word on how far it is with it.
 *
 * <p>Any thread may call any method. What is acknowledged is told to the server at once, again every {@code statusInterval}, and whenever
 * the server asks, all of it without demand of the subscriber.
 */
public final class PgxcWalStream {

    private final Feed feed;
    private final boolean beforeTen;

    PgxcWalStream(Feed feed, boolean beforeTen) {
        this.feed = feed;
        this.beforeTen = beforeTen;
    }

    /** What the log's pieces are given out by. */
    static final class Feed extends ReplicationFeed<WalData> {

        private final boolean physical;
        private Lsn reached = new Lsn(0);

        Feed(Opening opening, boolean physical) {
            super(opening);
            this.physical = physical;
        }

        @Override
        WalData element(WalData wal) {
            if (physical && wal.start().compareTo(reached) < 0) {
                throw new ReplicationFormatException("WALData goes back in the log: it begins at " + wal.start()
                        + ", and " + reached + " had been reached");
            }
            reached = wal.end();
            return wal.detached();
        }
    }

    /**
     * The pieces of the log, in order, at the subscriber's pace; delivered on the connection's event loop. The command is sent on
     * subscription; there can be one subscriber.
     *
     * <p>It completes when the stream was ended by {@link #end}, or by the server at the end of an old timeline; a refused command and a lost
     * connection are errors. Cancelling ends the stream too: what is still on its way is thrown away, and commands that follow wait for that.
     */
    public Flux<WalData> data() {
        return feed;
    }

    /**
     * Everything before {@code position} is durable here and has been applied: the server may discard its log up to there.
     *
     * @param position of the byte behind the last one concerned, {@link WalData#end()} in a physical stream; an earlier one than told before
     *     changes nothing
     */
    public void acknowledge(Lsn position) {
        acknowledge(position, position, position);
    }

    /**
     * The same with a position for each degree.
     *
     * @param written what has been received and written; servers with {@code synchronous_commit = remote_write} wait for it
     * @param flushed what is durable: the server may discard its log up to there
     * @param applied what has been applied; servers with {@code synchronous_commit = remote_apply} wait for it
     */
    public void acknowledge(Lsn written, Lsn flushed, Lsn applied) {
        feed.acknowledge(
                Require.nonNull(written, "written"),
                Require.nonNull(flushed, "flushed"),
                Require.nonNull(applied, "applied"));
    }

    /**
     * Tells the server which rows this client's queries still need.
     *
     * @param feedback the transactions that matter
     */
    public void feedback(HotStandbyFeedback feedback) {
        HotStandbyFeedback told = Require.nonNull(feedback, "feedback");
        if (beforeTen) {
            feed.tell(told::writeShortTo);
        } else {
            feed.tell(told::writeTo);
        }
    }

    /** How far the server's log reached, by what it has said last; 0/0 before it has said anything. */
    public Lsn walEnd() {
        return feed.walEnd();
    }

    /** Ends the stream: what the server has sent by then is still delivered, and then {@link #data} completes. */
    public void end() {
        feed.end();
    }

    /**
     * Where the log goes on, once {@link #data} has completed because an old timeline was at its end; empty if it ended for another reason.
     */
    public Mono<NextTimeline> nextTimeline() {
        return feed.nextTimeline();
    }

    @Override
    public String toString() {
        return "PgxcWalStream[" + feed.sql() + "]";
    }
}
