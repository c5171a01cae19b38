// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck;

import static io.r2dbc.pgxc.tck.Sandbox.all;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static io.r2dbc.pgxc.tck.Sandbox.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.OutParameters;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcType;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** CALL with OUT and INOUT parameters, and cursors that come back as references. */
@ExtendWith(StandingAsserts.class)
class CallIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_call");

    private static final String CALL = "CALL twice($1, $2, $3)";

    @BeforeAll
    static void procedures() {
        SANDBOX.jdbc()
                .execute("CREATE PROCEDURE twice(IN a int, INOUT b int, OUT c text) LANGUAGE plpgsql AS"
                        + " $$ BEGIN b := a + b; c := 'c' || b; END $$");
        SANDBOX.jdbc()
                .execute("CREATE FUNCTION open_numbers(c refcursor) RETURNS refcursor LANGUAGE plpgsql AS"
                        + " $$ BEGIN OPEN c FOR SELECT generate_series(1, 1000); RETURN c; END $$");
    }

    private static Statement bound(PgxcConnection connection) {
        return connection
                .createStatement(CALL)
                .bind(0, 3)
                .bind(1, Parameters.inOut(4))
                .bind(2, Parameters.out(R2dbcType.VARCHAR));
    }

    @Test
    @DisplayName("[X30] OUT and INOUT parameters come as an OutSegment, by index and by name, with metadata")
    void givesOutSegments() {
        PgxcConnection connection = SANDBOX.open();
        for (int i = 0; i < 2; i++) {
            List<String> outs = all(Flux.from(bound(connection).execute())
                    .concatMap(result -> result.flatMap(segment -> segment instanceof Result.OutSegment out
                            ? Mono.just(described(out.outParameters()))
                            : Mono.empty())));
            assertThat(outs).containsExactly("7 c7 b:int4 c:text");
        }
    }

    private static String described(OutParameters out) {
        assertThat(out.get("b", Integer.class)).isEqualTo(7);
        assertThat(out.get("c")).isEqualTo("c7");
        assertThat(out.get(1)).isEqualTo("c7");
        assertThat(out.getMetadata().getParameterMetadata("c").getName()).isEqualTo("c");
        return out.get(0, Integer.class) + " " + out.get(1, String.class) + " "
                + out.getMetadata().getParameterMetadata(0).getName() + ":"
                + out.getMetadata().getParameterMetadatas().get(0).getType().getName() + " "
                + out.getMetadata().getParameterMetadata(1).getName() + ":"
                + out.getMetadata().getParameterMetadata(1).getType().getName();
    }

    @Test
    @DisplayName("[X30] map(Readable) sees OUT parameters, map(Row) does not: they are no row")
    void mapsReadables() {
        PgxcConnection connection = SANDBOX.open();
        List<Object> readables = all(Flux.from(bound(connection).execute())
                .concatMap(result -> result.map((Readable readable) -> {
                    assertThat(readable).isInstanceOf(OutParameters.class);
                    return readable.get("b");
                })));
        assertThat(readables).containsExactly(7);
        List<Object> rows = all(
                Flux.from(bound(connection).execute()).concatMap(result -> result.map((row, metadata) -> row.get(0))));
        assertThat(rows).isEmpty();
        List<Result.Segment> filtered = all(Flux.from(bound(connection).execute())
                .concatMap(result -> result.filter(segment -> !(segment instanceof Result.OutSegment))
                        .flatMap(Mono::just)));
        assertThat(filtered).noneMatch(segment -> segment instanceof Result.OutSegment);
    }

    @Test
    @DisplayName("[X30] bound as plain values the same CALL gives a row")
    void givesRows() {
        PgxcConnection connection = SANDBOX.open();
        List<Object> rows = all(Flux.from(connection
                        .createStatement(CALL)
                        .bind(0, 3)
                        .bind(1, 4)
                        .bindNull(2, String.class)
                        .execute())
                .concatMap(result -> result.map((row, metadata) -> row.get("c"))));
        assertThat(rows).containsExactly("c7");
    }

    @Test
    @DisplayName("[X27] OUT parameters of anything but CALL are refused at once, with what to do instead")
    void refusesOthers() {
        PgxcConnection connection = SANDBOX.open();
        assertThatThrownBy(() -> connection.createStatement("SELECT f($1)").bind(0, Parameters.out(R2dbcType.INTEGER)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("CALL")
                .hasMessageContaining("SELECT f($1)");
    }

    @Test
    @DisplayName("[X30] a refcursor is read as its name, and as a Result that fetches its rows")
    void readsCursors() {
        PgxcConnection connection = SANDBOX.open();
        get(connection.beginTransaction());
        Flux<Integer> numbers = Flux.from(connection
                        .createStatement("SELECT open_numbers('the \"cursor\"')")
                        .execute())
                .concatMap(result -> result.map((row, metadata) -> {
                    assertThat(row.get(0)).isEqualTo("the \"cursor\"");
                    return row.get(0, Result.class);
                }))
                .concatMap(cursor -> cursor.map((row, metadata) -> row.get(0, Integer.class)));
        assertThat(all(numbers)).hasSize(1000).startsWith(1, 2, 3).endsWith(1000);
        run(connection, "CLOSE ALL");
        get(connection.commitTransaction());
    }

    @Test
    @DisplayName("[X30, X9] a cursor of the same name with other columns is read with its own")
    void readsOtherCursorsOfTheSameName() {
        PgxcConnection connection = SANDBOX.open();
        for (String query : List.of("SELECT 7, 8", "SELECT 'abcd', 'x'", "SELECT 'one'", "SELECT 1.5, 2, 3")) {
            get(connection.beginTransaction());
            run(connection, "DECLARE same CURSOR FOR " + query);
            for (String way : List.of("SELECT 'same'::refcursor", "FETCH ALL FROM same")) {
                boolean isReference = way.startsWith("SELECT");
                Flux<Result> results = isReference
                        ? Flux.from(connection.createStatement(way).execute())
                                .concatMap(result -> result.map((row, metadata) -> row.get(0, Result.class)))
                        : Flux.from(connection.createStatement(way).execute()).cast(Result.class);
                List<String> rows =
                        all(results.concatMap(result -> result.map((row, metadata) -> row.get(0, String.class) + "/"
                                + metadata.getColumnMetadatas().size())));
                assertThat(rows)
                        .as("%s of %s", way, query)
                        .isEqualTo(isReference ? List.of(first(query) + "/" + columns(query)) : List.of());
            }
            get(connection.rollbackTransaction());
        }
    }

    private static int columns(String query) {
        return query.split(",", -1).length;
    }

    private static String first(String query) {
        return query.substring("SELECT ".length()).split(",", -1)[0].replace("'", "");
    }

    @Test
    @DisplayName("[X30] only a refcursor is a Result")
    void refusesOtherResults() {
        PgxcConnection connection = SANDBOX.open();
        Flux<Object> query = Flux.from(connection.createStatement("SELECT 'x'").execute())
                .concatMap(result -> result.map((row, metadata) -> row.get(0, Result.class)));
        assertThatThrownBy(() -> all(query)).isInstanceOf(R2dbcException.class).hasMessageContaining("refcursor");
    }
}
