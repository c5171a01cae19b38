// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;

/** Which format to ask for, column by column: binary where the driver reads it. */
@FunctionalInterface
public interface ResultFormats {

    /** One code per column, or one for all, or none for text everywhere, as Bind takes them (protocol S5.4.2). */
    short[] choose(RowDescription columns);

    /** What the choice rests on; once it is another object, the choice may be another one. */
    default Object edition() {
        return this;
    }
}
