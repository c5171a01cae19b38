// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.sample;

import java.util.Map;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;

/** Knows the way to a sample that runs. */
final class Visitor {

    private Visitor() {}

    static String address(ConfigurableApplicationContext application) {
        return "http://localhost:" + application.getEnvironment().getRequiredProperty("local.server.port");
    }

    /** The comments and the payloads of the event stream. */
    static Flux<String> events(WebClient client) {
        return client.get()
                .uri("/events")
                .retrieve()
                .bodyToFlux(new ParameterizedTypeReference<ServerSentEvent<Map<String, Object>>>() {})
                .map(event -> String.valueOf(
                        event.data() == null ? event.comment() : event.data().get("payload")));
    }
}
