// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.replication.ReplicationSlot;
import io.r2dbc.pgxc.replication.ReplicationSlot.Snapshot;
import io.r2dbc.pgxc.replication.SlotChange;
import io.r2dbc.pgxc.replication.StreamRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts replication commands into words, as the server's version understands them (S3.b). They are no SQL: names are always quoted here, and
 * values are literals in which only the quote is special.
 */
final class ReplicationSql {

    /** Options stand in parentheses from here on. */
    private static final int PARENTHESES = 15;

    private static final int OFF_TO_STANDBYS = 17;
    private static final int TWO_PHASE_CHANGES = 18;

    private final ServerVersion version;

    ReplicationSql(ServerVersion version) {
        this.version = version;
    }

    /** Names of settings may have a prefix and a dot. */
    static String show(String name) {
        String[] parts = Require.nonEmpty(name, "name").split("\\.", -1);
        return "SHOW " + List.of(parts).stream().map(Identifiers::quote).collect(Collectors.joining("."));
    }

    static String timelineHistory(long timeline) {
        return "TIMELINE_HISTORY " + timeline(timeline);
    }

    private static String timeline(long timeline) {
        Require.that(
                timeline > 0 && timeline <= 0xFFFF_FFFFL, "timeline " + timeline + " is not one of 1 to 4294967295");
        return Long.toString(timeline);
    }

    String create(ReplicationSlot slot) {
        StringBuilder sql = new StringBuilder("CREATE_REPLICATION_SLOT ").append(Identifiers.quote(slot.name()));
        if (slot.temporary()) {
            sql.append(" TEMPORARY");
        }
        String plugin = slot.plugin();
        if (plugin == null) {
            Require.that(
                    !slot.twoPhase() && !slot.failover() && slot.snapshot() == null,
                    "twoPhase, failover and snapshot are options of logical slots, and " + slot.name()
                            + " is physical");
            return sql.append(" PHYSICAL")
                    .append(slot.reserveWal() ? parenthesised() ? " (RESERVE_WAL)" : " RESERVE_WAL" : "")
                    .toString();
        }
        Require.that(
                !slot.reserveWal(), "reserveWal is an option of physical slots, and " + slot.name() + " is logical");
        sql.append(" LOGICAL ").append(Identifiers.quote(plugin));
        return sql.append(parenthesised() ? options(slot) : words(slot)).toString();
    }

    private boolean parenthesised() {
        return version.isAtLeast(PARENTHESES, 0);
    }

    private String options(ReplicationSlot slot) {
        List<String> options = new ArrayList<>();
        Snapshot snapshot = slot.snapshot();
        if (snapshot != null) {
            options.add("SNAPSHOT " + literal(snapshot.name().toLowerCase(Locale.ROOT)));
        }
        if (slot.twoPhase()) {
            options.add("TWO_PHASE");
        }
        if (slot.failover()) {
            since(OFF_TO_STANDBYS, "failover of a replication slot");
            options.add("FAILOVER");
        }
        return options.isEmpty() ? "" : options.stream().collect(Collectors.joining(", ", " (", ")"));
    }

    private String words(ReplicationSlot slot) {
        if (slot.failover()) {
            since(OFF_TO_STANDBYS, "failover of a replication slot");
        }
        return word(slot.snapshot()) + (slot.twoPhase() ? " TWO_PHASE" : "");
    }

    private static String word(@Nullable Snapshot snapshot) {
        if (snapshot == null) {
            return "";
        }
        return switch (snapshot) {
            case EXPORT -> " EXPORT_SNAPSHOT";
            case USE -> " USE_SNAPSHOT";
            case NOTHING -> " NOEXPORT_SNAPSHOT";
        };
    }

    String alter(String name, SlotChange change) {
        since(OFF_TO_STANDBYS, "changing a replication slot");
        List<String> options = new ArrayList<>();
        Boolean failover = change.failover();
        if (failover != null) {
            options.add("FAILOVER " + failover);
        }
        Boolean twoPhase = change.twoPhase();
        if (twoPhase != null) {
            since(TWO_PHASE_CHANGES, "changing twoPhase of a replication slot");
            options.add("TWO_PHASE " + twoPhase);
        }
        return "ALTER_REPLICATION_SLOT " + Identifiers.quote(name) + " (" + String.join(", ", options) + ")";
    }

    String read(String name) {
        since(PARENTHESES, "reading a replication slot");
        return "READ_REPLICATION_SLOT " + Identifiers.quote(name);
    }

    static String drop(String name, boolean wait) {
        return "DROP_REPLICATION_SLOT " + Identifiers.quote(name) + (wait ? " WAIT" : "");
    }

    String start(StreamRequest request) {
        String slot = request.slot();
        StringBuilder sql = new StringBuilder("START_REPLICATION");
        if (slot != null) {
            sql.append(" SLOT ").append(Identifiers.quote(slot));
        }
        if (request.logical()) {
            Require.that(slot != null, "a logical stream needs a slot");
            Require.that(request.timeline() == null, "timeline is an option of physical streams");
            return sql.append(" LOGICAL ")
                    .append(request.start())
                    .append(plugin(request))
                    .toString();
        }
        Require.that(request.options().isEmpty(), "options are for the output plugin of a logical slot");
        sql.append(version.isAtLeast(9, 4) ? " PHYSICAL " : " ").append(request.start());
        Long timeline = request.timeline();
        return timeline == null ? sql.toString() : sql + " TIMELINE " + timeline(timeline);
    }

    private static String plugin(StreamRequest request) {
        return request.options().isEmpty()
                ? ""
                : request.options().entrySet().stream()
                        .map(option -> Identifiers.quote(option.getKey()) + " " + literal(option.getValue()))
                        .collect(Collectors.joining(", ", " (", ")"));
    }

    static String literal(String value) {
        return "'" + Require.sendable(value, "option value").replace("'", "''") + "'";
    }

    private void since(int major, String what) {
        if (!version.isAtLeast(major, 0)) {
            throw new UnsupportedOperationException(
                    what + " needs PostgreSQL " + major + ", and the server is " + version);
        }
    }
}
