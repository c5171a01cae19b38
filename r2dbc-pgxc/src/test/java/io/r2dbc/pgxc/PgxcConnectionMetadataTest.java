// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PgxcConnectionMetadataTest {

    @Test
    @DisplayName("[X28] factory and connection are exactly PostgreSQL, whatever the server is")
    void names() {
        PgxcConnectionMetadata xc = new PgxcConnectionMetadata(ServerVersion.parse("1.2.1"), true);
        assertThat(PgxcConnectionFactoryMetadata.INSTANCE.getName()).isEqualTo("PostgreSQL");
        assertThat(xc.getDatabaseProductName()).isEqualTo("PostgreSQL");
        assertThat(xc.getDatabaseVersion()).isEqualTo("1.2.1");
        assertThat(xc.serverVersion().number()).isEqualTo(90300);
        assertThat(xc.isPostgresXc()).isTrue();
        assertThat(xc).hasToString("Postgres-XC 1.2.1");
        assertThat(new PgxcConnectionMetadata(ServerVersion.parse("18.6"), false))
                .hasToString("PostgreSQL 18.6");
    }
}
