// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

/**
 * How long a server message of each type may be, counted as its length word counts; zero means the type is not legal.
 *
 * <p>The tables are what stands between an announced length and memory: {@link BackendDecoder} compares before the body
 * has arrived. A message without a body has ceiling 4, so that the ceiling alone makes its length exact.
 */
final class Ceilings {

    private static final int BULK = 0x3FFF_FFFF - 1;
    private static final int LONG = 64 << 20;
    private static final int SHORT = 1 << 20;
    private static final int EMPTY = 4;

    private static final int STARTUP_AUTHENTICATION = 64 << 10;
    private static final int STARTUP_ERROR = 30_000;
    private static final int STARTUP_NEGOTIATION = 2_000;

    private static final int[] STARTUP = new int[256];
    private static final int[] SESSION = new int[256];

    static {
        set(STARTUP, STARTUP_AUTHENTICATION, Tag.AUTHENTICATION);
        set(STARTUP, STARTUP_NEGOTIATION, Tag.NEGOTIATE_PROTOCOL_VERSION);
        set(STARTUP, STARTUP_ERROR, Tag.ERROR_RESPONSE, Tag.NOTICE_RESPONSE);

        set(SESSION, BULK, Tag.DATA_ROW, Tag.COPY_DATA, Tag.FUNCTION_CALL_RESPONSE);
        set(SESSION, LONG, Tag.ROW_DESCRIPTION, Tag.PARAMETER_DESCRIPTION);
        set(SESSION, LONG, Tag.ERROR_RESPONSE, Tag.NOTICE_RESPONSE, Tag.NOTIFICATION_RESPONSE);
        set(SESSION, SHORT, Tag.BACKEND_KEY_DATA, Tag.PARAMETER_STATUS, Tag.COMMAND_COMPLETE);
        set(SESSION, SHORT, Tag.COPY_IN_RESPONSE, Tag.COPY_OUT_RESPONSE, Tag.COPY_BOTH_RESPONSE);
        set(SESSION, EMPTY, Tag.PARSE_COMPLETE, Tag.BIND_COMPLETE, Tag.CLOSE_COMPLETE, Tag.NO_DATA);
        set(SESSION, EMPTY, Tag.PORTAL_SUSPENDED, Tag.EMPTY_QUERY_RESPONSE, Tag.COPY_DONE);
        set(SESSION, EMPTY + 1, Tag.READY_FOR_QUERY);
    }

    private Ceilings() {}

    /** The ceiling before AuthenticationOk, where a server may say little and nothing long. */
    static int duringStartup(byte tag) {
        return STARTUP[tag & 0xFF];
    }

    /** The ceiling once AuthenticationOk has been seen. */
    static int inSession(byte tag) {
        return SESSION[tag & 0xFF];
    }

    private static void set(int[] table, int ceiling, byte... tags) {
        for (byte tag : tags) {
            table[tag & 0xFF] = ceiling;
        }
    }
}
