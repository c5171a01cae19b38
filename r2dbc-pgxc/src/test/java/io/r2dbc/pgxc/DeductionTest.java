// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.FAILED;
import static io.r2dbc.pgxc.Answers.IDLE;
import static io.r2dbc.pgxc.Answers.OPEN;
import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.answered;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.ran;
import static io.r2dbc.pgxc.Answers.selected;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.Dialogue.texts;
import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.INT8;
import static io.r2dbc.pgxc.testing.ServerMessages.TEXT;
import static io.r2dbc.pgxc.testing.ServerMessages.VARCHAR;
import static io.r2dbc.pgxc.testing.ServerMessages.closeComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.PgxcConfiguration.StringType;
import io.r2dbc.pgxc.exchange.ServerProfile;
import io.r2dbc.pgxc.wire.ClientMessage.Bind;
import io.r2dbc.pgxc.wire.ClientMessage.Parse;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcType;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.subscriber.TestSubscriber;

class DeductionTest {

    private static final String QUERY = "select a from t where b = $1";

    private static final Octets DEDUCED = prepared(new int[] {VARCHAR}, TEXT_COLUMN);

    private static PgxcStatement query(PgxcConnection connection) {
        return connection.createStatement(QUERY).bind(0, "b");
    }

    private static TestSubscriber<String> queried(Dialogue dialogue) {
        return begin(texts(query(dialogue.connection())));
    }

    @Test
    @DisplayName("[X10] a String is sent as text without a type, and other values with theirs, in binary")
    void stringsHaveNoType() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(new int[] {INT4, VARCHAR}, TEXT_COLUMN), selected("x"), ready()))) {
            completed(begin(texts(dialogue.connection()
                    .createStatement("select a from t where b = $1 and c = $2")
                    .bind("$1", 7)
                    .bind("$2", "b"))));
            assertThat(dialogue.said(Parse.class).get(0).parameterTypes()).containsExactly(INT4, 0);
            Bind bind = dialogue.said(Bind.class).get(0);
            assertThat(bind.formats()).containsExactly(1, 0);
            assertThat(bind.values()).containsExactly(Octets.hex("00000007"), Octets.of("b"));
        }
    }

    @Test
    @DisplayName(
            "[X10] the first such Parse of a text is a fence to its ParseComplete, later ones on any connection are not")
    void fenceToParseComplete() {
        try (Dialogue dialogue = Dialogue.onTwoConnections(
                script -> script.expect("P D B E S")
                        .expectNothing()
                        .send(parseComplete())
                        .expect("P D B E S")
                        .send(parameterTypes(VARCHAR), rowDescription(TEXT_COLUMN), selected("x"), ready())
                        .send(firstSelected("y")),
                script -> script.expect("P D B E S P D B E S")
                        .send(DEDUCED, selected("x"), ready(), firstSelected("y")))) {
            PgxcConnection second = dialogue.factory().create().block(SOON);
            for (PgxcConnection connection : new PgxcConnection[] {dialogue.connection(), second}) {
                TestSubscriber<String> first = begin(texts(query(connection)));
                TestSubscriber<String> behind = begin(texts(connection.createStatement("select 'y'")));
                assertThat(completed(first)).containsExactly("x");
                assertThat(completed(behind)).containsExactly("y");
            }
            second.close().block(SOON);
        }
    }

    @ParameterizedTest(name = "[X10] {0}")
    @ValueSource(strings = {"42P18", "42P08", "42725", "42883"})
    @DisplayName(
            "[X10] where the server cannot deduce the type the text is parsed again with text, unseen, and that is remembered")
    void parsedAgainAsText(String sqlState) {
        try (Dialogue dialogue = Dialogue.onTwoConnections(
                script -> script.expect("P D B E S")
                        .send(error(sqlState, "could not determine data type"), ready())
                        .expect("P D B E S")
                        .send(prepared(new int[] {TEXT}, TEXT_COLUMN), selected("x"), ready())
                        .expect("B E S")
                        .send(selected("x"), ready()),
                script -> script.expect("P D B E S P D B E S")
                        .send(prepared(new int[] {TEXT}, TEXT_COLUMN), selected("x"), ready(), firstSelected("y")))) {
            assertThat(completed(queried(dialogue))).containsExactly("x");
            assertThat(completed(queried(dialogue))).containsExactly("x");
            PgxcConnection second = dialogue.factory().create().block(SOON);
            TestSubscriber<String> first = begin(texts(query(second)));
            TestSubscriber<String> behind = begin(texts(second.createStatement("select 'y'")));
            assertThat(completed(first)).containsExactly("x");
            assertThat(completed(behind)).containsExactly("y");
            assertThat(dialogue.parameterTypes(QUERY)).containsExactly(List.of(0), List.of(TEXT), List.of(TEXT));
            second.close().block(SOON);
        }
    }

    @Test
    @DisplayName("[X10] any other error of that Parse surfaces at once")
    void otherErrors() {
        try (Dialogue dialogue =
                Dialogue.of(script -> script.expect("P D B E S").send(error("42P01", "no such table"), ready()))) {
            assertThat(failed(queried(dialogue))).hasMessageContaining("no such table");
        }
    }

    @Test
    @DisplayName("[X10] a Parse with text that fails is forgotten, so that the server is asked to deduce again")
    void failedTextIsForgotten() {
        Octets undeduced = Octets.join(error("42883", "no such function"), ready());
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(undeduced)
                .expect("P D B E S")
                .send(undeduced)
                .expect("P D B E S")
                .send(DEDUCED, selected("x"), ready()))) {
            assertThat(failed(queried(dialogue)))
                    .isInstanceOf(R2dbcBadGrammarException.class)
                    .hasMessageContaining("no such function");
            assertThat(completed(queried(dialogue))).containsExactly("x");
            assertThat(dialogue.parameterTypes(QUERY)).containsExactly(List.of(0), List.of(TEXT), List.of(0));
        }
    }

    @Test
    @DisplayName("[X10] inside a transaction a savepoint stands around the first Parse, all of it with one Sync")
    void guardedInTransaction() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P B E P D P B E C B E S")
                .expectNothing()
                .send(ran("BEGIN"), ran("SAVEPOINT"), parseComplete())
                .expect("P D B E S")
                .send(parameterTypes(VARCHAR), rowDescription(TEXT_COLUMN), ran("RELEASE"), closeComplete())
                .send(selected("x"), ready(OPEN), prepared(TEXT_COLUMN), selected("y"), ready(OPEN))
                .expect("B E S")
                .send(selected("z"), ready(OPEN)))) {
            dialogue.connection().beginTransaction().block(SOON);
            TestSubscriber<String> first = queried(dialogue);
            TestSubscriber<String> behind = begin(dialogue.select("select 'y'"));
            assertThat(completed(first)).containsExactly("x");
            assertThat(completed(behind)).containsExactly("y");
            assertThat(completed(queried(dialogue))).containsExactly("z");
            assertThat(dialogue.sql())
                    .containsExactly(
                            "BEGIN",
                            "SAVEPOINT \"pgxc_deduction\"",
                            QUERY,
                            "RELEASE SAVEPOINT \"pgxc_deduction\"",
                            "select 'y'");
        }
    }

    @Test
    @DisplayName("[X10] a type that cannot be deduced there costs ROLLBACK TO the savepoint, not the transaction")
    void undeducedInTransaction() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P B E P D P B E C B E S")
                .send(ran("BEGIN"), ran("SAVEPOINT"), error("42P18", "could not determine data type"), ready(FAILED))
                .expect("P B E P B E P D B E S")
                .send(ran("ROLLBACK"), ran("RELEASE"), prepared(new int[] {TEXT}, TEXT_COLUMN))
                .send(selected("x"), ready(OPEN))
                .expectQuery("COMMIT")
                .send(answered("COMMIT", IDLE)))) {
            dialogue.connection().beginTransaction().block(SOON);
            assertThat(completed(queried(dialogue))).containsExactly("x");
            dialogue.connection().commitTransaction().block(SOON);
            assertThat(dialogue.sql().subList(4, 7))
                    .containsExactly(
                            "ROLLBACK TO SAVEPOINT \"pgxc_deduction\"", "RELEASE SAVEPOINT \"pgxc_deduction\"", QUERY);
            assertThat(dialogue.parameterTypes(QUERY)).containsExactly(List.of(0), List.of(TEXT));
        }
    }

    @Test
    @DisplayName("[X10] what has been deduced once needs no savepoint any more")
    void deducedBeforeTransaction() {
        try (Dialogue dialogue = Dialogue.onTwoConnections(
                script -> script.expect("P D B E S").send(DEDUCED, selected("x"), ready()),
                script -> script.expect("P B E P D B E S").send(ran("BEGIN"), DEDUCED, selected("x"), ready(OPEN)))) {
            completed(queried(dialogue));
            PgxcConnection second = dialogue.factory().create().block(SOON);
            second.beginTransaction().block(SOON);
            assertThat(completed(begin(texts(query(second))))).containsExactly("x");
            second.close().block(SOON);
        }
    }

    @Test
    @DisplayName("[X10] on a server without savepoints the error surfaces inside a transaction")
    void withoutSavepoints() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P B E P D B E S")
                .send(ran("BEGIN"), error("42P18", "could not determine data type"), ready(FAILED)))) {
            dialogue.connection().core().session().state().profile(new ServerProfile(true, false, false, true));
            dialogue.connection().beginTransaction().block(SOON);
            assertThat(failed(queried(dialogue)))
                    .extracting(e -> ((R2dbcException) e).getSqlState())
                    .isEqualTo("42P18");
        }
    }

    @Test
    @DisplayName(
            "[X10] stringType=varchar names the type, and stringType=unspecified never does; neither fences or tries again")
    void otherStringTypes() {
        for (StringType type : List.of(StringType.VARCHAR, StringType.UNSPECIFIED)) {
            try (Dialogue dialogue = Dialogue.with(
                    options -> options.stringType(type),
                    script -> script.expect("P D B E S P D B E S")
                            .send(error("42P18", "could not determine data type"), ready(), firstSelected("y")))) {
                TestSubscriber<String> first = queried(dialogue);
                TestSubscriber<String> behind = begin(dialogue.select("select 'y'"));
                assertThat(failed(first)).hasMessageContaining("could not determine");
                assertThat(completed(behind)).containsExactly("y");
                assertThat(dialogue.parameterTypes(QUERY))
                        .containsExactly(List.of(type == StringType.VARCHAR ? VARCHAR : 0));
            }
        }
    }

    @Test
    @DisplayName("[X10] NULL of a type the driver does not know has type 0; Parameter objects and enums are taken")
    void nullsParametersAndEnums() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(new int[] {TEXT, INT8, INT4, TEXT}, TEXT_COLUMN), selected("x"), ready()))) {
            completed(begin(texts(dialogue.connection()
                    .createStatement("select a from t where b = $1 and c = $2 and d = $3 and e = $4")
                    .bindNull(0, Thread.class)
                    .bindNull("$2", Long.class)
                    .bind(2, Parameters.in(R2dbcType.INTEGER, 7))
                    .bind("$4", TimeUnit.DAYS))));
            assertThat(dialogue.said(Parse.class).get(0).parameterTypes()).containsExactly(0, INT8, INT4, 0);
            assertThat(dialogue.said(Bind.class).get(0).texts()).containsExactly(null, null, "\0\0\0\7", "DAYS");
        }
    }

    @Test
    @DisplayName("[X10, X27] parameters are counted from 0 and named $1; what there is not is refused at once")
    void indexesAndNames() {
        try (Dialogue dialogue = Dialogue.of(script -> {})) {
            PgxcStatement statement = dialogue.connection().createStatement(QUERY);
            assertThatThrownBy(() -> statement.bind(1, "b")).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> statement.bind(-1, "b")).isInstanceOf(IndexOutOfBoundsException.class);
            for (String name : new String[] {"$0", "$2", "$", "1", "b", "$1x", "$-1", "$+1"}) {
                assertThatThrownBy(() -> statement.bind(name, "b")).as(name).isInstanceOf(NoSuchElementException.class);
            }
        }
    }
}
