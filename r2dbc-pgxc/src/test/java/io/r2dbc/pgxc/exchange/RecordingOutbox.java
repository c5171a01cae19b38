// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.FrontendDecoder;
import io.r2dbc.pgxc.wire.FrontendMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Keeps what an exchange says, without a channel; costly work is done when the test says so. */
final class RecordingOutbox implements Outbox {

    final List<Exchange> enqueued = new ArrayList<>();
    private final ByteBuf buffer = Unpooled.buffer();
    private final Deque<Runnable> offloaded = new ArrayDeque<>();

    @Override
    public ByteBuf buffer() {
        return buffer;
    }

    @Override
    public boolean isFull() {
        return false;
    }

    @Override
    public void ride(Ride ride) {
        ride.write(this);
    }

    @Override
    public void enqueue(Exchange follower) {
        enqueued.add(follower);
    }

    @Override
    public void ahead(Exchange next) {
        enqueued.add(0, next);
    }

    @Override
    public void copyData(ByteBuf data) {
        send(new FrontendMessage.CopyData(data));
        data.release();
    }

    @Override
    public void speaks(Exchange speaker) {}

    @Override
    public <T> void offload(Load load, Supplier<T> work, Consumer<T> then) {
        offloaded.add(() -> then.accept(work.get()));
    }

    boolean hasWork() {
        return !offloaded.isEmpty();
    }

    void doWork() {
        offloaded.remove().run();
    }

    /** What has been said since the last call, with a type byte each. */
    List<ClientMessage> said() {
        List<ClientMessage> said = FrontendDecoder.all(buffer);
        buffer.clear();
        return said;
    }

    ClientMessage.Authentication saidOne() {
        List<ClientMessage> said = said();
        if (said.size() == 1 && said.get(0) instanceof ClientMessage.Authentication one) {
            return one;
        }
        throw new AssertionError("not one answer to an authentication request: " + said);
    }
}
