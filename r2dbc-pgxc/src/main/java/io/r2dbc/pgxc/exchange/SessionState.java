// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.wire.BackendMessage.BackendKeyData;
import io.r2dbc.pgxc.wire.FrontendMessage.Close;
import io.r2dbc.pgxc.wire.TransactionStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What this side knows of the server's session, and what it projects (X18).
 *
 * <p>The <em>known</em> transaction state is that of the last ReadyForQuery; the <em>projected</em> one is that plus everything
 * written since. Decisions are made on the projection, when an exchange's turn to be written comes. Event loop only, except
 * {@link #isAutoCommit}, {@link #beginSubscribed}, {@link #parameters} and {@link #backendKey}.
 */
public final class SessionState {

    /** See the class comment. UNKNOWN lasts until the ReadyForQuery of whatever made it so, which is a fence. */
    public enum Projection {
        IDLE,
        OPEN,
        UNKNOWN
    }

    final StatementCache statements;
    final ParameterTyping typing;
    final ResultFormats formats;

    private final ServerParameters parameters = new ServerParameters();
    private final AutoCommit autoCommit = new AutoCommit();
    private final List<Close> closes = new ArrayList<>();
    private volatile @Nullable BackendKeyData backendKey;
    private volatile ServerProfile profile = ServerProfile.POSTGRESQL;
    private TransactionStatus known = TransactionStatus.IDLE;
    private Projection projection = Projection.IDLE;
    private @Nullable List<String> waitingBegin;
    private @Nullable Failure beginFailure;
    private @Nullable Failure firstError;
    private long transaction;
    private boolean nothingBehind;

    public SessionState(int statementCacheCapacity, ParameterTyping typing, ResultFormats formats) {
        this.statements = new StatementCache(statementCacheCapacity);
        this.typing = typing;
        this.formats = formats;
    }

    public ServerParameters parameters() {
        return parameters;
    }

    /** What a CancelRequest needs; null where the server cannot cancel (S2.1.6). */
    public @Nullable BackendKeyData backendKey() {
        return backendKey;
    }

    void backendKey(BackendKeyData key) {
        backendKey = key;
    }

    public ServerProfile profile() {
        return profile;
    }

    public void profile(ServerProfile detected) {
        profile = detected;
    }

    public TransactionStatus known() {
        return known;
    }

    public Projection projection() {
        return projection;
    }

    /** False from the moment a transaction was asked for until it is over. Any thread. */
    public boolean isAutoCommit() {
        return autoCommit.isOn();
    }

    /** A transaction was asked for; its exchange is on its way to the event loop. Any thread. */
    void beginSubscribed() {
        autoCommit.beginSubscribed();
    }

    void beginArrived() {
        autoCommit.beginArrived();
    }

    /** Takes note of a ReadyForQuery; {@code nothingBehind} tells whether it answers everything that was written. */
    public void onReadyForQuery(TransactionStatus status, boolean nothingBehind) {
        known = status;
        this.nothingBehind = nothingBehind;
        if (nothingBehind) {
            project(status == TransactionStatus.IDLE ? Projection.IDLE : Projection.OPEN);
        }
        if (status != TransactionStatus.FAILED) {
            firstError = null;
        }
    }

    /** Whether the exchange that is being answered was the last one written; valid while its ReadyForQuery is handled. */
    boolean nothingBehind() {
        return nothingBehind;
    }

    /** Takes note of an error; in a transaction the first one is the cause of all that follow (X4). */
    Failure onError(Failure failure) {
        if (firstError != null
                && failure instanceof Failure.ServerError error
                && "25P02".equals(error.fields().sqlState())) {
            return new Failure.ServerError(error.fields(), error.connectionLost(), firstError);
        }
        if (firstError == null) {
            firstError = failure;
        }
        return failure;
    }

    /** The error has been undone by going back to a savepoint, or was met outside a transaction. */
    void forgetFirstError() {
        firstError = null;
    }

    @Nullable
    Failure firstError() {
        return firstError;
    }

    void project(Projection next) {
        if (next == Projection.IDLE && projection != Projection.IDLE) {
            transaction++;
        }
        projection = next;
        refresh();
    }

    private void refresh() {
        boolean open =
                projection == Projection.OPEN || (projection == Projection.UNKNOWN && known != TransactionStatus.IDLE);
        autoCommit.inTransaction(open || waitingBegin != null || beginFailure != null);
    }

    /** Whether a statement written now runs inside a transaction block, one that is still to begin included. */
    boolean projectsTransaction() {
        return waitingBegin != null || projection == Projection.OPEN;
    }

    /**
     * Which transaction block an exchange written now belongs to; portals do not outlive theirs. A block that SQL may have ended and begun
     * anew counts as the same: then the server says that the portal is gone.
     */
    long transaction() {
        return transaction;
    }

    /** Whether BEGIN waits for something to ride with. */
    public boolean beginWaits() {
        return waitingBegin != null;
    }

    void beginWaits(List<String> commands) {
        waitingBegin = commands;
        refresh();
    }

    /** Takes the waiting BEGIN: whoever calls writes it. */
    List<String> takeBegin() {
        List<String> commands = waitingBegin == null ? List.of() : waitingBegin;
        waitingBegin = null;
        project(Projection.OPEN);
        return commands;
    }

    void dropBegin() {
        waitingBegin = null;
        beginFailure = null;
        refresh();
    }

    void beginFailed(Failure failure) {
        beginFailure = failure;
        refresh();
    }

    /** The failure of a BEGIN: until COMMIT or ROLLBACK nothing may run in its place (X17). */
    public @Nullable Failure beginFailure() {
        return beginFailure;
    }

    void closeLater(Close close) {
        closes.add(close);
    }

    List<Close> closes() {
        return closes;
    }

    /** What is to be closed with the next flight: the first so many. */
    List<Close> takeCloses(int count) {
        List<Close> first = closes.subList(0, count);
        List<Close> taken = List.copyOf(first);
        first.clear();
        return taken;
    }

    /** DISCARD and DEALLOCATE take the prepared statements with them (X9). */
    void onCommandTag(String tag) {
        if (tag.startsWith("DISCARD ALL") || tag.startsWith("DEALLOCATE")) {
            statements.clear();
        }
    }
}
