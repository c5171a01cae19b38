// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a client said, as the server understands it: values that a test compares with. */
public sealed interface ClientMessage {

    /** The type byte as text; for the packets without one, a word in small letters. */
    String type();

    record Startup(int protocolVersion, Map<String, String> parameters) implements ClientMessage {
        @Override
        public String type() {
            return "startup";
        }
    }

    record SslRequest() implements ClientMessage {
        @Override
        public String type() {
            return "ssl";
        }
    }

    record GssEncRequest() implements ClientMessage {
        @Override
        public String type() {
            return "gss";
        }
    }

    record CancelRequest(int processId, Octets secretKey) implements ClientMessage {
        @Override
        public String type() {
            return "cancel";
        }
    }

    /** Any of the four messages with type {@code p}; what it means depends on what the server asked. */
    record Authentication(Octets body) implements ClientMessage {
        @Override
        public String type() {
            return "p";
        }

        /** The body read as a password, without its terminator. */
        public String password() {
            int end = body.size() - 1;
            if (end < 0 || body.bytes()[end] != 0) {
                throw new AssertionError("not a terminated password: " + body);
            }
            return body.slice(0, end).text();
        }

        /** The mechanism, if the body is read as a SASLInitialResponse. */
        public String mechanism() {
            String text = body.text();
            return text.substring(0, text.indexOf('\0'));
        }

        /** What follows the mechanism and the length, if the body is read as a SASLInitialResponse. */
        public String initialResponse() {
            return body.slice(mechanism().length() + 5, body.size()).text();
        }
    }

    record Query(String sql) implements ClientMessage {
        @Override
        public String type() {
            return "Q";
        }
    }

    record Parse(String statement, String sql, List<Integer> parameterTypes) implements ClientMessage {
        @Override
        public String type() {
            return "P";
        }
    }

    /** Values are null for SQL NULL; the formats are as sent, so there may be none, one or one for each. */
    record Bind(
            String portal,
            String statement,
            List<Integer> formats,
            List<@Nullable Octets> values,
            List<Integer> resultFormats)
            implements ClientMessage {
        @Override
        public String type() {
            return "B";
        }

        /** The values as text, whatever their format. */
        public List<@Nullable String> texts() {
            return values.stream().map(v -> v == null ? null : v.text()).toList();
        }
    }

    record Describe(char target, String name) implements ClientMessage {
        @Override
        public String type() {
            return "D";
        }
    }

    record Close(char target, String name) implements ClientMessage {
        @Override
        public String type() {
            return "C";
        }
    }

    record Execute(String portal, int maxRows) implements ClientMessage {
        @Override
        public String type() {
            return "E";
        }
    }

    record Flush() implements ClientMessage {
        @Override
        public String type() {
            return "H";
        }
    }

    record Sync() implements ClientMessage {
        @Override
        public String type() {
            return "S";
        }
    }

    record Terminate() implements ClientMessage {
        @Override
        public String type() {
            return "X";
        }
    }

    record FunctionCall(int functionOid, List<Integer> formats, List<@Nullable Octets> arguments, int resultFormat)
            implements ClientMessage {
        @Override
        public String type() {
            return "F";
        }
    }

    record CopyData(Octets data) implements ClientMessage {
        @Override
        public String type() {
            return "d";
        }
    }

    record CopyDone() implements ClientMessage {
        @Override
        public String type() {
            return "c";
        }
    }

    record CopyFail(String reason) implements ClientMessage {
        @Override
        public String type() {
            return "f";
        }
    }
}
