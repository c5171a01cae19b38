// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a result, the formats they come in, and what their reader has planned for them.
 *
 * <p>A prepared statement keeps them from one execution to the next, and the plan with them. Event loop only.
 */
public final class ResultColumns {

    private final RowDescription description;
    private final short @Nullable [] formats;
    private @Nullable Object plan;

    /**
     * Describes a result.
     *
     * @param formats what Bind asked for: none = text, one for all, or one each; null if the description itself says it
     */
    public ResultColumns(RowDescription description, short @Nullable [] formats) {
        this.description = description;
        this.formats = formats;
    }

    public RowDescription description() {
        return description;
    }

    public short @Nullable [] formats() {
        return formats;
    }

    int count() {
        return description.columns().size();
    }

    /** The plan that is kept, made on first use. All readers of one session make plans of one class. */
    public <T> T plan(Class<T> type, Function<ResultColumns, T> maker) {
        T kept = type.isInstance(plan) ? type.cast(plan) : null;
        if (kept == null) {
            kept = maker.apply(this);
            plan = kept;
        }
        return kept;
    }
}
