// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.codec.ValueException;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.wire.ErrorFields;
import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import io.r2dbc.spi.R2dbcRollbackException;
import io.r2dbc.spi.R2dbcTimeoutException;
import io.r2dbc.spi.R2dbcTransientResourceException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorsTest {

    private static final Map<String, Class<? extends R2dbcException>> KINDS = Map.of(
            "grammar", R2dbcBadGrammarException.class,
            "permission", R2dbcPermissionDeniedException.class,
            "integrity", R2dbcDataIntegrityViolationException.class,
            "rollback", R2dbcRollbackException.class,
            "timeout", R2dbcTimeoutException.class,
            "transient", R2dbcTransientResourceException.class,
            "resource", R2dbcNonTransientResourceException.class,
            "other", R2dbcNonTransientException.class);

    @ParameterizedTest(name = "[X26] ERROR {0} is {1} while the connection is open, {2} when it ends")
    @CsvSource({
        "42601, grammar, resource",
        "42501, permission, resource",
        "42000, grammar, resource",
        "26000, grammar, resource",
        "34000, grammar, resource",
        "03000, grammar, resource",
        "21000, integrity, resource",
        "22012, integrity, resource",
        "23505, integrity, resource",
        "27000, integrity, resource",
        "44000, integrity, resource",
        "28000, permission, permission",
        "28P01, permission, permission",
        "40001, rollback, resource",
        "40P01, rollback, resource",
        "40000, rollback, resource",
        "57014, timeout, resource",
        "55P03, timeout, resource",
        "55006, other, resource",
        "53000, transient, transient",
        "53300, transient, transient",
        "57P01, other, transient",
        "57P02, other, transient",
        "57P03, other, transient",
        "57P04, other, resource",
        "57P05, other, resource",
        "57000, other, resource",
        "08006, other, resource",
        "08P01, other, resource",
        "25P02, other, resource",
        "25006, other, resource",
        "54001, other, resource",
        "0A000, other, resource",
        "P0001, other, resource",
        "XX000, other, resource"
    })
    void states(String sqlState, String open, String lost) {
        Failure.ServerError error = new Failure.ServerError(fields("ERROR", sqlState));
        assertKind(Errors.of(error, "sql"), sqlState, open);
        assertKind(Errors.of(error.withConnectionLost(), "sql"), sqlState, lost);
        assertKind(Errors.of(new Failure.ServerError(fields("FATAL", sqlState)), "sql"), sqlState, lost);
        assertKind(Errors.of(new Failure.ServerError(fields("PANIC", sqlState)), "sql"), sqlState, lost);
        assertKind(Errors.of(new Failure.ConnectionLost(sqlState, "gone", null), "sql"), sqlState, lost);
    }

    @ParameterizedTest(name = "[S6.7] {0} {1} is {2}")
    @CsvSource({
        "FATAL, 08006, R2dbcNonTransientResourceException",
        "FATAL, 57P04, R2dbcNonTransientResourceException",
        "FATAL, 57P05, R2dbcNonTransientResourceException",
        "FATAL, 57P01, R2dbcTransientResourceException",
        "ERROR, 57014, R2dbcTimeoutException",
        "ERROR, 22003, R2dbcDataIntegrityViolationException",
        "ERROR, 23503, R2dbcDataIntegrityViolationException",
        "ERROR, 28000, R2dbcPermissionDeniedException",
        "ERROR, 40001, R2dbcRollbackException",
        "ERROR, 40P01, R2dbcRollbackException",
        "ERROR, 42703, R2dbcBadGrammarException",
        "ERROR, 42501, R2dbcPermissionDeniedException",
        "ERROR, 53100, R2dbcTransientResourceException",
        "ERROR, 55P03, R2dbcTransientException"
    })
    @DisplayName(
            "[S6.7] each class of SQLSTATE is the SPI's exception for it; of those that end sessions, X26 calls a shutdown"
                    + " transient")
    void classes(String severity, String sqlState, String kind) throws ClassNotFoundException {
        R2dbcException exception =
                (R2dbcException) Errors.of(new Failure.ServerError(fields(severity, sqlState)), "sql");
        assertThat(exception).isInstanceOf(Class.forName("io.r2dbc.spi." + kind));
        assertThat(exception.getSqlState()).isEqualTo(sqlState);
    }

    @Test
    @DisplayName("[X26] an exception has SQLSTATE, SQL, all details, and the text with detail and hint")
    void contents() {
        ErrorFields fields = ErrorFields.of(
                Map.of('S', "ERROR", 'C', "23505", 'M', "duplicate\nkey", 'D', "Key (id)=(1)", 'n', "t_pkey"));
        R2dbcException exception = (R2dbcException) Errors.of(new Failure.ServerError(fields), "insert");
        assertThat(exception).hasMessage("duplicate\\nkey Detail: Key (id)=(1)").hasNoCause();
        assertThat(exception.getSqlState()).isEqualTo("23505");
        assertThat(exception.getSql()).isEqualTo("insert");
        PgxcErrorDetails details = ((PgxcException) exception).getErrorDetails();
        assertThat(details).isNotNull();
        assertThat(details.constraint()).isEqualTo("t_pkey");
        assertThat(details.message()).isEqualTo("duplicate\nkey");
    }

    @Test
    @DisplayName("[X26] the SQL of a syntax error is what the SPI calls the offending SQL")
    void offendingSql() {
        assertThat(((R2dbcBadGrammarException) Errors.of(new Failure.ServerError(fields("ERROR", "42601")), "selec"))
                        .getOffendingSql())
                .isEqualTo("selec");
    }

    @Test
    @DisplayName("[A12] an error without SQLSTATE still has one, and none of its fields can break the translation")
    void emptyError() {
        R2dbcException exception = (R2dbcException) Errors.of(new Failure.ServerError(ErrorFields.of(Map.of())), null);
        assertThat(exception.getSqlState()).isEqualTo("XX000");
        assertThat(exception.getMessage()).isNotEmpty();
        assertKind(
                Errors.of(new Failure.ServerError(ErrorFields.of(Map.of('C', "x", 'M', "\0"))), null),
                "XX000",
                "other");
    }

    @Test
    @DisplayName("[X4] a follower's exception has the first error of the transaction as its cause")
    void follower() {
        Failure first = new Failure.ServerError(fields("ERROR", "23505"));
        RuntimeException exception = Errors.of(new Failure.ServerError(fields("ERROR", "25P02"), false, first), "x");
        assertKind(exception, "25P02", "other");
        assertKind(exception.getCause(), "23505", "integrity");
    }

    @Test
    @DisplayName("[X19] COMMIT answered with ROLLBACK is a rollback exception, 25P02, caused by the first error")
    void rolledBack() {
        Failure first = new Failure.ServerError(fields("ERROR", "23503"));
        RuntimeException exception = Errors.of(new Failure.RolledBack("rolled back", first), "COMMIT");
        assertKind(exception, "25P02", "rollback");
        assertThat(exception).hasMessage("rolled back");
        assertKind(exception.getCause(), "23503", "integrity");
        assertThat(Errors.of(new Failure.RolledBack("rolled back", null), null)).hasNoCause();
    }

    @Test
    @DisplayName("[X19] a COMMIT whose answer is lost is 08007, caused by what ended the connection")
    void unknownOutcome() {
        Failure reason = new Failure.ConnectionLost("08006", "reset by peer", null);
        RuntimeException exception = Errors.of(new Failure.OutcomeUnknown("who knows", reason), "COMMIT");
        assertKind(exception, "08007", "resource");
        assertKind(exception.getCause(), "08006", "resource");
    }

    @Test
    @DisplayName("[X26] what the server did not say has a class and an SQLSTATE too")
    void local() {
        Exception cause = new Exception();
        assertKind(Errors.of(new Failure.ProtocolViolation("broken", cause), null), "08P01", "resource");
        assertThat(Errors.of(new Failure.ProtocolViolation("broken", cause), null))
                .hasCause(cause);
        assertKind(Errors.of(new Failure.TimedOut("late"), "sql"), "57014", "timeout");
        assertKind(Errors.of(new Failure.Refused("no password", null), null), "28000", "permission");
        assertThat(Errors.of(Failure.ConnectionLost.CLOSED, null)).hasNoCause();
        PgxcException timedOut = (PgxcException) Errors.of(new Failure.TimedOut("late\n"), "sql");
        assertThat(timedOut.getErrorDetails()).isNull();
        assertThat(timedOut.getSql()).isEqualTo("sql");
        assertThat(timedOut.getMessage()).isEqualTo("late\\n");
    }

    @Test
    @DisplayName("[X27, X34] misuse reaches the caller as it was thrown, a value that does not fit as a data error")
    void thrown() {
        IllegalStateException misuse = new IllegalStateException("row is gone");
        assertThat(Errors.of(new Failure.Local(misuse), "sql")).isSameAs(misuse);
        ValueException value = new ValueException("int4 (binary): 3 bytes");
        RuntimeException exception = Errors.of(new Failure.Local(value), "sql");
        assertKind(exception, "22000", "integrity");
        assertThat(exception).hasCause(value).hasMessage("int4 (binary): 3 bytes");
        assertThat(Errors.of(value, "column 2 (\"a\"): ", "sql"))
                .hasMessage("column 2 (\"a\"): int4 (binary): 3 bytes");
    }

    @Test
    @DisplayName("[X26] every kind of failure has its exception")
    void complete() {
        Failure.ServerError error = new Failure.ServerError(fields("ERROR", "42601"));
        List<Failure> failures = List.of(
                error,
                Failure.ConnectionLost.CLOSED,
                new Failure.ProtocolViolation("x", null),
                new Failure.TimedOut("x"),
                new Failure.RolledBack("x", null),
                new Failure.OutcomeUnknown("x", error),
                new Failure.Refused("x", null),
                new Failure.Local(new ValueException("x")));
        assertThat(failures)
                .extracting(Object::getClass)
                .map(Class::getName)
                .containsExactlyInAnyOrderElementsOf(Stream.of(Failure.class.getPermittedSubclasses())
                        .map(Class::getName)
                        .toList());
        assertThat(failures)
                .allSatisfy(failure -> assertThat(Errors.of(failure, null)).isInstanceOf(PgxcException.class));
    }

    private static ErrorFields fields(String severity, String sqlState) {
        return ErrorFields.of(Map.of('S', severity, 'C', sqlState, 'M', "text"));
    }

    private static void assertKind(Throwable exception, String sqlState, String kind) {
        assertThat(exception).isInstanceOf(KINDS.get(kind)).isInstanceOf(PgxcException.class);
        assertThat(((R2dbcException) exception).getSqlState()).isEqualTo(sqlState);
        if (kind.equals("other")) {
            assertThat(exception)
                    .isNotInstanceOfAny(
                            R2dbcNonTransientResourceException.class,
                            R2dbcBadGrammarException.class,
                            R2dbcDataIntegrityViolationException.class,
                            R2dbcPermissionDeniedException.class);
        }
    }
}
