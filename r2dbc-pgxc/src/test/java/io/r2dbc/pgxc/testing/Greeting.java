// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import static io.r2dbc.pgxc.testing.ServerMessages.authenticationOk;
import static io.r2dbc.pgxc.testing.ServerMessages.keyData;
import static io.r2dbc.pgxc.testing.ServerMessages.parameter;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;

import io.r2dbc.pgxc.wire.Octets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a scripted server says between accepting a client and its first ReadyForQuery. */
public final class Greeting {

    public static final int PROCESS_ID = 12345;
    public static final Octets SECRET_KEY = Octets.hex("0A0B0C0D");

    private Greeting() {}

    public static Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("server_version", "18.6");
        parameters.put("server_encoding", "UTF8");
        parameters.put("client_encoding", "UTF8");
        parameters.put("DateStyle", "ISO, MDY");
        parameters.put("IntervalStyle", "postgres");
        parameters.put("TimeZone", "UTC");
        parameters.put("integer_datetimes", "on");
        parameters.put("standard_conforming_strings", "on");
        return parameters;
    }

    public static List<Octets> messages() {
        List<Octets> messages = new ArrayList<>();
        messages.add(authenticationOk());
        parameters().forEach((name, value) -> messages.add(parameter(name, value)));
        messages.add(keyData(PROCESS_ID, SECRET_KEY));
        messages.add(ready());
        return messages;
    }
}
