// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import java.time.Duration;
import reactor.netty.resources.LoopResources;

/**
 * What a session needs to know of the configuration.
 *
 * @param connectTimeout covers everything until the first ReadyForQuery
 * @param pipelineLimit how many exchanges may be written and unanswered at a time
 * @param stallTimeout how long a result nobody reads may hold up others; zero = for ever
 * @param cancelGrace how long a cancelled exchange is drained before the server is asked to stop
 * @param responseTimeout how long the server may say nothing while an answer is due; zero = for ever
 * @param maxMessageSize the longest message accepted, in bytes
 */
public record SessionOptions(
        String host,
        int port,
        LoopResources loopResources,
        boolean tcpKeepAlive,
        boolean tcpNoDelay,
        Duration connectTimeout,
        int pipelineLimit,
        Duration stallTimeout,
        Duration cancelGrace,
        Duration responseTimeout,
        int maxMessageSize) {

    String address() {
        return host + ":" + port;
    }
}
