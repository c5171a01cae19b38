// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.closeComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.copyData;
import static io.r2dbc.pgxc.testing.ServerMessages.copyDone;
import static io.r2dbc.pgxc.testing.ServerMessages.copyOut;
import static io.r2dbc.pgxc.testing.ServerMessages.emptyQuery;
import static io.r2dbc.pgxc.testing.ServerMessages.noData;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static io.r2dbc.pgxc.testing.ServerMessages.suspended;

import io.r2dbc.pgxc.wire.BackendEncoder;
import io.r2dbc.pgxc.wire.BackendMessage.Column;
import io.r2dbc.pgxc.wire.BackendMessage.FunctionCallResponse;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.TransactionStatus;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Answers a session's messages as a server does whose only knowledge is a table of results. */
final class CannedSession {

    private final Peer peer;
    private final CannedResults results;
    private final Map<String, ClientMessage.Parse> statements = new HashMap<>();
    private final Map<String, Portal> portals = new HashMap<>();
    private TransactionStatus status = TransactionStatus.IDLE;
    private boolean skippingToSync;

    CannedSession(Peer peer, CannedResults results) {
        this.peer = peer;
        this.results = results;
    }

    /** Goes on until the client leaves. */
    void run() throws IOException {
        Optional<ClientMessage> message = peer.read();
        while (message.isPresent() && !(message.get() instanceof ClientMessage.Terminate)) {
            answer(message.get());
            message = peer.read();
        }
    }

    private void answer(ClientMessage message) throws IOException {
        if (message instanceof ClientMessage.Sync) {
            skippingToSync = false;
            endOfRequest();
        } else if (skippingToSync) {
            return;
        } else if (message instanceof ClientMessage.Flush) {
            peer.flush();
        } else if (message instanceof ClientMessage.Query query) {
            simple(query.sql());
        } else {
            extended(message);
        }
    }

    private void simple(String text) throws IOException {
        try {
            String[] parts = text.split(";", -1);
            boolean empty = Arrays.stream(parts).allMatch(String::isBlank);
            if (empty) {
                peer.write(emptyQuery());
            }
            for (String sql : parts) {
                if (!sql.isBlank()) {
                    simpleStatement(sql);
                }
            }
        } catch (Refused refused) {
            refuse(refused);
        }
        endOfRequest();
    }

    private void simpleStatement(String sql) throws IOException {
        CannedResult result = runnable(sql);
        if (CannedResults.verb(sql).equals("COPY")) {
            copy(result);
            return;
        }
        if (!result.columns().isEmpty()) {
            peer.write(rowDescription(result.columns().toArray(Column[]::new)));
        }
        new Portal(sql, result, List.of()).send(peer, 0);
        peer.write(complete(completed(sql, result)));
    }

    /** Text format, for values without a tab or the like in them. */
    private void copy(CannedResult result) throws IOException {
        peer.write(copyOut(result.columns().size()));
        for (int i = 0; i < result.rowCount(); i++) {
            peer.write(copyData(String.join("\t", result.row(i)) + "\n"));
        }
        peer.write(copyDone());
        peer.write(complete("COPY " + result.rowCount()));
    }

    private void extended(ClientMessage message) throws IOException {
        try {
            if (message instanceof ClientMessage.Parse parse) {
                parse(parse);
            } else if (message instanceof ClientMessage.Bind bind) {
                bind(bind);
            } else if (message instanceof ClientMessage.Describe describe) {
                describe(describe);
            } else if (message instanceof ClientMessage.Execute execute) {
                execute(execute);
            } else if (message instanceof ClientMessage.Close close) {
                (close.target() == 'S' ? statements : portals).remove(close.name());
                peer.write(closeComplete());
            } else if (message instanceof ClientMessage.FunctionCall) {
                peer.write(BackendEncoder.encode(new FunctionCallResponse(null)));
                endOfRequest();
            } else {
                throw new AssertionError("a session with canned results cannot answer " + message);
            }
        } catch (Refused refused) {
            skippingToSync = true;
            refuse(refused);
        }
    }

    private void parse(ClientMessage.Parse parse) throws IOException {
        if (!parse.statement().isEmpty() && statements.containsKey(parse.statement())) {
            throw new Refused("42P05", "prepared statement \"" + parse.statement() + "\" already exists");
        }
        requireNotFailed(parse.sql());
        statements.put(parse.statement(), parse);
        peer.write(parseComplete());
    }

    private void bind(ClientMessage.Bind bind) throws IOException {
        ClientMessage.Parse parse = statement(bind.statement());
        int expected = parameters(parse).length;
        if (bind.values().size() != expected) {
            throw new Refused(
                    "08P01",
                    "bind message supplies " + bind.values().size() + " parameters, but the statement requires "
                            + expected);
        }
        portals.put(bind.portal(), new Portal(parse.sql(), results.result(parse.sql()), bind.resultFormats()));
        peer.write(bindComplete());
    }

    private void describe(ClientMessage.Describe describe) throws IOException {
        if (describe.target() == 'S') {
            ClientMessage.Parse parse = statement(describe.name());
            peer.write(parameterTypes(parameters(parse)));
            describeColumns(results.result(parse.sql()).columns().toArray(Column[]::new));
        } else {
            describeColumns(portal(describe.name()).columns());
        }
    }

    private void describeColumns(Column... columns) throws IOException {
        peer.write(columns.length == 0 ? noData() : rowDescription(columns));
    }

    private void execute(ClientMessage.Execute execute) throws IOException {
        Portal portal = portal(execute.portal());
        if (portal.sql().isBlank()) {
            peer.write(emptyQuery());
            return;
        }
        CannedResult result = runnable(portal.sql());
        boolean finished = portal.send(peer, execute.maxRows());
        peer.write(finished ? complete(completed(portal.sql(), result)) : suspended());
    }

    /** The result of a statement that may run now and succeeds. */
    private CannedResult runnable(String sql) {
        requireNotFailed(sql);
        CannedResult result = results.result(sql);
        String sqlState = result.sqlState();
        if (sqlState != null) {
            throw new Refused(sqlState, result.tag());
        }
        return result;
    }

    /** What a finished statement does to the transaction, and its tag. */
    private String completed(String sql, CannedResult result) {
        switch (CannedResults.verb(sql)) {
            case "BEGIN", "START" -> status = TransactionStatus.IN_TRANSACTION;
            case "COMMIT", "END" -> {
                boolean failed = status == TransactionStatus.FAILED;
                status = TransactionStatus.IDLE;
                return failed ? "ROLLBACK" : "COMMIT";
            }
            case "ROLLBACK", "ABORT" -> {
                boolean partly = sql.toUpperCase(Locale.ROOT).contains(" TO ");
                status = partly ? TransactionStatus.IN_TRANSACTION : TransactionStatus.IDLE;
                return "ROLLBACK";
            }
            default -> {
                return result.tag();
            }
        }
        return CannedResults.verb(sql).equals("START") ? "START TRANSACTION" : "BEGIN";
    }

    private void requireNotFailed(String sql) {
        boolean endsBlock = switch (CannedResults.verb(sql)) {
            case "COMMIT", "END", "ROLLBACK", "ABORT" -> true;
            default -> false;
        };
        if (status == TransactionStatus.FAILED && !endsBlock) {
            throw new Refused(
                    "25P02", "current transaction is aborted, commands ignored until end of transaction block");
        }
    }

    private ClientMessage.Parse statement(String name) {
        ClientMessage.Parse parse = statements.get(name);
        if (parse == null) {
            throw new Refused("26000", "prepared statement \"" + name + "\" does not exist");
        }
        return parse;
    }

    private Portal portal(String name) {
        Portal portal = portals.get(name);
        if (portal == null) {
            throw new Refused("34000", "portal \"" + name + "\" does not exist");
        }
        return portal;
    }

    private int[] parameters(ClientMessage.Parse parse) {
        int[] canned = results.result(parse.sql()).parameterTypes();
        int count = CannedResults.parameterCount(parse.sql());
        int[] types = canned != null ? canned.clone() : new int[count];
        for (int i = 0; i < types.length && i < parse.parameterTypes().size(); i++) {
            int announced = parse.parameterTypes().get(i);
            types[i] = announced != 0 ? announced : types[i];
        }
        return Arrays.stream(types)
                .map(type -> type == 0 ? ServerMessages.TEXT : type)
                .toArray();
    }

    private void refuse(Refused refused) throws IOException {
        if (status == TransactionStatus.IN_TRANSACTION) {
            status = TransactionStatus.FAILED;
        }
        peer.write(ServerMessages.error(refused.sqlState, refused.getMessage()));
    }

    private void endOfRequest() throws IOException {
        if (status == TransactionStatus.IDLE) {
            portals.clear();
        }
        peer.write(ready(status));
        peer.flush();
    }

    /** An error that the client is told of. */
    private static final class Refused extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final String sqlState;

        Refused(String sqlState, String message) {
            super(message);
            this.sqlState = sqlState;
        }
    }
}
