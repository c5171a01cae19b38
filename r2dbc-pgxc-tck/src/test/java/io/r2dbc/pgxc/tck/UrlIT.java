// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck;

import static io.r2dbc.pgxc.tck.Sandbox.ask;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static io.r2dbc.pgxc.tck.Sandbox.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcConnectionMetadata;
import io.r2dbc.pgxc.tck.server.TestServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.ClientMessage.Execute;
import io.r2dbc.pgxc.wire.ClientMessage.Parse;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a URL alone does, with the option names that users of r2dbc-postgresql have in theirs. */
@ExtendWith(StandingAsserts.class)
class UrlIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_url");

    @ParameterizedTest(name = "[X29] {0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "applicationName=an%20app|application_name|an app",
                "currentSchema=pgxc_url,pg_catalog|search_path|pgxc_url,pg_catalog",
                "schema=pgxc_url|search_path|pgxc_url",
                "timeZone=Asia/Tokyo|TimeZone|Asia/Tokyo",
                "statementTimeout=2s|statement_timeout|2s",
                "statementTimeout=PT3S|statement_timeout|3s",
                "lockWaitTimeout=1500ms|lock_timeout|1500ms",
                "options=work_mem%3D8MB|work_mem|8MB"
            })
    @DisplayName("[X29] a setting of the session is there from the start")
    void settings(String option, String setting, String value) {
        PgxcConnection connection =
                SANDBOX.open(ConnectionFactories.get(SANDBOX.endpoint().r2dbcUrl() + "?" + option));

        assertThat(ask(connection, "SHOW " + setting)).isEqualTo(value);
    }

    @Test
    @DisplayName("[X29, X35] what is a mere hint to another driver is taken and does no harm")
    void hints() {
        PgxcConnection connection = SANDBOX.open(
                "preferAttachedBuffers=true",
                "forceBinary=true",
                "autodetectExtensions=false",
                "compatibilityMode=true",
                "tcpKeepAlive=true",
                "tcpNoDelay=true",
                "sslMode=disable",
                "connectTimeout=PT5S");

        assertThat(ask(connection, "SELECT 42")).isEqualTo("42");
    }

    @Test
    @DisplayName("[X29, X11] fetchSize: rows come in portions")
    void fetchSize() {
        try (WireTap tap = WireTap.before(SANDBOX.endpoint())) {
            PgxcConnection connection =
                    SANDBOX.open(ConnectionFactories.get(SANDBOX.url(tap.endpoint(), "fetchSize=4")));
            get(connection.beginTransaction());
            tap.forget();

            assertThat(Sandbox.column(connection, "SELECT generate_series(1, 10)", Integer.class))
                    .hasSize(10);
            assertThat(tap.client(Execute.class).stream().map(Execute::maxRows).filter(rows -> rows > 0))
                    .hasSizeGreaterThanOrEqualTo(3)
                    .containsOnly(4);
            get(connection.close());
        }
    }

    @Test
    @DisplayName("[X29, X8] preparedStatementCacheQueries=0: nothing is named")
    void noCache() {
        try (WireTap tap = WireTap.before(SANDBOX.endpoint())) {
            PgxcConnection connection = SANDBOX.open(
                    ConnectionFactories.get(SANDBOX.url(tap.endpoint(), "preparedStatementCacheQueries=0")));
            ask(connection, "SELECT 42");
            ask(connection, "SELECT 42");

            assertThat(tap.client(Parse.class)).extracting(Parse::statement).containsExactly("", "");
            get(connection.close());
        }
    }

    @Test
    @DisplayName("[X28] names and versions, as everybody looks for them")
    void metadata() {
        ConnectionFactory factory = SANDBOX.factory();
        PgxcConnection connection = SANDBOX.open(factory);
        PgxcConnectionMetadata metadata = connection.getMetadata();

        assertThat(factory.getMetadata().getName()).isEqualTo("PostgreSQL");
        assertThat(metadata.getDatabaseProductName()).isEqualTo("PostgreSQL");
        assertThat(metadata.getDatabaseVersion()).isEqualTo(ask(connection, "SHOW server_version"));
        assertThat(metadata.serverVersion().number())
                .isEqualTo(TestServer.shared().versionNum());
        assertThat(metadata.isPostgresXc()).isFalse();
    }

    @Test
    @DisplayName("[X29] user and password from suppliers, asked for each connection")
    void suppliers() {
        AtomicInteger asked = new AtomicInteger();
        Supplier<CharSequence> user = () -> {
            asked.incrementAndGet();
            return SANDBOX.endpoint().user();
        };
        ConnectionFactory factory = ConnectionFactories.get(ConnectionFactoryOptions.parse(SANDBOX.url())
                .mutate()
                .option(Option.valueOf("user"), user)
                .build());

        run(SANDBOX.open(factory), "SELECT 1");
        run(SANDBOX.open(factory), "SELECT 1");
        assertThat(asked).hasValue(2);
    }
}
