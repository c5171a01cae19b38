// SPDX-License-Identifier: Apache-2.0

/**
 * PostgreSQL servers for tests, the sample and the benchmarks: given, in a container, or embedded.
 *
 * <p>{@link io.r2dbc.pgxc.tck.server.TestServer#shared()} is the one to use where a server is needed and nothing is done
 * to it. A test that stops, kills or reconfigures its server makes a {@link io.r2dbc.pgxc.tck.server.Cluster} of its own.
 * Nothing here knows the driver.
 *
 * <p>System properties, the first that is set wins:
 *
 * <ul>
 *   <li>{@code pgxc.test.url}: {@code r2dbc:pgxc://user:password@host:port/database}, a server that runs already
 *   <li>{@code pgxc.test.server=testcontainers}: the image {@code postgres:<pgVersion>}
 *   <li>otherwise an embedded server
 * </ul>
 *
 * <p>{@code pgxc.test.pgVersion} (14 to 18) chooses the version of the last two. The binaries of the embedded one come
 * from the jar that {@code pgxc.test.binaries.<version>} names, or else from the class path.
 *
 * <p>No embedded server outlives its JVM, however that ends: see {@link io.r2dbc.pgxc.tck.server.Postmaster}.
 */
@NullMarked
package io.r2dbc.pgxc.tck.server;

import org.jspecify.annotations.NullMarked;
