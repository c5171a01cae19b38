// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.codec.CodecRegistry;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.wire.BackendMessage.Column;
import io.r2dbc.spi.ColumnMetadata;
import io.r2dbc.spi.OutParameterMetadata;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the server says about a column of a result (protocol 48.5, RowDescription). */
public final class PgxcColumnMetadata implements ColumnMetadata, OutParameterMetadata {

    private static final int MODIFIER_HEADER = 4;

    private static final Set<Integer> OF_SECONDS = Set.of(
            PgType.TIME.oid(),
            PgType.TIMETZ.oid(),
            PgType.TIMESTAMP.oid(),
            PgType.TIMESTAMPTZ.oid(),
            PgType.INTERVAL.oid());

    private final Column column;
    private final Supplier<CodecRegistry> registry;

    PgxcColumnMetadata(Column column, Supplier<CodecRegistry> registry) {
        this.column = column;
        this.registry = registry;
    }

    @Override
    public String getName() {
        return column.name();
    }

    @Override
    public PgType getType() {
        return registry.get().type(column.typeOid());
    }

    /** The class that {@code row.get} returns where none is asked for. */
    @Override
    public Class<?> getJavaType() {
        return registry.get().defaultType(column.typeOid());
    }

    /** The OID of the column's type. */
    @Override
    public Integer getNativeTypeMetadata() {
        return column.typeOid();
    }

    /**
     * The type modifier as the server has it, such as the length of a {@code varchar} and four.
     *
     * @return -1 if there is none
     */
    public int getTypeModifier() {
        return column.typeModifier();
    }

    /** Digits of a numeric, or the length of a varchar, char or bit string; null where there is no limit. */
    @Override
    public @Nullable Integer getPrecision() {
        int modifier = column.typeModifier();
        int oid = column.typeOid();
        if (oid == PgType.BIT.oid() || oid == PgType.VARBIT.oid()) {
            return modifier < 0 ? null : modifier;
        }
        if (modifier < MODIFIER_HEADER) {
            return null;
        }
        if (oid == PgType.NUMERIC.oid()) {
            return ((modifier - MODIFIER_HEADER) >> 16) & 0xFFFF;
        }
        boolean text = oid == PgType.VARCHAR.oid() || oid == PgType.BPCHAR.oid();
        return text ? modifier - MODIFIER_HEADER : null;
    }

    /**
     * Digits of a numeric behind the point (negative scales count zeros before it), or those of seconds in a time; null where
     * the type sets no limit.
     */
    @Override
    public @Nullable Integer getScale() {
        int modifier = column.typeModifier();
        if (OF_SECONDS.contains(column.typeOid())) {
            int digits = modifier & 0xFFFF; // an interval's fields are above
            return modifier < 0 || digits == 0xFFFF ? null : digits;
        }
        boolean numeric = column.typeOid() == PgType.NUMERIC.oid() && modifier >= MODIFIER_HEADER;
        return numeric ? (((modifier - MODIFIER_HEADER) & 0x7FF) ^ 1024) - 1024 : null;
    }
}
