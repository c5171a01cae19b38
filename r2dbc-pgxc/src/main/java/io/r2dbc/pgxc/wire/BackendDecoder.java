// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.wire.BackendMessage.ErrorResponse;

/**
 * Cuts the next message off the inbound bytes, or says why there is none yet.
 *
 * <p>Keeps no bytes: what is incomplete or unwanted stays in the caller's buffer, which is the only queue. Decides by the
 * five bytes of the header, in this order: is the type legal, is the length, is it wanted, has it arrived. So an
 * announced length never costs memory, and an illegal message is found before its body is waited for. After a
 * {@link ProtocolException} the position in the buffer means nothing and the decoder must not be used again.
 */
public final class BackendDecoder {

    /** What became of one call. */
    public enum Step {
        /** One message was cut off and handed over. */
        DECODED,
        /** More bytes are needed. */
        INCOMPLETE,
        /** A message is there, or on its way, and nobody wants it yet. */
        WAITING
    }

    /** How many bytes tell what a message is and how long. */
    public static final int HEADER = 5;

    private static final int SHORTEST = 4;

    private final int maxMessageSize;
    private final DataRow row = new DataRow();
    private final Body body = new Body();
    private final CommandTags tags = new CommandTags();
    private boolean authenticated;

    /** A decoder that refuses what is longer than the given number of bytes, or than its type may ever be. */
    public BackendDecoder(int maxMessageSize) {
        this.maxMessageSize = maxMessageSize;
    }

    /** To be called on AuthenticationOk: from now on a session's messages are legal, and those of start-up are not. */
    public void authenticated() {
        authenticated = true;
    }

    /**
     * Hands at most one message to the sink. The reader index is past the message before the sink is called.
     *
     * @throws ProtocolException if the bytes are not a legal message
     */
    public Step decodeOne(ByteBuf in, BackendSink sink) {
        int start = in.readerIndex();
        int readable = in.readableBytes();
        if (readable == 0) {
            return Step.INCOMPLETE;
        }
        byte tag = in.getByte(start);
        int ceiling = ceiling(tag);
        if (readable < HEADER) {
            return Step.INCOMPLETE;
        }
        if (!authenticated && UnframedError.startsAt(in, start)) {
            return decodeUnframed(in, sink);
        }
        int length = in.getInt(start + 1);
        if (length < SHORTEST || length > ceiling) {
            throw ProtocolException.in(tag, "length " + length + " is outside " + SHORTEST + " to " + ceiling);
        }
        if (!sink.wants(tag) && !(tag == Tag.COPY_DATA && isWantedAllTheSame(in, start, length, sink))) {
            return Step.WAITING;
        }
        if (readable - 1 < length) {
            return Step.INCOMPLETE;
        }
        deliver(tag, in, start + HEADER, start + 1 + length, sink);
        return Step.DECODED;
    }

    /** The first byte of a payload may say that it is no data at all. Where it is not here yet, the reading goes on until it is. */
    private static boolean isWantedAllTheSame(ByteBuf in, int start, int length, BackendSink sink) {
        boolean isHere = in.readableBytes() > HEADER;
        return length > SHORTEST && (!isHere || sink.wantsCopyData(in.getByte(start + HEADER)));
    }

    /**
     * How many bytes the message whose header is here still lacks, as far as its length word can be believed; negative where it is
     * complete and more is here.
     */
    public static long lacks(ByteBuf in) {
        return in.getInt(in.readerIndex() + 1) + 1L - in.readableBytes();
    }

    /**
     * To be called when the server has closed and {@link #decodeOne} finds nothing more: hands over an error that only
     * the end of the connection terminates.
     *
     * @throws ProtocolException if the connection ended inside a message
     */
    public void endOfInput(ByteBuf in, BackendSink sink) {
        int start = in.readerIndex();
        int readable = in.readableBytes();
        if (readable == 0) {
            return;
        }
        byte tag = in.getByte(start);
        if (!authenticated && tag == Tag.ERROR_RESPONSE && readable > 1 && UnframedError.startsAt(in, start)) {
            ErrorResponse error = new ErrorResponse(UnframedError.read(in, start, in.writerIndex()));
            in.readerIndex(in.writerIndex());
            sink.onMessage(error);
            return;
        }
        throw ProtocolException.in(tag, "the connection ended inside the message, after " + readable + " bytes");
    }

    private int ceiling(byte tag) {
        int ceiling = authenticated ? Ceilings.inSession(tag) : Ceilings.duringStartup(tag);
        if (ceiling == 0) {
            throw ProtocolException.in(
                    tag, authenticated ? "not legal in a session" : "not legal before authentication");
        }
        return Math.min(ceiling, maxMessageSize);
    }

    private void deliver(byte tag, ByteBuf in, int start, int end, BackendSink sink) {
        switch (tag) {
            case Tag.DATA_ROW -> {
                row.moveTo(in, start, end - start);
                in.readerIndex(end);
                sink.onRow(row);
            }
            case Tag.COPY_DATA -> {
                in.readerIndex(end);
                sink.onCopyData(in, start, end - start);
            }
            default -> {
                BackendMessage message = read(tag, in, start, end);
                in.readerIndex(end);
                sink.onMessage(message);
            }
        }
    }

    private BackendMessage read(byte tag, ByteBuf in, int start, int end) {
        body.moveTo(tag, in, start, end);
        return tag == Tag.COMMAND_COMPLETE ? tags.read(body) : MessageReader.read(tag, body);
    }

    private static Step decodeUnframed(ByteBuf in, BackendSink sink) {
        int start = in.readerIndex();
        int end = UnframedError.end(in, start);
        if (end < 0) {
            return Step.INCOMPLETE;
        }
        if (!sink.wants(Tag.ERROR_RESPONSE)) {
            return Step.WAITING;
        }
        ErrorResponse error = new ErrorResponse(UnframedError.read(in, start, end));
        in.readerIndex(in.writerIndex());
        sink.onMessage(error);
        return Step.DECODED;
    }
}
