// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

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
     * @param scratch where it is encoded; nothing of it stays there
     */
    public BindAndExecute(String portal, String statement, short[] resultFormats, int maxRows, ByteBuf scratch) {
        int start = scratch.writerIndex();
        try {
            Frame.begin(scratch, FrontendMessage.Bind.TAG);
            FrontendMessage.Bind.writeNames(scratch, portal, statement);
            int names = scratch.writerIndex();
            FrontendMessage.Bind.writeResultFormats(scratch, resultFormats);
            int formats = scratch.writerIndex();
            new FrontendMessage.Execute(portal, maxRows).writeTo(scratch);
            head = ByteBufUtil.getBytes(scratch, start, names - start);
            tail = ByteBufUtil.getBytes(scratch, names, scratch.writerIndex() - names);
            formatsLength = formats - names;
        } finally {
            scratch.writerIndex(start);
        }
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
