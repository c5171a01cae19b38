// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import io.r2dbc.pgxc.value.Lsn;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Says what is wanted of a logical slot whose output plugin is {@code pgoutput}.
 *
 * @param slot the slot
 * @param publications whose changes; at least one
 * @param protocolVersion {@code proto_version}, 1 to 4: 2 needs PostgreSQL 14, 3 needs 15, 4 needs 16
 * @param streaming whether large transactions come before they end
 * @param features what else is wanted
 * @param start from where on; 0/0 is wherever the slot is, and nothing before that comes in any case
 * @param statusInterval how often the server is told how far this client is, see {@link StreamRequest}
 */
public record LogicalOptions(
        String slot,
        List<String> publications,
        int protocolVersion,
        Streaming streaming,
        Set<Feature> features,
        Lsn start,
        Duration statusInterval) {

    /** Whether, and how, large transactions come before they end. */
    public enum Streaming {
        /** Every transaction comes whole, after its commit. */
        OFF(1),
        /** In blocks, while it is running; needs version 2. */
        ON(2),
        /** The same, and StreamAbort says where and when; needs version 4. */
        PARALLEL(4);

        private final int version;

        Streaming(int version) {
            this.version = version;
        }
    }

    /** What may be wanted besides. */
    public enum Feature {
        /** Prepared transactions come when they are prepared; needs version 3, and a slot that was made for it. */
        TWO_PHASE(3, "two_phase", "on"),
        /** {@code pg_logical_emit_message} is heard (PostgreSQL 14). */
        MESSAGES(1, "messages", "on"),
        /**
         * Values come in binary form where their type has one (PostgreSQL 14). The driver reads a few types from text alone (xml, money,
         * regclass and its kin); of those there are only the bytes then.
         */
        BINARY(1, "binary", "on"),
        /** Only what did not itself come to the publisher by replication: {@code origin = none} (PostgreSQL 16). */
        LOCAL_ONLY(1, "origin", "none");

        private final int version;
        private final String option;
        private final String value;

        Feature(int version, String option, String value) {
            this.version = version;
            this.option = option;
            this.value = value;
        }
    }

    /** Refuses an empty list of publications, and a version that others of the options need a later one of. */
    public LogicalOptions {
        publications = List.copyOf(publications);
        features = Set.copyOf(features);
        if (publications.isEmpty()) {
            throw new IllegalArgumentException("publications must name at least one");
        }
        int needed = needed(streaming, features);
        if (protocolVersion < needed || protocolVersion > LogicalDecoder.HIGHEST_VERSION) {
            throw new IllegalArgumentException("protocolVersion " + protocolVersion + " is not one of " + needed
                    + " to " + LogicalDecoder.HIGHEST_VERSION + ", as streaming=" + streaming + " and " + features
                    + " need");
        }
    }

    private static int needed(Streaming streaming, Set<Feature> features) {
        return features.stream().mapToInt(feature -> feature.version).reduce(streaming.version, Math::max);
    }

    /**
     * What every server with logical replication understands.
     *
     * @param slot the slot
     * @param publications whose changes
     * @return version 1 without anything else, from wherever the slot is
     */
    public static LogicalOptions of(String slot, String... publications) {
        return new LogicalOptions(
                slot, List.of(publications), 1, Streaming.OFF, Set.of(), new Lsn(0), StreamRequest.STATUS_INTERVAL);
    }

    /**
     * See {@link #protocolVersion}.
     *
     * @param version 1 to 4
     * @return the same options with it
     */
    public LogicalOptions withProtocolVersion(int version) {
        return new LogicalOptions(slot, publications, version, streaming, features, start, statusInterval);
    }

    /**
     * See {@link #streaming}; raises the version to what that needs.
     *
     * @param how whether and how
     * @return the same options with it
     */
    public LogicalOptions withStreaming(Streaming how) {
        int version = Math.max(protocolVersion, how.version);
        return new LogicalOptions(slot, publications, version, how, features, start, statusInterval);
    }

    /**
     * See {@link #features}; raises the version to what they need.
     *
     * @param more what is wanted besides
     * @return the same options with them
     */
    public LogicalOptions with(Feature... more) {
        Set<Feature> all = new HashSet<>(features);
        all.addAll(Arrays.asList(more));
        int version = Math.max(protocolVersion, needed(streaming, all));
        return new LogicalOptions(slot, publications, version, streaming, all, start, statusInterval);
    }

    /**
     * See {@link #start}.
     *
     * @param lsn from where on
     * @return the same options with it
     */
    public LogicalOptions from(Lsn lsn) {
        return new LogicalOptions(slot, publications, protocolVersion, streaming, features, lsn, statusInterval);
    }

    /**
     * See {@link #statusInterval}.
     *
     * @param interval zero or positive
     * @return the same options with it
     */
    public LogicalOptions withStatusInterval(Duration interval) {
        return new LogicalOptions(slot, publications, protocolVersion, streaming, features, start, interval);
    }

    /**
     * The command's parameters, with the plugin's options: only those that are not the plugin's own habit, because older servers refuse what
     * they do not know.
     *
     * @return what to ask {@code START_REPLICATION} for
     */
    public StreamRequest toRequest() {
        StreamRequest request = StreamRequest.logical(slot)
                .from(start)
                .withStatusInterval(statusInterval)
                .withOption("proto_version", Integer.toString(protocolVersion))
                .withOption("publication_names", publicationNames());
        if (streaming != Streaming.OFF) {
            request = request.withOption("streaming", streaming.name().toLowerCase(Locale.ROOT));
        }
        for (Feature feature : Feature.values()) {
            if (features.contains(feature)) {
                request = request.withOption(feature.option, feature.value);
            }
        }
        return request;
    }

    /** A list of identifiers, each taken literally. */
    private String publicationNames() {
        return publications.stream()
                .map(name -> '"' + name.replace("\"", "\"\"") + '"')
                .collect(Collectors.joining(","));
    }

    /**
     * A decoder for what such a request leads to.
     *
     * @return a new one for one stream
     */
    public LogicalDecoder newDecoder() {
        return new LogicalDecoder(protocolVersion, streaming == Streaming.PARALLEL);
    }
}
