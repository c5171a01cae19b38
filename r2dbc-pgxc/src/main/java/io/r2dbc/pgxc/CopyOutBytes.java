// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.exchange.CopyOut;
import io.r2dbc.pgxc.exchange.Exchange;

/** Emits what COPY TO STDOUT sends, each CopyData as a slice of what has arrived, which is the subscriber's to release. */
final class CopyOutBytes extends DataFlux<ByteBuf> {

    private final boolean writes;

    /** {@code writes} where breaking it off would undo something. */
    CopyOutBytes(ConnectionCore core, SqlText text) {
        super(core, text.sql());
        this.writes = text.writes();
    }

    @Override
    Exchange make() {
        return new CopyOut(sql(), writes, this);
    }

    @Override
    public void onData(ByteBuf in, int offset, int length) {
        ByteBuf data = in.retainedSlice(offset, length);
        if (!emit(data)) {
            data.release();
        }
    }
}
