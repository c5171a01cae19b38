// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcConnectionFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** Tests the test of all tests: each thing it looks for is planted once, and must be found. */
final class StandingAssertsTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    @Test
    @DisplayName("[SA4] a planted dropped error fails the test that dropped it")
    void droppedErrorIsFound() {
        assertThat(failure(DropsError.class)).contains("dropped, with nobody left to take it", "planted");
    }

    @Test
    @DisplayName("[SA4] a planted dropped element fails the test that dropped it")
    void droppedElementIsFound() {
        assertThat(failure(DropsElement.class)).contains("dropped, with nobody left to take it", "planted");
    }

    @Test
    @DisplayName("[SA4] a test that asks for what was dropped may drop")
    void expectedDropPasses() {
        assertThat(failures(DropsOnPurpose.class)).isEmpty();
    }

    @Test
    @DisplayName("[SA2] a planted buffer leak fails the class that forgot the buffer")
    void leakIsFound() {
        assumeTrue(
                ResourceLeakDetector.getLevel() == ResourceLeakDetector.Level.PARANOID,
                "only a suite that follows every buffer can find a leak");
        assertThat(failure(ForgetsBuffer.class)).contains("buffers leaked");
    }

    @Test
    @DisplayName("[SA6] a connection that is left open fails the test that opened it")
    void openConnectionIsFound() {
        try (ScriptedServer server = ScriptedServer.start()) {
            LeavesConnection.server = server;
            assertThat(failure(LeavesConnection.class)).contains("connections of the driver were left open");
            PgxcConnection left = LeavesConnection.left;
            assertThat(left).isNotNull();
            left.close().block(SOON);
        }
    }

    @Test
    @DisplayName("[SA1] a test that hangs fails at its limit, and shows what all threads were doing")
    void hangIsFound() {
        assertThat(failure(Hangs.class)).contains("was not over within PT0.2S", "StandingAssertsTest$Hangs.hang");
    }

    @Test
    @DisplayName("a test that leaves nothing behind passes, and keeps its own failure where it has one")
    void othersAreLeftAlone() {
        assertThat(failures(LeavesNothing.class)).isEmpty();
        assertThat(failure(FailsByItself.class)).contains("its own failure");
    }

    private static String failure(Class<?> planted) {
        List<String> failures = failures(planted);
        assertThat(failures).hasSize(1);
        return failures.get(0);
    }

    private static List<String> failures(Class<?> planted) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(planted))
                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
                .configurationParameter(StandingAsserts.LIMIT, planted == Hangs.class ? "200" : "30000")
                .execute()
                .allEvents()
                .failed()
                .stream()
                .map(StandingAssertsTest::text)
                .toList();
    }

    private static String text(Event failed) {
        return failed.getRequiredPayload(TestExecutionResult.class)
                .getThrowable()
                .map(Throwable::toString)
                .orElse("");
    }

    @ExtendWith(StandingAsserts.class)
    static final class DropsError {
        @Test
        void drop() {
            Operators.onErrorDropped(new IllegalStateException("planted"), Context.empty());
        }
    }

    @ExtendWith(StandingAsserts.class)
    static final class DropsElement {
        @Test
        void drop() {
            Operators.onNextDropped("planted", Context.empty());
        }
    }

    @ExtendWith(StandingAsserts.class)
    static final class DropsOnPurpose {
        @Test
        void drop(DroppedSignals dropped) {
            Operators.onErrorDropped(new IllegalStateException("planted"), Context.empty());
            assertThat(dropped.awaitErrors(1, SOON)).hasSize(1);
        }
    }

    @ExtendWith(StandingAsserts.class)
    static final class ForgetsBuffer {
        @Test
        void forget() {
            assertThat(ByteBufAllocator.DEFAULT.buffer(64).writeByte(1).readableBytes())
                    .isOne();
        }
    }

    @ExtendWith(StandingAsserts.class)
    static final class LeavesConnection {

        static @Nullable ScriptedServer server;
        static @Nullable PgxcConnection left;

        @Test
        void leave() {
            ScriptedServer to = server;
            assertThat(to).isNotNull();
            left = new PgxcConnectionFactory(PgxcConfiguration.builder()
                            .host(to.host())
                            .port(to.port())
                            .user("test")
                            .build())
                    .create()
                    .block(SOON);
        }
    }

    @ExtendWith(StandingAsserts.class)
    static final class Hangs {
        @Test
        void hang() throws InterruptedException {
            new CountDownLatch(1).await();
        }
    }

    @ExtendWith(StandingAsserts.class)
    static final class LeavesNothing {
        @Test
        void leaveNothing() {
            assertThat(ByteBufAllocator.DEFAULT.buffer(64).release()).isTrue();
        }
    }

    @ExtendWith(StandingAsserts.class)
    static final class FailsByItself {
        @Test
        void fail() {
            throw new AssertionError("its own failure");
        }
    }
}
