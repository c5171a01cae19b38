// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

/** Bind and Execute as each execution of a statement has them: what does not change from one to the next is encoded once (48.2.3). */
public final class BindAndExecute {

    private final byte[] head;
    private final byte[] tail;
    private final int formatsLength;

    /**
     * Encodes what stands before and behind the values.
     *
     * @param portal to be bound, and executed
     * @param resultFormats codes for Bind: none for text, one for all columns, or one for each
     * @param maxRows for Execute, 0 for all
     */
    public BindAndExecute(String portal, String statement, short[] resultFormats, int maxRows) {
        ByteBuf out = Unpooled.buffer();
        Frame.begin(out, FrontendMessage.Bind.TAG);
        FrontendMessage.Bind.writeNames(out, portal, statement);
        head = ByteBufUtil.getBytes(out);
        out.clear();
        FrontendMessage.Bind.writeResultFormats(out, resultFormats);
        formatsLength = out.readableBytes();
        new FrontendMessage.Execute(portal, maxRows).writeTo(out);
        tail = ByteBufUtil.getBytes(out);
    }

    /** Writes both messages, or, if it throws, nothing. */
    public void write(ByteBuf out, BindValues values) {
        int start = out.writerIndex();
        try {
            out.writeBytes(head);
            Frame.writeValues(out, values, "Bind");
            out.writeBytes(tail);
            Frame.end(out, start, out.writerIndex() - tail.length + formatsLength, "Bind", Frame.LONG);
        } catch (RuntimeException | Error failure) {
            out.writerIndex(start);
            throw failure;
        }
    }
}
