// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whom the server's programs run as, since they refuse to run as root.
 */
enum Account {

    /** We are an ordinary user already. */
    SAME,

    /** A user name space in which root is nobody, and still owns its files. */
    NAMESPACE,

    /** Nobody in earnest, where containers forbid new name spaces; what it is to write must belong to it. */
    NOBODY;

    private static final int ROOT = 0;
    private static final int NOBODY_ID = 65534;

    /** The least invasive one that works here, found by trying. */
    static Account find(Path ownFile) throws IOException {
        if (uid(ownFile) != ROOT) {
            return SAME;
        }
        for (Account account : List.of(NAMESPACE, NOBODY)) {
            if (Programs.succeeds(account.command(List.of("true")))) {
                return account;
            }
        }
        throw new IllegalStateException(
                "PostgreSQL does not run as root, and neither `unshare -U` nor `setpriv` works here:"
                        + " run as another user, or name a running server with -Dpgxc.test.url");
    }

    /** The number of the user who owns the file. */
    static int uid(Path file) throws IOException {
        return (int) Files.getAttribute(file, "unix:uid");
    }

    List<String> command(List<String> command) {
        List<String> words = new ArrayList<>(prefix());
        words.addAll(command);
        return words;
    }

    private List<String> prefix() {
        return switch (this) {
            case SAME -> List.of();
            case NAMESPACE -> List.of("unshare", "-U");
            case NOBODY -> List.of("setpriv", "--reuid=" + NOBODY_ID, "--regid=" + NOBODY_ID, "--clear-groups");
        };
    }

    /** Gives a file, or a folder with all that is in it, to the one who is to run the server. */
    void own(Path tree) throws IOException {
        if (this != NOBODY) {
            return;
        }
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                Files.setAttribute(path, "unix:uid", NOBODY_ID);
                Files.setAttribute(path, "unix:gid", NOBODY_ID);
            }
        }
    }
}
