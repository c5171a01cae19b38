// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * What may block on an event loop although nothing should, each with its reason. There is no other such list.
 *
 * <p>None of it is the driver's own code.
 */
public final class AllowedBlocking implements BlockHoundIntegration {

    private static final String ALLOCATOR = "io.netty.buffer.AdaptivePoolingAllocator";

    @Override
    public void applyTo(BlockHound.Builder builder) {
        // Netty's allocator widens its set of magazines under a lock that is held for a few instructions; whoever
        // allocates or
        // releases at that moment waits for it.
        builder.allowBlockingCallsInside(ALLOCATOR, "allocate");
        builder.allowBlockingCallsInside(ALLOCATOR + "$MagazineGroup", "allocate");
        builder.allowBlockingCallsInside(ALLOCATOR + "$AdaptiveByteBuf", "deallocate");
        // The JDK's Kerberos begins each packet with random bytes, which the system's device has at once.
        builder.allowBlockingCallsInside("sun.security.krb5.Confounder", "bytes");
    }
}
