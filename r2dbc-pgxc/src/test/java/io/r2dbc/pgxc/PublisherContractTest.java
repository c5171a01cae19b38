// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.support.testng.engine.TestNGTestEngine;
import org.opentest4j.TestAbortedException;

/**
 * Runs the Reactive Streams TCK over the hand-written publishers and shows each of its tests as one of its own, so that nobody has to
 * believe that they run.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PublisherContractTest {

    /** How many of the TCK's tests say something about any publisher of ours; each passes more. */
    private static final long TELLING = 25;

    /** The TCK's place-holders for rules that no test can show. */
    private static final String PLACEHOLDER = "untested_";

    /** One test of the TCK and what came of it. */
    private record Outcome(String name, TestExecutionResult result) {

        boolean isPassed() {
            return result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
        }

        DynamicTest shown() {
            return DynamicTest.dynamicTest("[C17] " + name, this::report);
        }

        /** What the TCK leaves to the publisher, and this one does not do, is a skip with the TCK's reason. */
        private void report() throws Throwable {
            Throwable why = result.getThrowable().orElse(null);
            if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
                throw new TestAbortedException(why == null ? "the TCK gives no reason" : why.getMessage());
            }
            if (why != null) {
                throw why;
            }
        }
    }

    @TestFactory
    @DisplayName("[C17] Execution keeps the rules of Reactive Streams")
    Stream<DynamicTest> execution() {
        return tests(ExecutionVerification.class);
    }

    @TestFactory
    @DisplayName("[C17] DemandFlux keeps the rules of Reactive Streams")
    Stream<DynamicTest> demandFlux() {
        return tests(DemandFluxVerification.class);
    }

    @TestFactory
    @DisplayName("[C17] rows, a DemandFlux at a socket, keep the rules of Reactive Streams")
    Stream<DynamicTest> rows() {
        return tests(RowsVerification.class);
    }

    @TestFactory
    @DisplayName("[C17, I9] copyOut, a DemandFlux at a socket, keeps the rules of Reactive Streams")
    Stream<DynamicTest> copyOut() {
        return tests(CopyOutVerification.class);
    }

    @TestFactory
    @DisplayName("[C17] EventFlux keeps the rules of Reactive Streams")
    Stream<DynamicTest> eventFlux() {
        return tests(EventFluxVerification.class);
    }

    private static Stream<DynamicTest> tests(Class<? extends PublisherContract<?>> contract) {
        List<Outcome> outcomes = run(contract);
        DynamicTest counted = DynamicTest.dynamicTest(
                "[C17] the TCK was run on " + contract.getSimpleName(),
                () -> assertThat(outcomes.stream().filter(Outcome::isPassed).count())
                        .isGreaterThanOrEqualTo(TELLING));
        return Stream.concat(Stream.of(counted), outcomes.stream().map(Outcome::shown));
    }

    private static List<Outcome> run(Class<?> contract) {
        List<Outcome> outcomes = new ArrayList<>();
        Launcher launcher = LauncherFactory.create(LauncherConfig.builder()
                .enableTestEngineAutoRegistration(false)
                .enableTestExecutionListenerAutoRegistration(false)
                .enableLauncherSessionListenerAutoRegistration(false)
                .addTestEngines(new TestNGTestEngine())
                .build());
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(contract))
                .build();
        launcher.execute(request, new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest() && !test.getDisplayName().startsWith(PLACEHOLDER)) {
                    outcomes.add(new Outcome(test.getDisplayName(), result));
                }
            }
        });
        return outcomes;
    }
}
