// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import io.r2dbc.pgxc.wire.BackendEncoder;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationOk;
import io.r2dbc.pgxc.wire.BackendMessage.BackendKeyData;
import io.r2dbc.pgxc.wire.BackendMessage.Column;
import io.r2dbc.pgxc.wire.BackendMessage.CommandComplete;
import io.r2dbc.pgxc.wire.BackendMessage.CopyBothResponse;
import io.r2dbc.pgxc.wire.BackendMessage.CopyFormat;
import io.r2dbc.pgxc.wire.BackendMessage.CopyInResponse;
import io.r2dbc.pgxc.wire.BackendMessage.CopyOutResponse;
import io.r2dbc.pgxc.wire.BackendMessage.ErrorResponse;
import io.r2dbc.pgxc.wire.BackendMessage.NoticeResponse;
import io.r2dbc.pgxc.wire.BackendMessage.NotificationResponse;
import io.r2dbc.pgxc.wire.BackendMessage.ParameterDescription;
import io.r2dbc.pgxc.wire.BackendMessage.ParameterStatus;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import io.r2dbc.pgxc.wire.BackendMessage.Signal;
import io.r2dbc.pgxc.wire.ErrorFields;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.pgxc.wire.TransactionStatus;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The words a scripted server speaks, each as the bytes of one message; to be imported statically. */
public final class ServerMessages {

    public static final int BOOL = 16;
    public static final int INT8 = 20;
    public static final int INT2 = 21;
    public static final int INT4 = 23;
    public static final int TEXT = 25;
    public static final int VARCHAR = 1043;

    private ServerMessages() {}

    public static Octets authenticationOk() {
        return BackendEncoder.encode(new AuthenticationOk());
    }

    public static Octets keyData(int processId, Octets secretKey) {
        return BackendEncoder.encode(new BackendKeyData(processId, secretKey.bytes()));
    }

    public static Octets parameter(String name, String value) {
        return BackendEncoder.encode(new ParameterStatus(name, value));
    }

    public static Octets ready() {
        return ready(TransactionStatus.IDLE);
    }

    public static Octets ready(TransactionStatus status) {
        return BackendEncoder.encode(ReadyForQuery.of(status));
    }

    public static Column column(String name, int typeOid) {
        return column(name, typeOid, 0);
    }

    /** A computed column; format 0 is text, 1 binary. */
    public static Column column(String name, int typeOid, int format) {
        int size = switch (typeOid) {
            case BOOL -> 1;
            case INT2 -> 2;
            case INT4 -> 4;
            case INT8 -> 8;
            default -> -1;
        };
        return new Column(name, 0, 0, typeOid, size, -1, (short) format);
    }

    public static Octets rowDescription(Column... columns) {
        return BackendEncoder.encode(new RowDescription(List.of(columns)));
    }

    /** A row of values in text format; null is SQL NULL. */
    public static Octets row(@Nullable String... values) {
        return rowOf(
                Arrays.stream(values).map(v -> v == null ? null : Octets.of(v)).toArray(Octets[]::new));
    }

    /** A row of values in any format; null is SQL NULL. */
    public static Octets rowOf(@Nullable Octets... values) {
        return BackendEncoder.row(Arrays.asList(values));
    }

    public static Octets complete(String tag) {
        return BackendEncoder.encode(new CommandComplete(tag));
    }

    public static Octets parameterTypes(int... typeOids) {
        return BackendEncoder.encode(new ParameterDescription(typeOids));
    }

    public static Octets parseComplete() {
        return BackendEncoder.encode(Signal.PARSE_COMPLETE);
    }

    public static Octets bindComplete() {
        return BackendEncoder.encode(Signal.BIND_COMPLETE);
    }

    public static Octets closeComplete() {
        return BackendEncoder.encode(Signal.CLOSE_COMPLETE);
    }

    public static Octets noData() {
        return BackendEncoder.encode(Signal.NO_DATA);
    }

    public static Octets suspended() {
        return BackendEncoder.encode(Signal.PORTAL_SUSPENDED);
    }

    public static Octets emptyQuery() {
        return BackendEncoder.encode(Signal.EMPTY_QUERY_RESPONSE);
    }

    public static Octets error(String sqlState, String message) {
        return BackendEncoder.encode(new ErrorResponse(fields("ERROR", sqlState, message)));
    }

    /** An error after which a server closes; the script has to do that. */
    public static Octets fatal(String sqlState, String message) {
        return BackendEncoder.encode(new ErrorResponse(fields("FATAL", sqlState, message)));
    }

    public static Octets notice(String message) {
        return BackendEncoder.encode(new NoticeResponse(fields("NOTICE", "00000", message)));
    }

    public static Octets notification(int processId, String channel, String payload) {
        return BackendEncoder.encode(new NotificationResponse(processId, channel, payload));
    }

    /** Asks for COPY data in text format, with so many columns. */
    public static Octets copyIn(int columns) {
        return BackendEncoder.encode(new CopyInResponse(new CopyFormat(false, new short[columns])));
    }

    public static Octets copyOut(int columns) {
        return BackendEncoder.encode(new CopyOutResponse(new CopyFormat(false, new short[columns])));
    }

    public static Octets copyBoth() {
        return BackendEncoder.encode(new CopyBothResponse(new CopyFormat(false, new short[0])));
    }

    public static Octets copyData(String data) {
        return BackendEncoder.copyData(Octets.of(data));
    }

    public static Octets copyDone() {
        return BackendEncoder.encode(Signal.COPY_DONE);
    }

    private static ErrorFields fields(String severity, String sqlState, String message) {
        Map<Character, String> fields = new LinkedHashMap<>();
        fields.put('S', severity);
        fields.put('V', severity);
        fields.put('C', sqlState);
        fields.put('M', message);
        return ErrorFields.of(fields);
    }
}
