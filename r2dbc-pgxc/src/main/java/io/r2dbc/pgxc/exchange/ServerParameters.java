// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.wire.BackendMessage.ParameterStatus;
import io.r2dbc.pgxc.wire.ProtocolException;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The run-time settings that the server reports, newest value each (protocol 48.2.6). Any thread may read.
 */
public final class ServerParameters {

    /** Servers report about twenty; a hostile one does not get more than this remembered. */
    private static final int REMEMBERED = 256;

    private final Map<String, String> values = new ConcurrentSkipListMap<>(String.CASE_INSENSITIVE_ORDER);
    private volatile boolean standardStrings = true;

    /**
     * Remembers a report.
     *
     * @throws ProtocolException if the session can no longer be decoded: another client encoding than UTF8, or date and time values
     *     as floating-point numbers (S2.6.7)
     */
    public void onReport(ParameterStatus report) {
        String value = report.value();
        if (report.name().equalsIgnoreCase("client_encoding") && !isUtf8(value)) {
            throw new ProtocolException("The server changed client_encoding to " + value
                    + "; this driver reads and writes UTF8 only, so leave client_encoding alone");
        }
        if (report.name().equalsIgnoreCase("integer_datetimes") && !value.equalsIgnoreCase("on")) {
            throw new ProtocolException("The server keeps date and time values as floating-point numbers"
                    + " (integer_datetimes is " + value + "); this driver needs integers");
        }
        if (report.name().equalsIgnoreCase("standard_conforming_strings")) {
            standardStrings = value.equalsIgnoreCase("on");
        }
        if (values.size() < REMEMBERED || values.containsKey(report.name())) {
            values.put(report.name(), value);
        }
    }

    private static boolean isUtf8(String encoding) {
        return encoding.equalsIgnoreCase("UTF8")
                || encoding.equalsIgnoreCase("UTF-8")
                || encoding.equalsIgnoreCase("UNICODE");
    }

    /** The value last reported for this setting, in any case; null if the server never did. */
    public @Nullable String get(String name) {
        return values.get(name);
    }

    /** Whether a backslash is an ordinary character in '...' literals. */
    public boolean standardConformingStrings() {
        return standardStrings;
    }

    /** A view of everything reported so far. */
    public Map<String, String> all() {
        return Collections.unmodifiableMap(values);
    }
}
