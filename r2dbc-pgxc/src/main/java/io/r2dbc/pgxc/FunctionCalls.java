// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.codec.Format;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.codec.ValueException;
import io.r2dbc.pgxc.exchange.Exchange;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.FunctionCall;
import io.r2dbc.spi.Parameter;
import io.r2dbc.spi.Type;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;

/**
 * Turns function calls, as users ask for them, into exchanges: each subscription is one.
 *
 * <p>The protocol says neither of what types the arguments are nor the value. An argument is of the type its class has, or that it is given
 * as a {@link Parameter}; a value comes as text, which every class can be read from, unless its type is named.
 */
final class FunctionCalls {

    private FunctionCalls() {}

    static <T> Mono<T> call(
            ConnectionCore core, int function, @Nullable PgType named, Class<T> type, @Nullable Object[] arguments) {
        Require.nonNull(type, "type");
        int oid = named == null
                ? core.registry().typeOidOf(type)
                : core.registry().typeOidOf(named);
        Format format = named != null && core.registry().readsBinary(oid) ? Format.BINARY : Format.TEXT;
        int known = oid == 0 ? PgType.TEXT.oid() : oid;
        Value<T> value = new Value<>(core, known, format, type, "function " + Integer.toUnsignedString(function));
        return Mono.defer(() -> {
            ParameterBindings values;
            try {
                values = bindings(core, arguments);
            } catch (RuntimeException e) {
                release(arguments);
                throw e;
            }
            values.takeBuffers();
            Mono<T> call = Mono.create(sink -> submit(core, function, values, value, sink));
            return values.hasLarge() ? values.collect().then(call) : call;
        });
    }

    private static <T> void submit(
            ConnectionCore core, int function, ParameterBindings values, Value<T> value, MonoSink<T> sink) {
        SinkOutcome<T> outcome = new SinkOutcome<>(sink, value);
        Set<String> named = new LinkedHashSet<>();
        values.namedTypes(named);
        Exchange exchange = core.whenKnown(
                named,
                () -> new FunctionCall(function, values.resolved(core), value.format() == Format.BINARY, outcome),
                value.where(),
                outcome::failed);
        sink.onCancel(() -> core.session().cancel(exchange));
        core.session().submit(exchange);
    }

    /** Buffers are the driver's, whatever becomes of the call. */
    private static void release(@Nullable Object[] arguments) {
        for (Object argument : arguments) {
            Object value = argument instanceof Parameter parameter ? parameter.getValue() : argument;
            if (value instanceof ByteBuf buffer) {
                BoundBuffer.take(buffer);
            }
        }
    }

    private static ParameterBindings bindings(ConnectionCore core, @Nullable Object[] arguments) {
        ParameterBindings values = new ParameterBindings(
                arguments.length, core.registry(), core.configuration().stringType());
        for (int i = 0; i < arguments.length; i++) {
            try {
                bind(core, values, i, arguments[i]);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("argument " + (i + 1) + ": " + e.getMessage(), e);
            }
        }
        return values;
    }

    private static void bind(ConnectionCore core, ParameterBindings values, int index, @Nullable Object argument) {
        Require.that(
                !(argument instanceof Parameter.Out),
                "a function call has no OUT parameters: give it what Parameters.in makes");
        Object value = argument instanceof Parameter parameter ? parameter.getValue() : argument;
        Type type = argument instanceof Parameter parameter ? parameter.getType() : null;
        Type given = type instanceof Type.InferredType ? null : type;
        if (given instanceof PgType known && known.oid() == 0) {
            values.bindNamed(index, value, known);
        } else if (value == null) {
            values.bindNull(index, 0);
        } else {
            values.bind(index, value, given == null ? null : core.registry().typeOidOf(given));
        }
    }

    /** How the value is read. */
    private record Value<T>(ConnectionCore core, int typeOid, Format format, Class<T> type, String where) {

        T read(byte[] bytes) {
            try {
                return core.registry()
                        .decoder(typeOid, format, type)
                        .decode(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
            } catch (ValueException e) {
                throw Errors.of(e, where + ": ", null);
            }
        }
    }

    private record SinkOutcome<T>(MonoSink<T> sink, Value<T> value) implements FunctionCall.Outcome {

        @Override
        public void succeeded(byte @Nullable [] bytes) {
            if (bytes == null) {
                StreamEnd.give(sink::success, context());
                return;
            }
            T read;
            try {
                read = value.read(bytes);
            } catch (RuntimeException e) {
                StreamEnd.give(() -> sink.error(e), context());
                return;
            }
            StreamEnd.give(() -> sink.success(read), context());
        }

        @Override
        public void failed(Failure failure) {
            StreamEnd.give(() -> sink.error(Errors.of(failure, value.where())), context());
        }

        private Context context() {
            return Context.of(sink.contextView());
        }
    }
}
