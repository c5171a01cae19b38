// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PgxcConnectionFactoryProviderTest {

    private final PgxcConnectionFactoryProvider provider = new PgxcConnectionFactoryProvider();

    @Test
    @DisplayName("[X29] ConnectionFactories finds the driver by its URL, and what it finds is named PostgreSQL")
    void discovered() {
        assertThat(ConnectionFactories.get("r2dbc:pgxc://user:password@localhost:5432/db?statementTimeout=2s"))
                .isInstanceOf(PgxcConnectionFactory.class)
                .satisfies(
                        factory -> assertThat(factory.getMetadata().getName()).isEqualTo("PostgreSQL"));
        assertThat(provider.getDriver()).isEqualTo("pgxc");
    }

    @Test
    @DisplayName("[X29] supports never throws, whatever is missing or foreign")
    void supports() {
        assertThat(provider.supports(ConnectionFactoryOptions.parse("r2dbc:pgxc://h")))
                .isTrue();
        assertThat(provider.supports(ConnectionFactoryOptions.parse("r2dbc:postgresql://h")))
                .isFalse();
        assertThat(provider.supports(ConnectionFactoryOptions.parse("r2dbc:pool:pgxc://h")))
                .isFalse();
        assertThat(provider.supports(ConnectionFactoryOptions.builder().build()))
                .isFalse();
        assertThat(provider.supports(null)).isFalse();
        assertThat(provider.supports(ConnectionFactoryOptions.builder()
                        .option(Option.valueOf("driver"), new Object())
                        .build()))
                .isFalse();
    }

    @Test
    @DisplayName("[X29] create needs neither user nor host, and does no I/O")
    void create() {
        assertThatCode(() -> provider.create(ConnectionFactoryOptions.builder()
                        .option(ConnectionFactoryOptions.DRIVER, "pgxc")
                        .option(ConnectionFactoryOptions.PROTOCOL, "")
                        .option(ConnectionFactoryOptions.HOST, "no.such.host.invalid")
                        .option(ConnectionFactoryOptions.PORT, 65_535)
                        .build()))
                .doesNotThrowAnyException();
        assertThatIllegalArgumentException().isThrownBy(() -> provider.create(null));
    }

    @ParameterizedTest(name = "[X29, X35] {0} is refused")
    @ValueSource(
            strings = {
                "r2dbcs:pgxc://h/d?sslMode=disable",
                "r2dbc:pgxc://h1,h2/d",
                "r2dbc:pgxc:tcp://h/d",
                "r2dbc:pgxc://h/d?sslMode=tunnel",
                "r2dbc:pgxc://h/d?fetchsize=5"
            })
    void refuses(String url) {
        assertThatIllegalArgumentException().isThrownBy(() -> ConnectionFactories.get(url));
    }
}
