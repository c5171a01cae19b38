// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;

/** Reads a floating point value without a box. */
@FunctionalInterface
interface DoubleReader {

    double read(ByteBuf buffer, int offset, int length);
}
