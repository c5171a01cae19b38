// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.exchange.CopyOutSeries;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.Failure.ProtocolViolation;
import io.r2dbc.pgxc.exchange.SessionEndException;
import io.r2dbc.pgxc.net.Session;
import io.r2dbc.pgxc.replication.BackupDecoder;
import io.r2dbc.pgxc.replication.BackupPart;
import io.r2dbc.pgxc.replication.BackupPart.Archive;
import io.r2dbc.pgxc.replication.BackupPart.Finished;
import io.r2dbc.pgxc.replication.BackupPart.Manifest;
import io.r2dbc.pgxc.replication.BackupPart.Started;
import io.r2dbc.pgxc.replication.BackupPart.Tablespace;
import io.r2dbc.pgxc.replication.ReplicationFormatException;
import io.r2dbc.pgxc.value.Lsn;
import io.r2dbc.pgxc.wire.DataRow;
import io.r2dbc.pgxc.wire.ProtocolException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The way of one BASE_BACKUP to its subscriber: two results, data, and a last result (S3.19).
 *
 * <p>Servers before PostgreSQL 15 send a COPY for each archive, and say nowhere which; they come in the order of the tablespaces, and the
 * manifest behind them. Event loop only, but for what says otherwise.
 */
final class BackupFeed extends DemandFlux<BackupPart> implements CopyOutSeries.Consumer {

    private static final int WHERE_IT_STARTS = 0;
    private static final int TABLESPACES = 1;

    private final Session session;
    private final String sql;
    private final boolean tagged;
    private final CopyOutSeries exchange;
    private final AtomicBoolean attached = new AtomicBoolean();
    private final ArrayDeque<BackupPart> ready = new ArrayDeque<>(2);
    private final List<Tablespace> tablespaces = new ArrayList<>();
    private final BackupDecoder decoder = new BackupDecoder();
    private volatile @Nullable PacedSubscription<BackupPart> subscription;
    private Lsn start = new Lsn(0);
    private long timeline;
    private int copies;
    private boolean ended;

    /** {@code tagged}: whether each piece of data says what it is. */
    BackupFeed(Session session, String sql, boolean tagged) {
        this.session = session;
        this.sql = sql;
        this.tagged = tagged;
        this.exchange = new CopyOutSeries(sql, this);
    }

    @Override
    void attach(PacedSubscription<BackupPart> to) {
        if (!attached.compareAndSet(false, true)) {
            to.fail(new IllegalStateException("A backup can be consumed only once"));
            return;
        }
        subscription = to;
        session.submit(exchange);
        if (to.isOver()) {
            onCancel(to);
        }
    }

    @Override
    void onDemand() {
        session.execute(() -> {
            PacedSubscription<BackupPart> to = subscription;
            if (to != null && to.refuseBadRequest()) {
                session.cancel(exchange);
            }
            deliver();
        });
    }

    @Override
    void onCancel(PacedSubscription<BackupPart> leaving) {
        if (subscription == leaving) {
            session.cancel(exchange);
        }
    }

    @Override
    public boolean wants() {
        PacedSubscription<BackupPart> to = subscription;
        return to == null || to.isOver() || (ready.isEmpty() && to.isPresent());
    }

    private void add(BackupPart part) {
        ready.add(part);
        deliver();
    }

    /** One row, or the beginning of a COPY, may be more than one part: those that are not asked for yet wait. */
    private void deliver() {
        PacedSubscription<BackupPart> to = subscription;
        while (to != null && !ready.isEmpty() && !to.isOver() && to.isPresent()) {
            to.next(ready.remove());
        }
        if (to != null && ended && ready.isEmpty()) {
            to.complete();
        }
    }

    @Override
    public void onRow(int result, DataRow row) {
        if (result == TABLESPACES && copies == 0) {
            tablespaces.add(tablespace(row));
            return;
        }
        ReplicationAnswers.atLeast(row, 2, "BASE_BACKUP");
        Lsn position = ReplicationAnswers.lsn(row, 0);
        long of = ReplicationAnswers.number(row, 1);
        if (result == WHERE_IT_STARTS) {
            start = position;
            timeline = of;
        } else {
            begin();
            add(new Finished(position, of));
        }
    }

    private static Tablespace tablespace(DataRow row) {
        ReplicationAnswers.atLeast(row, 3, "BASE_BACKUP");
        return new Tablespace(
                row.isNull(0) ? null : (int) ReplicationAnswers.number(row, 0),
                ReplicationAnswers.text(row, 1),
                row.isNull(2) ? null : ReplicationAnswers.number(row, 2));
    }

    private void begin() {
        if (copies++ == 0) {
            add(new Started(start, timeline, tablespaces));
        }
    }

    @Override
    public void onCopy() {
        int archive = copies;
        begin();
        if (tagged) {
            return;
        }
        if (archive >= tablespaces.size()) {
            add(new Manifest());
            return;
        }
        Tablespace of = tablespaces.get(archive);
        Integer oid = of.oid();
        String location = of.location();
        add(new Archive(
                oid == null ? "base.tar" : Integer.toUnsignedString(oid) + ".tar", location == null ? "" : location));
    }

    @Override
    public void onData(ByteBuf in, int offset, int length) {
        try {
            add(tagged ? decoder.read(in, offset, length) : BackupDecoder.data(in, offset, length));
        } catch (ReplicationFormatException e) {
            throw new SessionEndException(new ProtocolViolation(String.valueOf(e.getMessage()), e));
        }
    }

    @Override
    public void onEnd() {
        if (copies == 0) {
            throw new ProtocolException("The answer to " + sql + " is no backup");
        }
        ended = true;
        deliver();
    }

    @Override
    public void onFailure(Failure failure) {
        ready.clear();
        PacedSubscription<BackupPart> to = subscription;
        if (to != null) {
            to.fail(Errors.of(failure, sql));
        }
    }
}
