// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

import com.ongres.saslprep.SASLprep;
import com.ongres.stringprep.Option;
import com.ongres.stringprep.Profile;
import java.nio.CharBuffer;
import java.text.Normalizer;
import java.util.EnumSet;
import java.util.Set;

/**
 * SASLprep (RFC 4013) with its steps in the server's order.
 *
 * <p>The RFC looks for prohibited, unassigned and wrongly directed characters in what normalisation has made; the server
 * and libpq look for them in what normalisation is given. So U+1D40 (a superscript T, unknown to Unicode 3.2) is a T to
 * the RFC, and to the server unassigned, which makes the whole password count raw. A password that was set there has to
 * be prepared as there.
 */
final class ServerSaslPrep implements Profile {

    private static final char ZERO_WIDTH_SPACE = '\u200B';

    private final Profile rfc = new SASLprep();
    private final Set<Option> steps;

    ServerSaslPrep() {
        steps = EnumSet.copyOf(rfc.profile());
        steps.remove(Option.NORMALIZE_KC);
    }

    /** Fails with an IllegalArgumentException for a text that cannot be prepared. */
    char[] prepare(char[] text) {
        try {
            char[] mapped = prepareStored(spaced(text));
            return Normalizer.normalize(CharBuffer.wrap(mapped), Normalizer.Form.NFKC)
                    .toCharArray();
        } catch (IndexOutOfBoundsException e) {
            // the library cannot cope with a text of which the mapping leaves nothing
            throw new IllegalArgumentException("Nothing is left", e);
        }
    }

    /** U+200B is in both of the RFC's lists, to be a space and to be nothing; to the server it is a space. */
    private static char[] spaced(char[] text) {
        char[] copy = text.clone();
        for (int i = 0; i < copy.length; i++) {
            copy[i] = copy[i] == ZERO_WIDTH_SPACE ? ' ' : copy[i];
        }
        return copy;
    }

    @Override
    public Set<Option> profile() {
        return steps;
    }

    @Override
    public int[] additionalMappingTable(int codePoint) {
        return rfc.additionalMappingTable(codePoint);
    }
}
