// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.FAILED;
import static io.r2dbc.pgxc.Answers.IDLE;
import static io.r2dbc.pgxc.Answers.OPEN;
import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.answered;
import static io.r2dbc.pgxc.Answers.done;
import static io.r2dbc.pgxc.Answers.firstDone;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.ran;
import static io.r2dbc.pgxc.Answers.selected;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.counts;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.TEXT;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.wire.ClientMessage.Bind;
import io.r2dbc.pgxc.wire.ClientMessage.Execute;
import io.r2dbc.pgxc.wire.ClientMessage.Parse;
import io.r2dbc.pgxc.wire.ClientMessage.Sync;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.Parameter;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcRollbackException;
import io.r2dbc.spi.R2dbcTimeoutException;
import io.r2dbc.spi.R2dbcType;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

class FlightTest {

    private static final String INSERT = "insert into t values ($1)";

    /** No text of PostgreSQL can hold it. */
    private static final String UNSENDABLE = "a\0b";

    private static final Parameter TOO_LARGE = Parameters.in(R2dbcType.INTEGER, 5_000_000_000L);

    private static PgxcStatement inserting(Dialogue dialogue, Object... values) {
        PgxcStatement statement = dialogue.connection().createStatement(INSERT);
        for (int i = 0; i < values.length; i++) {
            statement.bind(0, values[i]);
            if (i < values.length - 1) {
                statement.add();
            }
        }
        return statement;
    }

    @Test
    @DisplayName("[X6] bindings share one Parse and one Sync, and have one Result each")
    void bindings() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E B E B E S")
                .send(
                        prepared(new int[] {INT4}),
                        done("INSERT 0 1"),
                        done("INSERT 0 0"),
                        done("INSERT 0 2"),
                        ready()))) {
            assertThat(completed(begin(counts(inserting(dialogue, 7, 8, 9).execute()))))
                    .containsExactly(1L, 0L, 2L);
            assertThat(dialogue.said(Bind.class))
                    .extracting(bind -> bind.values().get(0))
                    .containsExactly(Octets.hex("00000007"), Octets.hex("00000008"), Octets.hex("00000009"));
        }
    }

    @Test
    @DisplayName("[X6] a Batch is one flight with one Sync, and one Result for each statement")
    void batch() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E P D B E S")
                .send(prepared(), done("INSERT 0 1"), prepared(TEXT_COLUMN), selected("x", "y"), ready()))) {
            List<Object> elements = completed(begin(dialogue.connection()
                    .createBatch()
                    .add("insert into t values ('x'); select a from t")
                    .execute()
                    .concatMap(result -> result.map(row -> row.get(0)))));
            assertThat(elements).containsExactly("x", "y");
            assertThat(dialogue.sql()).containsExactly("insert into t values ('x')", "select a from t");
        }
    }

    @Test
    @DisplayName("[X6] an error names the index of its binding, and later bindings have no Result")
    void errorNamesBinding() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E B E B E B E S")
                .send(prepared(new int[] {INT4}), done("INSERT 0 1"), done("INSERT 0 1"))
                .send(error("23505", "duplicate key"), ready()))) {
            TestSubscriber<PgxcResult> results = TestSubscriber.create();
            TestSubscriber<Long> counts =
                    begin(counts(inserting(dialogue, 1, 2, 1, 3).execute().doOnNext(results::onNext)));
            assertThat(failed(counts))
                    .isInstanceOf(R2dbcDataIntegrityViolationException.class)
                    .hasMessageContaining("binding 2")
                    .hasMessageContaining("duplicate key");
            assertThat(counts.getReceivedOnNext()).containsExactly(1L, 1L);
            assertThat(results.getReceivedOnNext()).hasSize(3);
        }
    }

    @Test
    @DisplayName("[X6] an error of the first binding names it too")
    void errorNamesFirstBinding() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E B E S")
                .send(prepared(new int[] {INT4}), error("23505", "duplicate key"), ready())
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            assertThat(failed(begin(counts(inserting(dialogue, 1, 2).execute()))))
                    .hasMessageContaining("binding 0")
                    .hasMessageContaining("duplicate key");
            assertThat(failed(begin(counts(inserting(dialogue, UNSENDABLE, "b").execute()))))
                    .hasMessageContaining("binding 0")
                    .hasMessageContaining("$1");
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[X6] 10,000 bindings are encoded as the socket takes them, never into one buffer")
    void manyBindings() {
        String value = "x".repeat(1_000);
        CountedWrites writes = new CountedWrites();
        CountDownLatch encoding = new CountDownLatch(1);
        try (Dialogue dialogue = Dialogue.with(options -> options.loopResources(writes), script -> {
            script.pause(encoding).expect("P D B E");
            for (int i = 1; i < 10_000; i++) {
                script.expect("B E");
            }
            script.expect("S").send(prepared(new int[] {TEXT}));
            for (int i = 0; i < 10_000; i++) {
                script.send(done("INSERT 0 1"));
            }
            script.send(ready());
        })) {
            // what the server thinks of a String is known, so that the first Parse is no fence for the rest
            Object[] values = new Object[10_000];
            for (int i = 0; i < values.length; i++) {
                values[i] = i + value;
            }
            TestSubscriber<Long> counts =
                    begin(counts(inserting(dialogue, values).execute()));
            dialogue.settle();
            encoding.countDown();
            assertThat(completed(counts)).hasSize(10_000).containsOnly(1L);
            assertThat(writes.mostPending()).isLessThan(512 * 1024);
            assertThat(dialogue.said(Sync.class)).hasSize(1);
            List<Bind> binds = dialogue.said(Bind.class);
            for (int i = 0; i < values.length; i++) {
                assertThat(binds.get(i).texts()).containsExactly((String) values[i]);
            }
        }
    }

    @Test
    @DisplayName(
            "[X6] a value that cannot be encoded at binding k: ROLLBACK goes ahead of the Sync, so nothing commits")
    void unsendableOutsideTransaction() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E B E")
                .expect(Parse.class, parse -> assertThat(parse.sql()).isEqualTo("ROLLBACK"))
                .expect("B E S")
                .send(prepared(new int[] {TEXT}), done("INSERT 0 1"), done("INSERT 0 1"), ran("ROLLBACK"), ready())
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            TestSubscriber<Long> counts =
                    begin(counts(inserting(dialogue, "a", "b", UNSENDABLE, "d").execute()));
            assertThat(failed(counts))
                    .isInstanceOf(R2dbcDataIntegrityViolationException.class)
                    .hasMessageContaining("binding 2")
                    .hasMessageContaining("$1")
                    .hasMessageContaining("java.lang.String");
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    @Test
    @DisplayName(
            "[X6] inside a transaction a message that must fail goes out instead, and the transaction can only be rolled back")
    void unsendableInsideTransaction() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(ran("BEGIN"), prepared(TEXT_COLUMN), selected("x"), ready(OPEN))
                .expect("P D B E")
                .expect(Execute.class, execute -> assertThat(execute.portal()).isNotEmpty())
                .expect("S")
                .send(prepared(new int[] {INT4}), done("INSERT 0 1"))
                .send(error("34000", "portal does not exist"), ready(FAILED))
                .expectQuery("COMMIT")
                .send(answered("ROLLBACK", IDLE)))) {
            PgxcConnection connection = dialogue.connection();
            connection.beginTransaction().block(SOON);
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
            assertThat(failed(begin(counts(inserting(dialogue, 7, TOO_LARGE, 8).execute()))))
                    .hasMessageContaining("binding 1")
                    .hasMessageContaining("$1 (java.lang.Long as int4)");
            assertThat(failed(begin(connection.commitTransaction()))).isInstanceOf(R2dbcRollbackException.class);
        }
    }

    @Test
    @DisplayName("[X6] the server's error at an earlier binding is the one that is told, with its own index")
    void earlierErrorWins() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E B E P B E S")
                .send(prepared(new int[] {INT4}), error("23505", "duplicate key"), ready()))) {
            TestSubscriber<Long> counts =
                    begin(counts(inserting(dialogue, 1, 1, TOO_LARGE).execute()));
            assertThat(failed(counts))
                    .isInstanceOf(R2dbcDataIntegrityViolationException.class)
                    .hasMessageContaining("binding 0")
                    .hasMessageContaining("duplicate key");
        }
    }

    @Test
    @DisplayName("[X6] followers in the transaction that such a flight has broken are told of the value")
    void followersOfBrokenTransaction() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(ran("BEGIN"), prepared(TEXT_COLUMN), selected("x"), ready(OPEN))
                .expect("P D B E E S")
                .send(prepared(new int[] {INT4}), done("INSERT 0 1"))
                .send(error("34000", "portal does not exist"), ready(FAILED))
                .expect("B E S")
                .send(error("25P02", "current transaction is aborted"), ready(FAILED)))) {
            PgxcConnection connection = dialogue.connection();
            connection.beginTransaction().block(SOON);
            completed(begin(dialogue.select("select 'x'")));
            failed(begin(counts(inserting(dialogue, 7, TOO_LARGE, 8).execute())));
            assertThat(failed(begin(dialogue.select("select 'x'"))))
                    .hasMessageContaining("aborted")
                    .cause()
                    .hasMessageContaining("$1 (java.lang.Long as int4)");
        }
    }

    @Test
    @DisplayName("[X6] a time limit that ends a half-written flight sends ROLLBACK ahead of the Sync")
    void timeLimitOfHalfWrittenFlight() {
        CountDownLatch told = new CountDownLatch(1);
        String value = "x".repeat(10_000);
        try (Dialogue dialogue = Dialogue.of(script -> script.pause(told).expect("P D B E"))) {
            Object[] values = new Object[10_000];
            Arrays.fill(values, value);
            PgxcStatement statement = inserting(dialogue, values).timeout(Duration.ofMillis(50));
            assertThat(failed(begin(counts(statement.execute())))).isInstanceOf(R2dbcTimeoutException.class);
            told.countDown();
            dialogue.server().awaitMessage(Sync.class, SOON);
            assertThat(dialogue.sql()).containsExactly(INSERT, "ROLLBACK");
            assertThat(dialogue.said(Bind.class)).hasSizeLessThan(10_000);
        }
    }

    @Test
    @DisplayName("[X6] the same where some bindings have been answered already: what has run is rolled back")
    void timeLimitOfHalfAnsweredFlight() {
        CountDownLatch told = new CountDownLatch(1);
        String value = "x".repeat(10_000);
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E")
                .send(prepared(new int[] {TEXT}), done("INSERT 0 1"))
                .pause(told)
                .expect("B E"))) {
            Object[] values = new Object[10_000];
            Arrays.fill(values, value);
            PgxcStatement statement = inserting(dialogue, values).timeout(Duration.ofMillis(300));
            TestSubscriber<Long> counts = begin(counts(statement.execute()));
            assertThat(failed(counts)).isInstanceOf(R2dbcTimeoutException.class);
            assertThat(counts.getReceivedOnNext()).containsExactly(1L);
            told.countDown();
            dialogue.server().awaitMessage(Sync.class, SOON);
            assertThat(dialogue.sql()).containsExactly(INSERT, "ROLLBACK");
        }
    }

    @Test
    @DisplayName("[X6] a first binding that cannot be encoded sends not one byte, and BEGIN goes on waiting")
    void unsendableFirstBinding() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(ran("BEGIN"), prepared(TEXT_COLUMN), selected("x"), ready(OPEN)))) {
            PgxcConnection connection = dialogue.connection();
            connection.beginTransaction().block(SOON);
            assertThat(failed(begin(counts(inserting(dialogue, TOO_LARGE, 7).execute()))))
                    .isInstanceOf(R2dbcDataIntegrityViolationException.class);
            assertThat(failed(begin(counts(inserting(dialogue, TOO_LARGE).execute()))))
                    .isInstanceOf(R2dbcDataIntegrityViolationException.class);
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
            assertThat(dialogue.sql()).containsExactly("BEGIN", "select 'x'");
        }
    }

    @Test
    @DisplayName("[X6] whoever takes the first Result only does not stop the flight")
    void firstResultOnly() {
        CountDownLatch taken = new CountDownLatch(1);
        String value = "x".repeat(10_000);
        try (Dialogue dialogue = Dialogue.of(script -> {
            script.expect("P D B E").send(prepared(new int[] {TEXT}), done("INSERT 0 1"), done("INSERT 0 1"));
            script.pause(taken);
            for (int i = 1; i < 2_000; i++) {
                script.expect("B E");
            }
            script.expect("S");
            for (int i = 2; i < 2_000; i++) {
                script.send(done("INSERT 0 1"));
            }
            script.send(ready()).expect("P D B E S").send(firstDone("INSERT 0 1"));
        })) {
            Object[] values = new Object[2_000];
            Arrays.fill(values, value);
            assertThat(Mono.from(inserting(dialogue, values).execute())
                            .flatMap(result -> Mono.from(result.getRowsUpdated()))
                            .block(SOON))
                    .isOne();
            dialogue.settle();
            taken.countDown();
            assertThat(completed(begin(dialogue.update("insert into t values ('last')"))))
                    .containsExactly(1L);
            assertThat(dialogue.sql()).doesNotContain("ROLLBACK");
        }
    }
}
