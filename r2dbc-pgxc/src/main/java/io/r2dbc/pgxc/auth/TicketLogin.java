// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.Oid;
import org.jspecify.annotations.Nullable;

/**
 * Gets Kerberos tickets as the JVM is configured to (JAAS), or from the user's ticket cache, where {@code kinit} puts them.
 *
 * <p>Nobody is ever asked for a password on a terminal: a driver has none.
 *
 * @param entry of the JVM's login configuration; null for the ticket cache
 */
public record TicketLogin(@Nullable String entry) {

    private static final String KERBEROS_5 = "1.2.840.113554.1.2.2";
    private static final String MODULE = "com.sun.security.auth.module.Krb5LoginModule";

    /** A credential that was made for one conversation, and how it came to be. */
    record Ticket(GSSCredential credential, LoginContext login) {

        void dispose() {
            try {
                credential.dispose();
            } catch (GSSException nothingMoreToForget) {
                // it is gone either way
            }
            logOut(login);
        }
    }

    private static void logOut(LoginContext login) {
        try {
            login.logout();
        } catch (LoginException nothingMoreToForget) {
            // it is gone either way
        }
    }

    /** Blocks: reads files, and asks the Kerberos server where the entry says so. */
    Ticket login() {
        LoginContext login;
        try {
            login = entry == null
                    ? new LoginContext("r2dbc-pgxc", new Subject(), null, new TicketCache())
                    : new LoginContext(entry);
            login.login();
        } catch (LoginException | SecurityException e) {
            throw AuthenticationException.failed(
                    "There is no Kerberos ticket: "
                            + (entry == null
                                    ? "the ticket cache has none that is valid (kinit gets one)"
                                    : "option jaasApplicationName is '" + entry + "', by which the login failed")
                            + ": " + e.getMessage(),
                    e);
        }
        return new Ticket(credential(login), login);
    }

    private static GSSCredential credential(LoginContext login) {
        PrivilegedExceptionAction<GSSCredential> make = () -> GSSManager.getInstance()
                .createCredential(
                        null, GSSCredential.DEFAULT_LIFETIME, new Oid(KERBEROS_5), GSSCredential.INITIATE_ONLY);
        try {
            return Subject.doAs(login.getSubject(), make);
        } catch (PrivilegedActionException e) {
            logOut(login);
            throw AuthenticationException.failed(
                    "GSSAPI cannot use the Kerberos ticket: " + e.getException().getMessage(), e.getException());
        }
    }

    /** The login that {@code kinit} has made, and no other. */
    private static final class TicketCache extends Configuration {

        @Override
        public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
            Map<String, String> options = Map.of("useTicketCache", "true", "doNotPrompt", "true");
            return new AppConfigurationEntry[] {
                new AppConfigurationEntry(MODULE, LoginModuleControlFlag.REQUIRED, options)
            };
        }
    }
}
