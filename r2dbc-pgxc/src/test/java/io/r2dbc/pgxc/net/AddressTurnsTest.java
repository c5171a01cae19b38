// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("[B1, B2] The time there is to connect, shared by the addresses of a name")
class AddressTurnsTest {

    private final AtomicLong millisLeft = new AtomicLong(9_000);
    private final AddressTurns turns = new AddressTurns(() -> TimeUnit.MILLISECONDS.toNanos(millisLeft.get()));

    private static List<SocketAddress> addresses(int count) {
        return Collections.nCopies(count, InetSocketAddress.createUnresolved("db", 5432));
    }

    private int next() {
        Channel opened = new EmbeddedChannel();
        turns.onChannel(opened);
        return opened.config().getConnectTimeoutMillis();
    }

    @Test
    @DisplayName("[B2] the only address has all of it")
    void one() {
        Channel opened = new EmbeddedChannel();
        turns.onChannel(opened);
        assertThat(turns.onResolved(addresses(1))).hasSize(1);
        assertThat(opened.config().getConnectTimeoutMillis()).isEqualTo(9_001);
    }

    @Test
    @DisplayName("[B1] each of several has its part, and of what those before have left over")
    void several() {
        Channel first = new EmbeddedChannel();
        turns.onChannel(first);
        turns.onResolved(addresses(3));
        assertThat(first.config().getConnectTimeoutMillis()).isEqualTo(3_001);
        millisLeft.set(6_000);
        assertThat(next()).isEqualTo(3_001);
        millisLeft.set(5_900);
        assertThat(next()).isEqualTo(5_901);
    }

    @Test
    @DisplayName("more channels than addresses, no addresses, and time that is up divide nothing by nothing")
    void none() {
        assertThat(turns.onResolved(addresses(0))).isEmpty();
        assertThat(next()).isEqualTo(9_001);
        assertThat(next()).isEqualTo(9_001);
        millisLeft.set(-5);
        assertThat(next()).isEqualTo(1);
    }
}
