// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.spi.OutParameters;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.RowMetadata;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What one way of consuming a Result makes of its segments; null means that a segment yields no element. */
interface SegmentReader<T> {

    /** Whether rows yield elements; otherwise they pass without demand. */
    default boolean readsRows() {
        return false;
    }

    default @Nullable T onRow(PgxcRow row) {
        return null;
    }

    /** Whether OUT parameters yield an element; otherwise they pass without demand. */
    default boolean readsOutParameters() {
        return false;
    }

    default @Nullable T onOutParameters(PgxcOutParameters parameters) {
        return null;
    }

    /** What a filter sees of a row. */
    default Result.Segment segment(PgxcRow row) {
        return new PgxcRowSegment(row);
    }

    /** Whether the count yields an element. */
    default boolean readsCount() {
        return false;
    }

    default @Nullable T onCount(long rows) {
        return null;
    }

    /** Whether messages yield elements; otherwise notices pass and an error ends the stream. */
    default boolean readsMessages() {
        return false;
    }

    default @Nullable T onMessage(Result.Message message) {
        return null;
    }

    /** {@code Result.map}. */
    record Rows<T>(BiFunction<? super Row, ? super RowMetadata, ? extends T> mapping) implements SegmentReader<T> {

        @Override
        public boolean readsRows() {
            return true;
        }

        @Override
        public T onRow(PgxcRow row) {
            return present(mapping.apply(row, row.getMetadata()));
        }
    }

    /** {@code Result.map} without metadata. */
    record Readables<T>(Function<? super Readable, ? extends T> mapping) implements SegmentReader<T> {

        @Override
        public boolean readsRows() {
            return true;
        }

        @Override
        public T onRow(PgxcRow row) {
            return present(mapping.apply(row));
        }

        @Override
        public boolean readsOutParameters() {
            return true;
        }

        @Override
        public T onOutParameters(PgxcOutParameters parameters) {
            return present(mapping.apply(parameters));
        }
    }

    static <T> T present(@Nullable T element) {
        if (element == null) {
            throw new NullPointerException("The mapping function returned null; map to Optional, or filter, instead");
        }
        return element;
    }

    /** {@code Result.getRowsUpdated}. */
    enum Count implements SegmentReader<Long> {
        INSTANCE;

        @Override
        public boolean readsCount() {
            return true;
        }

        @Override
        public Long onCount(long rows) {
            return rows;
        }
    }

    /** {@code Result.flatMap}: rows are detached, because what is made of them may come later. */
    enum Segments implements SegmentReader<Result.Segment> {
        INSTANCE;

        @Override
        public boolean readsRows() {
            return true;
        }

        @Override
        public Result.Segment onRow(PgxcRow row) {
            return new PgxcRowSegment(row.detached());
        }

        @Override
        public boolean readsOutParameters() {
            return true;
        }

        @Override
        public Result.Segment onOutParameters(PgxcOutParameters parameters) {
            return new PgxcOutSegment(parameters.detached());
        }

        @Override
        public boolean readsCount() {
            return true;
        }

        @Override
        public Result.Segment onCount(long rows) {
            return new Counted(rows);
        }

        @Override
        public boolean readsMessages() {
            return true;
        }

        @Override
        public Result.Segment onMessage(Result.Message message) {
            return message;
        }
    }

    /** The same way, where the row that comes is the OUT parameters of a CALL. */
    record OutOfCall<T>(SegmentReader<T> reader) implements SegmentReader<T> {

        @Override
        public boolean readsRows() {
            return reader.readsOutParameters();
        }

        @Override
        public @Nullable T onRow(PgxcRow row) {
            return reader.onOutParameters(new PgxcOutParameters(row));
        }

        @Override
        public Result.Segment segment(PgxcRow row) {
            return new PgxcOutSegment(new PgxcOutParameters(row));
        }

        @Override
        public boolean readsCount() {
            return reader.readsCount();
        }

        @Override
        public @Nullable T onCount(long rows) {
            return reader.onCount(rows);
        }

        @Override
        public boolean readsMessages() {
            return reader.readsMessages();
        }

        @Override
        public @Nullable T onMessage(Result.Message message) {
            return reader.onMessage(message);
        }
    }

    /** The number of rows a command has touched. */
    record Counted(long value) implements Result.UpdateCount {}

    /** A row that outlives the callback, or, for filters, one that does not. */
    record PgxcRowSegment(Row row) implements Result.RowSegment {}

    /** The OUT parameters of a CALL. */
    record PgxcOutSegment(OutParameters outParameters) implements Result.OutSegment {}

    /** An error of the server as the last segment of its Result. */
    record ErrorMessage(R2dbcException exception) implements Result.Message {

        @Override
        public int errorCode() {
            return exception.getErrorCode();
        }

        @Override
        public @Nullable String sqlState() {
            return exception.getSqlState();
        }

        @Override
        public String message() {
            return String.valueOf(exception.getMessage());
        }
    }
}
