// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.wire.BackendMessage;
import io.r2dbc.pgxc.wire.BackendMessage.Authentication;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationOk;
import io.r2dbc.pgxc.wire.BackendMessage.BackendKeyData;
import io.r2dbc.pgxc.wire.BackendMessage.NegotiateProtocolVersion;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.FrontendMessage;
import io.r2dbc.pgxc.wire.ProtocolException;
import io.r2dbc.pgxc.wire.Tag;
import java.util.Map;

/**
 * The first conversation of a session: StartupMessage, authentication, the server's reports, ReadyForQuery (protocol 48.2.1).
 *
 * <p>Its whole time is bounded by the connect timeout, which is the session's business.
 */
public final class Startup extends Exchange {

    private static final int KEY_LENGTH_3_0 = 4;

    private final Map<String, String> parameters;
    private final ProtocolVersions versions;
    private final Login login;
    private final Done done;
    private int version;
    private boolean negotiated;

    /** Over a line that protects nothing, in protocol 3.0. */
    public Startup(Map<String, String> parameters, Credentials credentials, Done done) {
        this(parameters, ProtocolVersions.ONLY_3_0, credentials, Line.OPEN, done);
    }

    /** {@code parameters} go into StartupMessage as they are; {@code user} among them. */
    public Startup(
            Map<String, String> parameters, ProtocolVersions versions, Credentials credentials, Line line, Done done) {
        this.parameters = parameters;
        this.versions = versions;
        this.version = versions.asked();
        this.login = new Login(credentials, line);
        this.done = done;
    }

    @Override
    public Written write(SessionState session, Outbox out) {
        out.send(new FrontendMessage.Startup(version, parameters));
        return Written.ALL;
    }

    @Override
    public boolean holdsBack() {
        return !isAnswered();
    }

    /** While we compute, or ask others, it is not the server's turn. */
    @Override
    public boolean mayBeSilent() {
        return login.isAtWork();
    }

    @Override
    public boolean wants(byte tag) {
        if (tag == Tag.DATA_ROW || tag == Tag.COPY_DATA) {
            throw new ProtocolException("Rows or COPY data came before the session began");
        }
        return tag == Tag.ERROR_RESPONSE || !login.isThinking();
    }

    @Override
    public Progress onMessage(BackendMessage message, SessionState session, Outbox out) {
        if (message instanceof Authentication request) {
            login.onRequest(request, out);
            return Progress.MORE;
        }
        if (message instanceof NegotiateProtocolVersion offer) {
            onOffer(offer);
            return Progress.MORE;
        }
        if (!login.isOver()) {
            throw unexpected(message);
        }
        if (message instanceof BackendKeyData key) {
            onKey(key, session);
            return Progress.MORE;
        }
        if (!(message instanceof ReadyForQuery)) {
            throw unexpected(message);
        }
        done.succeeded();
        return Progress.DONE;
    }

    /** The server goes on with a lower version, which must be one, must have been asked for in a way, and must do (S1.4.6, S1.4.8). */
    private void onOffer(NegotiateProtocolVersion offer) {
        if (negotiated || login.hasBegun()) {
            throw new ProtocolException("NegotiateProtocolVersion came "
                    + (negotiated ? "a second time" : "after an authentication request"));
        }
        negotiated = true;
        if (!offer.unrecognizedOptions().isEmpty()) {
            throw new ProtocolException("NegotiateProtocolVersion refuses protocol options that were not sent");
        }
        int offered = ProtocolVersions.word(offer.version());
        if (offered == version || !versions.mayBeOffered(offered)) {
            throw new ProtocolException("NegotiateProtocolVersion offers protocol " + ProtocolVersions.name(offered)
                    + " where " + ProtocolVersions.name(version) + " was asked for");
        }
        if (offered < versions.least()) {
            throw new SessionEndException(new Failure.ConnectionLost(
                    "08001",
                    "The server speaks protocol " + ProtocolVersions.name(offered) + ", and minProtocolVersion demands "
                            + ProtocolVersions.name(versions.least()),
                    null));
        }
        version = offered;
    }

    private void onKey(BackendKeyData key, SessionState session) {
        if (version == ProtocolVersions.V3_0 && key.secretKey().length != KEY_LENGTH_3_0) {
            throw new ProtocolException("BackendKeyData of protocol 3.0 has a secret of " + KEY_LENGTH_3_0
                    + " bytes, not " + key.secretKey().length);
        }
        session.backendKey(key);
    }

    /** Whether the server has gone so far as to ask who we are; what it refuses before, it refuses for how we came. */
    public boolean hasBegunLogin() {
        return login.hasBegun();
    }

    /** Whether the message says that the peer has let us in. */
    public static boolean isAccepted(BackendMessage message) {
        return message instanceof AuthenticationOk;
    }

    @Override
    public void onError(Failure failure, SessionState session, Outbox out) {
        Failure said = failure instanceof Failure.ServerError error ? error.withConnectionLost() : failure;
        throw new SessionEndException(said);
    }

    @Override
    public void fail(Failure failure) {
        login.end();
        done.failed(login.explained(failure));
    }

    @Override
    public String label() {
        return "StartupMessage";
    }
}
