// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.done;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.selected;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.emptyQuery;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.notice;
import static io.r2dbc.pgxc.testing.ServerMessages.notification;
import static io.r2dbc.pgxc.testing.ServerMessages.parameter;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.testing.Greeting;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationCleartextPassword;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.Result;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

/** The parts of a session, who leads in each of them, and what each understands. */
@ExtendWith(StandingAsserts.class)
class SessionPhasesTest {

    private static final Octets OTHERS =
            Octets.join(notice("by the way"), parameter("application_name", "x"), notification(1, "news", "payload"));

    @Test
    @DisplayName(
            "[S1.0.1] start-up: the client says its one packet and then answers; it goes on after ReadyForQuery, and says"
                    + " goodbye at the end")
    void phases() {
        ScriptedServer server = ScriptedServer.start(script -> script.expectStartup()
                .expectNothing()
                .send(new AuthenticationCleartextPassword())
                .expect("p")
                .expectNothing()
                .send(Greeting.messages().get(0))
                .expectNothing()
                .send(Greeting.messages().subList(1, Greeting.messages().size()))
                .expect("P D B E S")
                .send(firstSelected("x"))
                .expectGoodbye());
        try (Dialogue dialogue = Dialogue.on(server, options -> options.password("secret"))) {
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
            dialogue.connection().close().block(SOON);
            server.awaitMessage(ClientMessage.Terminate.class, SOON);
            assertThat(server.receivedTypes()).isEqualTo("startup p P D B E S X");
        }
    }

    @Test
    @DisplayName("[S1.0.1] nobody has the connection before the first ReadyForQuery")
    void notBeforeReady() {
        List<Octets> greeting = Greeting.messages();
        CountDownLatch looked = new CountDownLatch(1);
        CountDownLatch greeted = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(script -> script.expectStartup()
                .send(greeting.subList(0, greeting.size() - 1))
                .then(greeted::countDown)
                .pause(looked)
                .send(ready())
                .expectGoodbye())) {
            Mono<PgxcConnection> create = new PgxcConnectionFactory(PgxcConfiguration.builder()
                            .host(server.host())
                            .port(server.port())
                            .user("alice")
                            .build())
                    .create();
            TestSubscriber<PgxcConnection> opened = begin(create);
            Dialogue.await(greeted);
            assertThat(opened.getReceivedOnNext()).isEmpty();
            looked.countDown();
            PgxcConnection connection = completed(opened).get(0);
            connection.close().block(SOON);
        }
    }

    @Test
    @DisplayName(
            "[S1.0.5, S2.0.1] one statement goes by the extended protocol, several in one text by the simple one, and"
                    + " asynchronous messages come in each and between them")
    void subProtocols() {
        try (Dialogue dialogue = Dialogue.of(script -> script.send(OTHERS)
                .expect("P D B E S")
                .send(prepared(TEXT_COLUMN), OTHERS, selected("1"), OTHERS, ready(), OTHERS)
                .expectQuery("insert into a values (1); insert into b values (2)")
                .send(twoInserts())
                .expectGoodbye())) {
            TestSubscriber<PgxcNotification> heard =
                    begin(dialogue.connection().notifications().take(4));
            assertThat(completed(begin(dialogue.select("select 1")))).containsExactly("1");
            assertThat(completed(begin(dialogue.update("insert into a values (1); insert into b values (2)"))))
                    .containsExactly(1L, 2L);
            assertThat(completed(heard)).hasSize(4);
        }
    }

    private static Octets twoInserts() {
        return Octets.join(complete("INSERT 0 1"), OTHERS, complete("INSERT 0 2"), ready());
    }

    @ParameterizedTest(name = "[S1.0.6] {0}")
    @MethodSource("answers")
    @DisplayName("[S1.0.6] whatever may be answered to the same messages is understood, and the session goes on")
    void anyLegalAnswer(String what, Octets answer, List<String> expected) {
        try (Dialogue dialogue = Dialogue.with(
                options -> options.preparedStatementCacheQueries(0),
                script -> script.expect("P D B E S")
                        .send(answer)
                        .expect("P D B E S")
                        .send(firstSelected("x")))) {
            Flux<String> signals = dialogue.connection()
                    .createStatement("whatever it is")
                    .execute()
                    .concatMap(result -> result.flatMap(segment -> Mono.just(kind(segment))))
                    .onErrorResume(failure -> Mono.just(failure.getMessage()));
            assertThat(completed(begin(signals))).isEqualTo(expected);
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    private static String kind(Result.Segment segment) {
        if (segment instanceof Result.RowSegment) {
            return "row";
        }
        if (segment instanceof Result.UpdateCount count) {
            return "count " + count.value();
        }
        return ((Result.Message) segment).message();
    }

    static Stream<Arguments> answers() {
        return Stream.of(
                Arguments.of("rows", firstSelected("1", "2"), List.of("row", "row", "count 2")),
                Arguments.of("no rows", firstSelected(), List.of("count 0")),
                Arguments.of("a count", Octets.join(prepared(), done("UPDATE 3"), ready()), List.of("count 3")),
                Arguments.of("neither", Octets.join(prepared(), done("CREATE TABLE"), ready()), List.of()),
                Arguments.of(
                        "nothing at all", Octets.join(prepared(), bindComplete(), emptyQuery(), ready()), List.of()),
                Arguments.of(
                        "an error at Parse", Octets.join(error("42601", "at Parse"), ready()), List.of("at Parse")),
                Arguments.of(
                        "an error at Describe",
                        Octets.join(parseComplete(), error("XX000", "at Describe"), ready()),
                        List.of("at Describe")),
                Arguments.of(
                        "an error at Bind",
                        Octets.join(prepared(), error("22P02", "at Bind"), ready()),
                        List.of("at Bind")),
                Arguments.of(
                        "an error at Execute",
                        Octets.join(prepared(TEXT_COLUMN), bindComplete(), error("22012", "at Execute"), ready()),
                        List.of("at Execute")),
                Arguments.of(
                        "an error at Sync",
                        Octets.join(prepared(), done("INSERT 0 1"), error("23503", "at Sync"), ready()),
                        List.of("at Sync")));
    }
}
