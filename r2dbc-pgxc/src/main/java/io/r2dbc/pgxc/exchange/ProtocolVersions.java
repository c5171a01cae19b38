// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

/**
 * Which version of the protocol is asked for, and which is the least that will do (protocol 48.1.4).
 *
 * @param asked as on the wire, major in the high half
 * @param least never more than {@code asked}
 */
public record ProtocolVersions(int asked, int least) {

    /** Which every supported server speaks. */
    public static final int V3_0 = 0x0003_0000;

    /** Which has longer keys for cancelling. */
    public static final int V3_2 = 0x0003_0002;

    public static final ProtocolVersions ONLY_3_0 = new ProtocolVersions(V3_0, V3_0);

    /** Reserved, because a pooler once claimed it wrongly. */
    private static final int V3_1 = 0x0003_0001;

    /** Reserved for finding out whether servers negotiate. */
    private static final int GREASE = 0x0003_270F;

    private static final int FIRST_FULL_WORD = 1 << 16;

    /** Whether a server that refuses what was asked for may be asked for 3.0 instead. */
    public boolean mayStepDown() {
        return asked > V3_0 && least == V3_0;
    }

    /** Reads the version of NegotiateProtocolVersion: servers send the whole word, the manual speaks of the minor version alone. */
    static int word(int sent) {
        return sent >= 0 && sent < FIRST_FULL_WORD ? V3_0 + sent : sent;
    }

    /** Whether a server may offer that version to who asked for ours. */
    boolean mayBeOffered(int version) {
        return version >= V3_0 && version <= asked && version != V3_1 && version != GREASE;
    }

    /** A version for people. */
    static String name(int version) {
        return (version >>> 16) + "." + (version & 0xFFFF);
    }
}
