// SPDX-License-Identifier: Apache-2.0
package user.pgxc;

import io.r2dbc.spi.ConnectionFactories;

public final class Program {

    public static void main(String[] args) {
        var factory = ConnectionFactories.get("r2dbc:pgxc://someone@localhost/somewhere");
        System.out.println(factory.getMetadata().getName() + " from module " + factory.getClass().getModule().getName());
    }
}
