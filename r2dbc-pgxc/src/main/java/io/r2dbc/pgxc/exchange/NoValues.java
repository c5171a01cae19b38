// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.wire.BindValues;

/** The values of a statement that has no parameters. */
public enum NoValues implements BindValues {
    INSTANCE;

    @Override
    public int count() {
        return 0;
    }

    @Override
    public boolean isBinary(int index) {
        return false;
    }

    @Override
    public boolean write(int index, ByteBuf out) {
        return false;
    }
}
