// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import io.r2dbc.pgxc.wire.BackendMessage.Authentication;
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

/**
 * Turns the body of one message into the message its type byte announces.
 *
 * <p>DataRow and CopyData have doors of their own in {@link BackendSink} and do not come here, nor does CommandComplete, whose tags
 * are {@link CommandTags}' business.
 */
final class MessageReader {

    private MessageReader() {}

    static BackendMessage read(byte tag, Body body) {
        return switch (tag) {
            case Tag.READY_FOR_QUERY -> ReadyForQuery.read(body);
            case Tag.PARSE_COMPLETE -> body.complete(Signal.PARSE_COMPLETE);
            case Tag.BIND_COMPLETE -> body.complete(Signal.BIND_COMPLETE);
            case Tag.CLOSE_COMPLETE -> body.complete(Signal.CLOSE_COMPLETE);
            case Tag.NO_DATA -> body.complete(Signal.NO_DATA);
            case Tag.PORTAL_SUSPENDED -> body.complete(Signal.PORTAL_SUSPENDED);
            case Tag.EMPTY_QUERY_RESPONSE -> body.complete(Signal.EMPTY_QUERY_RESPONSE);
            case Tag.COPY_DONE -> body.complete(Signal.COPY_DONE);
            case Tag.ROW_DESCRIPTION -> RowDescription.read(body);
            case Tag.PARAMETER_DESCRIPTION -> ParameterDescription.read(body);
            case Tag.ERROR_RESPONSE -> new ErrorResponse(ErrorFields.read(body));
            case Tag.NOTICE_RESPONSE -> new NoticeResponse(ErrorFields.read(body));
            case Tag.PARAMETER_STATUS -> ParameterStatus.read(body);
            case Tag.NOTIFICATION_RESPONSE -> NotificationResponse.read(body);
            case Tag.FUNCTION_CALL_RESPONSE -> FunctionCallResponse.read(body);
            case Tag.COPY_IN_RESPONSE -> new CopyInResponse(CopyFormat.read(body));
            case Tag.COPY_OUT_RESPONSE -> new CopyOutResponse(CopyFormat.read(body));
            case Tag.COPY_BOTH_RESPONSE -> new CopyBothResponse(CopyFormat.read(body));
            case Tag.AUTHENTICATION -> readAuthentication(body);
            case Tag.BACKEND_KEY_DATA -> BackendKeyData.read(body);
            case Tag.NEGOTIATE_PROTOCOL_VERSION -> NegotiateProtocolVersion.read(body);
            default -> throw body.malformed("not a message with fields");
        };
    }

    private static Authentication readAuthentication(Body body) {
        int code = body.int32();
        return switch (code) {
            case 0 -> body.complete(new AuthenticationOk());
            case 3 -> body.complete(new AuthenticationCleartextPassword());
            case 5 -> body.complete(new AuthenticationMd5Password(body.bytes(4)));
            case 7 -> body.complete(new AuthenticationGss());
            case 8 -> new AuthenticationGssContinue(body.rest());
            case 9 -> body.complete(new AuthenticationSspi());
            case 10 -> AuthenticationSasl.read(body);
            case 11 -> new AuthenticationSaslContinue(body.rest());
            case 12 -> new AuthenticationSaslFinal(body.rest());
            default -> new AuthenticationUnsupported(code);
        };
    }
}
