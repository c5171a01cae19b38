// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.ConnectionFactoryProvider;
import org.jspecify.annotations.Nullable;

/**
 * Answers URLs and options whose driver is {@code pgxc}; found by {@link io.r2dbc.spi.ConnectionFactories} as a service.
 *
 * <p>The options are those of {@link PgxcConfiguration.Builder}, by the same names, and r2dbc-postgresql's where they mean the
 * same.
 */
public final class PgxcConnectionFactoryProvider implements ConnectionFactoryProvider {

    /** The driver's identifier in URLs: {@code r2dbc:pgxc://host/database}. */
    public static final String DRIVER = "pgxc";

    /** Creates the provider; the service loader does. */
    public PgxcConnectionFactoryProvider() {}

    /**
     * Returns a factory; no I/O, and no complaint about a missing user, whom only connections need.
     *
     * @throws IllegalArgumentException if an option is unknown, unreadable, out of bounds, or not part of this version; the
     *     message names it and says what would be right
     */
    @Override
    public PgxcConnectionFactory create(ConnectionFactoryOptions connectionFactoryOptions) {
        return new PgxcConnectionFactory(
                Options.configuration(Require.nonNull(connectionFactoryOptions, "connectionFactoryOptions")));
    }

    /** Returns whether the driver is {@code pgxc}; never throws. */
    @Override
    public boolean supports(@Nullable ConnectionFactoryOptions connectionFactoryOptions) {
        return connectionFactoryOptions != null
                && DRIVER.equals(connectionFactoryOptions.getValue(ConnectionFactoryOptions.DRIVER));
    }

    @Override
    public String getDriver() {
        return DRIVER;
    }
}
