// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

import java.util.Arrays;
import java.util.function.Supplier;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;
import org.jspecify.annotations.Nullable;

/**
 * GSSAPI as the JDK has it, with Kerberos 5 below.
 *
 * @param service the first part of the server's principal, {@code postgres} by default
 * @param host the second part, as it was configured; what Kerberos makes of it is its business
 * @param credential as whom to speak, asked anew for every conversation, and its owner's to dispose of; null to log in by {@code ticket}
 * @param ticket where tickets come from if {@code credential} is null
 */
public record Kerberos(
        String service, String host, @Nullable Supplier<? extends GSSCredential> credential, TicketLogin ticket)
        implements GssMechanism {

    private static final String KERBEROS_5 = "1.2.840.113554.1.2.2";
    private static final String SPNEGO = "1.3.6.1.5.5.2";

    @Override
    public GssDialogue begin(Purpose purpose) {
        Held held = credential == null ? own() : new Held(given(credential), () -> {});
        try {
            return new Conversation(context(purpose, held.credential), held, purpose, peer());
        } catch (GSSException e) {
            held.release.run();
            throw failed("GSSAPI cannot begin to speak with " + peer(), e);
        } catch (RuntimeException e) {
            held.release.run();
            throw e;
        }
    }

    private Held own() {
        TicketLogin.Ticket got = ticket.login();
        return new Held(got.credential(), got::dispose);
    }

    private static GSSCredential given(Supplier<? extends GSSCredential> supplier) {
        GSSCredential given = supplier.get();
        if (given == null) {
            throw AuthenticationException.refused("option gssCredential supplied null, but must supply a credential");
        }
        return given;
    }

    private GSSContext context(Purpose purpose, GSSCredential credential) throws GSSException {
        GSSManager manager = GSSManager.getInstance();
        GSSName name = manager.createName(peer(), GSSName.NT_HOSTBASED_SERVICE);
        GSSContext context =
                manager.createContext(name, mechanism(manager, purpose), credential, GSSContext.DEFAULT_LIFETIME);
        boolean encrypts = purpose == Purpose.ENCRYPTION;
        context.requestMutualAuth(true);
        context.requestCredDeleg(false);
        context.requestConf(encrypts);
        context.requestInteg(encrypts);
        context.requestReplayDet(encrypts);
        context.requestSequenceDet(encrypts);
        return context;
    }

    /** A provider without the negotiation may still be understood: Windows takes Kerberos unnegotiated too. */
    private static Oid mechanism(GSSManager manager, Purpose purpose) throws GSSException {
        Oid negotiation = new Oid(SPNEGO);
        boolean negotiates = purpose == Purpose.NEGOTIATED_LOGIN
                && Arrays.asList(manager.getMechs()).contains(negotiation);
        return negotiates ? negotiation : new Oid(KERBEROS_5);
    }

    private String peer() {
        return service + "@" + host;
    }

    private static AuthenticationException failed(String what, GSSException e) {
        return AuthenticationException.failed(what + ": " + e.getMessage(), e);
    }

    /** A credential, and how to give back what is ours of it. */
    private record Held(GSSCredential credential, Runnable release) {}

    private static final class Conversation implements GssDialogue {

        private final GSSContext context;
        private final Held held;
        private final Purpose purpose;
        private final String peer;

        Conversation(GSSContext context, Held held, Purpose purpose, String peer) {
            this.context = context;
            this.held = held;
            this.purpose = purpose;
            this.peer = peer;
        }

        @Override
        public byte[] next(byte[] token) {
            byte[] answer;
            try {
                answer = context.initSecContext(token, 0, token.length);
            } catch (GSSException e) {
                throw failed("GSSAPI with " + peer + " failed", e);
            }
            if (context.isEstablished()) {
                check();
            }
            return answer == null ? new byte[0] : answer;
        }

        /** What was asked for may have been left out on the way. */
        private void check() {
            if (!context.getMutualAuthState()) {
                throw AuthenticationException.refused(
                        "GSSAPI with " + peer + " came to an end without a proof of who the server is");
            }
            if (purpose == Purpose.ENCRYPTION && !(context.getConfState() && context.getIntegState())) {
                throw AuthenticationException.refused("GSSAPI with " + peer + " came to an end without encryption");
            }
        }

        @Override
        public boolean isEstablished() {
            return context.isEstablished();
        }

        @Override
        public int wrapLimit(int packet) {
            try {
                return context.getWrapSizeLimit(0, true, packet);
            } catch (GSSException e) {
                throw failed("GSSAPI cannot encrypt", e);
            }
        }

        @Override
        public byte[] wrap(byte[] bytes, int offset, int length) {
            Seal seal = new Seal();
            try {
                return seal.checked(context.wrap(bytes, offset, length, seal.property));
            } catch (GSSException e) {
                throw failed("GSSAPI cannot encrypt", e);
            }
        }

        @Override
        public byte[] unwrap(byte[] bytes, int offset, int length) {
            Seal seal = new Seal();
            try {
                return seal.checked(context.unwrap(bytes, offset, length, seal.property));
            } catch (GSSException e) {
                throw failed("GSSAPI cannot decrypt what came", e);
            }
        }

        @Override
        public void dispose() {
            try {
                context.dispose();
            } catch (GSSException nothingMoreToForget) {
                // it is gone either way
            }
            held.release.run();
        }
    }
}
