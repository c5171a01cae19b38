// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.FrontendDecoder;
import io.r2dbc.pgxc.wire.Octets;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** The server's end of one connection. Used by the one thread that plays the script; only closing is for all. */
final class Peer {

    private final Socket transport;
    private final Consumer<ClientMessage> recorder;
    private Socket socket;
    private DataInputStream in;
    private OutputStream out;
    private @Nullable ClientMessage unread;

    Peer(Socket transport, Consumer<ClientMessage> recorder) throws IOException {
        this.transport = transport;
        this.recorder = recorder;
        transport.setTcpNoDelay(true);
        this.socket = transport;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        this.out = new BufferedOutputStream(socket.getOutputStream());
    }

    /** The next packet of those that have no type byte; nothing if the client has closed. */
    Optional<ClientMessage> readFirst() throws IOException {
        ClientMessage kept = unread;
        unread = null;
        return kept != null ? Optional.of(kept) : recorded(FrontendDecoder.readFirst(in));
    }

    /** The next message of the session; nothing if the client has closed. */
    Optional<ClientMessage> read() throws IOException {
        return recorded(FrontendDecoder.read(in));
    }

    /** Reads whatever comes until nothing more does. */
    void skipToEnd() throws IOException {
        in.transferTo(OutputStream.nullOutputStream());
    }

    /** The same of a client that may close before it has read everything. */
    void skipToEndOrReset() throws IOException {
        try {
            skipToEnd();
        } catch (SocketException reset) {
            if (!String.valueOf(reset.getMessage()).contains("reset")) {
                throw reset;
            }
        }
    }

    /** The packet that opens the connection, not recorded: it decides who will serve it. */
    Optional<ClientMessage> peekFirst() throws IOException {
        return FrontendDecoder.readFirst(in);
    }

    /** Records the packet that was peeked at, and gives it back for the script to read. */
    void unread(ClientMessage message) {
        recorder.accept(message);
        unread = message;
    }

    /** How long a read may take; zero is for ever. */
    void patience(Duration patience) throws IOException {
        transport.setSoTimeout(Math.toIntExact(patience.toMillis()));
    }

    void write(Octets octets) throws IOException {
        out.write(octets.bytes());
    }

    void flush() throws IOException {
        out.flush();
    }

    /** Answers the client's TLS handshake; everything after it is encrypted. Without protocols, ALPN is not answered. */
    void startTls(SSLContext context, String... applicationProtocols) throws IOException {
        startTls(context, false, applicationProtocols);
    }

    /** The same with a client that must have a certificate; returns the name in it. */
    String startMutualTls(SSLContext context) throws IOException {
        return startTls(context, true).getPeerPrincipal().getName();
    }

    /** The same; returns the names of the server that the client has asked for. */
    List<String> startNamedTls(SSLContext context) throws IOException {
        return ((ExtendedSSLSession) startTls(context, false))
                .getRequestedServerNames().stream()
                        .map(name -> ((SNIHostName) name).getAsciiName())
                        .toList();
    }

    private SSLSession startTls(SSLContext context, boolean mutual, String... applicationProtocols) throws IOException {
        SSLSocket secured = (SSLSocket) context.getSocketFactory()
                .createSocket(transport, transport.getInetAddress().getHostAddress(), transport.getPort(), true);
        secured.setUseClientMode(false);
        secured.setNeedClientAuth(mutual);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setApplicationProtocols(applicationProtocols);
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        socket = secured;
        in = new DataInputStream(new BufferedInputStream(secured.getInputStream()));
        out = new BufferedOutputStream(secured.getOutputStream());
        return secured.getSession();
    }

    /** Plays the server's part of GSSAPI; everything after it is in packets. */
    void startGss(ToyGss gss, boolean sliced) throws IOException {
        for (int round = 1; round <= gss.rounds(); round++) {
            byte[] token = in.readNBytes(in.readInt());
            if (!Arrays.equals(token, ToyGss.clientToken(round))) {
                throw new AssertionError("not token " + round + " of the client's");
            }
            write(GssSteps.packet(ToyGss.serverToken(round)));
            flush();
        }
        out = new BufferedOutputStream(ToyPackets.to(socket.getOutputStream(), sliced), ToyPackets.LONGEST);
        in = new DataInputStream(new BufferedInputStream(ToyPackets.from(in)));
    }

    /** So many bytes that are no message. */
    Octets readRaw(int count) throws IOException {
        return Octets.of(in.readNBytes(count));
    }

    /** Writes below GSSAPI or TLS. */
    void writeBelow(Octets octets) throws IOException {
        flush();
        transport.getOutputStream().write(octets.bytes());
    }

    /** Ends TLS in good order, and leaves the connection open. */
    void closeNotify() throws IOException {
        ((SSLSocket) socket).shutdownOutput();
    }

    /** Ends the output of the connection itself, whatever goes over it. */
    void halfCloseTransport() throws IOException {
        transport.shutdownOutput();
    }

    /** Says that nothing more will come, and goes on listening. */
    void halfClose() throws IOException {
        socket.shutdownOutput();
    }

    /** Closes as a process that ends: a FIN, or a reset if the client's bytes were not all read. */
    void close() throws IOException {
        transport.close();
    }

    /** Closes so that the client sees a reset, and nothing of what it has not read yet. */
    void reset() throws IOException {
        transport.setSoLinger(true, 0);
        transport.close();
    }

    private Optional<ClientMessage> recorded(Optional<ClientMessage> message) {
        message.ifPresent(recorder);
        return message;
    }
}
