// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** Notes what a decoder delivers, each message as the bytes a server would have sent for it. */
final class RecordingSink implements BackendSink {

    final List<Octets> delivered = new ArrayList<>();
    final List<BackendMessage> messages = new ArrayList<>();
    final StringBuilder asked = new StringBuilder();
    String unwanted = "";
    Runnable onAuthenticated = () -> {};

    @Override
    public boolean wants(byte tag) {
        asked.append((char) tag);
        return unwanted.indexOf((char) tag) < 0;
    }

    @Override
    public void onRow(DataRow row) {
        List<Octets> values = new ArrayList<>();
        for (int i = 0; i < row.columnCount(); i++) {
            values.add(row.isNull(i) ? null : Octets.of(row.buffer().slice(row.offset(i), row.length(i))));
        }
        delivered.add(BackendEncoder.row(values));
    }

    @Override
    public void onCopyData(ByteBuf in, int offset, int length) {
        delivered.add(BackendEncoder.copyData(Octets.of(in.slice(offset, length))));
    }

    @Override
    public void onMessage(BackendMessage message) {
        messages.add(message);
        delivered.add(BackendEncoder.encode(message));
        if (message instanceof BackendMessage.AuthenticationOk) {
            onAuthenticated.run();
        }
    }

    <M extends BackendMessage> M only(Class<M> kind) {
        if (messages.size() != 1 || !kind.isInstance(messages.get(0))) {
            throw new AssertionError("expected one " + kind.getSimpleName() + ", got " + messages);
        }
        return kind.cast(messages.get(0));
    }
}
