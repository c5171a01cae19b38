// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck;

import static io.r2dbc.pgxc.tck.Sandbox.all;
import static io.r2dbc.pgxc.tck.Sandbox.ask;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcResult;
import io.r2dbc.pgxc.PgxcStatement;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.Row;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is wrong on the caller's side is said at once, with the exceptions that R2DBC names, and costs the connection nothing. */
@ExtendWith(StandingAsserts.class)
class IllegalUseIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_illegal_use");

    @SuppressWarnings("ImmutableEnumChecker") // the actions are lambdas that capture nothing
    private enum Misuse {
        NO_SQL(IllegalArgumentException.class, c -> c.createStatement(null)),
        NO_VALUE(IllegalArgumentException.class, c -> two(c).bind(0, null)),
        NO_SUCH_INDEX(IndexOutOfBoundsException.class, c -> two(c).bind(2, 1)),
        NEGATIVE_INDEX(IndexOutOfBoundsException.class, c -> two(c).bind(-1, 1)),
        NULL_AT_NO_SUCH_INDEX(IndexOutOfBoundsException.class, c -> two(c).bindNull(2, String.class)),
        NULL_AT_NEGATIVE_INDEX(IndexOutOfBoundsException.class, c -> two(c).bindNull(-1, String.class)),
        NO_SUCH_NAME(NoSuchElementException.class, c -> two(c).bind("$3", 1)),
        NULL_BY_NO_SUCH_NAME(NoSuchElementException.class, c -> two(c).bindNull("name", String.class)),
        NO_NAME(IllegalArgumentException.class, c -> two(c).bind(null, 1)),
        NULL_OF_NO_CLASS(IllegalArgumentException.class, c -> two(c).bindNull(0, null)),
        UNKNOWN_CLASS(IllegalArgumentException.class, c -> two(c).bind(0, Thread.currentThread())),
        NOTHING_BOUND(IllegalStateException.class, c -> two(c).execute()),
        HALF_BOUND(IllegalStateException.class, c -> two(c).bind(0, 1).execute()),
        ADDED_HALF_BOUND(IllegalStateException.class, c -> two(c).bind(0, 1).add()),
        TRAILING_ADD(
                IllegalStateException.class,
                c -> two(c).bind(0, 1).bind(1, 1).add().execute()),
        PARAMETERS_IN_SEVERAL_STATEMENTS(
                IllegalStateException.class,
                c -> c.createStatement("SELECT $1; SELECT 2").bind(0, 1).execute()),
        PARAMETERS_IN_A_BATCH(
                IllegalArgumentException.class, c -> c.createBatch().add("SELECT $1")),
        COPY_IN_A_BATCH(IllegalArgumentException.class, c -> c.createBatch().add("COPY t FROM STDIN")),
        COPY_AMONG_OTHERS(
                IllegalStateException.class,
                c -> c.createStatement("SELECT 1; COPY t FROM STDIN").execute()),
        NO_SQL_IN_A_BATCH(IllegalArgumentException.class, c -> c.createBatch().add(null)),
        NEGATIVE_FETCH_SIZE(IllegalArgumentException.class, c -> two(c).fetchSize(-1)),
        NEGATIVE_TIMEOUT(IllegalArgumentException.class, c -> two(c).timeout(Duration.ofMillis(-1))),
        NO_GENERATED_VALUES(IllegalArgumentException.class, c -> two(c).returnGeneratedValues((String[]) null)),
        NO_SAVEPOINT(IllegalArgumentException.class, c -> c.createSavepoint(null)),
        EMPTY_SAVEPOINT(IllegalArgumentException.class, c -> c.createSavepoint("")),
        NO_SAVEPOINT_TO_RELEASE(IllegalArgumentException.class, c -> c.releaseSavepoint(null)),
        NO_SAVEPOINT_TO_GO_BACK_TO(IllegalArgumentException.class, c -> c.rollbackTransactionToSavepoint(null)),
        NO_DEFINITION(IllegalArgumentException.class, c -> c.beginTransaction(null)),
        NO_ISOLATION(IllegalArgumentException.class, c -> c.setTransactionIsolationLevel(null)),
        NO_STATEMENT_TIMEOUT(IllegalArgumentException.class, c -> c.setStatementTimeout(null)),
        NEGATIVE_LOCK_TIMEOUT(IllegalArgumentException.class, c -> c.setLockWaitTimeout(Duration.ofMillis(-1))),
        NO_DEPTH(IllegalArgumentException.class, c -> c.validate(null));

        private final Class<? extends Exception> type;
        private final Consumer<PgxcConnection> action;

        Misuse(Class<? extends Exception> type, Consumer<PgxcConnection> action) {
            this.type = type;
            this.action = action;
        }

        private static PgxcStatement two(PgxcConnection connection) {
            return connection.createStatement("SELECT $1, $2");
        }
    }

    @ParameterizedTest(name = "[X27] {0}")
    @EnumSource
    @DisplayName("[X27] illegal use throws at once")
    void throwsAtOnce(Misuse misuse) {
        PgxcConnection connection = SANDBOX.open();

        assertThatThrownBy(() -> misuse.action.accept(connection)).isInstanceOf(misuse.type);
        assertThat(connection.isAutoCommit()).isTrue();
        assertThat(ask(connection, "SELECT 'goes on'")).isEqualTo("goes on");
    }

    @Test
    @DisplayName("[X27, C15] a row used outside its callback, and a Result consumed twice, are illegal states")
    void outlived() {
        PgxcConnection connection = SANDBOX.open();
        PgxcResult result =
                get(connection.createStatement("SELECT 1 AS a").execute().next());
        Row kept = get(result.map((row, metadata) -> row));

        assertThatThrownBy(() -> kept.get("a")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> all(result.getRowsUpdated())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @DisplayName("[X27] columns that are not there: by index out of bounds, by name no such element")
    void noSuchColumn() {
        PgxcConnection connection = SANDBOX.open();
        boolean seen = get(connection
                .createStatement("SELECT 1 AS a")
                .execute()
                .concatMap(result -> result.map((row, metadata) -> {
                    assertThatThrownBy(() -> row.get(1)).isInstanceOf(IndexOutOfBoundsException.class);
                    assertThatThrownBy(() -> row.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
                    assertThatThrownBy(() -> row.get("b")).isInstanceOf(NoSuchElementException.class);
                    assertThatThrownBy(() -> row.get("a", null)).isInstanceOf(IllegalArgumentException.class);
                    return metadata.contains("A") && !metadata.contains("b");
                })));

        assertThat(seen).isTrue();
    }
}
