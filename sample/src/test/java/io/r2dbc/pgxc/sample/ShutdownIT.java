// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.tck.server.TestServer;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.test.StepVerifier;

/** Stands alone, because closing an application ends the web server's event loops of the whole JVM. */
@DisplayName("Closing the sample")
final class ShutdownIT {

    @Test
    @DisplayName("completes open event streams first, so that it takes seconds and not the time limit")
    void closesQuickly() {
        ConfigurableApplicationContext application =
                SampleApplication.serve(TestServer.shared().r2dbcUrl(), "--server.port=0");
        WebClient client = WebClient.create(Visitor.address(application));

        Duration closing = StepVerifier.create(Visitor.events(client))
                .expectNext("listening")
                .then(application::close)
                .expectComplete()
                .verify(Duration.ofSeconds(30));

        assertThat(application.isActive()).isFalse();
        assertThat(closing).isLessThan(Duration.ofSeconds(8));
    }
}
