// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.wire.FrontendMessage;
import io.r2dbc.pgxc.wire.Octets;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A blocking client that says what it is told and hears message by message; what the server's own test talks with. */
final class PlainClient implements AutoCloseable {

    private Socket socket;
    private DataInputStream in;

    PlainClient(ScriptedServer server) throws IOException {
        socket = new Socket(server.host(), server.port());
        socket.setSoTimeout(5_000);
        in = new DataInputStream(socket.getInputStream());
    }

    /** A client that has said its name and heard the server out up to ready. */
    static PlainClient connected(ScriptedServer server) throws IOException {
        PlainClient client = new PlainClient(server);
        client.say(new FrontendMessage.Startup(196_608, Map.of("user", "alice")));
        client.hearUntil('Z');
        return client;
    }

    /** Goes on encrypted; answers the application protocol that was agreed upon, empty if none. */
    String startTls(SSLContext context, String... applicationProtocols) throws IOException {
        SSLSocket secured =
                (SSLSocket) context.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setApplicationProtocols(applicationProtocols);
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        socket = secured;
        in = new DataInputStream(secured.getInputStream());
        return secured.getApplicationProtocol();
    }

    void say(FrontendMessage... messages) throws IOException {
        ByteBuf out = Unpooled.buffer();
        for (FrontendMessage message : messages) {
            message.writeTo(out);
        }
        socket.getOutputStream().write(Octets.of(out).bytes());
    }

    /** The types of the messages up to and including the given one. */
    String hearUntil(char last) throws IOException {
        StringBuilder types = new StringBuilder();
        char type = 0;
        while (type != last) {
            type = (char) in.readUnsignedByte();
            types.append(type);
            in.readFully(new byte[in.readInt() - 4]);
        }
        return types.toString();
    }

    /** The next message, whole. */
    Octets hear() throws IOException {
        byte type = in.readByte();
        int length = in.readInt();
        byte[] body = new byte[length - 4];
        in.readFully(body);
        ByteBuf message = Unpooled.buffer();
        return Octets.of(message.writeByte(type).writeInt(length).writeBytes(body));
    }

    /** The next byte, -1 at the end of input. */
    int hearByte() throws IOException {
        return in.read();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
