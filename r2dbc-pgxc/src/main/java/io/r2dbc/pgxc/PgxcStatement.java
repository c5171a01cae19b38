// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.codec.CodecRegistry;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.codec.ValueException;
import io.r2dbc.pgxc.exchange.SimpleQuery;
import io.r2dbc.spi.Parameter;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * One SQL text with {@code $1}-style parameters, and the values to run it with.
 *
 * <p>Parameters are bound by position from 0 or by name, {@code "$1"}. Values are encoded when the statement's turn to be written has come,
 * so mutable ones must not be changed until then. Not for use by several threads; what {@link #execute} returned may be subscribed
 * anywhere, and each subscription is an execution of its own.
 */
public final class PgxcStatement implements Statement {

    private final ConnectionCore core;
    private final CodecRegistry registry;
    private @Nullable List<ParameterBindings> earlier;
    private SqlText text;
    private ParameterBindings current;
    private boolean addsPending;
    private boolean executed;
    private boolean careful;
    private boolean isCall;
    private int fetchSize;
    private @Nullable Duration timeout;

    PgxcStatement(ConnectionCore core, SqlText text) {
        this.core = core;
        this.registry = core.registry();
        this.text = text;
        this.fetchSize = core.configuration().fetchSize();
        this.current = newBindings();
    }

    private ParameterBindings newBindings() {
        return new ParameterBindings(
                text.parameterCount(), registry, core.configuration().stringType());
    }

    /**
     * Ends the current binding and begins the next. All bindings run as one flight with one Sync: all or nothing, one Result each.
     *
     * @throws IllegalStateException if the current binding lacks a value
     */
    @Override
    public PgxcStatement add() {
        requireComplete();
        if (earlier == null) {
            earlier = new ArrayList<>();
        }
        earlier.add(current);
        careful |= current.needsCare();
        current = newBindings();
        executed = false;
        addsPending = true;
        return this;
    }

    /**
     * Binds a value.
     *
     * @param index from 0
     * @param value anything the codecs know, or a {@link Parameter}. {@code Parameters.out} and {@code inOut} are for CALL, and
     *     make its row OUT parameters ({@link io.r2dbc.spi.Result.OutSegment}). It must not change until the statement has been sent. A Netty
     *     {@code ByteBuf} is the driver's from when {@link #execute()} is subscribed to, and is released then
     * @throws IllegalArgumentException if values of this class cannot be sent
     * @throws IndexOutOfBoundsException if there is no such parameter
     */
    @Override
    public PgxcStatement bind(int index, Object value) {
        Object given = Require.nonNull(value, "value");
        requireIndex(index);
        try {
            if (given instanceof Parameter parameter) {
                bindParameter(index, parameter);
            } else {
                binding().bind(index, given, null);
            }
        } catch (IllegalArgumentException e) {
            if (e.getCause() instanceof ValueException refused) {
                core.catalog().doubt(refused.outdatedType());
            }
            throw e;
        }
        return this;
    }

    @Override
    public PgxcStatement bind(String name, Object value) {
        Require.nonNull(name, "name");
        Require.nonNull(value, "value");
        return bind(indexOf(name), value);
    }

    /** Binds SQL NULL; a class that no codec knows leaves the type to the server. */
    @Override
    public PgxcStatement bindNull(int index, Class<?> type) {
        Require.nonNull(type, "type");
        requireIndex(index);
        binding().bindNull(index, registry.typeOidOf(type));
        return this;
    }

    @Override
    public PgxcStatement bindNull(String name, Class<?> type) {
        Require.nonNull(name, "name");
        Require.nonNull(type, "type");
        return bindNull(indexOf(name), type);
    }

    private void bindParameter(int index, Parameter parameter) {
        if (parameter instanceof Parameter.Out) {
            requireCall();
            isCall = true;
        }
        Type type = parameter.getType();
        Object value = parameter.getValue();
        boolean inferred = type instanceof Type.InferredType;
        if (type instanceof PgType known && known.oid() == 0) {
            binding().bindNamed(index, value, known);
        } else if (value == null) {
            binding().bindNull(index, inferred ? registry.typeOidOf(type.getJavaType()) : registry.typeOidOf(type));
        } else {
            binding().bind(index, value, inferred ? null : registry.typeOidOf(type));
        }
    }

    private void requireCall() {
        if (!text.firstKeyword().equalsIgnoreCase("CALL")) {
            throw new IllegalArgumentException(
                    "Only CALL has OUT parameters, a function returns a row: SELECT * FROM it, instead of: " + text);
        }
    }

    /** The binding that is being filled; what was executed keeps the values it was executed with. */
    private ParameterBindings binding() {
        if (executed) {
            current = current.copy();
            executed = false;
        }
        return current;
    }

    private int indexOf(String name) {
        int number = -1;
        if (name.length() > 1 && name.length() < 8 && name.charAt(0) == '$' && Character.isDigit(name.charAt(1))) {
            try {
                number = Integer.parseInt(name, 1, name.length(), 10);
            } catch (NumberFormatException e) {
                number = -1;
            }
        }
        if (number < 1 || number > text.parameterCount()) {
            throw new NoSuchElementException(
                    "There is no parameter " + name + " in: " + text + "; parameters are named $1 to $n");
        }
        return number - 1;
    }

    private void requireIndex(int index) {
        if (index < 0 || index >= text.parameterCount()) {
            throw new IndexOutOfBoundsException("Parameter " + index + " is not one of the " + text.parameterCount()
                    + ", counted from 0, of: " + text);
        }
    }

    private void requireComplete() {
        int missing = current.firstUnbound();
        if (missing >= 0) {
            throw new IllegalStateException("Parameter $" + (missing + 1) + " has no value in: " + text);
        }
    }

    /** Adds a RETURNING clause for the columns, or for all if none is named, unless the statement has one. */
    @Override
    public PgxcStatement returnGeneratedValues(String... columns) {
        text = text.returning(columns);
        return this;
    }

    /**
     * Rows per round trip, 0 for all at once; back-pressure then is the socket's. Inside a transaction other statements run between the
     * portions; outside one the connection belongs to this result until it ends. Ignored where there are several bindings.
     */
    @Override
    public PgxcStatement fetchSize(int rows) {
        if (rows < 0) {
            throw new IllegalArgumentException("fetchSize must be 0 (all rows) or more, not " + rows);
        }
        fetchSize = rows;
        return this;
    }

    /**
     * A time limit for this statement alone, counted from its submission. When it has passed the caller gets an
     * {@link io.r2dbc.spi.R2dbcTimeoutException}, and the server is asked to stop, also inside a transaction.
     *
     * @param limit zero for none
     */
    public PgxcStatement timeout(Duration limit) {
        if (Require.nonNull(limit, "limit").isNegative()) {
            throw new IllegalArgumentException("timeout must be zero (none) or positive, not " + limit);
        }
        timeout = limit.isZero() ? null : limit;
        return this;
    }

    /**
     * Runs the statement on each subscription, with what is bound now; nothing is sent before the first {@code request}. A Blob or
     * Clob is collected first: until then what is subscribed to later on this connection may overtake it. A type that is given by
     * name and is not known yet is looked up when the statement has taken its place in line, so that nothing overtakes it.
     *
     * @throws IllegalStateException if a value is missing
     */
    @Override
    public Flux<PgxcResult> execute() {
        if (addsPending && text.parameterCount() > 0 && current.isEmpty()) {
            throw new IllegalStateException("add() begins a further binding and nothing was bound after it: " + text);
        }
        requireComplete();
        careful |= current.needsCare();
        List<ParameterBindings> all = bindings();
        executed = true;
        if (text.isEmpty() || text.isCopy() || text.statements().size() > 1) {
            return simple(all.size());
        }
        return new Flight(core, text, all, fetchSize, timeout, careful, isCall);
    }

    private List<ParameterBindings> bindings() {
        if (earlier == null) {
            return List.of(current);
        }
        List<ParameterBindings> all = new ArrayList<>(earlier.size() + 1);
        all.addAll(earlier);
        all.add(current);
        return all;
    }

    private Flux<PgxcResult> simple(int executions) {
        if (text.parameterCount() > 0 || executions > 1) {
            throw new IllegalStateException(
                    "Several statements in one string cannot have parameters or bindings; split them: " + text);
        }
        if (text.isCopy() && text.statements().size() > 1) {
            throw new IllegalStateException("COPY cannot share a string with other statements; split them: " + text);
        }
        SqlText executed = text;
        int statements = Math.max(1, executed.statements().size());
        return Execution.of(
                core,
                executed.sql(),
                statements,
                timeout,
                consumer -> new SimpleQuery(executed.sql(), statements, core.noted(executed), consumer));
    }
}
