// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.spi.Wrapped;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/** What the factory hands out: a connection that tells pools its event loop, and that unwraps to one that cannot be unwrapped. */
final class WrappedConnection extends PgxcConnection implements Wrapped<PgxcConnection> {

    private final PgxcConnection plain;

    WrappedConnection(ConnectionCore core) {
        super(core);
        this.plain = new PgxcConnection(core);
    }

    @Override
    public PgxcConnection unwrap() {
        return plain;
    }

    @Override
    public <E> @Nullable E unwrap(Class<E> target) {
        if (target == Scheduler.class) {
            return target.cast(core().session().scheduler());
        }
        return target.isInstance(this) ? target.cast(this) : null;
    }
}
