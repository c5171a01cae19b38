// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.codec.CodecRegistry;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.wire.BackendMessage.Column;
import io.r2dbc.spi.ColumnMetadata;
import org.jspecify.annotations.Nullable;

/** What the server says about a column of a result (protocol 48.5, RowDescription). */
public final class PgxcColumnMetadata implements ColumnMetadata {

    private static final int MODIFIER_HEADER = 4;

    private final Column column;
    private final CodecRegistry registry;

    PgxcColumnMetadata(Column column, CodecRegistry registry) {
        this.column = column;
        this.registry = registry;
    }

    @Override
    public String getName() {
        return column.name();
    }

    @Override
    public PgType getType() {
        return PgType.of(column.typeOid());
    }

    /** The class that {@code row.get} returns where none is asked for. */
    @Override
    public Class<?> getJavaType() {
        return registry.defaultType(column.typeOid());
    }

    /** The OID of the column's type. */
    @Override
    public Integer getNativeTypeMetadata() {
        return column.typeOid();
    }

    /** Digits of a numeric, or the length of a varchar or char; null where there is no limit. */
    @Override
    public @Nullable Integer getPrecision() {
        int modifier = column.typeModifier();
        if (modifier < MODIFIER_HEADER) {
            return null;
        }
        int oid = column.typeOid();
        if (oid == PgType.NUMERIC.oid()) {
            return ((modifier - MODIFIER_HEADER) >> 16) & 0xFFFF;
        }
        boolean text = oid == PgType.VARCHAR.oid() || oid == PgType.BPCHAR.oid();
        return text ? modifier - MODIFIER_HEADER : null;
    }

    /** Digits of a numeric behind the point; negative scales count zeros before it. Null where there is no limit. */
    @Override
    public @Nullable Integer getScale() {
        int modifier = column.typeModifier();
        boolean numeric = column.typeOid() == PgType.NUMERIC.oid() && modifier >= MODIFIER_HEADER;
        return numeric ? (((modifier - MODIFIER_HEADER) & 0x7FF) ^ 1024) - 1024 : null;
    }
}
