// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.exchange.Outbox;
import java.nio.ByteBuffer;

/** Hands data on as it is: each buffer behind the header of CopyData, uncopied. */
final class CopyInBytes implements CopyInSource.Writer<ByteBuf> {

    static final CopyInBytes INSTANCE = new CopyInBytes();

    private CopyInBytes() {}

    /** A view of what remains of the caller's buffer. */
    static ByteBuf view(ByteBuffer data) {
        return Unpooled.wrappedBuffer(data);
    }

    @Override
    public int write(ByteBuf element, Outbox out) {
        int length = element.readableBytes();
        out.copyData(element);
        return length;
    }

    @Override
    public void discard(ByteBuf element) {
        element.release();
    }
}
