// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import reactor.core.publisher.Hooks;

/**
 * Asserts behind every test what no test should have to say: it was over in time, nothing was dropped, and no connection of the driver
 * is left open. Forgotten buffers are {@link LeakWatch}'s, behind every class.
 *
 * <p>The limit is 30 s; {@link #within} sets another, and the configuration parameter {@value #LIMIT} names other milliseconds. A test
 * that takes {@link DroppedSignals} as a parameter may drop some.
 */
public final class StandingAsserts
        implements BeforeEachCallback, AfterEachCallback, InvocationInterceptor, ParameterResolver {

    static final String LIMIT = "pgxc.test.limitMillis";

    private static final Namespace NAMESPACE = Namespace.create(StandingAsserts.class);
    private static final Duration USUAL_LIMIT = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Duration limit;

    /** With the usual limit. */
    public StandingAsserts() {
        this(USUAL_LIMIT);
    }

    private StandingAsserts(Duration limit) {
        this.limit = limit;
    }

    /** For tests that are long by their nature: to be registered in a static field. */
    public static StandingAsserts within(Duration limit) {
        return new StandingAsserts(limit);
    }

    @Override
    public void beforeEach(ExtensionContext context) throws InterruptedException {
        DroppedSignals dropped = dropped(context);
        Hooks.onErrorDropped(dropped::error);
        Hooks.onNextDropped(dropped::element);
        context.getStore(NAMESPACE).put("sockets", LoopSockets.open());
    }

    @Override
    public void afterEach(ExtensionContext context) throws InterruptedException {
        try {
            Set<?> before = context.getStore(NAMESPACE).get("sockets", Set.class);
            awaitClosed(before == null ? Set.of() : before);
        } finally {
            Hooks.resetOnErrorDropped();
            Hooks.resetOnNextDropped();
        }
        dropped(context).verify();
    }

    private static void awaitClosed(Set<?> before) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Set<Object> left = LoopSockets.open();
        left.removeAll(before);
        while (!left.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("connections of the driver were left open: " + left);
            }
            LockSupport.parkNanos(1_000_000);
            left.retainAll(LoopSockets.open());
        }
    }

    private static DroppedSignals dropped(ExtensionContext context) {
        Store store = context.getStore(NAMESPACE);
        return store.getOrComputeIfAbsent(DroppedSignals.class, type -> new DroppedSignals(), DroppedSignals.class);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == DroppedSignals.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        DroppedSignals dropped = dropped(context);
        dropped.expect();
        return dropped;
    }

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        limit(invocation, context);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        limit(invocation, context);
    }

    @Override
    public void interceptDynamicTest(
            Invocation<Void> invocation, DynamicTestInvocationContext test, ExtensionContext context) throws Throwable {
        limit(invocation, context);
    }

    private void limit(Invocation<Void> invocation, ExtensionContext context) throws Throwable {
        Duration given = context.getConfigurationParameter(LIMIT, text -> Duration.ofMillis(Long.parseLong(text)))
                .orElse(limit);
        new TimeLimit(given).watch(invocation::proceed);
    }
}
