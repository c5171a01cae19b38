// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.TEXT;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.copyBoth;
import static io.r2dbc.pgxc.testing.ServerMessages.copyIn;
import static io.r2dbc.pgxc.testing.ServerMessages.copyOut;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.notice;
import static io.r2dbc.pgxc.testing.ServerMessages.notification;
import static io.r2dbc.pgxc.testing.ServerMessages.parameter;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static io.r2dbc.pgxc.wire.BackendEncoder.frame;

import io.r2dbc.pgxc.wire.Octets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What no server says: each breaks the protocol wherever it comes. */
final class HostileBytes {

    /** The types that a server may use in a session. */
    static final String SESSION_TYPES = "123ACDEGHIKNSTVWZcdnst";

    private HostileBytes() {}

    /** By a name that says what is wrong. */
    static Map<String, Octets> all() {
        Map<String, Octets> all = new LinkedHashMap<>();
        lengths(all);
        types(all);
        bodies(all);
        truncations(all);
        return all;
    }

    private static void lengths(Map<String, Octets> all) {
        for (int i = 0; i < SESSION_TYPES.length(); i++) {
            char type = SESSION_TYPES.charAt(i);
            for (int length : new int[] {0, 1, 2, 3, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0x3FFF_FFFF}) {
                all.put("[A1, A2, S8.1, S8.2] " + type + " with length " + length, frame(type, length, Octets.NONE));
            }
        }
    }

    private static void types(Map<String, Octets> all) {
        for (int type = 0; type < 256; type++) {
            if (SESSION_TYPES.indexOf(type) < 0) {
                all.put("[A3, S8.4] type " + Integer.toHexString(type), frame((char) type, Octets.NONE));
            }
        }
        all.put("[A3, S8.4] unknown type without a body", Octets.hex("FF"));
    }

    private static void bodies(Map<String, Octets> all) {
        all.put("[A4, S8.5] AuthenticationOk", Octets.hex("52 00000008 00000000"));
        all.put("[A4, S8.5] AuthenticationCleartextPassword", Octets.hex("52 00000008 00000003"));
        all.put("[A4, S8.5] AuthenticationSASL", frame('R', Octets.hex("0000000A 5343524144 00 00")));
        all.put("[A4, S8.5] NegotiateProtocolVersion", frame('v', Octets.hex("00030000 00000000")));
        all.put("[A14, S8.15] ReadyForQuery with an unknown status", frame('Z', Octets.of("X")));
        all.put("[A14, S8.15] ReadyForQuery with status zero", frame('Z', Octets.hex("00")));
        all.put("[A14, S8.11] ReadyForQuery without a status", frame('Z', Octets.NONE));
        all.put("[S8.22] error without its final zero", frame('E', Octets.of("SERROR\0")));
        all.put("[S8.22] error without anything", frame('E', Octets.NONE));
        all.put("[A11, S8.7] ParameterStatus without terminators", frame('S', Octets.of("TimeZone")));
        all.put("[A11, S8.7] ParameterStatus with one terminator", frame('S', Octets.of("TimeZone\0UTC")));
        all.put("[S8.10] ParameterStatus with a surplus", frame('S', Octets.of("TimeZone\0UTC\0x")));
        all.put("[A11] NotificationResponse of zeros", frame('A', Octets.hex("00000000 00")));
        all.put("[S8.30] CopyInResponse with format 2", frame('G', Octets.hex("02 0000")));
        all.put("[S1.4.7] BackendKeyData with a key of 3 bytes", frame('K', Octets.of(new byte[4 + 3])));
        all.put("[S1.4.7] BackendKeyData with a key of 257 bytes", frame('K', Octets.of(new byte[4 + 257])));
        all.put("[S8.11] ParseComplete with a byte", frame('1', Octets.hex("00")));
        all.put("[S7.5] BinaryRow of protocol 2", frame('B', Octets.hex("00")));
        all.put("[S7.11] CursorResponse of protocol 2", Octets.of("Pblank\0"));
        all.put("[A10, S8.8] RowDescription of 65535 columns in 6 bytes", frame('T', Octets.hex("FFFF 00000000")));
        all.put("[A10, S8.8] ParameterDescription of 65535 in 3 bytes", frame('t', Octets.hex("FFFF 00")));
        all.put("[A10, S8.8] CopyOutResponse of 32768 columns in 3 bytes", frame('H', Octets.hex("00 8000")));
        all.put("[A10, S8.8] DataRow of 40000 values in 2 bytes", frame('D', Octets.hex("9C40")));
        for (int length : new int[] {-2, Integer.MIN_VALUE, 5, Integer.MAX_VALUE}) {
            Octets value = Octets.hex(String.format("0001%08X 31323334", length));
            all.put("[A8, S8.9] DataRow with a value of length " + length, frame('D', value));
        }
        all.put("[A8, S8.10] DataRow with a surplus", frame('D', Octets.hex("0001 00000001 31 00")));
    }

    private static void truncations(Map<String, Octets> all) {
        for (Octets message : samples()) {
            char type = (char) message.bytes()[0];
            Octets body = message.slice(5, message.size());
            for (int cut = 0; cut < body.size(); cut++) {
                all.put(
                        "[A7, S8.10] " + type + " cut to " + cut + " of " + body.size(),
                        frame(type, body.slice(0, cut)));
            }
            for (int more = 1; more <= 8; more++) {
                Octets surplus = Octets.of(new byte[more]);
                all.put("[A7, S8.10] " + type + " with " + more + " more", frame(type, Octets.join(body, surplus)));
            }
        }
    }

    private static List<Octets> samples() {
        return List.of(
                error("22012", "by zero"),
                notice("n"),
                notification(7, "channel", "payload"),
                parameter("TimeZone", "UTC"),
                ready(),
                rowDescription(column("id", INT4), column("name", TEXT)),
                parameterTypes(23, 25),
                row("1", "two", null),
                copyIn(2),
                copyOut(2),
                copyBoth());
    }

    /** What makes sense, but not where nothing was asked. */
    static Map<String, Octets> unasked() {
        Map<String, Octets> all = new LinkedHashMap<>();
        all.put("[A6, S8.14] ReadyForQuery", ready());
        all.put(
                "[A5] a whole result",
                Octets.join(rowDescription(column("x", INT4)), row("1"), complete("SELECT 1"), ready()));
        all.put("[S8.5] DataRow", row("1"));
        all.put("[S8.5] CommandComplete", complete("SELECT 1"));
        all.put("[S8.36] CopyInResponse", copyIn(1));
        all.put("[S8.36] CopyOutResponse", copyOut(1));
        all.put("[S8.36, A4] CopyBothResponse", copyBoth());
        all.put("[S8.5] CopyData", frame('d', Octets.of("x")));
        for (char type : "123nsIc".toCharArray()) {
            all.put("[S8.6] " + type, frame(type, Octets.NONE));
        }
        all.put("[S8.5] FunctionCallResponse", frame('V', Octets.hex("FFFFFFFF")));
        all.put("[S8.5] BackendKeyData", frame('K', Octets.of(new byte[4 + 4])));
        all.put("[S8.6] ParameterDescription", parameterTypes());
        return all;
    }

    static Octets noise(Random random) {
        byte[] bytes = new byte[1 + random.nextInt(60)];
        random.nextBytes(bytes);
        if (random.nextBoolean()) {
            bytes[0] = (byte) SESSION_TYPES.charAt(random.nextInt(SESSION_TYPES.length()));
        }
        return Octets.of(bytes);
    }
}
