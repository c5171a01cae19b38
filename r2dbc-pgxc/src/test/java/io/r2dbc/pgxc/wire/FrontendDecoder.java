// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import io.netty.buffer.ByteBuf;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what a client says, and fails the test if a message is not exactly what the protocol allows. */
public final class FrontendDecoder {

    private static final int LONGEST = 64 << 20;

    private FrontendDecoder() {}

    /** The packet that opens a connection; nothing if the client closed without one. */
    public static Optional<ClientMessage> readFirst(DataInputStream in) throws IOException {
        int high = in.read();
        if (high < 0) {
            return Optional.empty();
        }
        int length = high << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort();
        return Optional.of(first(body("first packet", length, in)));
    }

    /** The next message of a session; nothing if the client closed between two messages. */
    public static Optional<ClientMessage> read(DataInputStream in) throws IOException {
        int type = in.read();
        if (type < 0) {
            return Optional.empty();
        }
        String name = "message '" + (char) type + "'";
        try {
            return Optional.of(message((char) type, body(name, in.readInt(), in)));
        } catch (EOFException cut) {
            throw new AssertionError("the client closed inside " + name, cut);
        }
    }

    /** All messages of a buffer that holds a session's messages whole. */
    public static List<ClientMessage> all(ByteBuf in) {
        List<ClientMessage> messages = new ArrayList<>();
        while (in.isReadable()) {
            char type = (char) in.readByte();
            int length = in.readInt();
            messages.add(message(type, Octets.of(in.readSlice(length - 4))));
        }
        return messages;
    }

    /** The packet that opens a connection, from what follows its length. */
    public static ClientMessage first(Octets octets) {
        ByteBuf body = octets.buffer();
        int code = body.readInt();
        ClientMessage message = switch (code) {
            case 80_877_102 -> new ClientMessage.CancelRequest(body.readInt(), rest(body));
            case 80_877_103 -> new ClientMessage.SslRequest();
            case 80_877_104 -> new ClientMessage.GssEncRequest();
            default -> new ClientMessage.Startup(code, parameters(body));
        };
        return complete(message, body);
    }

    /** A message of a session, from its type and what follows its length. */
    public static ClientMessage message(char type, Octets octets) {
        ByteBuf body = octets.buffer();
        ClientMessage message = switch (type) {
            case 'p' -> new ClientMessage.Authentication(rest(body));
            case 'Q' -> new ClientMessage.Query(string(body));
            case 'P' -> new ClientMessage.Parse(string(body), string(body), int32s(body));
            case 'B' -> bind(body);
            case 'D' -> new ClientMessage.Describe((char) body.readByte(), string(body));
            case 'C' -> new ClientMessage.Close((char) body.readByte(), string(body));
            case 'E' -> new ClientMessage.Execute(string(body), body.readInt());
            case 'H' -> new ClientMessage.Flush();
            case 'S' -> new ClientMessage.Sync();
            case 'X' -> new ClientMessage.Terminate();
            case 'F' -> functionCall(body);
            case 'd' -> new ClientMessage.CopyData(rest(body));
            case 'c' -> new ClientMessage.CopyDone();
            case 'f' -> new ClientMessage.CopyFail(string(body));
            default -> throw new AssertionError("no client message has type " + (int) type);
        };
        return complete(message, body);
    }

    private static Octets body(String name, int length, DataInputStream in) throws IOException {
        if (length < 4 || length > LONGEST) {
            throw new AssertionError(name + " has length " + length);
        }
        byte[] bytes = new byte[length - 4];
        in.readFully(bytes);
        return Octets.of(bytes);
    }

    private static ClientMessage bind(ByteBuf body) {
        return new ClientMessage.Bind(string(body), string(body), int16s(body), values(body), int16s(body));
    }

    private static ClientMessage functionCall(ByteBuf body) {
        return new ClientMessage.FunctionCall(body.readInt(), int16s(body), values(body), body.readShort());
    }

    private static Map<String, String> parameters(ByteBuf body) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String name = string(body); !name.isEmpty(); name = string(body)) {
            parameters.put(name, string(body));
        }
        return parameters;
    }

    private static List<Integer> int16s(ByteBuf body) {
        List<Integer> numbers = new ArrayList<>();
        for (int left = body.readUnsignedShort(); left > 0; left--) {
            numbers.add((int) body.readShort());
        }
        return numbers;
    }

    private static List<Integer> int32s(ByteBuf body) {
        List<Integer> numbers = new ArrayList<>();
        for (int left = body.readUnsignedShort(); left > 0; left--) {
            numbers.add(body.readInt());
        }
        return numbers;
    }

    private static List<@Nullable Octets> values(ByteBuf body) {
        List<@Nullable Octets> values = new ArrayList<>();
        for (int left = body.readUnsignedShort(); left > 0; left--) {
            int length = body.readInt();
            values.add(length == -1 ? null : Octets.of(body.readSlice(length)));
        }
        return values;
    }

    private static String string(ByteBuf body) {
        int length = body.bytesBefore((byte) 0);
        if (length < 0) {
            throw new AssertionError("a string has no terminator: " + Octets.of(body));
        }
        String text = body.readCharSequence(length, StandardCharsets.UTF_8).toString();
        body.skipBytes(1);
        return text;
    }

    private static Octets rest(ByteBuf body) {
        return Octets.of(body.readSlice(body.readableBytes()));
    }

    private static ClientMessage complete(ClientMessage message, ByteBuf body) {
        if (body.isReadable()) {
            throw new AssertionError(message + " is followed by " + Octets.of(body));
        }
        return message;
    }
}
