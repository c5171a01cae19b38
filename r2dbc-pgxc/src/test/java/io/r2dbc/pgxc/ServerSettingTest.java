// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerSettingTest {

    @ParameterizedTest(name = "[X29] {0} is a setting")
    @ValueSource(strings = {"statement_timeout", "TimeZone", "my.setting", "_x", "a1.b2", "auto_explain.log_analyze"})
    void accepts(String name) {
        assertThatCode(() -> ServerSetting.check(name, "any 'thing'; at all")).doesNotThrowAnyException();
    }

    @ParameterizedTest(name = "[F16, G5] {0} is no name")
    @ValueSource(strings = {"", "1a", "a b", "a;b", "a=", ".", "a.", ".a", "a..b", "a\0b", "a\"", "é", "-c geqo"})
    void refusesNames(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServerSetting.check(name, "x"))
                .withMessageContaining("option options");
    }

    @ParameterizedTest(name = "[S1.4.4, S9.8, F16] {0}={1} is refused")
    @CsvSource({
        "_pq_.test_protocol_negotiation, 1",
        "_PQ_.x, 1",
        "remotetype, coordinator",
        "RemoteType, application",
        "options, -c remotetype=coordinator",
        "user, postgres",
        "database, x",
        "replication, database",
        "client_encoding, LATIN1"
    })
    void refusesSettings(String name, String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServerSetting.check(name, value))
                .withMessageContaining(name);
    }

    @ParameterizedTest(name = "[G4] client_encoding may be {0}")
    @ValueSource(strings = {"UTF8", "utf-8"})
    void acceptsUtf8(String value) {
        assertThatCode(() -> ServerSetting.check("client_encoding", value)).doesNotThrowAnyException();
    }

    @ParameterizedTest(name = "[F16] the value {0} is refused")
    @ValueSource(strings = {"\0", "off\0user\0postgres"})
    void refusesNul(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServerSetting.check("jit", value))
                .withMessageContaining("jit");
    }
}
