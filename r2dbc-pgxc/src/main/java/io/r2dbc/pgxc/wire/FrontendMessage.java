// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import io.netty.buffer.ByteBuf;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Everything a client may say; each message writes itself (48.5). */
@SuppressWarnings("ArrayRecordComponent") // messages are carriers between two rooms and are never compared
public sealed interface FrontendMessage {

    /**
     * Appends the message to the buffer, whole or not at all: on any failure the writer index is where it was.
     *
     * @throws IllegalArgumentException naming the field, if the message cannot be said: text with U+0000 or half a
     *     surrogate pair, more than 65535 values, longer than the server takes
     */
    void writeTo(ByteBuf out);

    /** Opens a session. Names that begin with {@code _pq_.} are protocol options, all others settings (48.2.1). */
    record Startup(int protocolVersion, Map<String, String> parameters) implements FrontendMessage {

        public Startup {
            parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        }

        @Override
        public void writeTo(ByteBuf out) {
            Frame.writeFirst(out, "StartupMessage", body -> {
                body.writeInt(protocolVersion);
                parameters.forEach((name, value) -> writeParameter(body, name, value));
                body.writeByte(0);
            });
        }

        private static void writeParameter(ByteBuf body, String name, String value) {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("The name of a start-up parameter is empty");
            }
            CString.write(body, name, "name of a start-up parameter");
            CString.write(body, value, "start-up parameter " + name);
        }
    }

    /** Asks for TLS; the answer is one bare byte (48.2.9). */
    record SslRequest() implements FrontendMessage {

        @Override
        public void writeTo(ByteBuf out) {
            Frame.writeFirst(out, "SSLRequest", body -> body.writeInt(80_877_103));
        }
    }

    /** Asks for GSSAPI encryption; the answer is one bare byte. */
    record GssEncRequest() implements FrontendMessage {

        @Override
        public void writeTo(ByteBuf out) {
            Frame.writeFirst(out, "GSSENCRequest", body -> body.writeInt(80_877_104));
        }
    }

    /** Asks, on a connection of its own, to cancel what the session with this key is doing (48.2.7). */
    record CancelRequest(int processId, byte[] secretKey) implements FrontendMessage {

        @Override
        public void writeTo(ByteBuf out) {
            Frame.writeFirst(
                    out,
                    "CancelRequest",
                    body -> body.writeInt(80_877_102).writeInt(processId).writeBytes(secretKey));
        }

        @Override
        public String toString() {
            return "CancelRequest[hidden]";
        }
    }

    /** A password, or the answer to an MD5 challenge; the terminating zero is added here. */
    record Password(byte[] password) implements FrontendMessage {

        @Override
        public void writeTo(ByteBuf out) {
            for (byte b : password) {
                if (b == 0) {
                    throw new IllegalArgumentException("The password contains U+0000");
                }
            }
            Frame.write(
                    out,
                    'p',
                    "PasswordMessage",
                    Frame.AUTHENTICATION,
                    body -> body.writeBytes(password).writeByte(0));
        }

        @Override
        public String toString() {
            return "Password[hidden]";
        }
    }

    record SaslInitialResponse(String mechanism, byte[] data) implements FrontendMessage {

        @Override
        public void writeTo(ByteBuf out) {
            int ceiling = mechanism.startsWith("SCRAM-") ? Frame.SCRAM : Frame.AUTHENTICATION;
            Frame.write(out, 'p', "SASLInitialResponse", ceiling, body -> {
                CString.write(body, mechanism, "SASL mechanism");
                body.writeInt(data.length).writeBytes(data);
            });
        }

        @Override
        public String toString() {
            return "SaslInitialResponse[" + mechanism + "]";
        }
    }

    record SaslResponse(byte[] data) implements FrontendMessage {

        @Override
        public void writeTo(ByteBuf out) {
            Frame.write(out, 'p', "SASLResponse", Frame.AUTHENTICATION, body -> body.writeBytes(data));
        }

        @Override
        public String toString() {
            return "SaslResponse[hidden]";
        }
    }

    record GssResponse(byte[] data) implements FrontendMessage {

        @Override
        public void writeTo(ByteBuf out) {
            Frame.write(out, 'p', "GSSResponse", Frame.AUTHENTICATION, body -> body.writeBytes(data));
        }

        @Override
        public String toString() {
            return "GssResponse[hidden]";
        }
    }

    record Query(String sql) implements FrontendMessage {

        @Override
        public void writeTo(ByteBuf out) {
            Frame.write(out, 'Q', "Query", Frame.LONG, body -> CString.write(body, sql, "query"));
        }
    }

    /** Creates a statement; type 0 leaves a parameter's type to the server. */
    record Parse(String statement, String sql, int[] parameterTypes) implements FrontendMessage {

        @Override
        public void writeTo(ByteBuf out) {
            Frame.requireCount(parameterTypes.length, "parameter types");
            Frame.write(out, 'P', "Parse", Frame.LONG, body -> {
                CString.write(body, statement, "statement name");
                CString.write(body, sql, "query");
                body.writeShort(parameterTypes.length);
                for (int type : parameterTypes) {
                    body.writeInt(type);
                }
            });
        }
    }

    /** Creates a portal; no result format means text for all columns, one is meant for all. */
    record Bind(String portal, String statement, BindValues values, short[] resultFormats) implements FrontendMessage {

        static final char TAG = 'B';

        @Override
        public void writeTo(ByteBuf out) {
            Frame.write(out, TAG, "Bind", Frame.LONG, body -> {
                writeNames(body, portal, statement);
                Frame.writeValues(body, values, "Bind");
                writeResultFormats(body, resultFormats);
            });
        }

        static void writeNames(ByteBuf body, String portal, String statement) {
            CString.write(body, portal, "portal name");
            CString.write(body, statement, "statement name");
        }

        static void writeResultFormats(ByteBuf body, short[] formats) {
            Frame.requireCount(formats.length, "result formats");
            body.writeShort(formats.length);
            for (short format : formats) {
                body.writeShort(format);
            }
        }
    }

    /** The two kinds of objects that have names on the wire, in two name spaces. */
    enum Target {
        STATEMENT('S'),
        PORTAL('P');

        private final char code;

        Target(char code) {
            this.code = code;
        }

        private void writeTo(ByteBuf out, String name) {
            out.writeByte(code);
            CString.write(out, name, this == STATEMENT ? "statement name" : "portal name");
        }
    }

    record Describe(Target target, String name) implements FrontendMessage {

        @Override
        public void writeTo(ByteBuf out) {
            Frame.write(out, 'D', "Describe", Frame.SHORT, body -> target.writeTo(body, name));
        }
    }

    record Close(Target target, String name) implements FrontendMessage {

        @Override
        public void writeTo(ByteBuf out) {
            Frame.write(out, 'C', "Close", Frame.SHORT, body -> target.writeTo(body, name));
        }
    }

    /** Runs a portal for so many rows, for all if 0. */
    record Execute(String portal, int maxRows) implements FrontendMessage {

        @Override
        public void writeTo(ByteBuf out) {
            Frame.write(out, 'E', "Execute", Frame.SHORT, body -> {
                CString.write(body, portal, "portal name");
                body.writeInt(maxRows);
            });
        }
    }

    record FunctionCall(int functionOid, BindValues arguments, boolean binaryResult) implements FrontendMessage {

        @Override
        public void writeTo(ByteBuf out) {
            Frame.write(out, 'F', "FunctionCall", Frame.LONG, body -> {
                body.writeInt(functionOid);
                Frame.writeValues(body, arguments, "FunctionCall");
                body.writeShort(binaryResult ? 1 : 0);
            });
        }
    }

    /** The readable bytes of a buffer, copied; the buffer stays the caller's and its indices stay where they are. */
    record CopyData(ByteBuf data) implements FrontendMessage {

        @Override
        public void writeTo(ByteBuf out) {
            Frame.requireLength(data.readableBytes() + 4L, Frame.LONG, "CopyData");
            Frame.write(
                    out,
                    'd',
                    "CopyData",
                    Frame.LONG,
                    body -> body.writeBytes(data, data.readerIndex(), data.readableBytes()));
        }

        /** Writes what goes before so many bytes of payload that the caller sends behind it without a copy. */
        public static void writeCopyDataHeader(ByteBuf out, int length) {
            Frame.requireLength(length + 4L, Frame.LONG, "CopyData");
            out.writeByte('d').writeInt(length + 4);
        }

        /** Begins a message whose payload is written behind it; {@link #end} takes what this answers. */
        public static int begin(ByteBuf out) {
            return Frame.begin(out, 'd');
        }

        /** Ends the message that was begun there. */
        public static void end(ByteBuf out, int begun) {
            Frame.end(out, begun, out.writerIndex(), "CopyData", Frame.LONG);
        }
    }

    record CopyDone() implements FrontendMessage {

        @Override
        public void writeTo(ByteBuf out) {
            Frame.write(out, 'c', "CopyDone", Frame.SHORT, body -> {});
        }
    }

    record CopyFail(String reason) implements FrontendMessage {

        @Override
        public void writeTo(ByteBuf out) {
            Frame.write(out, 'f', "CopyFail", Frame.SHORT, body -> CString.write(body, reason, "reason of CopyFail"));
        }
    }

    /** The messages without a body that belong to no exchange alone. */
    enum Bare implements FrontendMessage {
        FLUSH('H'),
        SYNC('S'),
        TERMINATE('X');

        private final char tag;

        Bare(char tag) {
            this.tag = tag;
        }

        @Override
        public void writeTo(ByteBuf out) {
            int start = Frame.begin(out, tag);
            Frame.end(out, start, out.writerIndex(), name(), Frame.SHORT);
        }
    }
}
