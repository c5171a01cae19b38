// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.ran;
import static io.r2dbc.pgxc.Answers.rows;
import static io.r2dbc.pgxc.Answers.selected;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.Dialogue.texts;
import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.TEXT;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static io.r2dbc.pgxc.testing.ServerMessages.rowOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.BackendMessage.Column;
import io.r2dbc.pgxc.wire.ClientMessage.Bind;
import io.r2dbc.pgxc.wire.ClientMessage.Describe;
import io.r2dbc.pgxc.wire.ClientMessage.Execute;
import io.r2dbc.pgxc.wire.ClientMessage.Parse;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

/** Rules about names, formats, counts and columns of the extended protocol. */
@ExtendWith(StandingAsserts.class)
class FieldRulesTest {

    @Test
    @DisplayName(
            "[S1.2.3, S1.2.1] statement and portal have names of their own: named ones to come back to, unnamed ones for"
                    + " once")
    void names() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(firstSelected("x"))
                .expect("P B E B E S")
                .send(ran("BEGIN"), bindComplete(), rows("y"), complete("SELECT 1"), ready(Answers.OPEN)))) {
            completed(begin(dialogue.select("select a from t")));
            dialogue.connection().beginTransaction().block(SOON);
            assertThat(completed(begin(texts(dialogue.connection()
                            .createStatement("select a from t")
                            .fetchSize(2)))))
                    .containsExactly("y");
            String statement = dialogue.said(Parse.class).get(0).statement();
            Bind once = dialogue.said(Bind.class).get(0);
            Bind stepwise = dialogue.said(Bind.class).get(2);
            assertThat(statement).isNotEmpty();
            assertThat(once.statement()).isEqualTo(statement);
            assertThat(once.portal()).isEmpty();
            assertThat(stepwise.statement()).isEqualTo(statement);
            assertThat(stepwise.portal()).isNotEmpty().isNotEqualTo(statement);
            assertThat(dialogue.said(Execute.class).get(2)).isEqualTo(new Execute(stepwise.portal(), 2));
            assertThat(dialogue.said(Parse.class).get(1).statement()).isEmpty();
        }
    }

    @Test
    @DisplayName("[S5.4.6] without a cache everything is unnamed, and each message says so by an empty name")
    void unnamed() {
        try (Dialogue dialogue = Dialogue.with(
                options -> options.preparedStatementCacheQueries(0),
                script -> script.expect("P D B E S").send(firstSelected("x")))) {
            completed(begin(dialogue.select("select a from t")));
            assertThat(dialogue.said(Parse.class)).extracting(Parse::statement).containsExactly("");
            assertThat(dialogue.said(Describe.class)).containsExactly(new Describe('S', ""));
            assertThat(dialogue.said(Bind.class)).extracting(Bind::statement).containsExactly("");
            assertThat(dialogue.said(Bind.class)).extracting(Bind::portal).containsExactly("");
            assertThat(dialogue.said(Execute.class)).containsExactly(new Execute("", 0));
        }
    }

    @Test
    @DisplayName("[S1.3.2] the format is chosen for each parameter and for each column of the result")
    void formats() {
        int unknown = 9_999; // too low to be a type of the database's own, which would be looked up
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(new int[] {INT4, TEXT}, column("a", unknown), column("b", INT4)))
                .send(bindComplete(), row("x", "1"), complete("SELECT 1"), ready())
                .expect("B E S")
                .send(bindComplete(), rowOf(Octets.of("x"), Octets.hex("00000001")), complete("SELECT 1"), ready()))) {
            Flux<String> both = Flux.defer(() -> dialogue.connection()
                    .createStatement("select a, b from t where b = $1 and c = $2")
                    .bind(0, 1)
                    .bind(1, "c")
                    .execute()
                    .concatMap(result -> result.map(row -> row.get(0, String.class) + row.get(1, Integer.class))));
            assertThat(completed(begin(both))).containsExactly("x1");
            assertThat(completed(begin(both))).containsExactly("x1");
            assertThat(dialogue.said(Bind.class)).extracting(Bind::formats).containsOnly(List.of(1, 0));
            assertThat(dialogue.said(Bind.class))
                    .extracting(Bind::resultFormats)
                    .containsExactly(List.of(), List.of(0, 1));
        }
    }

    @Test
    @DisplayName(
            "[S5.4.3] as many values are sent as there are parameters; where the server counts others its error is the"
                    + " statement's, no breach of protocol")
    void countOfValues() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(parseComplete(), parameterTypes(INT4, INT4), rowDescription(TEXT_COLUMN))
                .send(error("08P01", "bind message supplies 1 parameters, but the statement requires 2"), ready())
                .expect("P D B E S")
                .send(prepared(new int[] {INT4, INT4}, TEXT_COLUMN), selected("x"), ready()))) {
            Throwable failure = failed(begin(texts(dialogue.connection()
                    .createStatement("select a from t where b = $1")
                    .bind(0, 1))));
            assertThat(failure).isNotInstanceOf(R2dbcNonTransientResourceException.class);
            assertThat(((R2dbcException) failure).getSqlState()).isEqualTo("08P01");
            assertThat(completed(begin(texts(dialogue.connection()
                            .createStatement("select a from t where b = $1 and c = $2")
                            .bind(0, 1)
                            .bind(1, 2)))))
                    .containsExactly("x");
            assertThat(dialogue.said(Bind.class))
                    .extracting(bind -> bind.values().size())
                    .containsExactly(1, 2);
        }
    }

    @Test
    @DisplayName(
            "[S5.4.7] columns of the same name keep their places, and the name means the first of them, in any case")
    void duplicateNames() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(column("b", TEXT), column("A", TEXT), column("a", TEXT)))
                .send(bindComplete(), row("0", "1", "2"), complete("SELECT 1"), ready()))) {
            List<String> read = completed(begin(dialogue.connection()
                    .createStatement("select b, \"A\", a from t")
                    .execute()
                    .concatMap(result -> result.map((row, columns) -> {
                        assertThat(columns.getColumnMetadatas())
                                .extracting(each -> each.getName())
                                .containsExactly("b", "A", "a");
                        return String.join(
                                " ",
                                row.get(0, String.class),
                                row.get(1, String.class),
                                row.get(2, String.class),
                                row.get("a", String.class),
                                row.get("A", String.class));
                    }))));
            assertThat(read).containsExactly("0 1 2 1 1");
        }
    }

    @Test
    @DisplayName("[S5.4.5] precision and scale come from the modifier of the type, where there is one")
    void modifiers() {
        Column[] columns = {
            new Column("computed", 0, 0, 1700, -1, -1, (short) 0),
            new Column("numeric(10,2)", 16_384, 1, 1700, -1, (10 << 16 | 2) + 4, (short) 0),
            new Column("varchar(10)", 16_384, 2, 1043, -1, 14, (short) 0),
            new Column("of the system", 16_384, -1, 27, 6, -1, (short) 0)
        };
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(columns), bindComplete(), row("1", "2", "3", "(0,1)"), complete("SELECT 1"), ready()))) {
            List<String> read = completed(begin(dialogue.connection()
                    .createStatement("select * from t")
                    .execute()
                    .concatMap(result -> result.map((row, metadata) -> metadata.getColumnMetadatas().stream()
                            .map(each -> each.getPrecision() + "," + each.getScale())
                            .toList()
                            .toString()))));
            assertThat(read).containsExactly("[null,null, 10,2, 10,null, null,null]");
        }
    }
}
