// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.codec.CodecRegistry;
import io.r2dbc.pgxc.exchange.Command;
import io.r2dbc.pgxc.exchange.Done;
import io.r2dbc.pgxc.exchange.Exchange;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.Reservation;
import io.r2dbc.pgxc.exchange.ResultColumns;
import io.r2dbc.pgxc.exchange.StatementFacts;
import io.r2dbc.pgxc.net.Session;
import io.r2dbc.pgxc.net.SessionEvents;
import io.r2dbc.pgxc.wire.BackendMessage.NotificationResponse;
import io.r2dbc.pgxc.wire.BackendMessage.ParameterStatus;
import io.r2dbc.pgxc.wire.ErrorFields;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Result;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;

/**
 * What all faces of one connection share: the session, how it decodes, and who listens to it.
 */
final class ConnectionCore implements SessionEvents, RowShape.Source {

    private static final int NOTICES_KEPT = 256;
    private static final int PARAMETERS_KEPT = 64;

    private final PgxcConfiguration configuration;
    private final Registries registries;
    private final TypeCatalog catalog;
    private final SqlTexts texts;
    private final EventFlux<PgxcNotification> notifications;
    private final EventFlux<PgxcNotice> notices;
    private final EventFlux<Map.Entry<String, String>> parameters;
    private final StallBuffer stallBuffer;
    private final Function<ResultColumns, RowShape> shapes = this::shape;
    private final Set<String> settings = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Session session;
    private final Object changesOfCodecs = new Object();
    private volatile Codecs codecs;
    private volatile boolean listens;
    private volatile IsolationLevel isolation = IsolationLevel.READ_COMMITTED;
    private volatile @Nullable IsolationLevel ofTransaction;

    ConnectionCore(PgxcConfiguration configuration, Registries registries, TypeCatalog catalog, SqlTexts texts) {
        this.configuration = configuration;
        this.registries = registries;
        this.catalog = catalog;
        this.texts = texts;
        this.codecs = Codecs.of(registries.edition(), null);
        this.stallBuffer = new StallBuffer(configuration.stallBufferBytes());
        this.notifications =
                new EventFlux<>(this::execute, configuration.notificationBuffer(), (lost, next) -> next.after(lost));
        this.notices = new EventFlux<>(this::execute, NOTICES_KEPT, (lost, next) -> next);
        this.parameters = new EventFlux<>(this::execute, PARAMETERS_KEPT, (lost, next) -> next);
    }

    private void execute(Runnable action) {
        session().execute(action);
    }

    void opened(Session open) {
        session = open;
    }

    Session session() {
        Session open = session;
        if (open == null) {
            throw new IllegalStateException("The session is not open yet");
        }
        return open;
    }

    PgxcConfiguration configuration() {
        return configuration;
    }

    /** The codecs as the session's settings, and what is known of the database's types, have them now. */
    @Override
    public CodecRegistry registry() {
        Codecs now = codecs;
        return now.edition() == registries.edition() ? now.registry() : renewed();
    }

    private CodecRegistry renewed() {
        synchronized (changesOfCodecs) {
            codecs = Codecs.of(registries.edition(), codecs.zone());
            return codecs.registry();
        }
    }

    /** What belongs together: whoever changes one of them changes all. */
    private record Codecs(
            Registries.Edition edition, @Nullable String zone, CodecRegistry registry) {

        static Codecs of(Registries.Edition edition, @Nullable String zone) {
            return new Codecs(edition, zone, zone == null ? edition.standard() : edition.at(zone));
        }
    }

    /** What {@link #registry} rests on, beside the settings. */
    Object edition() {
        return registries.edition();
    }

    TypeCatalog catalog() {
        return catalog;
    }

    /**
     * The exchange, if the types with these names are known; or else one that keeps its place until they have been looked up.
     *
     * @param label what the user calls it
     * @param whenFailed hears why there will be none
     */
    Exchange whenKnown(Set<String> names, Supplier<Exchange> exchange, String label, Consumer<Failure> whenFailed) {
        Mono<Void> lookUp = catalog.lookUp(names);
        if (lookUp == null) {
            return exchange.get();
        }
        Reservation place = new Reservation(label, whenFailed);
        lookUp.subscribe(null, null, () -> execute(() -> place.open(exchange)));
        return place;
    }

    @Override
    public void doubt(int typeOid) {
        catalog.doubt(typeOid);
    }

    @Override
    public Result cursor(String name) {
        return new CursorResult(Flux.defer(
                () -> new PgxcStatement(this, sqlText("FETCH ALL FROM " + Identifiers.quote(name))).execute()));
    }

    /** The plan by which the rows of a result are read; if types are not known, they are being looked up from now on. */
    RowShape shapeOf(ResultColumns columns) {
        RowShape shape = columns.plan(RowShape.class, shapes);
        if (!shape.isKnown()) {
            lookUp(shape);
        }
        return shape;
    }

    private void lookUp(RowShape shape) {
        Mono<Void> lookUp = shape.awaitsTypes() ? null : catalog.lookUp(shape.typeOids());
        if (lookUp != null) {
            shape.awaitTypes();
            lookUp.subscribe(null, e -> execute(shape::typesAreThere), () -> execute(shape::typesAreThere));
        } else if (!shape.awaitsTypes()) {
            shape.isKnown(catalog.knows(shape.typeOids()));
        }
    }

    private RowShape shape(ResultColumns columns) {
        return new RowShape(columns.description(), columns.formats(), this);
    }

    StallBuffer stallBuffer() {
        return stallBuffer;
    }

    SqlText sqlText(String sql) {
        return texts.of(sql, session().state().parameters().standardConformingStrings());
    }

    /** What the text may do to the session; takes note of what a pool will want undone. */
    StatementFacts noted(SqlText text) {
        if (text.isListen()) {
            listens = true;
        }
        return text.facts();
    }

    boolean listens() {
        return listens;
    }

    void listensNoMore() {
        listens = false;
    }

    /** Names of the server's settings that were changed through R2DBC's methods. */
    Set<String> changedSettings() {
        return settings;
    }

    /** The level set for the transaction that is open, or else for those to come; PostgreSQL's default if none was. */
    IsolationLevel isolation() {
        IsolationLevel own = ofTransaction;
        return own == null || session().state().isAutoCommit() ? isolation : own;
    }

    /** Takes note of the level of transactions to come. */
    void isolation(IsolationLevel level) {
        isolation = level;
    }

    /** Takes note of the level of one transaction: the one that is open or about to begin. */
    void isolationOfTransaction(@Nullable IsolationLevel level) {
        ofTransaction = level;
    }

    Flux<PgxcNotification> notifications() {
        return notifications;
    }

    Flux<PgxcNotice> notices() {
        return notices;
    }

    Flux<Map.Entry<String, String>> parameters() {
        return parameters;
    }

    /** Runs a command of the driver's own on subscription. */
    Mono<Void> command(String sql) {
        return exchange(done -> new Command(sql, done), sql);
    }

    /** Submits an exchange on subscription and completes with it. */
    Mono<Void> exchange(Function<Done, Exchange> maker, String sql) {
        return Mono.create(sink -> {
            Exchange made = maker.apply(new SinkDone(sink, sql));
            sink.onCancel(() -> session().cancel(made));
            session().submit(made);
        });
    }

    private record SinkDone(MonoSink<Void> sink, String sql) implements Done {

        @Override
        public void succeeded() {
            StreamEnd.give(sink::success, Context.of(sink.contextView()));
        }

        @Override
        public void failed(Failure failure) {
            StreamEnd.give(() -> sink.error(Errors.of(failure, sql)), Context.of(sink.contextView()));
        }
    }

    // The session's, on the event loop

    @Override
    public void onNotification(NotificationResponse notification) {
        if (notifications.hasListeners()) {
            notifications.emit(new PgxcNotification(
                    notification.channel(), notification.payload(), notification.processId(), 0, false));
        }
    }

    @Override
    public void onNotice(ErrorFields notice) {
        if (notices.hasListeners()) {
            notices.emit(new PgxcNotice(notice));
        }
    }

    @Override
    public void onParameter(ParameterStatus parameter) {
        if (parameter.name().equalsIgnoreCase("TimeZone")) {
            synchronized (changesOfCodecs) {
                codecs = Codecs.of(registries.edition(), parameter.value());
            }
        }
        parameters.emit(Map.entry(parameter.name(), parameter.value()));
    }

    @Override
    public void onEnd(@Nullable Failure failure) {
        notifications.end(failure == null ? null : Errors.of(failure, null));
        notices.end(failure == null ? null : Errors.of(failure, null));
        parameters.end(failure == null ? null : Errors.of(failure, null));
    }

    @Override
    public boolean isListening() {
        return notifications.hasListeners();
    }
}
