// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck;

import static io.r2dbc.pgxc.tck.Sandbox.all;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcConnectionFactory;
import io.r2dbc.pgxc.tck.server.TestServer;
import io.r2dbc.spi.ConnectionFactories;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;

/**
 * Tests the test of leaks where the live tests run: if buffers were not followed there, every one of them would be green whatever it
 * forgot.
 */
class LeakWatchIT {

    private static final PgxcConnectionFactory FACTORY =
            (PgxcConnectionFactory) ConnectionFactories.get(TestServer.shared().r2dbcUrl());

    @Test
    @DisplayName("[C16] a buffer forgotten on the driver's event loop fails the class that forgot it")
    void plantedLeakIsFound() {
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
        assertThat(failures(Forgets.class)).hasSize(1).first().asString().contains("1 buffers leaked");
    }

    @Test
    @DisplayName("[C16] and one that is released does not")
    void releasedBufferIsNone() {
        assertThat(failures(Releases.class)).isEmpty();
    }

    private static List<String> failures(Class<?> planted) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(planted))
                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
                .execute()
                .allEvents()
                .failed()
                .stream()
                .map(event -> event.getRequiredPayload(TestExecutionResult.class)
                        .getThrowable()
                        .map(Throwable::toString)
                        .orElse("no reason"))
                .toList();
    }

    /** Takes a buffer in a mapping function, as a decoder might. */
    private static ByteBuf buffer() {
        PgxcConnection connection = get(FACTORY.create());
        List<ByteBuf> buffers = all(connection
                .createStatement("SELECT 1")
                .execute()
                .concatMap(result ->
                        result.map(row -> ByteBufAllocator.DEFAULT.buffer(64).writeInt(row.get(0, Integer.class)))));
        get(connection.close());
        return buffers.get(0);
    }

    /** Run by the test above only. */
    static final class Forgets {

        @Test
        void forget() {
            assertThat(buffer().readInt()).isEqualTo(1);
        }
    }

    /** Run by the test above only. */
    static final class Releases {

        @Test
        void release() {
            assertThat(buffer().release()).isTrue();
        }
    }
}
