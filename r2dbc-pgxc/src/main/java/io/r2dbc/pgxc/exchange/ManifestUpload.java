// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendMessage.CommandComplete;
import io.r2dbc.pgxc.wire.BackendMessage.CopyInResponse;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.FrontendMessage.CopyData;
import io.r2dbc.pgxc.wire.FrontendMessage.CopyDone;
import io.r2dbc.pgxc.wire.FrontendMessage.CopyFail;
import io.r2dbc.pgxc.wire.FrontendMessage.Query;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** UPLOAD_MANIFEST: gives the server the manifest of an earlier backup, which is all there before it is asked for (48.3). */
public final class ManifestUpload extends Exchange {

    private static final String SQL = "UPLOAD_MANIFEST";

    private final List<ByteBuf> manifest;
    private final Done done;
    private boolean asked;
    private @Nullable Failure failure;

    /** The buffers are on the heap, and only read. */
    public ManifestUpload(List<ByteBuf> manifest, Done done) {
        this.manifest = manifest;
        this.done = done;
    }

    @Override
    public Written write(SessionState session, Outbox out) {
        out.send(new Query(SQL));
        return Written.ALL;
    }

    @Override
    public boolean holdsBack() {
        return !isAnswered();
    }

    @Override
    public Progress onMessage(BackendMessage message, SessionState session, Outbox out) {
        if (message instanceof ReadyForQuery) {
            finish();
            return Progress.DONE;
        }
        if (message instanceof CopyInResponse && !asked && failure == null) {
            asked = true;
            give(out);
        } else if (!(message instanceof CommandComplete) || !asked || failure != null) {
            throw unexpected(message);
        }
        return Progress.MORE;
    }

    private void give(Outbox out) {
        if (isCancelled()) {
            out.send(new CopyFail("The client has cancelled the upload"));
            return;
        }
        manifest.forEach(piece -> out.send(new CopyData(piece)));
        out.send(new CopyDone());
    }

    private void finish() {
        if (isCancelled()) {
            return;
        }
        if (failure == null) {
            done.succeeded();
        } else {
            done.failed(failure);
        }
    }

    @Override
    public void onError(Failure error, SessionState session, Outbox out) {
        if (failure == null) {
            failure = session.onError(error);
        }
    }

    @Override
    public void fail(Failure reason) {
        done.failed(failure == null ? reason : failure);
    }

    @Override
    public String label() {
        return SQL;
    }
}
