// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.sample;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Streams the whole table through the driver, three times on one connection, and prints what that was like.
 *
 * <p>The first execution of a statement is answered in text, because the columns' types are not known before; later ones are
 * answered in binary.
 */
final class Rehearsal {

    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final Database database;
    private final int rows;
    private final PrintStream out;

    Rehearsal(Database database, int rows, PrintStream out) {
        this.database = database;
        this.rows = rows;
        this.out = out;
    }

    /** Whether every run brought every row. */
    boolean passes() {
        ConnectionFactory driver = ConnectionFactories.get(database.url());
        return Boolean.TRUE.equals(Mono.usingWhen(driver.create(), this::rehearse, Connection::close)
                .block(LIMIT));
    }

    private Mono<Boolean> rehearse(Connection connection) {
        out.printf("Server  PostgreSQL %s, %s%n", connection.getMetadata().getDatabaseVersion(), database.origin());
        long begin = System.nanoTime();
        return ReadingTable.ensure(connection, rows)
                .doOnNext(facts -> out.printf(
                        Locale.ROOT,
                        "Table   %,d rows of %s (%.1f s)%n%nStreaming it, every value read into its Java type, heap limit %d MiB:%n%s%n",
                        facts.rows(),
                        String.join(", ", ReadingTable.types()),
                        (System.nanoTime() - begin) / 1e9,
                        Runtime.getRuntime().maxMemory() >> 20,
                        Run.TITLES))
                .flatMap(facts -> stream(connection, facts));
    }

    private Mono<Boolean> stream(Connection connection, ReadingTable.Facts facts) {
        return Flux.concat(
                        run(connection, "first, text", facts.textSize()),
                        run(connection, "second, binary", facts.binarySize()),
                        run(connection, "third, binary", facts.binarySize()))
                .doOnNext(run -> out.println(run.line()))
                .all(run -> run.rows() == facts.rows() && run.idSum() == facts.idSum())
                .doOnNext(right -> out.println(
                        right ? "Every run brought every row." : "ROWS ARE MISSING, or came twice: see above."));
    }

    private static Mono<Run> run(Connection connection, String execution, double bytesPerRow) {
        return Mono.defer(() -> {
            Gauge gauge = new Gauge();
            return Flux.from(connection.createStatement(ReadingTable.SELECT).execute())
                    .concatMap(result -> result.map(row -> gauge.count(Reading.of(row))), 0)
                    .then(Mono.fromSupplier(() -> gauge.result(execution, bytesPerRow)));
        });
    }
}
