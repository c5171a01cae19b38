// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.tck.server.TestServer;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/**
 * Tests the test of blocking: where BlockHound does not watch the driver's own threads, every live test would be green whatever
 * it did there.
 */
class BlockingWatchIT {

    private static final ConnectionFactory FACTORY =
            ConnectionFactories.get(TestServer.shared().r2dbcUrl());

    @Test
    @DisplayName("a planted block on the driver's event loop is an error")
    void plantedBlockIsFound() {
        Flux<Integer> planted = Flux.usingWhen(
                FACTORY.create(),
                connection -> Flux.from(connection.createStatement("SELECT 1").execute())
                        .flatMap(result -> result.map(row -> block())),
                connection -> connection.close());

        StepVerifier.create(planted)
                .expectErrorSatisfies(error -> assertThat(error)
                        .satisfiesAnyOf(
                                itself -> assertThat(itself).isInstanceOf(BlockingOperationError.class),
                                wrapped -> assertThat(wrapped).hasRootCauseInstanceOf(BlockingOperationError.class)))
                .verify(Duration.ofSeconds(20));
    }

    private static int block() {
        try {
            Thread.sleep(1);
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
