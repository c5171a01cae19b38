// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.r2dbc.spi.R2dbcType;

/** Maps the types of the R2DBC specification to the server's. */
final class StandardTypes {

    private StandardTypes() {}

    static int oidOf(R2dbcType type) {
        return switch (type) {
            case CHAR, NCHAR -> PgType.BPCHAR.oid();
            case VARCHAR, NVARCHAR -> PgType.VARCHAR.oid();
            case CLOB, NCLOB -> PgType.TEXT.oid();
            case BOOLEAN -> PgType.BOOL.oid();
            case BINARY, VARBINARY, BLOB -> PgType.BYTEA.oid();
            case TINYINT, SMALLINT -> PgType.INT2.oid();
            case INTEGER -> PgType.INT4.oid();
            case BIGINT -> PgType.INT8.oid();
            case NUMERIC, DECIMAL -> PgType.NUMERIC.oid();
            case REAL -> PgType.FLOAT4.oid();
            case FLOAT, DOUBLE -> PgType.FLOAT8.oid();
            case DATE -> PgType.DATE.oid();
            case TIME -> PgType.TIME.oid();
            case TIME_WITH_TIME_ZONE -> PgType.TIMETZ.oid();
            case TIMESTAMP -> PgType.TIMESTAMP.oid();
            case TIMESTAMP_WITH_TIME_ZONE -> PgType.TIMESTAMPTZ.oid();
            case COLLECTION -> 0; // of what, the value says
        };
    }
}
