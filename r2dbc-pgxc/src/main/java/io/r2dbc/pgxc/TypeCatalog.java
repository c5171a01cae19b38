// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.codec.CatalogType;
import io.r2dbc.pgxc.codec.CodecRegistry;
import io.r2dbc.pgxc.codec.Format;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.exchange.Done;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.Question;
import io.r2dbc.pgxc.exchange.SessionEndException;
import io.r2dbc.pgxc.net.Session;
import io.r2dbc.pgxc.wire.DataRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Learns the types of a database's own from its catalogue, for all connections of a factory.
 *
 * <p>Nothing is asked before the first such type is met. It is asked on a connection of its own, which lives as long as the
 * question: the one that has met the type may be in a transaction, which must not be disturbed, and waits meanwhile with its
 * rows in the socket. What cannot be found (because it is not committed yet, or nobody may connect) is read as text, and is
 * asked for again after a while. Any thread.
 */
final class TypeCatalog {

    private static final Logger LOGGER = Loggers.getLogger(PgxcConnectionFactory.class);

    private static final long PATIENCE = Duration.ofSeconds(5).toNanos();

    /** How far types may stand one within the other. */
    private static final int ROUNDS = 32;

    /**
     * What is to be found.
     *
     * @param oids of types
     * @param names of types whose OID is not known
     */
    private record Wanted(Set<Integer> oids, Set<String> names) {

        boolean isEmpty() {
            return oids.isEmpty() && names.isEmpty();
        }
    }

    private final Registries registries;
    private final Mono<Session> sessions;
    private final Duration limit;
    private final Map<Object, Long> asked = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Mono<Void>> running = new AtomicReference<>();
    private volatile boolean hasAll;

    /**
     * Knows nothing yet.
     *
     * @param sessions opens a session for one question
     * @param limit how long the answer may take
     */
    TypeCatalog(Registries registries, Mono<Session> sessions, Duration limit) {
        this.registries = registries;
        this.sessions = sessions;
        this.limit = limit;
    }

    /** What to wait for before values of these types can be read; null if nothing. It never fails. */
    @Nullable
    Mono<Void> lookUp(List<Integer> typeOids) {
        Set<Integer> unknown = new LinkedHashSet<>();
        for (int oid : typeOids) {
            if (isUnknown(oid) && !wasAskedJustNow(oid)) {
                unknown.add(oid);
            }
        }
        return unknown.isEmpty() ? null : find(new Wanted(unknown, Set.of()));
    }

    boolean knows(List<Integer> typeOids) {
        return typeOids.stream().noneMatch(this::isUnknown);
    }

    /** Looks up a type by name, unless it is known. */
    Mono<Void> lookUp(String name) {
        return Mono.defer(() -> registries.types().knows(name) || wasAskedJustNow(name)
                ? Mono.empty()
                : find(new Wanted(Set.of(), Set.of(name))));
    }

    /** Values of a type are not as the catalogue said: it is read again, behind the scenes. */
    void doubt(int oid) {
        if (Integer.compareUnsigned(oid, CatalogSql.FIRST_OF_USERS) >= 0 && !wasAskedJustNow(oid)) {
            asked.put(oid, System.nanoTime());
            find(new Wanted(Set.of(oid), Set.of())).subscribe();
        }
    }

    private boolean isUnknown(int oid) {
        return Integer.compareUnsigned(oid, CatalogSql.FIRST_OF_USERS) >= 0
                && !registries.types().knows(oid);
    }

    private boolean wasAskedJustNow(Object key) {
        Long before = asked.get(key);
        return before != null && System.nanoTime() - before < PATIENCE;
    }

    /** One question at a time: what others have just asked for need not be asked again. */
    private Mono<Void> find(Wanted wanted) {
        return Mono.defer(() -> {
            Mono<Void> before = running.get();
            if (before != null) {
                return before.then(Mono.defer(() -> {
                    Wanted rest = missing(wanted);
                    return rest.isEmpty() ? Mono.empty() : find(rest);
                }));
            }
            Mono<Void> mine = ask(wanted).doOnTerminate(() -> running.set(null)).cache();
            return running.compareAndSet(null, mine) ? mine : find(wanted);
        });
    }

    private Wanted missing(Wanted wanted) {
        Set<Integer> oids = new LinkedHashSet<>(wanted.oids());
        oids.removeIf(oid -> !isUnknown(oid) || wasAskedJustNow(oid));
        Set<String> names = new LinkedHashSet<>(wanted.names());
        names.removeIf(name -> registries.types().knows(name) || wasAskedJustNow(name));
        return new Wanted(oids, names);
    }

    private Mono<Void> ask(Wanted wanted) {
        return Mono.usingWhen(sessions, session -> rounds(session, wanted, List.of(), ROUNDS), Session::close)
                .timeout(limit)
                .doOnNext(this::learn)
                .onErrorResume(e -> {
                    LOGGER.warn(
                            "The types of the database's own cannot be looked up, their values are read as text", e);
                    return Mono.empty();
                })
                .doOnTerminate(() -> remember(wanted))
                .then();
    }

    private void learn(List<CatalogType> found) {
        hasAll = true;
        registries.learn(found);
    }

    /** What has not been found is not asked for all the time. */
    private void remember(Wanted wanted) {
        Wanted missing = missing(wanted);
        missing.oids().forEach(oid -> asked.put(oid, System.nanoTime()));
        missing.names().forEach(name -> asked.put(name, System.nanoTime()));
    }

    /** Asks for everything, for what is wanted beyond that, and for what that consists of. */
    private Mono<List<CatalogType>> rounds(Session session, Wanted wanted, List<CatalogType> before, int left) {
        CatalogSql sql =
                new CatalogSql(ServerVersion.parse(session.state().parameters().get("server_version")));
        boolean everything = !hasAll && before.isEmpty() && left == ROUNDS;
        return rows(session, everything ? sql.all() : sql.of(wanted.oids(), wanted.names()))
                .flatMap(found -> {
                    List<CatalogType> all = new ArrayList<>(before);
                    all.addAll(found);
                    Wanted rest = rest(wanted, all);
                    boolean goesOn = left > 1 && !rest.isEmpty() && (everything || !found.isEmpty());
                    return goesOn ? rounds(session, rest, all, left - 1) : Mono.just(all);
                });
    }

    /** What is still to be found: of what was wanted, and of what that which was found consists of. */
    private Wanted rest(Wanted wanted, Collection<CatalogType> found) {
        Set<Integer> oids = new LinkedHashSet<>(wanted.oids());
        for (CatalogType type : found) {
            oids.add(type.element());
            oids.add(type.component());
            oids.addAll(type.attributeTypes());
        }
        Set<String> names = new LinkedHashSet<>(wanted.names());
        oids.removeIf(oid -> oid == 0 || !isUnknown(oid));
        for (CatalogType type : found) {
            oids.remove(type.oid());
            names.remove(type.name());
        }
        return new Wanted(oids, names);
    }

    private static Mono<List<CatalogType>> rows(Session session, String sql) {
        return Mono.create(sink -> {
            Question[] asked = new Question[1];
            asked[0] = new Question(sql, new Done() {
                @Override
                public void succeeded() {
                    sink.success(asked[0].rows().stream().map(TypeCatalog::type).toList());
                }

                @Override
                public void failed(Failure failure) {
                    sink.error(new SessionEndException(failure));
                }
            });
            session.submit(asked[0]);
        });
    }

    private static CatalogType type(byte[] body) {
        DataRow row = new DataRow();
        row.moveTo(Unpooled.wrappedBuffer(body), 0, body.length);
        return new CatalogType(
                read(row, 0, PgType.OID, Long.class).intValue(),
                read(row, 1, PgType.NAME, String.class),
                read(row, 2, PgType.CHAR, Character.class),
                read(row, 3, PgType.OID, Long.class).intValue(),
                read(row, 4, PgType.OID, Long.class).intValue(),
                read(row, 5, PgType.BOOL, Boolean.class),
                read(row, 6, PgType.CHAR, Character.class),
                List.of(read(row, 7, PgType.of(PgType.TEXT.arrayOid()), String[].class)),
                List.of(read(row, 8, PgType.of(PgType.OID.arrayOid()), Long[].class)).stream()
                        .map(Long::intValue)
                        .toList());
    }

    private static <T> T read(DataRow row, int column, PgType type, Class<T> target) {
        return CodecRegistry.standard()
                .decoder(type.oid(), Format.TEXT, target)
                .decode(row.buffer(), row.offset(column), row.length(column));
    }
}
