// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.LIMIT;
import static io.r2dbc.pgxc.tck.fault.Live.await;
import static io.r2dbc.pgxc.tck.fault.Live.requireOpen;
import static io.r2dbc.pgxc.tck.fault.Live.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.r2dbc.pgxc.PgxcBatch;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcResult;
import io.r2dbc.pgxc.PgxcStatement;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;

/** Ten of something, of which the sixth fails: one rule for bindings and batches, in a transaction and outside. */
@ExtendWith(StandingAsserts.class)
class BatchFailureIT {

    private static final int SIXTH = 5;

    @RegisterExtension
    final Live live = new Live();

    @BeforeEach
    void createTable() {
        live.command("create table keys (id int primary key)", "create sequence tried");
    }

    @ParameterizedTest(name = "[D13] batch: {0}, in a transaction: {1}")
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    @DisplayName(
            "[D13, X6] all or nothing: one error that names the sixth, five counts before it, nothing after it, no row"
                    + " stays")
    void sixthOfTenFails(boolean batch, boolean inTransaction) {
        PgxcConnection connection = live.open();
        if (inTransaction) {
            await(connection.beginTransaction());
            await(run(connection, "insert into keys values (100)"));
        }
        List<Long> counts = new ArrayList<>();

        R2dbcDataIntegrityViolationException met = catchThrowableOfType(
                R2dbcDataIntegrityViolationException.class,
                () -> (batch ? batch(connection) : bindings(connection))
                        .concatMap(PgxcResult::getRowsUpdated)
                        .doOnNext(counts::add)
                        .blockLast(LIMIT));

        assertThat(met).isNotNull().hasMessageContaining(String.valueOf(SIXTH));
        assertThat(met.getSqlState()).isEqualTo("23505");
        assertThat(counts).containsExactly(1L, 1L, 1L, 1L, 1L);
        if (inTransaction) {
            assertThat(connection.isAutoCommit()).isFalse();
            await(connection.rollbackTransaction());
        }
        requireOpen(connection);
        assertThat(live.ask("select count(*) from keys")).isEqualTo("0");
        assertThat(live.ask("select last_value from tried"))
                .as("the seventh was not tried")
                .isEqualTo("6");
    }

    private static Flux<PgxcResult> batch(PgxcConnection connection) {
        PgxcBatch batch = connection.createBatch();
        for (int i = 0; i < 10; i++) {
            batch.add("insert into keys select case when nextval('tried') > 0 then " + key(i) + " end");
        }
        return batch.execute();
    }

    private static Flux<PgxcResult> bindings(PgxcConnection connection) {
        PgxcStatement statement =
                connection.createStatement("insert into keys select case when nextval('tried') > 0 then $1 end");
        for (int i = 0; i < 10; i++) {
            statement.bind(0, key(i));
            if (i < 9) {
                statement.add();
            }
        }
        return statement.execute();
    }

    private static int key(int i) {
        return i == SIXTH ? 0 : i;
    }
}
