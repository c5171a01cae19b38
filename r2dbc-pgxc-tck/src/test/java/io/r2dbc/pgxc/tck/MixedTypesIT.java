// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck;

import static io.r2dbc.pgxc.tck.Sandbox.ask;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Bindings of one statement that bring values of different classes for the same parameter. */
@ExtendWith(StandingAsserts.class)
class MixedTypesIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_mixed");

    @BeforeAll
    static void table() {
        SANDBOX.jdbc().execute("CREATE TABLE said (what text)");
    }

    @ParameterizedTest(name = "[X10, X6] cache {0}, in a transaction: {1}")
    @CsvSource({"256, false", "256, true", "0, false", "0, true"})
    @DisplayName("[X10, X6] a String behind numbers, where the server cannot tell its type, is text")
    void stringBehindNumbers(int cache, boolean inTransaction) {
        Connection connection =
                get(Mono.from(ConnectionFactories.get(SANDBOX.url("preparedStatementCacheQueries=" + cache))
                        .create()));
        try {
            if (inTransaction) {
                get(Mono.from(connection.beginTransaction()));
            }
            assertThat(counts(connection)).containsExactly(1L, 1L, 1L, 1L);
            assertThat(counts(connection)).containsExactly(1L, 1L, 1L, 1L);
            assertThat(ask(connection, "SELECT string_agg(what, ',' ORDER BY what) FROM said"))
                    .isEqualTo("1!,1!,2.5!,2.5!,four!,four!,three!,three!");
            if (inTransaction) {
                get(Mono.from(connection.rollbackTransaction()));
            }
        } finally {
            get(Mono.from(connection.close()));
            SANDBOX.jdbc().execute("TRUNCATE said");
        }
    }

    private static List<Long> counts(Connection connection) {
        Statement insert = connection.createStatement("INSERT INTO said SELECT concat($1, '!')");
        insert.bind(0, 1)
                .add()
                .bind(0, "three")
                .add()
                .bind(0, new BigDecimal("2.5"))
                .add()
                .bind(0, "four");
        return get(Flux.from(insert.execute()).concatMap(Result::getRowsUpdated).collectList());
    }
}
