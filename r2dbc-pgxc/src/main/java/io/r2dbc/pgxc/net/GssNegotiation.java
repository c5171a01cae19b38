// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.Failure.ConnectionLost;
import io.r2dbc.pgxc.exchange.Failure.ProtocolViolation;
import io.r2dbc.pgxc.exchange.GssTalk;
import io.r2dbc.pgxc.exchange.Line;
import io.r2dbc.pgxc.wire.FrontendMessage.GssEncRequest;
import io.r2dbc.pgxc.wire.ProtocolException;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * Brings a new channel to encryption by GSSAPI: asks the server for it, lets the tokens pass to and fro, and leaves the channel, with a
 * {@link GssHandler} on it, to whoever speaks next (protocol 48.2.10).
 *
 * <p>The answer is one bare byte, and then each waits for the other's token. What comes out of turn has been put there by somebody else
 * (CVE-2021-23222), and ends the attempt. What the server says in place of the byte is shown to nobody (CVE-2024-10977).
 *
 * <p>Auto-read is off: this asks for bytes only when it is the server's turn. GSSAPI blocks, so it works elsewhere.
 */
final class GssNegotiation extends ChannelInboundHandlerAdapter {

    private static final String HANDLER = "pgxc-gss";

    /** With its length word it is what newer servers take; older ones take 16 kB. */
    private static final int LONGEST_TOKEN = 65_536 - GssPackets.LENGTH_WORD;

    private enum Turn {
        ANSWER,
        SERVER,
        CLIENT,
        OVER
    }

    private final GssTalk talk;
    private final String address;
    private final EncryptionListener listener;
    private final GssPackets packets = new GssPackets();
    private Turn turn = Turn.ANSWER;
    private boolean handedOver;

    /** Takes charge of the talk, which is prepared, and ends it if nothing comes of it. */
    GssNegotiation(GssTalk talk, String address, EncryptionListener listener) {
        this.talk = talk;
        this.address = address;
        this.listener = listener;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ByteBuf request = ctx.alloc().buffer();
        new GssEncRequest().writeTo(request);
        ctx.writeAndFlush(request);
        ctx.read();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (!handedOver) {
            talk.end();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof ByteBuf bytes && bytes.isReadable()) {
                onBytes(ctx, bytes);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void onBytes(ChannelHandlerContext ctx, ByteBuf bytes) {
        switch (turn) {
            case ANSWER -> onAnswer(ctx, bytes.readByte(), bytes.isReadable());
            case SERVER -> onToken(ctx, bytes);
            case CLIENT -> violated(ctx, "The server spoke out of turn when encryption by GSSAPI began");
            case OVER -> {}
        }
    }

    private void onAnswer(ChannelHandlerContext ctx, byte answer, boolean more) {
        if ((answer == 'G' || answer == 'N') && more) {
            violated(ctx, "More than the one byte came that answers the request for GSSAPI: somebody has put it there");
            return;
        }
        switch (answer) {
            case 'G' -> think(ctx, new byte[0]);
            case 'N' -> {
                turn = Turn.OVER;
                ctx.pipeline().remove(this);
                listener.onDeclined();
            }
            case 'E' ->
                lost(
                        ctx,
                        "The server answered the request for GSSAPI by an error, whose text is not shown because nobody"
                                + " knows yet whether it is the server's",
                        null);
            default ->
                violated(
                        ctx,
                        "The request for GSSAPI was answered by byte " + (answer & 0xFF)
                                + ", which no PostgreSQL server does");
        }
    }

    private void onToken(ChannelHandlerContext ctx, ByteBuf bytes) {
        try {
            if (!packets.take(bytes)) {
                return;
            }
        } catch (ProtocolException e) {
            violated(ctx, String.valueOf(e.getMessage()));
            return;
        }
        if (bytes.isReadable()) {
            violated(ctx, "More came than the token that was due from the server when encryption by GSSAPI began");
        } else {
            think(ctx, Arrays.copyOf(packets.bytes(), packets.length()));
        }
    }

    private void think(ChannelHandlerContext ctx, byte[] token) {
        turn = Turn.CLIENT;
        GssThreads.shared().schedule(() -> {
            try {
                byte[] answer = talk.next(token);
                comeBack(ctx, () -> say(ctx, answer));
            } catch (RuntimeException e) {
                comeBack(ctx, () -> fail(ctx, new Failure.Refused(String.valueOf(e.getMessage()), e), false));
            } catch (Throwable e) {
                comeBack(ctx, () -> fail(ctx, new Failure.Refused(e.toString(), e), false));
                Exceptions.throwIfJvmFatal(e);
            }
        });
    }

    /** The user may have ended the event loop, and nobody is there any more to hear of it. */
    private void comeBack(ChannelHandlerContext ctx, Runnable then) {
        try {
            ctx.executor().execute(then);
        } catch (RejectedExecutionException e) {
            talk.end();
        }
    }

    private void say(ChannelHandlerContext ctx, byte[] token) {
        if (turn == Turn.OVER) {
            return;
        }
        if (token.length > LONGEST_TOKEN) {
            lost(ctx, "The token of GSSAPI has " + token.length + " bytes, more than any server takes", null);
            return;
        }
        if (token.length > 0) {
            ByteBuf packet = ctx.alloc().buffer(GssPackets.LENGTH_WORD + token.length);
            ctx.writeAndFlush(packet.writeInt(token.length).writeBytes(token));
        }
        if (talk.isEstablished()) {
            handOver(ctx);
        } else {
            turn = Turn.SERVER;
            ctx.read();
        }
    }

    private void handOver(ChannelHandlerContext ctx) {
        GssHandler handler;
        try {
            handler = new GssHandler(talk);
        } catch (RuntimeException e) {
            // nobody may want it any more, and then it has been ended
            lost(ctx, String.valueOf(e.getMessage()), e);
            return;
        }
        turn = Turn.OVER;
        handedOver = true;
        ctx.pipeline().addBefore(ctx.name(), HANDLER, handler);
        ctx.pipeline().remove(this);
        listener.onEncrypted(Line.GSS);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (turn == Turn.ANSWER || turn == Turn.SERVER) {
            ctx.read();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        lost(ctx, address + " closed the connection when it was asked for encryption by GSSAPI", null);
        ctx.fireChannelInactive();
    }

    /** The end follows, and says what there is to be said. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        lost(ctx, "Encryption by GSSAPI with " + address + " failed: " + cause.getMessage(), cause);
    }

    private void lost(ChannelHandlerContext ctx, String message, @Nullable Throwable cause) {
        fail(ctx, new ConnectionLost("08001", message, cause), false);
    }

    private void violated(ChannelHandlerContext ctx, String message) {
        fail(ctx, new ProtocolViolation(message, null), true);
    }

    private void fail(ChannelHandlerContext ctx, Failure failure, boolean isViolation) {
        if (turn != Turn.OVER) {
            turn = Turn.OVER;
            ctx.close();
            listener.onFailed(failure, isViolation);
        }
    }
}
