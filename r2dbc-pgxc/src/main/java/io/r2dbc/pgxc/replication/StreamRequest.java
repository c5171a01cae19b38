// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import io.r2dbc.pgxc.value.Lsn;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says what to stream and from where ({@code START_REPLICATION}).
 *
 * @param slot the slot that keeps the log for this client; null for a physical stream without one
 * @param logical whether the slot's output plugin decodes the log
 * @param start the first byte wanted; 0/0 of a logical slot is wherever the slot is
 * @param timeline physical: the timeline wanted; null for the present one
 * @param options logical: for the output plugin, in order
 * @param statusInterval how often the server is told how far this client is, asked or not; zero for only when asked. Keep it well below
 *     the server's {@code wal_sender_timeout}: behind data that nobody has requested yet, the server's own question is not seen
 */
public record StreamRequest(
        @Nullable String slot,
        boolean logical,
        Lsn start,
        @Nullable Long timeline,
        Map<String, String> options,
        Duration statusInterval) {

    /** The interval unless another one is set: a sixth of what servers wait. */
    public static final Duration STATUS_INTERVAL = Duration.ofSeconds(10);

    /** Keeps a map of its own; refuses a negative interval. */
    public StreamRequest {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        if (statusInterval.isNegative()) {
            throw new IllegalArgumentException(
                    "statusInterval must be zero (only when asked) or positive, not " + statusInterval);
        }
    }

    /**
     * The log itself.
     *
     * @param start the first byte wanted
     * @return a request without a slot, of the present timeline
     */
    public static StreamRequest physical(Lsn start) {
        return new StreamRequest(null, false, start, null, Map.of(), STATUS_INTERVAL);
    }

    /**
     * What the output plugin of a slot makes of the log.
     *
     * @param slot the slot
     * @return a request from wherever the slot is, without options
     */
    public static StreamRequest logical(String slot) {
        return new StreamRequest(slot, true, new Lsn(0), null, Map.of(), STATUS_INTERVAL);
    }

    /**
     * See {@link #slot}.
     *
     * @param name the slot
     * @return the same request with it
     */
    public StreamRequest withSlot(String name) {
        return new StreamRequest(name, logical, start, timeline, options, statusInterval);
    }

    /**
     * See {@link #start}.
     *
     * @param lsn the first byte wanted
     * @return the same request with it
     */
    public StreamRequest from(Lsn lsn) {
        return new StreamRequest(slot, logical, lsn, timeline, options, statusInterval);
    }

    /**
     * See {@link #timeline}.
     *
     * @param id the timeline
     * @return the same request with it
     */
    public StreamRequest onTimeline(long id) {
        return new StreamRequest(slot, logical, start, id, options, statusInterval);
    }

    /**
     * See {@link #options}.
     *
     * @param name the option, as the plugin knows it
     * @param value its value, taken literally
     * @return the same request with one more option
     */
    public StreamRequest withOption(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(options);
        more.put(name, value);
        return new StreamRequest(slot, logical, start, timeline, more, statusInterval);
    }

    /**
     * See {@link #statusInterval}.
     *
     * @param interval zero or positive
     * @return the same request with it
     */
    public StreamRequest withStatusInterval(Duration interval) {
        return new StreamRequest(slot, logical, start, timeline, options, interval);
    }
}
