// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.codec.CatalogType;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.exchange.Done;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.Question;
import io.r2dbc.pgxc.exchange.SessionEndException;
import io.r2dbc.pgxc.net.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Learns the types of a database's own from its catalogue, for all connections of a factory.
 *
 * <p>Nothing is asked before the first such type is met. It is asked on a connection of its own, which lives as long as the
 * question: the one that has met the type may be in a transaction, which must not be disturbed, and waits meanwhile with its
 * rows in the socket. There is one question at a time, and what comes up meanwhile goes into the next one. What cannot be found
 * (because it is not committed yet, or nobody may connect) is read as text, and is asked for again after a while. Any thread.
 */
final class TypeCatalog {

    private static final Logger LOGGER = Loggers.getLogger(PgxcConnectionFactory.class);

    private static final long PATIENCE = Duration.ofSeconds(5).toNanos();
    private static final long LONGEST_PATIENCE = Duration.ofMinutes(5).toNanos();

    /** So many keys are remembered as asked for before those that do not matter any more are forgotten. */
    private static final int REMEMBERED = 1024;

    /** How far types may stand one within the other. */
    private static final int ROUNDS = 32;

    /** What is to be found by one question, and who waits for it. */
    private static final class Wanted {

        private final Set<Integer> oids = new LinkedHashSet<>();
        private final Set<Integer> doubted = new LinkedHashSet<>();
        private final Set<String> names = new LinkedHashSet<>();
        private final Sinks.Empty<Void> answered = Sinks.empty();

        boolean isEmpty() {
            return oids.isEmpty() && doubted.isEmpty() && names.isEmpty();
        }
    }

    private final Registries registries;
    private final Mono<Session> sessions;
    private final Duration limit;
    private final Map<Object, Long> asked = new ConcurrentHashMap<>();
    private final Object lock = new Object();
    private @Nullable Wanted running;
    private @Nullable Wanted waiting;
    private volatile boolean hasAll;
    private volatile @Nullable Throwable failure;
    private volatile long failedAt;
    private volatile long patience = PATIENCE;

    /**
     * Knows nothing yet.
     *
     * @param sessions opens a session for one question
     * @param limit how long opening one may take, and hearing the answer
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
            if (isUnknown(oid) && mayAsk(oid)) {
                unknown.add(oid);
            }
        }
        return unknown.isEmpty() ? null : find(unknown, Set.of(), Set.of());
    }

    boolean knows(List<Integer> typeOids) {
        return typeOids.stream().noneMatch(this::isUnknown);
    }

    /**
     * What to wait for before types with these names can be used; null if nothing. It never fails; {@link #failure} says why it
     * found nothing.
     */
    @Nullable
    Mono<Void> lookUp(Set<String> names) {
        Set<String> unknown = new LinkedHashSet<>(names);
        unknown.removeIf(name -> registries.types().knows(name) || !mayAsk(name));
        return unknown.isEmpty() ? null : find(Set.of(), Set.of(), unknown);
    }

    /** Values of a type are not as the catalogue said, or the server does not take them: it is read again, behind the scenes. */
    void doubt(int oid) {
        if (CatalogSql.isOfUsers(oid) && mayAsk(oid)) {
            asked.put(oid, System.nanoTime());
            Set<Integer> doubted = new LinkedHashSet<>(List.of(oid));
            PgType element = registries.types().of(oid).element();
            if (element != null) {
                doubted.add(element.oid());
            }
            find(Set.of(), doubted, Set.of()).subscribe();
        }
    }

    /** Why the last question had no answer, or null if it had one. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    private boolean isUnknown(int oid) {
        return CatalogSql.isOfUsers(oid) && !registries.types().knows(oid);
    }

    private boolean mayAsk(Object key) {
        Long before = asked.get(key);
        long now = System.nanoTime();
        return (before == null || now - before > PATIENCE) && (failure == null || now - failedAt > patience);
    }

    private Mono<Void> find(Set<Integer> oids, Set<Integer> doubted, Set<String> names) {
        Wanted mine;
        boolean first;
        synchronized (lock) {
            first = running == null;
            mine = first || waiting == null ? new Wanted() : waiting;
            mine.oids.addAll(oids);
            mine.doubted.addAll(doubted);
            mine.names.addAll(names);
            running = first ? mine : running;
            waiting = first ? null : mine;
        }
        if (first) {
            ask(mine);
        }
        return mine.answered.asMono();
    }

    private void ask(Wanted wanted) {
        wanted.oids.removeIf(oid -> !isUnknown(oid));
        wanted.names.removeIf(registries.types()::knows);
        Mono<List<CatalogType>> answer = wanted.isEmpty()
                ? Mono.empty()
                : Mono.usingWhen(sessions, session -> rounds(session, wanted, ROUNDS), Session::close)
                        .timeout(limit.plus(limit));
        answer.subscribe(found -> learn(wanted, found), e -> failed(wanted, e), () -> done(wanted));
    }

    private void learn(Wanted wanted, List<CatalogType> found) {
        registries.learn(found, wanted.doubted);
        hasAll = true;
        failure = null;
        patience = PATIENCE;
    }

    private void failed(Wanted wanted, Throwable e) {
        LOGGER.warn(
                "The types of the database's own cannot be looked up, their values are read as text: {}", e.toString());
        patience = Math.min(failure == null ? PATIENCE : 2 * patience, LONGEST_PATIENCE);
        failedAt = System.nanoTime();
        failure = e;
        done(wanted);
    }

    /** What has not been found is not asked for all the time. Those who wait go on, and the next question is asked. */
    private void done(Wanted wanted) {
        long now = System.nanoTime();
        if (asked.size() > REMEMBERED) {
            asked.values().removeIf(before -> now - before > PATIENCE);
        }
        wanted.oids.stream().filter(this::isUnknown).forEach(oid -> asked.put(oid, now));
        wanted.names.stream().filter(name -> !registries.types().knows(name)).forEach(name -> asked.put(name, now));
        Wanted next;
        synchronized (lock) {
            next = waiting;
            running = next;
            waiting = null;
        }
        wanted.answered.tryEmitEmpty();
        if (next != null) {
            ask(next);
        }
    }

    /** Asks for everything, for what is wanted beyond that, and for what that consists of. */
    private Mono<List<CatalogType>> rounds(Session session, Wanted wanted, int left) {
        CatalogSql sql =
                new CatalogSql(ServerVersion.parse(session.state().parameters().get("server_version")));
        Mono<List<CatalogType>> first = hasAll ? Mono.just(List.of()) : rows(session, sql.all());
        return first.flatMap(found -> {
            Set<Integer> oids = new LinkedHashSet<>(wanted.oids);
            oids.addAll(wanted.doubted);
            Set<String> names = new LinkedHashSet<>(wanted.names);
            for (CatalogType type : found) {
                oids.remove(type.oid());
                names.remove(type.name());
            }
            return oids.isEmpty() && names.isEmpty()
                    ? beyond(session, sql, found, left)
                    : rows(session, sql.of(oids, names))
                            .flatMap(others -> beyond(session, sql, both(found, others), left));
        });
    }

    private static List<CatalogType> both(List<CatalogType> some, List<CatalogType> others) {
        List<CatalogType> all = new ArrayList<>(some);
        all.addAll(others);
        return all;
    }

    /** What types consist of may have to be looked up too. */
    private Mono<List<CatalogType>> beyond(Session session, CatalogSql sql, List<CatalogType> found, int left) {
        Set<Integer> oids = new LinkedHashSet<>();
        for (CatalogType type : found) {
            oids.add(type.element());
            oids.add(type.component());
            oids.addAll(type.attributeTypes());
        }
        oids.removeIf(oid -> !isUnknown(oid));
        found.forEach(type -> oids.remove(type.oid()));
        if (oids.isEmpty() || left == 0) {
            return Mono.just(found);
        }
        return rows(session, sql.of(oids, Set.of()))
                .flatMap(inner ->
                        inner.isEmpty() ? Mono.just(found) : beyond(session, sql, both(found, inner), left - 1));
    }

    /** Read on a thread that no connection waits for: there may be very many. */
    private static Mono<List<CatalogType>> rows(Session session, String sql) {
        return Mono.<Question>create(sink -> {
                    Question[] question = new Question[1];
                    question[0] = new Question(sql, new Done() {
                        @Override
                        public void succeeded() {
                            sink.success(question[0]);
                        }

                        @Override
                        public void failed(Failure reason) {
                            sink.error(new SessionEndException(reason));
                        }
                    });
                    session.submit(question[0]);
                })
                .publishOn(Schedulers.parallel())
                .map(CatalogSql::types);
    }
}
