// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.sample;

import io.r2dbc.pgxc.tck.server.TestServer;

/**
 * The database that the sample works on: the one that {@code PGXC_URL} names, or an embedded one that ends with this JVM.
 *
 * @param url with user and password
 * @param origin where it comes from, to be printed
 */
record Database(String url, String origin) {

    static Database find() {
        String given = System.getenv("PGXC_URL");
        if (given != null && !given.isBlank()) {
            return new Database(given, "named by PGXC_URL");
        }
        System.out.println("Starting an embedded PostgreSQL; PGXC_URL=r2dbc:pgxc://user:password@host:port/database"
                + " would name another one.");
        TestServer server = TestServer.start();
        return new Database(server.r2dbcUrl(), "embedded, on port " + server.port());
    }
}
