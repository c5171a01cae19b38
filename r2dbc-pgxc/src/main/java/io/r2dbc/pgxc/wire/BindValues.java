// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import io.netty.buffer.ByteBuf;

/** The values of one Bind or FunctionCall, each able to write itself. */
public interface BindValues {

    int count();

    /** Whether {@link #write} writes the value's binary form; its text form otherwise. Also asked for NULL. */
    boolean isBinary(int index);

    /** Appends the bytes of a value, without a length. Answers false, and appends nothing, for SQL NULL. */
    boolean write(int index, ByteBuf out);
}
