// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.exchange.ParameterTyping.Outcome;
import io.r2dbc.pgxc.wire.BindValues;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One statement within a flight, and the values it is executed with, once or several times in a row: its Parse, if it needs one, comes
 * before the first execution.
 */
public final class Step {

    private static final short[] NO_FORMATS = {};

    private final StatementKey key;
    private final @Nullable StatementKey textKey;
    private final List<? extends BindValues> executions;
    private int written;
    private int answered;
    private boolean asText;
    private boolean parses;
    private boolean parsedAsText;
    private @Nullable PreparedStatement statement;
    private short[] formats = NO_FORMATS;

    /**
     * Describes the executions.
     *
     * @param key the SQL and the types for Parse
     * @param textKey the same with {@code text} in place of Strings' zeros; null where no String leaves its type open (X10)
     * @param executions the values of each; encoded when the exchange is written, and not to be changed until then
     */
    public Step(StatementKey key, @Nullable StatementKey textKey, List<? extends BindValues> executions) {
        this.key = key;
        this.textKey = textKey;
        this.executions = executions;
    }

    String sql() {
        return key.sql();
    }

    /** Finds or makes the statement; afterwards {@link #parses} tells whether its Parse is this step's. */
    void resolve(SessionState session) {
        PreparedStatement cached = asText ? null : session.statements.get(key);
        if (cached == null && textKey != null) {
            cached = session.statements.get(textKey);
        }
        parses = cached == null;
        if (cached == null) {
            parsedAsText = parsesAsText(session);
            statement = session.statements.create(parsedAsText ? textKey() : key, session.closes());
        } else {
            statement = cached;
        }
    }

    private StatementKey textKey() {
        return textKey == null ? key : textKey;
    }

    private boolean parsesAsText(SessionState session) {
        return textKey != null && (asText || session.typing.of(key.sql()) == Outcome.TEXT);
    }

    /** The same statement as another step's, bound to other values. */
    void share(Step first) {
        statement = first.statement();
        parses = false;
    }

    /** Whether the two steps can share a statement. */
    boolean sharesKey(Step other) {
        return key.equals(other.key);
    }

    boolean parses() {
        return parses;
    }

    void parsedElsewhere() {
        parses = false;
    }

    /** Whether it is not known yet if the server can deduce what the Strings are. */
    boolean isUntried(SessionState session) {
        return parses && textKey != null && !asText && session.typing.of(key.sql()) == null;
    }

    /** The same before it is resolved: its Parse would be the first to tell. */
    boolean wouldBeUntried(SessionState session) {
        return textKey != null
                && !asText
                && session.typing.of(key.sql()) == null
                && session.statements.get(key) == null
                && session.statements.get(textKey) == null;
    }

    /** Whether Parse leaves the types of Strings to the server, so that it could be tried again as text. */
    boolean canParseAsText() {
        return textKey != null && !parsedAsText;
    }

    void parseAsText() {
        asText = true;
    }

    void rememberDeduction(SessionState session) {
        if (textKey != null) {
            session.typing.remember(key.sql(), parsedAsText ? Outcome.TEXT : Outcome.DEDUCED);
        }
    }

    /** A Parse as text that failed proves nothing for the next one. */
    void forgetDeduction(SessionState session) {
        if (parsedAsText) {
            session.typing.forget(key.sql());
        }
    }

    PreparedStatement statement() {
        if (statement == null) {
            throw new IllegalStateException("The step is asked for its statement before its turn to be written");
        }
        return statement;
    }

    /** Whether what it was resolved to does not outlive the next Parse. */
    boolean isUnnamed() {
        return statement != null && statement.name().isEmpty();
    }

    boolean isResolved() {
        return statement != null;
    }

    /** Whether anything of it has been written. */
    boolean isBegun() {
        return written > 0;
    }

    boolean isWritten() {
        return written == executions.size();
    }

    /** Whether what is answered next is its Parse. */
    boolean awaitsParse() {
        return parses && answered == 0;
    }

    /** One more execution has been answered; true if it was the last. */
    boolean answered() {
        answered++;
        return answered == executions.size();
    }

    /** The flight will be written once more. */
    void restart() {
        written = 0;
        answered = 0;
    }

    /** The columns of its result, or null where it has none. */
    @Nullable
    ResultColumns columns() {
        return statement().columns(formats);
    }

    /** Writes the next execution. All of them have their results in the same formats. */
    void write(Outbox out, String portal, int maxRows) {
        PreparedStatement prepared = statement();
        if (!isBegun()) {
            if (parses) {
                prepared.writeParse(out);
            }
            formats = prepared.formats();
        }
        ByteBuf buffer = out.buffer();
        prepared.execution(portal, formats, maxRows, buffer).write(buffer, executions.get(written));
        written++;
    }
}
