// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.sample;

import io.r2dbc.pgxc.PgxcNotification;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Pushes the database's notifications to browsers as server-sent events, and takes texts to be sent as notifications.
 */
@RestController
final class EventsEndpoint {

    /** The server takes payloads of less than 8000 bytes. */
    private static final int LONGEST = 7999;

    /** Something to write now and then: otherwise nobody would notice that a browser has gone. */
    private static final Duration PULSE = Duration.ofSeconds(15);

    private final EventFeed feed;
    private final DatabaseClient client;

    EventsEndpoint(EventFeed feed, DatabaseClient client) {
        this.feed = feed;
        this.client = client;
    }

    @GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<ServerSentEvent<PgxcNotification>> events() {
        return feed.events(EventsEndpoint::event, comment("listening"))
                .publish(events -> events.mergeWith(pulse().takeUntilOther(events.ignoreElements())));
    }

    /** Takes the body as it is, whatever its type is said to be: {@code curl -d} calls every text a form. */
    @PostMapping("/notify")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Mono<Void> send(ServerHttpRequest request) {
        return DataBufferUtils.join(request.getBody(), LONGEST)
                .onErrorMap(DataBufferLimitException.class, EventsEndpoint::tooLong)
                .map(EventsEndpoint::text)
                .defaultIfEmpty("")
                .flatMap(text -> client.sql("SELECT pg_notify(:channel, :text)")
                        .bind("channel", EventFeed.CHANNEL)
                        .bind("text", text)
                        .then());
    }

    private static ResponseStatusException tooLong(Throwable cause) {
        return new ResponseStatusException(
                HttpStatus.BAD_REQUEST, "a notification holds " + LONGEST + " bytes at most", cause);
    }

    private static String text(DataBuffer body) {
        String text = body.toString(StandardCharsets.UTF_8);
        DataBufferUtils.release(body);
        return text;
    }

    private static Flux<ServerSentEvent<PgxcNotification>> pulse() {
        return Flux.interval(PULSE).onBackpressureDrop().map(count -> comment("still here"));
    }

    private static ServerSentEvent<PgxcNotification> event(PgxcNotification notification) {
        return ServerSentEvent.builder(notification).event("notification").build();
    }

    private static ServerSentEvent<PgxcNotification> comment(String text) {
        return ServerSentEvent.<PgxcNotification>builder().comment(text).build();
    }
}
