// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** Values for a Bind, added one by one. */
final class ListedValues implements BindValues {

    private final List<Octets> values = new ArrayList<>();
    private final List<Boolean> binary = new ArrayList<>();

    ListedValues text(String value) {
        return add(Octets.of(value), false);
    }

    ListedValues binary(String hex) {
        return add(Octets.hex(hex), true);
    }

    ListedValues nothing() {
        return add(null, false);
    }

    private ListedValues add(Octets value, boolean isBinary) {
        values.add(value);
        binary.add(isBinary);
        return this;
    }

    @Override
    public int count() {
        return values.size();
    }

    @Override
    public boolean isBinary(int index) {
        return binary.get(index);
    }

    @Override
    public boolean write(int index, ByteBuf out) {
        Octets value = values.get(index);
        if (value == null) {
            return false;
        }
        out.writeBytes(value.bytes());
        return true;
    }
}
