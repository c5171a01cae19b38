// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class TestServerIT {

    private @Nullable String url;
    private @Nullable String kind;

    @BeforeEach
    void rememberProperties() {
        url = System.getProperty(TestServer.URL);
        kind = System.getProperty(TestServer.KIND);
    }

    @AfterEach
    void restoreProperties() {
        set(TestServer.URL, url);
        set(TestServer.KIND, kind);
    }

    private static void set(String name, @Nullable String value) {
        if (value == null) {
            System.clearProperty(name);
        } else {
            System.setProperty(name, value);
        }
    }

    @Test
    @DisplayName("the shared server is one, and answers under the address it names")
    void shared() throws Exception {
        TestServer server = TestServer.shared();

        assertThat(TestServer.shared()).isSameAs(server);
        assertThat(Sql.ask(server.endpoint(), "SELECT current_database()")).isEqualTo(server.database());
        assertThat(server.versionNum()).isGreaterThan(90_000);
        assertThat(server.r2dbcUrl()).startsWith("r2dbc:pgxc://").contains(server.host() + ":" + server.port());
    }

    @Test
    @DisplayName("an embedded server has every capability")
    void embedded() {
        set(TestServer.URL, null);
        set(TestServer.KIND, null);
        try (TestServer server = TestServer.start()) {
            assertThat(capabilities(server)).containsExactlyInAnyOrder(Capability.values());
            assertThat(server.cluster()).isPresent();
        }
    }

    @Test
    @DisplayName("a given server is used as it is, asked for what it can do, and left running")
    void given() throws Exception {
        try (Cluster cluster = Cluster.create()
                .configure("wal_level", "replica")
                .configure("max_prepared_transactions", "0")
                .start()) {
            Sql.run(cluster, "CREATE ROLE \"g:u@st\" LOGIN PASSWORD 'p/w'");
            System.setProperty(
                    TestServer.URL, cluster.endpoint().as("g:u@st", "p/w").r2dbcUrl());

            try (TestServer server = TestServer.start()) {
                assertThat(server.user()).isEqualTo("g:u@st");
                assertThat(server.password()).isEqualTo("p/w");
                assertThat(server.port()).isEqualTo(cluster.endpoint().port());
                assertThat(server.cluster()).isEmpty();
                assertThat(capabilities(server))
                        .containsExactlyInAnyOrder(
                                Capability.SAVEPOINTS,
                                Capability.SERIALIZABLE,
                                Capability.LISTEN,
                                Capability.BINARY_RESULTS,
                                Capability.SCRAM,
                                Capability.JSONB);
            }
            assertThat(cluster.isRunning()).isTrue();
        }
    }

    @Test
    @DisplayName("a standby can neither listen nor be serializable")
    void standby() {
        try (Cluster primary = Cluster.create().start();
                Cluster standby = primary.standby()) {
            System.setProperty(TestServer.URL, standby.endpoint().r2dbcUrl());
            try (TestServer server = TestServer.start()) {
                assertThat(capabilities(server))
                        .doesNotContain(Capability.LISTEN, Capability.SERIALIZABLE)
                        .contains(Capability.SAVEPOINTS, Capability.SUPERUSER);
            }
        }
    }

    private static Set<Capability> capabilities(TestServer server) {
        return EnumSet.allOf(Capability.class).stream()
                .filter(server::supports)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Capability.class)));
    }

    @Test
    @DisplayName("an unknown kind of server is refused")
    void unknownKind() {
        set(TestServer.URL, null);
        set(TestServer.KIND, "oracle");

        assertThatThrownBy(TestServer::start)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("oracle");
    }

    @Test
    @DisplayName("a version whose binaries are not here is refused with the property that would bring them")
    void missingVersion() {
        assertThatThrownBy(() -> Cluster.create(9)).hasMessageContaining("pgxc.test.binaries.9");
    }

    @Test
    @DisplayName("as root without name spaces, the server runs as nobody")
    void asNobody() throws Exception {
        Distribution distribution = Distribution.chosen();
        assumeTrue(
                Account.uid(distribution.workspace().resolve("lock")) == 0
                        && Programs.succeeds(Account.NOBODY.command(List.of("true"))),
                "not root, or no setpriv");
        Distribution nobodys = new Distribution(
                distribution.binaries(), distribution.template(), distribution.workspace(), Account.NOBODY);

        try (Cluster cluster = Cluster.create(nobodys).start()) {
            assertThat(Sql.ask(cluster, "SELECT 42")).isEqualTo("42");
            assertThat(Account.uid(Path.of("/proc", Long.toString(cluster.pid()))))
                    .isEqualTo(65534);
            try (Cluster standby = cluster.standby()) {
                assertThat(Sql.ask(standby, "SELECT pg_is_in_recovery()")).isEqualTo("t");
            }
            cluster.restart(Shutdown.IMMEDIATE);
            assertThat(Sql.ask(cluster, "SELECT 42")).isEqualTo("42");
        }
    }
}
