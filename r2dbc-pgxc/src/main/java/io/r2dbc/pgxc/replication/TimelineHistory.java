// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import io.r2dbc.pgxc.value.Lsn;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds the file that says how a timeline came to be ({@code TIMELINE_HISTORY}).
 *
 * @param fileName its name at the server; data, not a path to be trusted
 * @param content its bytes, in no particular encoding; the record's own array
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode compare the content
public record TimelineHistory(String fileName, byte[] content) {

    /**
     * Tells where one timeline was left for the next one.
     *
     * @param timeline the one that was left
     * @param end where
     * @param reason as the server noted it
     */
    public record Switch(long timeline, Lsn end, String reason) {}

    /**
     * Reads the content.
     *
     * @return the switches, the oldest first
     * @throws ReplicationFormatException if a line is none
     */
    public List<Switch> switches() {
        List<Switch> switches = new ArrayList<>();
        for (String line : new String(content, StandardCharsets.UTF_8).split("\n", -1)) {
            String text = line.strip();
            if (!text.isEmpty() && text.charAt(0) != '#') {
                switches.add(read(text));
            }
        }
        return switches;
    }

    private static Switch read(String line) {
        String[] parts = line.split("\\s+", 3);
        try {
            return new Switch(
                    Integer.parseUnsignedInt(parts[0]) & 0xFFFF_FFFFL,
                    Lsn.parse(parts.length > 1 ? parts[1] : ""),
                    parts.length > 2 ? parts[2] : "");
        } catch (IllegalArgumentException e) {
            throw ReplicationFormatException.in("timeline history", "no switch of timelines: " + line);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TimelineHistory that
                && fileName.equals(that.fileName)
                && Arrays.equals(content, that.content);
    }

    @Override
    public int hashCode() {
        return 31 * fileName.hashCode() + Arrays.hashCode(content);
    }

    @Override
    public String toString() {
        return "TimelineHistory[" + fileName + ", " + content.length + " bytes]";
    }
}
