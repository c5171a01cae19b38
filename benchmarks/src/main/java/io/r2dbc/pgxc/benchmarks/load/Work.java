// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.load;

import io.r2dbc.pgxc.benchmarks.peers.Peer;
import io.r2dbc.pgxc.benchmarks.peers.Tables;
import java.util.EnumSet;
import java.util.Set;

/** What is compared. */
public enum Work {
    /** Sequential, on one CPU. */
    W1("one-row SELECT by key, sequential, one CPU", 1, 1, 1, true),
    /** Many in flight. */
    W2("one-row SELECT by key, 64 in flight", 1, 64, 1, false),
    /** The same on one CPU. */
    W2C("one-row SELECT by key, 64 in flight, one CPU", 1, 64, 1, true),
    /** Many connections. */
    W3("one-row SELECT by key, 8 connections with 32 in flight each", 8, 256, 1, false),
    /** A large result. */
    W4("row of 1,000,000 x 6 columns, later execution", 1, 1, Tables.MEASURES, false),
    /** The same, when its statement is new. */
    W4F("row of 1,000,000 x 6 columns, first execution", 1, 1, Tables.MEASURES, false),
    /** A large result by a portal. */
    W4B("row of 1,000,000 x 6 columns, fetch size 1000, later execution", 1, 1, Tables.MEASURES, false),
    /** The same, when its statement is new. */
    W4BF("row of 1,000,000 x 6 columns, fetch size 1000, first execution", 1, 1, Tables.MEASURES, false),
    /** Large values. */
    W5("row of 100,000 x 1 KiB text", 1, 1, Tables.NOTES, false),
    /** A batch. */
    W6("row of a 10,000-row INSERT batch", 1, 1, Tables.BATCH, false),
    /** The same by COPY. */
    W6C("row of a 10,000-row COPY", 1, 1, Tables.BATCH, false),
    /** Connections where the server trusts. */
    W7("connect, SELECT 1, close; trust", 1, 1, 1, false),
    /** Connections where it does not. */
    W7S("connect, SELECT 1, close; SCRAM-SHA-256", 1, 1, 1, false),
    /** Notifications. */
    W8("notification, 10,000 in each transaction", 2, 1, Tables.NEWS, false),
    /** Statements of a request, one after the other. */
    W9("20 SELECT and 20 UPDATE by key, each awaited, one CPU", 1, 1, 1, true),
    /** The same at once. */
    W9P("20 SELECT and 20 UPDATE by key, in flight together", 1, 1, 1, false),
    /** A reader that is slow, and then has enough. */
    W10("slow consumer, 100 rows per 10 ms at -Xmx64m; milliseconds from cancel to the next answer", 1, 1, 1, false),
    /** A transaction as Spring makes it. */
    W11("transaction of BEGIN, SELECT, UPDATE, INSERT, COMMIT, each awaited", 1, 1, 1, false);

    private static final Set<Work> LARGE = EnumSet.of(W4, W4F);
    private static final Set<Work> FRUGAL = EnumSet.of(W4B, W4BF, W10);

    private final String title;
    private final int connections;
    private final int lanes;
    private final int units;
    private final boolean pinned;

    Work(String title, int connections, int lanes, int units, boolean pinned) {
        this.title = title;
        this.connections = connections;
        this.lanes = lanes;
        this.units = units;
        this.pinned = pinned;
    }

    /** What one unit of it is. */
    public String title() {
        return title;
    }

    /** Whether client and server share one CPU, which takes the wake-ups between CPUs out of sequential figures. */
    public boolean pinned() {
        return pinned;
    }

    /** How many units one operation is. */
    public int units() {
        return units;
    }

    int connections() {
        return connections;
    }

    /** How many operations are in flight at a time, over all connections. */
    int lanes() {
        return lanes;
    }

    /** Whether the server asks for a password. */
    public boolean authenticates() {
        return this == W7S;
    }

    /** Whether this driver takes part. */
    public boolean suits(Peer peer) {
        if (this == W6C) {
            return peer == Peer.PGXC || peer == Peer.R2 || peer == Peer.R2B || peer == Peer.JD;
        }
        return switch (peer) {
            case JDR -> this == W6;
            case R2B -> LARGE.contains(this) || this == W4B || this == W4BF || this == W5;
            case RAW -> this != W7S && this != W10;
            default -> true;
        };
    }

    /** The largest heap of the process, in MiB: as small as the driver bears, where the work is about memory. */
    public int heap(Peer peer) {
        if (FRUGAL.contains(this) || (LARGE.contains(this) && peer.streams())) {
            return 64;
        }
        return LARGE.contains(this) ? 1024 : 256;
    }
}
