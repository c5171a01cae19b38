// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.catalogue;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.value.Composite;
import io.r2dbc.pgxc.wire.ClientMessage.Query;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.Parameters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

/** What happens when a type of the database's own is met, with the catalogue asked on a connection of its own. */
class TypeCatalogTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int ADDRESS = 20_001;

    private static final Octets PREPARED =
            Octets.join(parseComplete(), parameterTypes(), rowDescription(column("a", ADDRESS)), bindComplete());
    private static final Octets ROW = Octets.join(row("(\"Main St\",7)"), complete("SELECT 1"), ready());

    private static final Octets KNOWN = catalogue(
            row("20001", "address", "c", "0", "0", "t", "t", ",", "{street,number}", "{25,23}"),
            row("20002", "_address", "b", "20001", "0", "t", "t", ",", "{}", "{}"));

    private static final Composite VALUE = Composite.of(List.of("street", "number"), List.of("Main St", 7));

    private static void user(Script script) {
        script.startup().expect("P D B E S").send(PREPARED, ROW).expectGoodbye();
    }

    private static PgxcConnection connect(ScriptedServer server, Duration connectTimeout) {
        return factory(server, connectTimeout).create().block(SOON);
    }

    private static PgxcConnectionFactory factory(ScriptedServer server, Duration connectTimeout) {
        return new PgxcConnectionFactory(PgxcConfiguration.builder()
                .host(server.host())
                .port(server.port())
                .user("test")
                .connectTimeout(connectTimeout)
                .build());
    }

    private static Flux<Object> query(PgxcConnection connection) {
        return connection
                .createStatement("select a from t")
                .execute()
                .concatMap(result -> result.map(row -> row.get(0, Object.class)));
    }

    @Test
    @DisplayName(
            "[X30] rows wait until the catalogue has said what they are; meanwhile nothing is lost and nothing blocks")
    void waitsForTheCatalogue() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(
                TypeCatalogTest::user,
                script -> script.startup()
                        .expect(Query.class, query -> assertThat(query.sql()).contains("pg_catalog.pg_type"))
                        .then(asked::countDown)
                        .pause(answer)
                        .send(KNOWN)
                        .expectGoodbye())) {
            PgxcConnection connection = connect(server, SOON);
            TestSubscriber<Object> reader = TestSubscriber.create();
            query(connection).subscribe(reader);
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(reader.getReceivedOnNext()).isEmpty();
            assertThat(reader.isTerminated()).isFalse();
            answer.countDown();
            reader.block(SOON);
            assertThat(reader.getReceivedOnNext()).containsExactly(VALUE);
            connection.close().block(SOON);
        }
    }

    @Test
    @DisplayName("[X30] a catalogue that says nothing costs the time of a connection, and then the value is text")
    void doesNotWaitForEver() {
        try (ScriptedServer server = ScriptedServer.start(
                TypeCatalogTest::user,
                script -> script.startup().expect("Q").clientMayLeave().hang())) {
            PgxcConnection connection = connect(server, Duration.ofMillis(500));
            assertThat(query(connection).collectList().block(SOON)).containsExactly("(\"Main St\",7)");
            connection.close().block(SOON);
        }
    }

    @Test
    @DisplayName("[X30] a catalogue that may not be read is not asked for each row, and the values are text")
    void acceptsARefusal() {
        try (ScriptedServer server = ScriptedServer.start(
                script -> script.startup()
                        .expect("P D B E S")
                        .send(PREPARED, ROW)
                        .expect("B E S")
                        .send(bindComplete(), ROW)
                        .expectGoodbye(),
                script -> script.startup()
                        .expect("Q")
                        .send(error("42501", "permission denied for table pg_type"), ready())
                        .expectGoodbye())) {
            PgxcConnection connection = connect(server, SOON);
            assertThat(query(connection).collectList().block(SOON)).containsExactly("(\"Main St\",7)");
            assertThat(query(connection).collectList().block(SOON)).containsExactly("(\"Main St\",7)");
            connection.close().block(SOON);
        }
    }

    @Test
    @DisplayName("[X30, X14] a reader who leaves while the catalogue is asked leaves a connection that works")
    void mayBeCancelled() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(
                script -> script.startup()
                        .expect("P D B E S")
                        .send(PREPARED, ROW)
                        .expect("B E S")
                        .send(bindComplete(), ROW)
                        .expectGoodbye(),
                script -> script.startup()
                        .expect("Q")
                        .then(asked::countDown)
                        .pause(answer)
                        .send(KNOWN)
                        .expectGoodbye())) {
            PgxcConnection connection = connect(server, SOON);
            TestSubscriber<Object> reader = TestSubscriber.create();
            query(connection).subscribe(reader);
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            reader.cancel();
            TestSubscriber<Object> next = TestSubscriber.create();
            query(connection).subscribe(next);
            answer.countDown();
            next.block(SOON);
            assertThat(next.getReceivedOnNext()).containsExactly(VALUE);
            connection.close().block(SOON);
        }
    }

    @Test
    @DisplayName("[X30] a connection that is lost while the catalogue is asked fails its reader")
    void mayBeLost() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(
                script -> script.startup()
                        .expect("P D B E S")
                        .send(PREPARED, ROW)
                        .pause(asked)
                        .closeNow(),
                script -> script.startup()
                        .expect("Q")
                        .then(asked::countDown)
                        .clientMayLeave()
                        .hang())) {
            PgxcConnection connection = connect(server, Duration.ofSeconds(2));
            TestSubscriber<Object> reader = TestSubscriber.create();
            query(connection).subscribe(reader);
            reader.block(SOON);
            assertThat(reader.isTerminated()).isTrue();
            connection.close().block(SOON);
        }
    }

    @Test
    @DisplayName("[X34] a buffer under the name of a type that cannot be found is released")
    void releasesBuffers() {
        try (ScriptedServer server = ScriptedServer.start(
                script -> script.startup().expectGoodbye(),
                script -> script.startup()
                        .expect("Q")
                        .send(KNOWN)
                        .expect("Q")
                        .send(KNOWN)
                        .expectGoodbye())) {
            PgxcConnection connection = connect(server, SOON);
            ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer().writeByte(7);
            Flux<Long> insert = connection
                    .createStatement("insert into t values ($1)")
                    .bind(0, Parameters.in(PgType.named("nothing"), buffer))
                    .execute()
                    .concatMap(PgxcResult::getRowsUpdated);
            assertThatThrownBy(() -> insert.blockLast(SOON))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("$1")
                    .hasMessageContaining("\"nothing\"");
            assertThat(buffer.refCnt()).isZero();
            connection.close().block(SOON);
        }
    }

    @Test
    @DisplayName("[X30] what comes up while the catalogue is asked goes into one next question, for everybody")
    void asksForAllAtOnce() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        Consumer<Script> asking = script -> script.startup()
                .expect("Q")
                .then(asked::countDown)
                .pause(answer)
                .send(KNOWN)
                .expectGoodbye();
        Consumer<Script> next = script -> script.startup()
                .expect(
                        Query.class,
                        query -> assertThat(query.sql())
                                .contains("20003")
                                .contains("20004")
                                .contains("20005"))
                .send(KNOWN)
                .expectGoodbye();
        try (ScriptedServer server = ScriptedServer.start(asking, next)) {
            Registries registries = new Registries(List.of());
            PgxcConnectionFactory factory = factory(server, SOON);
            TypeCatalog catalog = new TypeCatalog(registries, factory.sessionOfTheDrivers(), SOON);
            Mono<Void> first = catalog.lookUp(List.of(ADDRESS));
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            List<Mono<Void>> others = new ArrayList<>();
            for (int oid = 20_003; oid <= 20_005; oid++) {
                others.add(catalog.lookUp(List.of(oid)));
            }
            answer.countDown();
            assertThat(first).isNotNull();
            first.block(SOON);
            Mono.when(others).block(SOON);
            assertThat(registries.types().knows(ADDRESS)).isTrue();
            assertThat(registries.types().knows(20_003)).isFalse();
            assertThat(catalog.lookUp(List.of(20_003))).as("not again at once").isNull();
        }
    }
}
