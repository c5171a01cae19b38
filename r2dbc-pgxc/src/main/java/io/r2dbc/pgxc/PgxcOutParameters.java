// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.spi.OutParameterMetadata;
import io.r2dbc.spi.OutParameters;
import io.r2dbc.spi.OutParametersMetadata;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The OUT and INOUT parameters that a CALL has given back, in their order and with the names the procedure has for them.
 *
 * <p>What is said of {@link PgxcRow} holds for them: they live inside the mapping function, or as long as their segment.
 */
public final class PgxcOutParameters implements OutParameters {

    private final PgxcRow row;

    PgxcOutParameters(PgxcRow row) {
        this.row = row;
    }

    PgxcOutParameters detached() {
        return new PgxcOutParameters(row.detached());
    }

    @Override
    public OutParametersMetadata getMetadata() {
        return new Metadata(row.getMetadata());
    }

    @Override
    public @Nullable Object get(int index) {
        return row.get(index);
    }

    @Override
    public @Nullable Object get(String name) {
        return row.get(name);
    }

    @Override
    public <T> @Nullable T get(int index, Class<T> type) {
        return row.get(index, type);
    }

    @Override
    public <T> @Nullable T get(String name, Class<T> type) {
        return row.get(name, type);
    }

    private record Metadata(PgxcRowMetadata columns) implements OutParametersMetadata {

        @Override
        public OutParameterMetadata getParameterMetadata(int index) {
            return columns.getColumnMetadata(index);
        }

        @Override
        public OutParameterMetadata getParameterMetadata(String name) {
            return columns.getColumnMetadata(name);
        }

        @Override
        public List<PgxcColumnMetadata> getParameterMetadatas() {
            return columns.getColumnMetadatas();
        }
    }
}
