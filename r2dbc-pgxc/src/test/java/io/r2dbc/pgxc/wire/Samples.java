// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationCleartextPassword;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationGss;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationGssContinue;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationMd5Password;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationOk;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSasl;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSaslContinue;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSaslFinal;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSspi;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationUnsupported;
import io.r2dbc.pgxc.wire.BackendMessage.BackendKeyData;
import io.r2dbc.pgxc.wire.BackendMessage.Column;
import io.r2dbc.pgxc.wire.BackendMessage.CommandComplete;
import io.r2dbc.pgxc.wire.BackendMessage.CopyBothResponse;
import io.r2dbc.pgxc.wire.BackendMessage.CopyFormat;
import io.r2dbc.pgxc.wire.BackendMessage.CopyInResponse;
import io.r2dbc.pgxc.wire.BackendMessage.CopyOutResponse;
import io.r2dbc.pgxc.wire.BackendMessage.ErrorResponse;
import io.r2dbc.pgxc.wire.BackendMessage.FunctionCallResponse;
import io.r2dbc.pgxc.wire.BackendMessage.NegotiateProtocolVersion;
import io.r2dbc.pgxc.wire.BackendMessage.NoticeResponse;
import io.r2dbc.pgxc.wire.BackendMessage.NotificationResponse;
import io.r2dbc.pgxc.wire.BackendMessage.ParameterDescription;
import io.r2dbc.pgxc.wire.BackendMessage.ParameterStatus;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import io.r2dbc.pgxc.wire.BackendMessage.Signal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** At least one valid message of every type a server may send, and a session that has them in order. */
final class Samples {

    private static final byte[] BYTES = {1, 2, 3, 4};

    private Samples() {}

    static List<Octets> authentication() {
        return encoded(
                new AuthenticationOk(),
                new AuthenticationCleartextPassword(),
                new AuthenticationMd5Password(BYTES),
                new AuthenticationGss(),
                new AuthenticationGssContinue(BYTES),
                new AuthenticationSspi(),
                new AuthenticationSasl(List.of("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256")),
                new AuthenticationSaslContinue(BYTES),
                new AuthenticationSaslFinal(BYTES),
                new AuthenticationUnsupported(2),
                new AuthenticationUnsupported(99),
                new NegotiateProtocolVersion(196_608, List.of()),
                new NegotiateProtocolVersion(196_608, List.of("_pq_.one", "_pq_.two")));
    }

    static List<Octets> session() {
        List<Octets> samples = new ArrayList<>(encoded(
                new BackendKeyData(-1, BYTES),
                new BackendKeyData(12345, new byte[32]),
                new ParameterStatus("TimeZone", "Europe/Zürich"),
                new ParameterStatus("application_name", ""),
                ReadyForQuery.of(TransactionStatus.IDLE),
                ReadyForQuery.of(TransactionStatus.IN_TRANSACTION),
                ReadyForQuery.of(TransactionStatus.FAILED),
                new RowDescription(List.of()),
                new RowDescription(List.of(
                        new Column("id", 0x8000_0001, 1, 23, 4, -1, (short) 0),
                        new Column("", 0, 0, 25, -1, -1, (short) 1),
                        new Column("ctid", 16_384, -1, 27, 6, 7, (short) 0))),
                new CommandComplete("INSERT 0 1"),
                new CommandComplete(""),
                new ParameterDescription(new int[0]),
                new ParameterDescription(new int[] {23, -2, 25}),
                new FunctionCallResponse(null),
                new FunctionCallResponse(new byte[0]),
                new FunctionCallResponse(BYTES),
                new CopyInResponse(new CopyFormat(false, new short[2])),
                new CopyOutResponse(new CopyFormat(true, new short[] {1, 1, 1})),
                new CopyBothResponse(new CopyFormat(false, new short[0])),
                new ErrorResponse(fields()),
                new ErrorResponse(ErrorFields.of(Map.of())),
                new NoticeResponse(fields()),
                new NotificationResponse(77, "channel", "payload"),
                new NotificationResponse(77, "channel", "")));
        Arrays.stream(Signal.values()).map(BackendEncoder::encode).forEach(samples::add);
        samples.add(BackendEncoder.row(List.of()));
        samples.add(BackendEncoder.row(Arrays.asList(Octets.of("1"), Octets.NONE, null)));
        samples.add(BackendEncoder.copyData(Octets.of("1\tone\n")));
        samples.add(BackendEncoder.copyData(Octets.NONE));
        return samples;
    }

    static List<Octets> all() {
        List<Octets> all = new ArrayList<>(authentication());
        all.addAll(session());
        return all;
    }

    /** A whole session from the first message to the last, with every type in it. */
    static List<Octets> transcript() {
        List<Octets> transcript = new ArrayList<>(authentication());
        transcript.add(BackendEncoder.encode(new NoticeResponse(fields())));
        transcript.add(BackendEncoder.encode(new AuthenticationOk()));
        transcript.remove(0);
        transcript.addAll(session());
        return transcript;
    }

    static ErrorFields fields() {
        Map<Character, String> fields = new LinkedHashMap<>();
        fields.put('S', "FEHLER");
        fields.put('V', "ERROR");
        fields.put('C', "23505");
        fields.put('M', "doppelter Schlüsselwert");
        fields.put('D', "");
        fields.put('Y', "a field of the future");
        return ErrorFields.of(fields);
    }

    private static List<Octets> encoded(BackendMessage... messages) {
        return Arrays.stream(messages).map(BackendEncoder::encode).toList();
    }
}
