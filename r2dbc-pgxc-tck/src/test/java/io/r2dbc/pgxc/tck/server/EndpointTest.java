// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {

    @Test
    @DisplayName("an address is read, and written for both drivers")
    void parse() {
        Endpoint endpoint = Endpoint.parse("r2dbc:pgxc://al%40ice:s%3Ae%2Bc+r%25et@db.example:6543/my%20db");

        assertThat(endpoint).isEqualTo(new Endpoint("db.example", 6543, "my db", "al@ice", "s:e+c+r%et"));
        assertThat(endpoint.r2dbcUrl()).isEqualTo("r2dbc:pgxc://al%40ice:s%3Ae%2Bc%2Br%25et@db.example:6543/my%20db");
        assertThat(endpoint.jdbcUrl())
                .isEqualTo("jdbc:postgresql://db.example:6543/my%20db?user=al%40ice&password=s%3Ae%2Bc%2Br%25et");
    }

    @Test
    @DisplayName("port and password may be missing")
    void defaults() {
        assertThat(Endpoint.parse("r2dbc:pgxc://alice@localhost/db"))
                .isEqualTo(new Endpoint("localhost", 5432, "db", "alice", ""));
    }

    @Test
    @DisplayName("the password is not printed")
    void hidesPassword() {
        assertThat(Endpoint.parse("r2dbc:pgxc://alice:secret@localhost/db").toString())
                .isEqualTo("alice@localhost:5432/db");
    }

    @ParameterizedTest(name = "not an address: {0}")
    @ValueSource(
            strings = {
                "",
                "r2dbc:postgresql://alice@localhost/db",
                "jdbc:postgresql://localhost/db",
                "r2dbc:pgxc://localhost/db",
                "r2dbc:pgxc://alice@localhost",
                "r2dbc:pgxc://alice@localhost/"
            })
    void refused(String url) {
        assertThatThrownBy(() -> Endpoint.parse(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("r2dbc:pgxc://user:password@host:port/database");
    }
}
