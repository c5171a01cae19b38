// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.LIMIT;
import static io.r2dbc.pgxc.tck.fault.Live.all;
import static io.r2dbc.pgxc.tck.fault.Live.await;
import static io.r2dbc.pgxc.tck.fault.Live.get;
import static io.r2dbc.pgxc.tck.fault.Live.one;
import static io.r2dbc.pgxc.tck.fault.Live.pid;
import static io.r2dbc.pgxc.tck.fault.Live.requireOpen;
import static io.r2dbc.pgxc.tck.fault.Live.run;
import static io.r2dbc.pgxc.tck.fault.Live.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcConnectionFactory;
import io.r2dbc.pgxc.testing.StandingAsserts;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** A connection is one session: two of the same factory share nothing at the server. */
@ExtendWith(StandingAsserts.class)
class OneSessionIT {

    private static final String STATEMENTS = "select name from pg_prepared_statements";

    @RegisterExtension
    final Live live = new Live();

    private PgxcConnection one;
    private PgxcConnection other;

    @BeforeEach
    void open() {
        PgxcConnectionFactory factory = live.factory(options -> options.cancelGrace(Duration.ZERO));
        one = live.look(factory);
        other = live.look(factory);
    }

    @Test
    @DisplayName("[S1.0.3] each connection has a server process of its own, and keeps it")
    void process() {
        int pid = pid(one);
        assertThat(pid(other)).isNotEqualTo(pid);
        assertThat(pid(one)).isEqualTo(pid);
    }

    @Test
    @DisplayName("[S1.0.3] prepared statements are not shared, though the SQL is the same")
    void statements() {
        List<String> ofOne =
                get(all(one.createStatement(STATEMENTS), String.class).collectList());
        List<String> ofOther =
                get(all(other.createStatement(STATEMENTS), String.class).collectList());
        assertThat(ofOne).hasSize(1);
        assertThat(ofOther).hasSize(1).doesNotContainAnyElementsOf(ofOne);
    }

    @Test
    @DisplayName("[S1.0.3] settings, temporary tables, channels and portals are those of one session alone")
    void state() {
        await(run(one, "set work_mem = '5MB'"));
        await(run(one, "create temporary table own (a int)"));
        await(run(one, "listen own"));
        await(run(one, "begin; declare own cursor for select 1"));
        assertThat(shown(one)).isEqualTo("5MB true 1 1");
        assertThat(shown(other)).endsWith(" false 0 0").doesNotStartWith("5MB");
        await(run(one, "rollback"));
    }

    private static String shown(PgxcConnection connection) {
        return get(one(
                connection,
                "select current_setting('work_mem') || ' ' || (to_regclass('own') is not null) || ' '"
                        + " || (select count(*) from pg_listening_channels()) || ' '"
                        + " || (select count(*) from pg_cursors where name = 'own')",
                String.class));
    }

    @Test
    @DisplayName("[S1.0.3] the key for cancel requests is that of one session: the other's statement runs on")
    void cancelKey() {
        Mono<Integer> longer =
                one(other, "select 7 from pg_sleep(1)", Integer.class).cache();
        longer.subscribe(value -> {}, failure -> {});
        Disposable stopped =
                one(one, "select 1 from pg_sleep(60)", Integer.class).subscribe();
        until(LIMIT, "the long one runs", () -> live.sessions("query like '%pg_sleep(60)%' and state = 'active'") == 1);
        stopped.dispose();
        requireOpen(one);
        assertThat(get(longer)).isEqualTo(7);
    }
}
