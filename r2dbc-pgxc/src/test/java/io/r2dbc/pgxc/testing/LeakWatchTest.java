// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Tests the test of leaks: it must fail over a planted one. */
final class LeakWatchTest {

    @BeforeEach
    void startClean() throws InterruptedException {
        assumeTrue(
                ResourceLeakDetector.getLevel() == ResourceLeakDetector.Level.PARANOID,
                "only a suite that follows every buffer can find a leak");
        LeakWatch.verify();
    }

    @Test
    @DisplayName("a planted buffer leak fails the class, with the place that made the buffer")
    void plantedLeakIsFound() {
        ByteBufAllocator.DEFAULT.buffer(64).writeByte(1);

        assertThatThrownBy(LeakWatch::verify)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("1 buffers leaked")
                .hasMessageContaining("plantedLeakIsFound");
    }

    @Test
    @DisplayName("a released buffer is no leak")
    void releasedBufferIsNoLeak() {
        ByteBufAllocator.DEFAULT.buffer(64).release();

        assertThatCode(LeakWatch::verify).doesNotThrowAnyException();
    }
}
