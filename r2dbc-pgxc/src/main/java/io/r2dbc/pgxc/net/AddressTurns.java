// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.channel.Channel;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Divides the time there is to connect among the addresses that a name has, so that one which never answers leaves some to the next.
 *
 * <p>The channel for the first address is there before the addresses are known; the others come when the one before has failed, and what
 * that one has left over is theirs. Calls come one after the other, of whatever event loop.
 */
final class AddressTurns {

    private final LongSupplier nanosLeft;
    private volatile int addresses = 1;
    private volatile @Nullable Channel channel;

    AddressTurns(LongSupplier nanosLeft) {
        this.nanosLeft = nanosLeft;
    }

    /** The name has been resolved. */
    List<? extends SocketAddress> onResolved(List<? extends SocketAddress> found) {
        addresses = Math.max(1, found.size());
        limit(channel);
        return found;
    }

    /** A channel is there, and is not connected yet. */
    void onChannel(Channel opened) {
        if (channel != null) {
            addresses = Math.max(1, addresses - 1);
        }
        channel = opened;
        limit(opened);
    }

    private void limit(@Nullable Channel opened) {
        if (opened != null) {
            long share = TimeUnit.NANOSECONDS.toMillis(Math.max(0, nanosLeft.getAsLong())) / addresses;
            opened.config().setConnectTimeoutMillis((int) Math.min(Integer.MAX_VALUE, share + 1));
        }
    }
}
