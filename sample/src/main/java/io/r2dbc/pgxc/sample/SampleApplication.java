// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.sample;

import java.util.Map;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Starts the sample: finds a server, fills the table, streams it once while measuring, and then serves it.
 */
@SpringBootApplication(proxyBeanMethods = false)
public final class SampleApplication {

    private SampleApplication() {}

    /** Understands {@code --once}, {@code --rows=n} and all of Spring Boot's arguments, such as {@code --server.port=n}. */
    public static void main(String[] arguments) {
        Wishes wishes = Wishes.of(arguments);
        Database database = Database.find();
        boolean right = new Rehearsal(database, wishes.rows(), System.out).passes();
        if (wishes.once() || !right) {
            System.exit(right ? 0 : 1);
        }
        ConfigurableApplicationContext application = serve(database.url(), arguments);
        String address =
                "http://localhost:" + application.getEnvironment().getRequiredProperty("local.server.port") + "/";
        System.out.printf("""

                Now serving   %1$s   rows and events, live; Control-C ends it
                              curl -N %1$srows?limit=5
                              curl -N %1$sevents
                              curl -d hello %1$snotify
                              curl %1$sactuator/health
                """, address);
    }

    /** Serves the database that a URL names; its table is there already. */
    static ConfigurableApplicationContext serve(String url, String... arguments) {
        return new SpringApplicationBuilder(SampleApplication.class)
                .properties(Map.of("spring.r2dbc.url", url))
                .run(arguments);
    }
}
