// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.replication.LogicalDecoder;
import io.r2dbc.pgxc.replication.LogicalMessage;
import io.r2dbc.pgxc.replication.LogicalMessage.Begin;
import io.r2dbc.pgxc.replication.LogicalMessage.BeginPrepare;
import io.r2dbc.pgxc.replication.LogicalMessage.Change;
import io.r2dbc.pgxc.replication.LogicalMessage.Message;
import io.r2dbc.pgxc.replication.LogicalMessage.StreamStart;
import io.r2dbc.pgxc.replication.LogicalMessage.StreamStop;
import io.r2dbc.pgxc.replication.Relation;
import io.r2dbc.pgxc.replication.WalData;
import io.r2dbc.pgxc.value.Lsn;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Decodes what {@code pgoutput} makes of the log, on its way to the subscriber.
 *
 * <p>Changes of a table with types that are not known yet wait, in the socket, until the catalogue has been asked. While the server has
 * nothing for this client, and the application has acknowledged all it got, the server is told that all the rest is done with too: there
 * was nothing for it in there, and the log would be kept for nothing.
 */
final class LogicalFeed extends ReplicationFeed<PgxcLogicalEvent> {

    private final ConnectionCore core;
    private final LogicalDecoder decoder;
    private final RelationRows rows;
    private final Runnable whenAccepted;
    private boolean afterReconnect;
    private int lookUps;
    private boolean inTransaction;
    private Lsn delivered = new Lsn(0);

    /**
     * Nothing is sent before somebody subscribes.
     *
     * @param afterReconnect whether the first event is to say so
     * @param whenAccepted is run when the server has accepted the stream
     */
    LogicalFeed(
            Opening opening,
            ConnectionCore core,
            LogicalDecoder decoder,
            boolean afterReconnect,
            Runnable whenAccepted) {
        super(opening);
        this.whenAccepted = whenAccepted;
        this.core = core;
        this.decoder = decoder;
        this.rows = new RelationRows(core);
        this.afterReconnect = afterReconnect;
    }

    @Override
    PgxcLogicalEvent element(WalData wal) {
        LogicalMessage message =
                decoder.read(wal.data(), wal.data().readerIndex(), wal.data().readableBytes());
        note(message);
        boolean first = afterReconnect;
        afterReconnect = false;
        if (message instanceof Change change) {
            return new PgxcLogicalEvent(
                    wal.start(),
                    wal.serverTime(),
                    message,
                    rows.row(change.relation(), change.oldRow()),
                    rows.row(change.relation(), change.newRow()),
                    first);
        }
        return new PgxcLogicalEvent(wal.start(), wal.serverTime(), message, null, null, first);
    }

    private void note(LogicalMessage message) {
        Lsn end = PgxcLogicalEvent.endOf(message);
        if (end != null) {
            // a message that belongs to no transaction may come within the block of one
            inTransaction &= message instanceof Message;
            delivered = delivered.compareTo(end) < 0 ? end : delivered;
        } else if (message instanceof Relation relation) {
            lookUpTypes(relation);
        } else if (message instanceof Begin || message instanceof BeginPrepare || message instanceof StreamStart) {
            inTransaction = true;
        } else if (message instanceof StreamStop) {
            inTransaction = false;
        }
    }

    private void lookUpTypes(Relation relation) {
        List<Integer> oids =
                relation.columns().stream().map(Relation.Column::typeOid).toList();
        Mono<Void> lookUp = core.catalog().lookUp(oids);
        if (lookUp != null) {
            lookUps++;
            lookUp.subscribe(null, e -> typesAreThere(), this::typesAreThere);
        }
    }

    private void typesAreThere() {
        session().execute(() -> lookUps--);
    }

    @Override
    void onAccepted() {
        whenAccepted.run();
    }

    @Override
    boolean isReadable() {
        return lookUps == 0;
    }

    @Override
    void onKeepalive(Lsn end) {
        if (!inTransaction && standing().flushed().compareTo(delivered) >= 0) {
            standing().acknowledge(end, end, end);
        }
    }
}
