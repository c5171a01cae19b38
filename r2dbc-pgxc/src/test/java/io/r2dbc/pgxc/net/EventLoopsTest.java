// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.r2dbc.pgxc.testing.StandingAsserts;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.scheduler.NonBlocking;
import reactor.netty.resources.LoopResources;

/** Who is served by which loop. */
@ExtendWith(StandingAsserts.class)
final class EventLoopsTest {

    private final LoopResources loops = EventLoops.shared();
    private final EventLoopGroup group = loops.onClient(true);

    @Test
    @DisplayName("[H8, X12] a connection takes one turn: asking which channels the loops serve takes none")
    void turns() {
        EventLoopGroup asked = (EventLoopGroup) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {EventLoopGroup.class}, (proxy, method, arguments) -> {
                    throw new AssertionError("asked for " + method);
                });
        Class<?> usual = Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
        assertThat(loops.onChannel(SocketChannel.class, asked)).isInstanceOf(usual);
        assertThat(loops.onChannelClass(SocketChannel.class, asked)).isEqualTo(usual);
    }

    @Test
    @DisplayName("[X12] a loop is a daemon on which Reactor lets nobody block, and outlives who is done with it")
    void daemons() throws Exception {
        loops.dispose();
        Thread thread = group.next().submit(Thread::currentThread).get();
        assertThat(thread).isInstanceOf(NonBlocking.class);
        assertThat(thread.isDaemon()).isTrue();
        assertThat(thread.getName()).startsWith("pgxc-loop-");
    }
}
