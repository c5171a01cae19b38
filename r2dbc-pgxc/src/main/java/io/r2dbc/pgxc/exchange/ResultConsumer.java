// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.wire.DataRow;
import io.r2dbc.pgxc.wire.ErrorFields;
import org.jspecify.annotations.Nullable;

/**
 * Where the results of a query go, and how much of them is wanted. Event loop only.
 *
 * <p>Results come one after the other: {@link #onResult} opens one, {@link #onRow} fills it, {@link #onResultEnd} or
 * {@link #onError} ends it. {@link #onEnd} or {@link #onFailure} is the last call.
 */
public interface ResultConsumer {

    /** Whether a further Result may be opened now. */
    boolean wantsResult();

    /** Whether a row of the open Result is wanted now. */
    boolean wantsRow();

    /** Whether anybody has subscribed to the open Result, or none is open. */
    boolean hasReader();

    /** From now on keep what comes without demand, as heap bytes, as far as the bound goes. */
    void setAside();

    /** Whether the bound leaves room for {@link #setAside}. */
    boolean canSetAside();

    /** Whether rows that were set aside are still to be read. */
    boolean holdsRows();

    /**
     * Opens a Result.
     *
     * @param columns null if it has no rows
     */
    void onResult(@Nullable ResultColumns columns);

    void onRow(DataRow row);

    /** Ends the open Result; {@code rows} is -1 where the command has no count. */
    void onResultEnd(long rows);

    /** An error of the open Result, or, if none is open, of the whole. The rest is not executed; {@link #onEnd} follows. */
    void onError(Failure failure);

    void onNotice(ErrorFields notice);

    /** ReadyForQuery: all is over. */
    void onEnd();

    /** The end of everything before its time: nothing was sent, or the session is lost. */
    void onFailure(Failure failure);
}
