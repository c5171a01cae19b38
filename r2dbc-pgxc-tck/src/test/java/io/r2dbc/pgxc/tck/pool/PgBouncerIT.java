// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcConnectionFactory;
import io.r2dbc.pgxc.PgxcStatement;
import io.r2dbc.pgxc.tck.server.Endpoint;
import io.r2dbc.pgxc.tck.server.TestServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcTimeoutException;
import io.r2dbc.spi.ValidationDepth;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Behind a PgBouncer in transaction mode, where each transaction may be another server session's. */
@ExtendWith(StandingAsserts.class)
class PgBouncerIT {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int CLIENTS = 8;

    private static @Nullable PgBouncer bouncer;

    @BeforeAll
    static void start() throws IOException {
        Optional<Path> program = PgBouncer.program();
        assumeTrue(program.isPresent(), "PgBouncer is not installed here (Debian's package is called pgbouncer)");
        bouncer = PgBouncer.before(TestServer.shared().endpoint(), program.orElseThrow());
    }

    @AfterAll
    static void stop() {
        if (bouncer != null) {
            bouncer.close();
        }
    }

    private static PgxcConnection open() {
        Endpoint endpoint = Objects.requireNonNull(bouncer).endpoint();
        return new PgxcConnectionFactory(PgxcConfiguration.builder()
                        .host(endpoint.host())
                        .port(endpoint.port())
                        .database(endpoint.database())
                        .user(endpoint.user())
                        .password(endpoint.password())
                        .timeZone("UTC")
                        .preparedStatementCacheQueries(0)
                        .build())
                .create()
                .block(LIMIT);
    }

    private static <T> Flux<T> all(PgxcStatement statement, Class<T> type) {
        return statement.execute().concatMap(result -> result.map(row -> Objects.requireNonNull(row.get(0, type))));
    }

    private static Mono<Void> run(PgxcConnection connection, String sql) {
        return connection
                .createStatement(sql)
                .execute()
                .concatMap(result -> result.getRowsUpdated())
                .then();
    }

    /** Statements that a prepared name, or a type known from before, would break. */
    private static Mono<Integer> work(PgxcConnection connection, int client, int round) {
        return all(
                        connection
                                .createStatement("select $1 * 1000 + $2")
                                .bind(0, client)
                                .bind(1, round),
                        Integer.class)
                .single()
                .flatMap(number -> all(
                                connection
                                        .createStatement("select concat($1, '')")
                                        .bind(0, String.valueOf(number)),
                                String.class)
                        .single())
                .map(Integer::valueOf);
    }

    @Test
    @DisplayName(
            "[H7] with preparedStatementCacheQueries=0 more clients than server sessions get each their own answers")
    void sharesSessions() {
        List<PgxcConnection> clients =
                IntStream.range(0, CLIENTS).mapToObj(i -> open()).toList();
        for (int round = 0; round < 20; round++) {
            int now = round;
            List<Integer> answers = Flux.range(0, CLIENTS)
                    .flatMapSequential(client -> work(clients.get(client), client, now), CLIENTS)
                    .collectList()
                    .block(LIMIT);
            assertThat(answers)
                    .containsExactlyElementsOf(IntStream.range(0, CLIENTS)
                            .mapToObj(client -> client * 1000 + now)
                            .toList());
        }
        Flux.fromIterable(clients).flatMap(PgxcConnection::close).blockLast(LIMIT);
    }

    @Test
    @DisplayName("[H7] transactions, savepoints, portions and pipelines keep to one session for as long as they last")
    void keepsTransactions() {
        PgxcConnection connection = open();
        PgxcConnection other = open();
        run(connection, "drop table if exists pgxc_bounced").block(LIMIT);
        run(connection, "create table pgxc_bounced (id int primary key)").block(LIMIT);
        Mono.from(connection.beginTransaction()).block(LIMIT);
        run(connection, "insert into pgxc_bounced select generate_series(1, 100)")
                .block(LIMIT);
        run(other, "select 1").block(LIMIT);
        connection.createSavepoint("s").block(LIMIT);
        assertThatThrownBy(() ->
                        run(connection, "insert into pgxc_bounced values (1)").block(LIMIT))
                .isInstanceOf(R2dbcDataIntegrityViolationException.class);
        connection.rollbackTransactionToSavepoint("s").block(LIMIT);
        assertThat(all(connection.createStatement("select id from pgxc_bounced").fetchSize(7), Integer.class)
                        .count()
                        .block(LIMIT))
                .isEqualTo(100);
        connection.rollbackTransaction().block(LIMIT);
        assertThat(all(connection.createStatement("select count(*) from pgxc_bounced"), Long.class)
                        .blockLast(LIMIT))
                .isZero();
        List<Integer> pipelined = Flux.range(0, 200)
                .flatMapSequential(
                        i -> all(connection.createStatement("select $1::int").bind(0, i), Integer.class), 50)
                .collectList()
                .block(LIMIT);
        assertThat(pipelined)
                .containsExactlyElementsOf(IntStream.range(0, 200).boxed().toList());
        assertThat(all(
                                connection
                                        .createStatement("select generate_series(1, 50)")
                                        .fetchSize(7),
                                Integer.class)
                        .count()
                        .block(LIMIT))
                .isEqualTo(50);
        run(connection, "drop table pgxc_bounced").block(LIMIT);
        connection.close().block(LIMIT);
        other.close().block(LIMIT);
    }

    @Test
    @DisplayName("[H7, X14] a statement whose time is over is stopped through the pooler, and nobody else is hurt")
    void cancels() {
        PgxcConnection connection = open();
        PgxcConnection other = open();
        assertThatThrownBy(() -> all(
                                connection
                                        .createStatement("select pg_sleep(60)::text")
                                        .timeout(Duration.ofMillis(100)),
                                String.class)
                        .blockLast(LIMIT))
                .isInstanceOf(R2dbcTimeoutException.class);
        assertThat(work(connection, 1, 2).block(LIMIT)).isEqualTo(1002);
        assertThat(work(other, 3, 4).block(LIMIT)).isEqualTo(3004);
        assertThat(connection.validate(ValidationDepth.REMOTE).block(LIMIT)).isTrue();
        connection.close().block(LIMIT);
        other.close().block(LIMIT);
    }
}
