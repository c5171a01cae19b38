// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.Failure.ConnectionLost;
import io.r2dbc.pgxc.exchange.Failure.ProtocolViolation;
import io.r2dbc.pgxc.exchange.Line;
import io.r2dbc.pgxc.wire.FrontendMessage.SslRequest;
import org.jspecify.annotations.Nullable;

/**
 * Brings a new channel to TLS: asks the server for it, shakes hands, and leaves the channel to whoever speaks next (protocol 48.2.9).
 *
 * <p>The answer is one bare byte. The server then waits for us, so whatever comes along with that byte has been put there by somebody
 * else, who hopes that it will be taken for a part of what TLS protects (CVE-2021-23222): that ends the attempt. What the server says in
 * place of the byte is not shown to anybody, for nobody knows yet who says it (CVE-2024-10977).
 *
 * <p>Auto-read is off: this asks for bytes until the handshake has begun, and {@link SslHandler} does from then on.
 */
final class TlsNegotiation extends ChannelInboundHandlerAdapter {

    private static final String TLS = "pgxc-tls";

    private final Tls tls;
    private final EncryptionListener listener;
    private boolean shakingHands;
    private boolean over;

    TlsNegotiation(Tls tls, EncryptionListener listener) {
        this.tls = tls;
        this.listener = listener;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (tls.isDirect()) {
            shakeHands(ctx);
            return;
        }
        ByteBuf request = ctx.alloc().buffer();
        new SslRequest().writeTo(request);
        ctx.writeAndFlush(request);
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (shakingHands) {
                violated(ctx, "The server spoke over TLS before it was spoken to");
            } else if (message instanceof ByteBuf answer && answer.isReadable()) {
                onAnswer(ctx, answer.getByte(answer.readerIndex()), answer.readableBytes());
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void onAnswer(ChannelHandlerContext ctx, byte answer, int length) {
        if ((answer == 'S' || answer == 'N') && length > 1) {
            violated(ctx, "More than the one byte came that answers the request for TLS: somebody has put it there");
            return;
        }
        switch (answer) {
            case 'S' -> shakeHands(ctx);
            case 'N' -> {
                over = true;
                ctx.pipeline().remove(this);
                listener.onDeclined();
            }
            case 'E' ->
                lost(
                        ctx,
                        "The server answered the request for TLS by an error, whose text is not shown because nobody"
                                + " knows yet whether it is the server's",
                        null);
            default ->
                violated(
                        ctx,
                        "The request for TLS was answered by byte " + (answer & 0xFF)
                                + ", which no PostgreSQL server does");
        }
    }

    /** In the same turn in which the answer was read: no further byte may reach anybody but TLS. */
    private void shakeHands(ChannelHandlerContext ctx) {
        shakingHands = true;
        ctx.pipeline().addBefore(ctx.name(), TLS, tls.handler(ctx.alloc()));
        ctx.read();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!shakingHands && !over) {
            ctx.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent end && !over) {
            if (end.isSuccess()) {
                onShaken(ctx);
            } else {
                lost(ctx, "TLS with " + tls.address() + " failed: " + reason(end.cause()), end.cause());
            }
        }
    }

    private void onShaken(ChannelHandlerContext ctx) {
        SslHandler handler = (SslHandler) ctx.pipeline().get(TLS);
        String protocol = handler.applicationProtocol();
        if (protocol == null ? tls.isDirect() : !protocol.equals(Tls.APPLICATION_PROTOCOL)) {
            violated(
                    ctx,
                    "TLS was agreed on with a server of another protocol: it did not choose " + Tls.APPLICATION_PROTOCOL
                            + " (ALPN)");
        } else if (!tls.accepts(handler.engine().getSession())) {
            lost(
                    ctx,
                    "TLS with " + tls.address() + " failed: sslHostnameVerifier does not accept its certificate",
                    null);
        } else {
            over = true;
            // the server has ended TLS in good order: nothing more can come, whether or not it closes the connection
            // too
            handler.sslCloseFuture().addListener(ended -> ctx.channel().close());
            ctx.pipeline().remove(this);
            listener.onEncrypted(Line.encrypted(
                    Tls.certificate(handler.engine().getSession()),
                    tls.encryption().verified()));
        }
    }

    /** The outermost exception of a handshake often says no more than that it failed. */
    private static String reason(Throwable cause) {
        Throwable deepest = cause;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        String outer = String.valueOf(cause.getMessage());
        String inner = String.valueOf(deepest.getMessage());
        return outer.contains(inner) ? outer : outer + ": " + inner;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        lost(ctx, tls.address() + " closed the connection when it was asked for TLS", null);
        ctx.fireChannelInactive();
    }

    /** The end follows, and says what there is to be said. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        lost(ctx, "TLS with " + tls.address() + " failed: " + reason(cause), cause);
    }

    private void lost(ChannelHandlerContext ctx, String message, @Nullable Throwable cause) {
        fail(ctx, new ConnectionLost("08001", message, cause), false);
    }

    private void violated(ChannelHandlerContext ctx, String message) {
        fail(ctx, new ProtocolViolation(message, null), true);
    }

    private void fail(ChannelHandlerContext ctx, Failure failure, boolean isViolation) {
        if (!over) {
            over = true;
            ctx.close();
            listener.onFailed(failure, isViolation);
        }
    }
}
