// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import reactor.netty.resources.LoopResources;

/** Event loops on the JDK's selector, as everybody has them whom Netty has no library for; its channels can be derived from. */
public final class SelectorLoops {

    private static final EventLoopGroup GROUP = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("selector-loop", true), NioIoHandler.newFactory());

    private SelectorLoops() {}

    /** Those of this process; nobody ends them. */
    public static EventLoopGroup group() {
        return GROUP;
    }

    /** The same, as the driver takes them. */
    public static LoopResources resources() {
        return useNative -> GROUP;
    }
}
