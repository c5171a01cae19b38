// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
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
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes what a server says. Knows nothing of the decoder, so that the two can be held against each other. */
public final class BackendEncoder {

    private BackendEncoder() {}

    /** A message with its type byte and length. */
    public static Octets encode(BackendMessage message) {
        return frame(type(message), body(message));
    }

    /** A DataRow; null is SQL NULL. */
    public static Octets row(List<@Nullable Octets> values) {
        return frame('D', write(body -> {
            body.writeShort(values.size());
            values.forEach(value -> value(body, value));
        }));
    }

    public static Octets copyData(Octets data) {
        return frame('d', data);
    }

    /** Anything with a type byte and the length that fits it. */
    public static Octets frame(char type, Octets body) {
        return frame(type, body.size() + 4, body);
    }

    /** Anything with a type byte, a length that need not be true, and what follows. */
    public static Octets frame(char type, int length, Octets body) {
        return write(out -> out.writeByte(type).writeInt(length).writeBytes(body.bytes()));
    }

    private static char type(BackendMessage message) {
        if (message instanceof Authentication) {
            return 'R';
        } else if (message instanceof Signal signal) {
            return switch (signal) {
                case PARSE_COMPLETE -> '1';
                case BIND_COMPLETE -> '2';
                case CLOSE_COMPLETE -> '3';
                case NO_DATA -> 'n';
                case PORTAL_SUSPENDED -> 's';
                case EMPTY_QUERY_RESPONSE -> 'I';
                case COPY_DONE -> 'c';
            };
        }
        return switch (message.getClass().getSimpleName()) {
            case "BackendKeyData" -> 'K';
            case "ParameterStatus" -> 'S';
            case "ReadyForQuery" -> 'Z';
            case "RowDescription" -> 'T';
            case "CommandComplete" -> 'C';
            case "ParameterDescription" -> 't';
            case "FunctionCallResponse" -> 'V';
            case "CopyInResponse" -> 'G';
            case "CopyOutResponse" -> 'H';
            case "CopyBothResponse" -> 'W';
            case "ErrorResponse" -> 'E';
            case "NoticeResponse" -> 'N';
            case "NotificationResponse" -> 'A';
            case "NegotiateProtocolVersion" -> 'v';
            default -> throw new AssertionError("no type byte for " + message);
        };
    }

    private static Octets body(BackendMessage message) {
        return write(body -> {
            if (message instanceof Authentication authentication) {
                authentication(body, authentication);
            } else if (message instanceof BackendKeyData key) {
                body.writeInt(key.processId()).writeBytes(key.secretKey());
            } else if (message instanceof ParameterStatus parameter) {
                string(body, parameter.name());
                string(body, parameter.value());
            } else if (message instanceof ReadyForQuery ready) {
                body.writeByte(ready.status().code());
            } else if (message instanceof RowDescription description) {
                body.writeShort(description.columns().size());
                description.columns().forEach(column -> column(body, column));
            } else if (message instanceof CommandComplete complete) {
                string(body, complete.tag());
            } else if (message instanceof ParameterDescription description) {
                body.writeShort(description.typeOids().length);
                for (int type : description.typeOids()) {
                    body.writeInt(type);
                }
            } else {
                rarer(body, message);
            }
        });
    }

    private static void rarer(ByteBuf body, BackendMessage message) {
        if (message instanceof FunctionCallResponse response) {
            byte[] value = response.value();
            value(body, value == null ? null : Octets.of(value));
        } else if (message instanceof CopyInResponse response) {
            format(body, response.format());
        } else if (message instanceof CopyOutResponse response) {
            format(body, response.format());
        } else if (message instanceof CopyBothResponse response) {
            format(body, response.format());
        } else if (message instanceof ErrorResponse response) {
            fields(body, response.fields());
        } else if (message instanceof NoticeResponse response) {
            fields(body, response.fields());
        } else if (message instanceof NotificationResponse notification) {
            body.writeInt(notification.processId());
            string(body, notification.channel());
            string(body, notification.payload());
        } else if (message instanceof NegotiateProtocolVersion negotiation) {
            body.writeInt(negotiation.version());
            body.writeInt(negotiation.unrecognizedOptions().size());
            negotiation.unrecognizedOptions().forEach(option -> string(body, option));
        }
    }

    private static void authentication(ByteBuf body, Authentication message) {
        if (message instanceof AuthenticationOk) {
            body.writeInt(0);
        } else if (message instanceof AuthenticationCleartextPassword) {
            body.writeInt(3);
        } else if (message instanceof AuthenticationMd5Password md5) {
            body.writeInt(5).writeBytes(md5.salt());
        } else if (message instanceof AuthenticationGss) {
            body.writeInt(7);
        } else if (message instanceof AuthenticationGssContinue gss) {
            body.writeInt(8).writeBytes(gss.data());
        } else if (message instanceof AuthenticationSspi) {
            body.writeInt(9);
        } else if (message instanceof AuthenticationSasl sasl) {
            body.writeInt(10);
            sasl.mechanisms().forEach(mechanism -> string(body, mechanism));
            body.writeByte(0);
        } else if (message instanceof AuthenticationSaslContinue sasl) {
            body.writeInt(11).writeBytes(sasl.data());
        } else if (message instanceof AuthenticationSaslFinal sasl) {
            body.writeInt(12).writeBytes(sasl.data());
        } else if (message instanceof AuthenticationUnsupported unsupported) {
            body.writeInt(unsupported.code());
        }
    }

    private static void column(ByteBuf body, Column column) {
        string(body, column.name());
        body.writeInt(column.tableOid())
                .writeShort(column.attributeNumber())
                .writeInt(column.typeOid())
                .writeShort(column.typeSize())
                .writeInt(column.typeModifier())
                .writeShort(column.format());
    }

    private static void format(ByteBuf body, CopyFormat format) {
        body.writeByte(format.binary() ? 1 : 0).writeShort(format.columnFormats().length);
        for (short column : format.columnFormats()) {
            body.writeShort(column);
        }
    }

    private static void fields(ByteBuf body, ErrorFields fields) {
        fields.asMap().forEach((code, text) -> {
            body.writeByte(code);
            string(body, text);
        });
        body.writeByte(0);
    }

    private static void value(ByteBuf body, @Nullable Octets value) {
        body.writeInt(value == null ? -1 : value.size());
        if (value != null) {
            body.writeBytes(value.bytes());
        }
    }

    private static void string(ByteBuf body, String text) {
        body.writeBytes(text.getBytes(StandardCharsets.UTF_8)).writeByte(0);
    }

    private static Octets write(Consumer<ByteBuf> writer) {
        ByteBuf out = Unpooled.buffer();
        writer.accept(out);
        return Octets.of(out);
    }
}
