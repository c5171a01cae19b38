// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.done;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.rows;
import static io.r2dbc.pgxc.Answers.selected;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.counts;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.Dialogue.texts;
import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.closeComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.emptyQuery;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.noData;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static io.r2dbc.pgxc.testing.ServerMessages.suspended;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.test.subscriber.TestSubscriber;

/** Each message of the extended protocol, and what may answer it. */
@ExtendWith(StandingAsserts.class)
class ExtendedQueryProtocolTest {

    private static final String QUERY = "select a from t where b = $1";
    private static final int[] ONE = {INT4};

    private static PgxcStatement query(Dialogue dialogue) {
        return dialogue.connection().createStatement(QUERY).bind(0, 7);
    }

    private static Arguments answer(String row, List<String> expected, Octets... answers) {
        return Arguments.of(row, expected, Octets.join(answers));
    }

    static Stream<Arguments> answers() {
        Octets described = Octets.join(parameterTypes(ONE), rowDescription(TEXT_COLUMN));
        return Stream.of(
                answer(
                        "Parse 1, Describe t T, Bind 2, Execute D D C, Sync Z",
                        List.of("x", "y"),
                        parseComplete(),
                        described,
                        bindComplete(),
                        rows("x", "y"),
                        complete("SELECT 2")),
                answer(
                        "Describe t T, Execute C without D",
                        List.of(),
                        parseComplete(),
                        described,
                        bindComplete(),
                        complete("SELECT 0")),
                answer(
                        "Describe t n, Execute C",
                        List.of(),
                        parseComplete(),
                        parameterTypes(ONE),
                        noData(),
                        bindComplete(),
                        complete("INSERT 0 1")),
                answer(
                        "Describe t n, Execute I",
                        List.of(),
                        parseComplete(),
                        parameterTypes(ONE),
                        noData(),
                        bindComplete(),
                        emptyQuery()));
    }

    @ParameterizedTest(name = "[S2.3.10, S2.3.14] {0}")
    @MethodSource("answers")
    @DisplayName(
            "[S2.3.10, S2.3.14] the answers to P D B E S, all at once or byte by byte, with another flight behind them")
    void success(String row, List<String> expected, Octets answers) {
        for (boolean sliced : new boolean[] {false, true}) {
            try (Dialogue dialogue = Dialogue.of(script -> {
                script.expect("P D B E S P D B E S");
                if (sliced) {
                    script.sendSlices(answers, ready(), firstSelected("behind"));
                } else {
                    script.send(answers, ready(), firstSelected("behind"));
                }
            })) {
                TestSubscriber<String> first = begin(texts(query(dialogue)));
                TestSubscriber<String> behind = begin(dialogue.select("select 'behind'"));
                assertThat(completed(first)).isEqualTo(expected);
                assertThat(completed(behind)).containsExactly("behind");
            }
        }
    }

    static Stream<Arguments> answersBeforeError() {
        Octets parsed = parseComplete();
        Octets parameters = Octets.join(parsed, parameterTypes(ONE));
        Octets described = Octets.join(parameters, rowDescription(TEXT_COLUMN));
        Octets bound = Octets.join(described, bindComplete());
        return Stream.of(
                answer("Parse E", List.of()),
                answer("Describe E", List.of(), parsed),
                answer("Describe t E", List.of(), parameters),
                answer("Bind E", List.of(), described),
                answer("Execute E", List.of(), bound),
                answer("Execute D D E", List.of("x", "y"), bound, rows("x", "y")),
                answer("Sync E", List.of("x"), bound, rows("x"), complete("SELECT 1")));
    }

    @ParameterizedTest(name = "[S2.3.20, S2.3.24] {0}")
    @MethodSource("answersBeforeError")
    @DisplayName(
            "[S2.3.20, S2.3.24] an error in place of any answer: the rest is skipped up to Z, and the next flight is not touched")
    void answeredByError(String row, List<String> before, Octets answers) {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S P D B E S")
                .send(answers, error("22012", "division by zero"), ready(), firstSelected("behind")))) {
            TestSubscriber<String> first = begin(texts(query(dialogue)));
            TestSubscriber<String> behind = begin(dialogue.select("select 'behind'"));
            assertThat(failed(first)).hasMessageContaining("division by zero");
            assertThat(first.getReceivedOnNext()).isEqualTo(before);
            assertThat(completed(behind)).containsExactly("behind");
        }
    }

    @Test
    @DisplayName(
            "[S2.3.20] Close 3, ahead of the flight it travels with; E in its place fails that flight, and nobody else")
    void close() {
        try (Dialogue dialogue = Dialogue.with(
                options -> options.preparedStatementCacheQueries(1),
                script -> script.expect("P D B E S")
                        .send(firstSelected("1"))
                        .expect("C P D B E S")
                        .send(closeComplete(), firstSelected("2"))
                        .expect("C P D B E S")
                        .send(closeComplete(), firstSelected("3"))
                        .expect("C P D B E S")
                        .send(error("XX000", "cannot close"), ready())
                        .expect("P D B E S")
                        .send(firstSelected("5")))) {
            for (String value : List.of("1", "2", "3")) {
                assertThat(completed(begin(dialogue.select("select " + value)))).containsExactly(value);
            }
            assertThat(failed(begin(dialogue.select("select 4")))).hasMessageContaining("cannot close");
            assertThat(completed(begin(dialogue.select("select 5")))).containsExactly("5");
        }
    }

    @Test
    @DisplayName("[S2.3.10] Execute s where there is a limit, and nothing for Flush")
    void suspendedByLimit() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E H")
                .send(prepared(ONE, TEXT_COLUMN), bindComplete(), rows("x"), suspended())
                .expect("E H")
                .send(rows("y"), suspended())
                .expect("E H")
                .send(complete("SELECT 0"))
                .expect("S")
                .send(ready()))) {
            assertThat(completed(begin(texts(query(dialogue).fetchSize(1))))).containsExactly("x", "y");
        }
    }

    static Stream<Arguments> secondEnds() {
        return Stream.of(
                Arguments.of("C", complete("SELECT 1")),
                Arguments.of("I", emptyQuery()),
                Arguments.of("s", suspended()),
                Arguments.of("T", rowDescription(TEXT_COLUMN)),
                Arguments.of("D", rows("y")));
    }

    @ParameterizedTest(name = "[S2.3.10, S2.3.13] C, then {0}")
    @MethodSource("secondEnds")
    @DisplayName(
            "[S2.3.10, S2.3.13] Execute ends once: more behind its end breaks the protocol, and so does a description")
    void endsOnce(String type, Octets surplus) {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(ONE, TEXT_COLUMN), selected("x"), surplus)
                .expectEnd())) {
            assertThat(failed(begin(texts(query(dialogue))))).isInstanceOf(R2dbcNonTransientResourceException.class);
        }
    }

    @Test
    @DisplayName("[S2.3.13] T in the middle of what Execute answers breaks the protocol")
    void descriptionAmidRows() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(ONE, TEXT_COLUMN), bindComplete(), rowDescription(TEXT_COLUMN))
                .expectEnd())) {
            assertThat(failed(begin(texts(query(dialogue))))).isInstanceOf(R2dbcNonTransientResourceException.class);
        }
    }

    @Test
    @DisplayName(
            "[S2.3.26, S2.3.20] completion is counted by Z: of a flight with an error only what was answered is told, the next flight has its own")
    void countedByReady() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E B E B E S P D B E S B E S")
                .send(prepared(ONE), done("INSERT 0 1"), bindComplete(), error("23505", "duplicate key"), ready())
                .send(ready())
                .send(done("INSERT 0 5"), ready()))) {
            PgxcStatement three = dialogue.connection()
                    .createStatement("insert into t values ($1)")
                    .bind(0, 1)
                    .add()
                    .bind(0, 2)
                    .add()
                    .bind(0, 3);
            TestSubscriber<Long> failing = begin(counts(three.execute()));
            TestSubscriber<String> skipped = begin(dialogue.select("select 'x'"));
            TestSubscriber<Long> last = begin(counts(dialogue.connection()
                    .createStatement("insert into t values ($1)")
                    .bind(0, 4)
                    .execute()));
            assertThat(failed(failing)).hasMessageContaining("duplicate key").hasMessageContaining("binding 1");
            assertThat(failing.getReceivedOnNext()).containsExactly(1L);
            assertThat(failed(skipped)).hasMessageContaining("skipped");
            assertThat(completed(last)).containsExactly(5L);
        }
    }

    @Test
    @DisplayName("[S2.3.21] a flight is synced ahead of a Query, whatever it was answered")
    void syncAheadOfQuery() {
        for (boolean fails : new boolean[] {false, true}) {
            try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E H")
                    .send(prepared(ONE, TEXT_COLUMN), bindComplete(), rows("x"))
                    .send(fails ? error("22012", "division by zero") : complete("SELECT 1"))
                    .expect("S")
                    .send(ready())
                    .expectQuery("select 1; select 2")
                    .send(complete("SELECT 0"), complete("SELECT 0"), ready()))) {
                TestSubscriber<String> portal = begin(texts(query(dialogue).fetchSize(2)));
                TestSubscriber<Long> string = begin(dialogue.update("select 1; select 2"));
                portal.block(SOON);
                assertThat(portal.isTerminatedError()).isEqualTo(fails);
                assertThat(completed(string)).containsExactly(0L, 0L);
            }
        }
    }
}
