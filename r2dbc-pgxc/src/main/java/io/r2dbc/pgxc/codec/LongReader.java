// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;

/** Reads a value into the number that both of its formats stand for, without a box. */
@FunctionalInterface
interface LongReader {

    long read(ByteBuf buffer, int offset, int length);
}
