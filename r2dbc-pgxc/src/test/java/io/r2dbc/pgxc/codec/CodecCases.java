// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import java.util.List;
import java.util.stream.Stream;

/** All rows of the families' tables; the bytes are what a PostgreSQL server sent. */
public final class CodecCases {

    private static final List<CodecCase> ALL = Stream.of(
                    NumberCases.BOOLEAN,
                    NumberCases.NUMBER,
                    NumberCases.FLOAT,
                    NumberCases.NUMERIC,
                    TextCases.TEXT,
                    TextCases.BINARY,
                    TextCases.UUIDS,
                    TextCases.JSON,
                    TextCases.OTHER,
                    InetCases.INET,
                    GeometryCases.GEOMETRY,
                    InetCases.CIDR,
                    MacAddressCases.MACADDR,
                    BitCases.BIT,
                    SystemCases.XID,
                    SystemCases.TID,
                    SystemCases.PG_LSN,
                    SystemCases.SNAPSHOT,
                    SystemCases.OTHER,
                    VectorCases.VECTOR,
                    TextSearchCases.TSVECTOR,
                    TextSearchCases.TSQUERY,
                    JsonPathCases.JSONPATH,
                    RangeCases.RANGE,
                    TemporalCases.DATE,
                    TemporalCases.TIME,
                    TimestampCases.TIMESTAMP,
                    TemporalCases.INTERVAL,
                    ArrayCases.ARRAY,
                    OtherArrayCases.OTHER_ARRAY)
            .flatMap(List::stream)
            .toList();

    private CodecCases() {}

    /**
     * Every row.
     *
     * @return an unmodifiable list
     */
    public static List<CodecCase> all() {
        return ALL;
    }

    /**
     * The rows that have a binary form.
     *
     * @return an unmodifiable list
     */
    public static List<CodecCase> binary() {
        return ALL.stream().filter(row -> row.hex() != null).toList();
    }
}
