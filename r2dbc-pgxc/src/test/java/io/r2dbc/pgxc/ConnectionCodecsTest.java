// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.codec.CatalogType;
import io.r2dbc.pgxc.codec.Format;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.wire.BackendMessage.ParameterStatus;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** The codecs of a connection follow its zone and what is known of types, whoever changes what at the same time. */
class ConnectionCodecsTest {

    private static final int ROUNDS = 2_000;
    private static final int LOOKS = 2_000;
    private static final int FIRST = 20_000;

    private final PgxcConfiguration configuration = PgxcConfiguration.builder().build();
    private final Registries registries = new Registries(List.of());
    private final ConnectionCore core = new ConnectionCore(
            configuration,
            registries,
            new TypeCatalog(registries, Mono.empty(), configuration.connectTimeout()),
            new SqlTexts());

    @Test
    @DisplayName(
            "[X25, X30] after a change of zone, a new type and a look at once, all three are as they were set last")
    void areNeverMixed() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            CyclicBarrier together = new CyclicBarrier(3);
            for (int round = 0; round < ROUNDS; round++) {
                int hours = round % 12;
                int oid = FIRST + round;
                List<Future<?>> all = List.of(
                        threads.submit(() -> at(together, () -> {
                            core.onParameter(zone(hours + 1));
                            core.onParameter(zone(hours));
                        })),
                        threads.submit(() -> at(together, () -> registries.learn(List.of(type(oid)), Set.of()))),
                        threads.submit(() -> at(together, () -> {
                            for (int look = 0; look < LOOKS; look++) {
                                core.registry();
                            }
                        })));
                for (Future<?> one : all) {
                    one.get(10, TimeUnit.SECONDS);
                }
                assertThat(offset()).as("round %d", round).isEqualTo(ZoneOffset.ofHours(-hours));
                assertThat(core.registry().type(oid).getName())
                        .as("round %d", round)
                        .isEqualTo("type" + oid);
            }
        } finally {
            threads.shutdown();
        }
    }

    private static void at(CyclicBarrier barrier, Runnable action) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        action.run();
    }

    private static ParameterStatus zone(int hours) {
        return new ParameterStatus("TimeZone", "<-" + hours + ">" + hours);
    }

    private ZoneOffset offset() {
        OffsetDateTime epoch = core.registry()
                .decoder(PgType.TIMESTAMPTZ.oid(), Format.BINARY, OffsetDateTime.class)
                .decode(Unpooled.wrappedBuffer(new byte[8]), 0, 8);
        return epoch.getOffset();
    }

    private static CatalogType type(int oid) {
        return new CatalogType(oid, "type" + oid, 'e', 0, 0, true, true, ',', List.of(), List.of());
    }
}
