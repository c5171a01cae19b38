// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.spring;

import static io.r2dbc.pgxc.tck.Sandbox.all;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.r2dbc.pgxc.tck.Sandbox;
import io.r2dbc.pgxc.tck.WireTap;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.ClientMessage.Parse;
import io.r2dbc.pgxc.wire.ClientMessage.Query;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcRollbackException;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reactivestreams.Publisher;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.r2dbc.connection.R2dbcTransactionManager;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.reactive.TransactionalOperator;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Spring's transactions over the driver, as {@code @Transactional} composes them. */
@ExtendWith(StandingAsserts.class)
class SpringTransactionsIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_spring_transactions");

    private ConnectionFactory factory;
    private DatabaseClient client;
    private R2dbcTransactionManager manager;

    @BeforeAll
    static void table() {
        SANDBOX.jdbc().execute("CREATE TABLE item (name text PRIMARY KEY)");
    }

    /** Over a pool, as applications have it, so that a transaction not ended would be found by the next. */
    @BeforeEach
    void connect() {
        SANDBOX.jdbc().execute("TRUNCATE item");
        ConnectionPool pool = (ConnectionPool) ConnectionFactories.get(
                SANDBOX.url("maxSize=2", "initialSize=0").replace("r2dbc:pgxc:", "r2dbc:pool:pgxc:"));
        SANDBOX.afterwards(() -> get(pool.disposeLater()));
        use(pool);
    }

    private void use(ConnectionFactory other) {
        factory = other;
        client = DatabaseClient.create(factory);
        manager = new R2dbcTransactionManager(factory);
    }

    private TransactionalOperator transactional() {
        return transactional(definition -> {});
    }

    private TransactionalOperator transactional(Consumer<DefaultTransactionDefinition> attributes) {
        DefaultTransactionDefinition definition = new DefaultTransactionDefinition();
        definition.setName("io.r2dbc.pgxc.Service.method");
        attributes.accept(definition);
        return TransactionalOperator.create(manager, definition);
    }

    private TransactionalOperator propagating(int propagation) {
        return transactional(definition -> definition.setPropagationBehavior(propagation));
    }

    private Mono<Void> insert(String name) {
        return client.sql("INSERT INTO item VALUES (:name)").bind("name", name).then();
    }

    private Mono<String> show(String setting) {
        return client.sql("SELECT current_setting(:name)")
                .bind("name", setting)
                .mapValue(String.class)
                .one();
    }

    private static List<String> items() {
        return SANDBOX.jdbc().queryForList("SELECT name FROM item ORDER BY name", String.class);
    }

    @Test
    @DisplayName("[X17] REQUIRED: both in one transaction, committed together")
    void required() {
        Mono<List<String>> ids = transactional()
                .transactional(insert("a")
                        .then(xid())
                        .flatMap(outer -> transactional()
                                .transactional(insert("b").then(xid()))
                                .map(inner -> List.of(outer, inner))));
        List<String> both = get(ids);

        assertThat(both.get(0)).isEqualTo(both.get(1));
        assertThat(items()).containsExactly("a", "b");
    }

    private Mono<String> xid() {
        return client.sql("SELECT txid_current()::text").mapValue(String.class).one();
    }

    @Test
    @DisplayName("[X17] an error rolls back, is the caller's unchanged, and the next transaction is as good as new")
    void rollback() {
        IllegalStateException own = new IllegalStateException("the application's");

        assertThat(catchThrowable(
                        () -> get(transactional().transactional(insert("a").then(Mono.error(own))))))
                .isSameAs(own);
        assertThat(catchThrowable(
                        () -> get(transactional().transactional(insert("a").then(insert("a"))))))
                .isInstanceOf(DataIntegrityViolationException.class);
        get(transactional().transactional(insert("b")));
        assertThat(items()).containsExactly("b");
    }

    @Test
    @DisplayName("[X17] rollback-only rolls back without an error")
    void rollbackOnly() {
        all(transactional().execute(status -> {
            status.setRollbackOnly();
            return insert("a").thenReturn("done");
        }));

        assertThat(items()).isEmpty();
    }

    @Test
    @DisplayName("[X20] NESTED: a savepoint, rolled back alone")
    void nested() {
        TransactionalOperator nested = propagating(TransactionDefinition.PROPAGATION_NESTED);
        get(transactional()
                .transactional(insert("a")
                        .then(nested.transactional(insert("b").then(insert("b")))
                                .onErrorComplete(DataIntegrityViolationException.class))
                        .then(nested.transactional(insert("c")))
                        .then(insert("d"))));

        assertThat(items()).containsExactly("a", "c", "d");
    }

    @Test
    @DisplayName("[X17] REQUIRES_NEW: two transactions on two connections")
    void requiresNew() {
        TransactionalOperator other = propagating(TransactionDefinition.PROPAGATION_REQUIRES_NEW);

        assertThat(catchThrowable(() -> get(transactional()
                        .transactional(insert("a")
                                .then(other.transactional(insert("b")))
                                .then(Mono.error(new IllegalStateException()))))))
                .isInstanceOf(IllegalStateException.class);
        assertThat(items()).containsExactly("b");
    }

    @Test
    @DisplayName("[X17, D7] read-only transactions are, and those after them are not")
    void readOnly() {
        TransactionalOperator readOnly = transactional(definition -> definition.setReadOnly(true));

        assertThat(get(readOnly.transactional(show("transaction_read_only")))).isEqualTo("on");
        assertThat(catchThrowable(() -> get(readOnly.transactional(insert("a")))))
                .cause()
                .isInstanceOf(R2dbcException.class)
                .extracting("sqlState")
                .isEqualTo("25006");
        assertThat(get(transactional().transactional(show("transaction_read_only"))))
                .isEqualTo("off");
        assertThat(items()).isEmpty();
    }

    @Test
    @DisplayName("[X17] a transaction that is not read-only is plain BEGIN, so that a standby takes it")
    void plainBegin() {
        try (WireTap tap = WireTap.before(SANDBOX.endpoint())) {
            use(ConnectionFactories.get(SANDBOX.url(tap.endpoint())));
            get(transactional().transactional(insert("a")));

            assertThat(begins(tap)).containsExactly("BEGIN");
        }
    }

    private static List<String> begins(WireTap tap) {
        return Stream.concat(
                        tap.client(Query.class).stream().map(Query::sql),
                        tap.client(Parse.class).stream().map(Parse::sql))
                .filter(sql -> sql.startsWith("BEGIN"))
                .toList();
    }

    @ParameterizedTest(name = "[X17, D7] {1}")
    @CsvSource({"1, read uncommitted", "2, read committed", "4, repeatable read", "8, serializable"})
    @DisplayName("[X17, D7] isolation levels, for their transaction alone")
    void isolation(int level, String shown) {
        TransactionalOperator isolated = transactional(definition -> definition.setIsolationLevel(level));

        assertThat(get(isolated.transactional(show("transaction_isolation")))).isEqualTo(shown);
        assertThat(get(transactional().transactional(show("transaction_isolation"))))
                .isEqualTo("read committed");
        assertThat(get(show("default_transaction_isolation"))).isEqualTo("read committed");
    }

    @Test
    @DisplayName("[X17, D7] a timeout bounds the wait for locks, for its transaction alone")
    void timeout() {
        TransactionalOperator limited = transactional(definition -> definition.setTimeout(3));

        assertThat(get(limited.transactional(show("lock_timeout")))).isEqualTo("3s");
        assertThat(get(transactional().transactional(show("lock_timeout")))).isEqualTo("0");
        assertThat(get(show("lock_timeout"))).isEqualTo("0");
    }

    @Test
    @DisplayName("[X17, D14] a lock that is not free in the transaction's time is a timeout")
    void lockTimeout() {
        TransactionalOperator other = transactional(definition -> {
            definition.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
            definition.setTimeout(1);
        });
        Mono<Void> twice = transactional().transactional(insert("a").then(other.transactional(insert("a"))));

        assertThat(catchThrowable(() -> get(twice))).isInstanceOf(QueryTimeoutException.class);
        assertThat(items()).isEmpty();
    }

    @Test
    @DisplayName("[X19, D3] committing a transaction that has failed says so, with the first error as its cause")
    void commitOfFailed() {
        Mono<Void> swallowed = transactional()
                .transactional(insert("a")
                        .then(insert("a").onErrorComplete())
                        .then(insert("b").onErrorComplete()));
        Throwable thrown = catchThrowable(() -> get(swallowed));

        assertThat(thrown).isInstanceOf(PessimisticLockingFailureException.class);
        assertThat(thrown.getCause())
                .isInstanceOf(R2dbcRollbackException.class)
                .hasCauseInstanceOf(R2dbcDataIntegrityViolationException.class)
                .extracting("sqlState")
                .isEqualTo("25P02");
        assertThat(items()).isEmpty();
    }

    @Test
    @DisplayName("[D1, X14] a stream that is left early rolls its transaction back, and its connection is free again")
    void cancelled() {
        Flux<String> stream = transactional()
                .transactional(insert("a")
                        .thenMany(client.sql("SELECT a::text FROM generate_series(1, 1000000) a")
                                .mapValue(String.class)
                                .all()));

        assertThat(all(stream.take(2))).containsExactly("1", "2");
        assertThat(get(transactional().transactional(show("transaction_read_only"))))
                .isEqualTo("off");
        Sandbox.until("it is rolled back", () -> SANDBOX.backends("state <> 'idle'") == 0);
        assertThat(items()).isEmpty();
    }

    @Test
    @DisplayName("[X17] many transactions at once share the pool's two connections")
    void concurrent() {
        Publisher<Void> many = Flux.range(0, 200)
                .flatMap(number -> transactional()
                        .transactional(insert("item " + number).then(show("transaction_isolation")))
                        .then());
        get(Flux.from(many).then());

        assertThat(items()).hasSize(200);
    }
}
