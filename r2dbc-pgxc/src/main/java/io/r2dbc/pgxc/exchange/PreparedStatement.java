// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendMessage.ParameterDescription;
import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import io.r2dbc.pgxc.wire.BackendMessage.Signal;
import io.r2dbc.pgxc.wire.BindAndExecute;
import io.r2dbc.pgxc.wire.FrontendMessage.Describe;
import io.r2dbc.pgxc.wire.FrontendMessage.Parse;
import io.r2dbc.pgxc.wire.FrontendMessage.Target;
import org.jspecify.annotations.Nullable;

/**
 * A statement at the server: its name, and what is known of it so far (protocol 48.2.3).
 *
 * <p>It counts as known when its Parse is written. Columns and types belong to it and arrive once; formats belong to each execution,
 * so that an execution written before the columns arrived asks for text and later ones for binary (X8).
 */
final class PreparedStatement {

    private enum Awaits {
        PARSE,
        PARAMETERS,
        COLUMNS,
        NOTHING
    }

    private static final short[] TEXT = {};

    private final StatementKey key;
    private final String name;
    private @Nullable BindAndExecute usual;
    private short[] usualFormats = TEXT;
    private Awaits awaits = Awaits.PARSE;
    private @Nullable RowDescription description;
    private @Nullable ResultColumns columns;
    private short[] formats = TEXT;
    private @Nullable ResultFormats chooser;
    private @Nullable Object edition;
    private @Nullable Failure failure;
    private int portals;

    PreparedStatement(StatementKey key, String name) {
        this.key = key;
        this.name = name;
    }

    StatementKey key() {
        return key;
    }

    String name() {
        return name;
    }

    /** How it is bound and executed; what most executions do is kept. */
    BindAndExecute execution(String portal, short[] formats, int maxRows, ByteBuf scratch) {
        if (!portal.isEmpty() || maxRows > 0) {
            return new BindAndExecute(portal, name, formats, maxRows, scratch);
        }
        if (usual == null || usualFormats != formats) {
            usual = new BindAndExecute("", name, formats, 0, scratch);
            usualFormats = formats;
        }
        return usual;
    }

    void writeParse(Outbox out) {
        out.send(new Parse(name, key.sql(), key.parameterTypes()));
        out.send(new Describe(Target.STATEMENT, name));
    }

    /** Takes an answer to {@link #writeParse}; true when it was the last. */
    boolean onMessage(BackendMessage message, ResultFormats resultFormats) {
        switch (awaits) {
            case PARSE -> {
                require(message == Signal.PARSE_COMPLETE, message);
                awaits = Awaits.PARAMETERS;
            }
            case PARAMETERS -> {
                require(message instanceof ParameterDescription, message);
                awaits = Awaits.COLUMNS;
            }
            case COLUMNS -> {
                if (message instanceof RowDescription described) {
                    description = described;
                    chooser = resultFormats;
                    choose(described, resultFormats);
                } else {
                    require(message == Signal.NO_DATA, message);
                }
                awaits = Awaits.NOTHING;
            }
            case NOTHING -> throw Replies.unexpected(message, "Parse");
        }
        return awaits == Awaits.NOTHING;
    }

    private void require(boolean fits, BackendMessage message) {
        if (!fits) {
            throw Replies.unexpected(message, "Parse and Describe of " + key.sql());
        }
    }

    boolean isParsed() {
        return awaits != Awaits.PARSE;
    }

    boolean isDescribed() {
        return awaits == Awaits.NOTHING;
    }

    /** The columns of an execution that asked for these formats, or null where there are none or they have not arrived. */
    @Nullable
    ResultColumns columns(short[] asked) {
        if (description == null) {
            return null;
        }
        if (columns == null || columns.formats() != asked) {
            columns = new ResultColumns(description, asked);
        }
        return columns;
    }

    private void choose(RowDescription described, ResultFormats resultFormats) {
        edition = resultFormats.edition();
        formats = resultFormats.choose(described);
    }

    /** The formats an execution that is written now asks for. */
    short[] formats() {
        if (description != null && chooser != null && chooser.edition() != edition) {
            choose(description, chooser);
        }
        return formats;
    }

    /** Its Parse failed or was skipped; whoever is bound to it already fails with that. */
    void failed(Failure reason) {
        failure = reason;
    }

    @Nullable
    Failure failure() {
        return failure;
    }

    /** A statement whose portal lives is not evicted. */
    boolean hasPortal() {
        return portals > 0;
    }

    void portalOpened() {
        portals++;
    }

    void portalClosed() {
        portals--;
    }
}
