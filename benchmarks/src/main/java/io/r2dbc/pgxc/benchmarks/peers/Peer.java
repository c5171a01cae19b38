// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

/** The drivers that are compared, and how each of them is set up. */
public enum Peer {
    /** This project's. */
    PGXC("r2dbc-pgxc", "as it comes", Memory.STREAMS),
    /** r2dbc-postgresql with the libraries that it names itself. */
    R2("r2dbc-postgresql", "1.1.1.RELEASE as it comes, on the Reactor and Netty 4.1 that it names", Memory.STREAMS),
    /** The same at its fastest. */
    R2B(
            "r2dbc-postgresql, binary",
            "1.1.1.RELEASE with forceBinary=true, on the newest Reactor and Netty",
            Memory.STREAMS),
    /** The Vert.x client. */
    VX(
            "vertx-pg-client",
            "5.0.12, its own API: cachePreparedStatements, pipeliningLimit 256, preferNativeTransport, queries made"
                    + " once, rows collected without a RowSet, createStream for fetch sizes",
            Memory.GATHERS),
    /** pgjdbc. */
    JD(
            "pgjdbc",
            "42.7.14, blocking, a thread for each connection: prepareThreshold=1, statements kept",
            Memory.GATHERS),
    /** pgjdbc, which makes one INSERT of many. */
    JDR("pgjdbc, rewritten", "the same with reWriteBatchedInserts=true", Memory.GATHERS),
    /** The limit. */
    RAW("raw", "sends the same bytes, as many at a time as there are, and counts frames", Memory.STREAMS);

    /** Whether a driver can pass on rows before it has them all. */
    private enum Memory {
        STREAMS,
        GATHERS
    }

    private final String title;
    private final String settings;
    private final Memory memory;

    Peer(String title, String settings, Memory memory) {
        this.title = title;
        this.settings = settings;
        this.memory = memory;
    }

    /** Its name, for people. */
    public String title() {
        return title;
    }

    /** Its version and how it is set up. */
    public String settings() {
        return settings;
    }

    /** Whether little memory will do for a large result that is not fetched in portions. */
    public boolean streams() {
        return memory == Memory.STREAMS;
    }

    /** Whether it runs with libraries of its own. */
    public boolean hasOwnClassPath() {
        return this == R2;
    }

    /** A client of this driver, not yet connected. */
    public Client client(Address address) throws Exception {
        return switch (this) {
            case PGXC -> new PgxcClient(address);
            case R2 -> new PostgresqlClient(address, false);
            case R2B -> new PostgresqlClient(address, true);
            case VX -> new VertxClient(address);
            case JD -> new JdbcClient(address, false);
            case JDR -> new JdbcClient(address, true);
            case RAW -> new RawClient(address);
        };
    }
}
