// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.server;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where a server listens, and as whom to log in there.
 */
public record Endpoint(String host, int port, String database, String user, String password) {

    private static final int STANDARD_PORT = 5432;
    private static final Pattern SCHEME = Pattern.compile("^r2dbcs?:pgxc:", Pattern.CASE_INSENSITIVE);

    /** Reads {@code r2dbc:pgxc://user:password@host:port/database}. */
    static Endpoint parse(String url) {
        String rest = SCHEME.matcher(url).replaceFirst("pgxc:");
        URI uri = URI.create(rest);
        String path = uri.getPath();
        String login = uri.getRawUserInfo();
        if (rest.equals(url) || uri.getHost() == null || login == null || path == null || path.length() < 2) {
            throw new IllegalArgumentException("pgxc.test.url must be r2dbc:pgxc://user:password@host:port/database");
        }
        int colon = login.indexOf(':');
        String user = colon < 0 ? login : login.substring(0, colon);
        String password = colon < 0 ? "" : login.substring(colon + 1);
        int port = uri.getPort() < 0 ? STANDARD_PORT : uri.getPort();
        return new Endpoint(uri.getHost(), port, path.substring(1), decoded(user), decoded(password));
    }

    /** The address for pgjdbc, login included. */
    public String jdbcUrl() {
        return "jdbc:postgresql://" + host + ":" + port + "/" + encoded(database) + "?user=" + encoded(user)
                + "&password=" + encoded(password);
    }

    /** The address for this project's driver, login included. */
    public String r2dbcUrl() {
        String login = password.isEmpty() ? encoded(user) : encoded(user) + ":" + encoded(password);
        return "r2dbc:pgxc://" + login + "@" + host + ":" + port + "/" + encoded(database);
    }

    /** The same place for somebody else. */
    public Endpoint as(String otherUser, String otherPassword) {
        return new Endpoint(host, port, database, otherUser, otherPassword);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s@%s:%d/%s", user, host, port, database);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
