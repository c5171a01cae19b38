// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.tck.server.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@DisplayName("The sample")
@Timeout(120)
final class SampleApplicationIT {

    /** As lines of JSON these are several times what the sockets of two connections hold. */
    private static final int ROWS = 300_000;

    /** For what hangs. Reading all rows as JSON takes 10 s on a machine at rest, and has taken more than 30 s on one that was not. */
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private static final ByteArrayOutputStream PRINTED = new ByteArrayOutputStream();

    private static ConfigurableApplicationContext application;
    private static boolean rehearsed;
    private static String address;
    private static WebClient client;

    @BeforeAll
    static void start() {
        Database database = new Database(TestServer.shared().r2dbcUrl(), "for tests");
        rehearsed = new Rehearsal(database, ROWS, new PrintStream(PRINTED, true, StandardCharsets.UTF_8)).passes();
        application = SampleApplication.serve(database.url(), "--server.port=0");
        address = Visitor.address(application);
        client = WebClient.create(address);
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static WebTestClient visitor() {
        return WebTestClient.bindToServer()
                .baseUrl(address)
                .responseTimeout(LIMIT)
                .build();
    }

    @Test
    @DisplayName("[X8] streams the whole table first, in text and in binary, and prints what that was like")
    void rehearses() {
        String printed = PRINTED.toString(StandardCharsets.UTF_8);

        assertThat(rehearsed).as(printed).isTrue();
        assertThat(printed)
                .contains("for tests", "300,000 rows of int4, int8, text", "rows/s", "MB/s", "highest heap")
                .containsPattern("first, text +[0-9,]+ ")
                .containsPattern("third, binary +[0-9,]+ ")
                .contains("Every run brought every row.");
    }

    @Test
    @DisplayName("serves rows as lines of JSON")
    void rows() {
        visitor()
                .get()
                .uri("/rows?limit=2")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .contentTypeCompatibleWith(MediaType.APPLICATION_NDJSON)
                .expectBody(String.class)
                .isEqualTo("""
                        {"id":1,"serial":1000003,"label":"c4ca4238a0b923820dcc",\
                        "taken":"2026-01-01T00:00:01.5Z","amount":79.19,"level":0.8414709848078965}
                        {"id":2,"serial":2000006,"label":"c81e728d9d4c2f636f06",\
                        "taken":"2026-01-01T00:00:03Z","amount":158.38,"level":0.9092974268256817}
                        """);
    }

    @Test
    @DisplayName("serves as many rows as were asked for")
    void limit() {
        assertThat(read("/rows?limit=1000").count().block(LIMIT)).isEqualTo(1000);
    }

    @Test
    @DisplayName("refuses a limit below zero")
    void badLimit() {
        visitor().get().uri("/rows?limit=-1").exchange().expectStatus().isBadRequest();
    }

    @Test
    @DisplayName("lets the server wait for a reader that has stopped reading, and goes on when it reads again")
    void slowReader() {
        StepVerifier.create(read("/rows"), 1)
                .expectNextCount(1)
                .then(() -> assertThat(waiting("ClientWrite")).isNotNull())
                .thenRequest(Long.MAX_VALUE)
                .expectNextCount(ROWS - 1)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    @DisplayName("cancels the query of a reader that has gone away")
    void goneReader() {
        StepVerifier.create(read("/rows"), 1).expectNextCount(1).thenCancel().verify(LIMIT);

        assertThat(vitals().filter(vitals -> vitals.streams().isEmpty()).next().block(LIMIT))
                .isNotNull();
    }

    @Test
    @DisplayName("[X22] pushes a notification to every listener")
    void events() {
        Flux<String> two = Flux.merge(Visitor.events(client), Visitor.events(client));

        StepVerifier.create(two)
                .expectNext("listening", "listening")
                .then(() -> send("grüße"))
                .expectNext("grüße", "grüße")
                .thenCancel()
                .verify(LIMIT);
    }

    @Test
    @DisplayName("refuses a text that no notification can hold")
    void longText() {
        visitor()
                .post()
                .uri("/notify")
                .bodyValue("x".repeat(8000))
                .exchange()
                .expectStatus()
                .isBadRequest();
    }

    @Test
    @DisplayName("is healthy, and so is its database")
    void health() {
        String health = text("/actuator/health");

        assertThat(health)
                .contains("\"status\":\"UP\"", "\"database\":\"PostgreSQL\"")
                .doesNotContain("DOWN");
    }

    @Test
    @DisplayName("has a page that needs nothing from elsewhere")
    void page() {
        for (String part : new String[] {"/", "/sample.css", "/sample.js"}) {
            assertThat(text(part)).as(part).isNotBlank().doesNotContain("http:", "https:", "url(", "@import");
        }
    }

    private static String text(String path) {
        return client.get().uri(path).retrieve().bodyToMono(String.class).block(LIMIT);
    }

    private static Flux<Map<String, Object>> read(String path) {
        return client.get().uri(path).retrieve().bodyToFlux(new ParameterizedTypeReference<>() {});
    }

    /** As {@code curl -d} does. */
    private static void send(String text) {
        client.post()
                .uri("/notify")
                .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                .bodyValue(text)
                .retrieve()
                .toBodilessEntity()
                .block(LIMIT);
    }

    private static Flux<Vitals> vitals() {
        Mono<Vitals> once = client.get().uri("/vitals").retrieve().bodyToMono(Vitals.class);
        return once.repeatWhen(asked -> asked.delayElements(Duration.ofMillis(50)));
    }

    /** The first look at the server that shows sessions waiting for this. */
    private static Vitals waiting(String wait) {
        return vitals().filter(vitals -> vitals.streams().stream()
                        .anyMatch(stream -> stream.waits().equals(wait)))
                .blockFirst(LIMIT);
    }
}
