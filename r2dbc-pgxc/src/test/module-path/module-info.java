// SPDX-License-Identifier: Apache-2.0

/** An application that knows the SPI, and the driver by name only. */
module user.pgxc {
    requires r2dbc.pgxc;
}
