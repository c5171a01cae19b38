// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.replication;

import static io.r2dbc.pgxc.tck.Sandbox.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.PgxcLogicalEvent;
import io.r2dbc.pgxc.PgxcTuple;
import io.r2dbc.pgxc.codec.CodecCase;
import io.r2dbc.pgxc.codec.CodecCases;
import io.r2dbc.pgxc.replication.LogicalMessage.Commit;
import io.r2dbc.pgxc.replication.LogicalMessage.Delete;
import io.r2dbc.pgxc.replication.LogicalMessage.Insert;
import io.r2dbc.pgxc.replication.LogicalMessage.Update;
import io.r2dbc.pgxc.replication.LogicalOptions;
import io.r2dbc.pgxc.replication.LogicalOptions.Feature;
import io.r2dbc.pgxc.replication.ReplicationMode;
import io.r2dbc.pgxc.replication.Tuple.Kind;
import io.r2dbc.pgxc.testing.StandingAsserts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** The table of values that the codecs are tested with, through a logical slot: what it tells of each change is what the table says. */
@ExtendWith(StandingAsserts.class)
class LogicalTypesIT {

    @RegisterExtension
    final Publisher publisher = new Publisher();

    /** Pseudo-types have no columns; a few types are read from text alone, and a publisher of binary values sends them in binary too. */
    private List<CodecCase> cases(boolean binary) {
        int major = publisher.major();
        Set<Integer> stored = new HashSet<>(
                publisher.jdbc().queryForList("SELECT oid::int FROM pg_type WHERE typtype <> 'p'", Integer.class));
        return CodecCases.all().stream()
                .filter(row -> row.since() <= major && stored.contains(row.oid()))
                .filter(row -> !binary || row.hex() != null)
                .toList();
    }

    private static String type(CodecCase row) {
        return row.sqlType().equals("bit") ? "\"bit\"" : row.sqlType();
    }

    private static String literal(CodecCase row) {
        return "'" + row.literal().replace("'", "''") + "'::" + type(row);
    }

    private void change(List<CodecCase> cases, List<String> types) {
        JdbcTemplate jdbc = publisher.jdbc();
        StringBuilder table = new StringBuilder("CREATE TABLE everything (id int PRIMARY KEY");
        for (int i = 0; i < types.size(); i++) {
            table.append(", c").append(i).append(' ').append(types.get(i));
        }
        jdbc.execute(table.append(")").toString());
        jdbc.execute("ALTER TABLE everything REPLICA IDENTITY FULL");
        String[] inserts = new String[cases.size()];
        for (int i = 0; i < inserts.length; i++) {
            CodecCase row = cases.get(i);
            inserts[i] = "INSERT INTO everything (id, c" + types.indexOf(type(row)) + ") VALUES (" + i + ", "
                    + literal(row) + ")";
        }
        jdbc.execute("BEGIN; SET LOCAL TimeZone = 'UTC'; " + String.join("; ", inserts)
                + "; UPDATE everything SET id = id;" + " DELETE FROM everything; COMMIT");
    }

    @ParameterizedTest(name = "[S3.24, X30] binary: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("[S3.24, X30] every type of the table: inserted, updated, deleted, each value as a query gives it")
    void everyType(boolean binary) {
        List<CodecCase> cases = cases(binary);
        List<String> types = cases.stream().map(LogicalTypesIT::type).distinct().toList();
        String slot = publisher.slot("");
        change(cases, types);
        LogicalOptions options = LogicalOptions.of(slot, publisher.name());
        List<PgxcLogicalEvent> events = new ArrayList<>();
        publisher
                .open(ReplicationMode.LOGICAL)
                .logicalStream(binary ? options.with(Feature.BINARY) : options)
                .events()
                .doOnNext(events::add)
                .takeUntil(event -> event.message() instanceof Commit
                        && events.stream().anyMatch(earlier -> earlier.message() instanceof Delete))
                .blockLast(LIMIT);

        assertThat(cases).hasSizeGreaterThan(300);
        Set<Kind> kinds = new HashSet<>();
        for (Class<?> kind : List.of(Insert.class, Update.class, Delete.class)) {
            List<PgxcLogicalEvent> changes = events.stream()
                    .filter(event -> kind.isInstance(event.message()))
                    .toList();
            assertThat(changes).hasSameSizeAs(cases);
            for (PgxcLogicalEvent change : changes) {
                for (PgxcTuple row : rows(change)) {
                    assertRow(row, cases, types, kinds);
                }
            }
        }
        assertThat(kinds).containsExactlyInAnyOrder(Kind.NULL, binary ? Kind.BINARY : Kind.TEXT);
    }

    private static List<PgxcTuple> rows(PgxcLogicalEvent change) {
        List<PgxcTuple> rows = new ArrayList<>();
        if (change.oldRow() != null) {
            rows.add(change.oldRow());
        }
        if (change.newRow() != null) {
            rows.add(change.newRow());
        }
        assertThat(rows).hasSize(change.message() instanceof Update ? 2 : 1);
        return rows;
    }

    private static void assertRow(PgxcTuple row, List<CodecCase> cases, List<String> types, Set<Kind> kinds) {
        int id = Objects.requireNonNull(row.get("id", Integer.class));
        CodecCase expected = cases.get(id);
        int column = 1 + types.indexOf(type(expected));
        Object value = row.get(column, expected.target());
        assertThat(expected.matches(value)).as("%s gave %s", expected, value).isTrue();
        for (int i = 0; i < row.raw().size(); i++) {
            kinds.add(row.raw().kind(i));
            assertThat(i == 0 || i == column || row.get(i) == null).isTrue();
        }
    }
}
