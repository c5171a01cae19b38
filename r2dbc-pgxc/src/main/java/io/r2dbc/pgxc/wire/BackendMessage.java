// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything a server may say that is not hot: all messages but DataRow and CopyData, copied out of the buffer (48.5).
 *
 * <p>Object identifiers and process ids are unsigned on the wire and kept as the bits of an {@code int}.
 */
@SuppressWarnings("ArrayRecordComponent") // messages are carriers between two rooms and are never compared
public sealed interface BackendMessage {

    /** What the server asks, or grants, before a session exists (48.2.1). */
    sealed interface Authentication extends BackendMessage {}

    record AuthenticationOk() implements Authentication {}

    record AuthenticationCleartextPassword() implements Authentication {}

    record AuthenticationMd5Password(byte[] salt) implements Authentication {}

    record AuthenticationGss() implements Authentication {}

    record AuthenticationGssContinue(byte[] data) implements Authentication {}

    record AuthenticationSspi() implements Authentication {}

    /** The mechanisms the server offers, best first; at least one. */
    record AuthenticationSasl(List<String> mechanisms) implements Authentication {

        public AuthenticationSasl {
            mechanisms = List.copyOf(mechanisms);
        }

        static AuthenticationSasl read(Body body) {
            List<String> mechanisms = new ArrayList<>();
            for (String name = body.string(); !name.isEmpty(); name = body.string()) {
                mechanisms.add(name);
            }
            if (mechanisms.isEmpty()) {
                throw body.malformed("the list of SASL mechanisms is empty");
            }
            return body.complete(new AuthenticationSasl(mechanisms));
        }
    }

    record AuthenticationSaslContinue(byte[] data) implements Authentication {}

    record AuthenticationSaslFinal(byte[] data) implements Authentication {}

    /** A method this driver does not speak, by its code; what came with it is dropped. */
    record AuthenticationUnsupported(int code) implements Authentication {

        /** The method's name for an error text. */
        public String method() {
            return switch (code) {
                case 1 -> "Kerberos V4";
                case 2 -> "Kerberos V5";
                case 4 -> "crypt password";
                case 6 -> "SCM credential";
                default -> "unknown method " + code;
            };
        }
    }

    /** What a cancel request has to present: 4 bytes of secret with protocol 3.0, 4 to 256 with 3.2 (48.2.7). */
    record BackendKeyData(int processId, byte[] secretKey) implements BackendMessage {

        private static final int SHORTEST = 4;
        private static final int LONGEST = 256;

        static BackendKeyData read(Body body) {
            int processId = body.int32();
            int length = body.remaining();
            if (length < SHORTEST || length > LONGEST) {
                throw body.malformed("a secret key has " + length + " bytes");
            }
            return new BackendKeyData(processId, body.rest());
        }

        @Override
        public String toString() {
            return "BackendKeyData[hidden]";
        }
    }

    record ParameterStatus(String name, String value) implements BackendMessage {

        static ParameterStatus read(Body body) {
            return body.complete(new ParameterStatus(body.string(), body.string()));
        }
    }

    record ReadyForQuery(TransactionStatus status) implements BackendMessage {

        private static final ReadyForQuery IDLE = new ReadyForQuery(TransactionStatus.IDLE);
        private static final ReadyForQuery IN_TRANSACTION = new ReadyForQuery(TransactionStatus.IN_TRANSACTION);
        private static final ReadyForQuery FAILED = new ReadyForQuery(TransactionStatus.FAILED);

        /** The one shared message of a status. */
        public static ReadyForQuery of(TransactionStatus status) {
            return switch (status) {
                case IDLE -> IDLE;
                case IN_TRANSACTION -> IN_TRANSACTION;
                case FAILED -> FAILED;
            };
        }

        static ReadyForQuery read(Body body) {
            byte code = body.int8();
            ReadyForQuery message = switch (code) {
                case 'I' -> IDLE;
                case 'T' -> IN_TRANSACTION;
                case 'E' -> FAILED;
                default -> throw body.malformed("unknown transaction status " + code);
            };
            return body.complete(message);
        }
    }

    record RowDescription(List<Column> columns) implements BackendMessage {

        public RowDescription {
            columns = List.copyOf(columns);
        }

        static RowDescription read(Body body) {
            int count = body.count16(Column.MINIMUM_SIZE);
            List<Column> columns = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                columns.add(Column.read(body));
            }
            return body.complete(new RowDescription(columns));
        }
    }

    /**
     * One column of a result. Table and attribute number are 0 for a computed column; the format code is kept as
     * received, legal (0 text, 1 binary) or not.
     */
    record Column(
            String name, int tableOid, int attributeNumber, int typeOid, int typeSize, int typeModifier, short format) {

        private static final int MINIMUM_SIZE = 19;

        static Column read(Body body) {
            return new Column(
                    body.string(), body.int32(), body.int16(), body.int32(), body.int16(), body.int32(), body.int16());
        }
    }

    record CommandComplete(String tag) implements BackendMessage {

        static CommandComplete read(Body body) {
            return body.complete(new CommandComplete(body.string()));
        }

        /**
         * The number of rows the command touched, -1 if its tag has none. The server counts unsigned: what does not
         * fit is {@link Long#MAX_VALUE}.
         */
        public long rows() {
            int space = tag.lastIndexOf(' ');
            int digits = space + 1;
            if (space <= 0 || digits == tag.length()) {
                return -1;
            }
            long rows = 0;
            for (int i = digits; i < tag.length(); i++) {
                int digit = tag.charAt(i) - '0';
                if (digit < 0 || digit > 9) {
                    return -1;
                }
                rows = rows > (Long.MAX_VALUE - digit) / 10 ? Long.MAX_VALUE : rows * 10 + digit;
            }
            return rows;
        }
    }

    record ParameterDescription(int[] typeOids) implements BackendMessage {

        static ParameterDescription read(Body body) {
            int[] typeOids = new int[body.count16(4)];
            for (int i = 0; i < typeOids.length; i++) {
                typeOids[i] = body.int32();
            }
            return body.complete(new ParameterDescription(typeOids));
        }
    }

    record FunctionCallResponse(byte @Nullable [] value) implements BackendMessage {

        static FunctionCallResponse read(Body body) {
            int length = body.int32();
            return body.complete(new FunctionCallResponse(length == -1 ? null : body.bytes(length)));
        }

        @Override
        public String toString() {
            return "FunctionCallResponse[" + (value == null ? "NULL" : value.length + " bytes") + "]";
        }
    }

    /** Whether COPY data is binary as a whole, and the format code of each column. */
    record CopyFormat(boolean binary, short[] columnFormats) {

        static CopyFormat read(Body body) {
            boolean binary = code(body, body.int8());
            short[] columnFormats = new short[body.count16(2)];
            for (int i = 0; i < columnFormats.length; i++) {
                columnFormats[i] = body.int16();
                code(body, columnFormats[i]);
            }
            return body.complete(new CopyFormat(binary, columnFormats));
        }

        private static boolean code(Body body, short format) {
            if (format != 0 && format != 1) {
                throw body.malformed("unknown format code " + format);
            }
            return format == 1;
        }

        @Override
        public String toString() {
            return (binary ? "binary" : "text") + Arrays.toString(columnFormats);
        }
    }

    record CopyInResponse(CopyFormat format) implements BackendMessage {}

    record CopyOutResponse(CopyFormat format) implements BackendMessage {}

    record CopyBothResponse(CopyFormat format) implements BackendMessage {}

    record ErrorResponse(ErrorFields fields) implements BackendMessage {}

    record NoticeResponse(ErrorFields fields) implements BackendMessage {}

    record NotificationResponse(int processId, String channel, String payload) implements BackendMessage {

        static NotificationResponse read(Body body) {
            return body.complete(new NotificationResponse(body.int32(), body.string(), body.string()));
        }
    }

    /** The version the server will speak, as it sent it, and the protocol options it does not know (48.2.1). */
    record NegotiateProtocolVersion(int version, List<String> unrecognizedOptions) implements BackendMessage {

        public NegotiateProtocolVersion {
            unrecognizedOptions = List.copyOf(unrecognizedOptions);
        }

        static NegotiateProtocolVersion read(Body body) {
            int version = body.int32();
            int count = body.count32(1);
            List<String> options = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                options.add(body.string());
            }
            return body.complete(new NegotiateProtocolVersion(version, options));
        }
    }

    /** The messages without a body. */
    enum Signal implements BackendMessage {
        PARSE_COMPLETE,
        BIND_COMPLETE,
        CLOSE_COMPLETE,
        NO_DATA,
        PORTAL_SUSPENDED,
        EMPTY_QUERY_RESPONSE,
        COPY_DONE
    }
}
