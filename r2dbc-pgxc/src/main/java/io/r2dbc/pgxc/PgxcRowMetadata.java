// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.codec.CodecRegistry;
import io.r2dbc.pgxc.wire.BackendMessage.Column;
import io.r2dbc.spi.RowMetadata;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The columns of a result, in order. Names are looked up without regard to case; of equal ones the first is meant. */
public final class PgxcRowMetadata implements RowMetadata {

    /** Up to so many columns are searched one by one; wider rows get an index, so that reading all of them by name stays linear. */
    private static final int SEARCHED = 8;

    private final List<Column> columns;
    private final Supplier<CodecRegistry> registry;
    private @Nullable List<PgxcColumnMetadata> metadatas;
    private @Nullable Map<String, Integer> index;

    PgxcRowMetadata(List<Column> columns, Supplier<CodecRegistry> registry) {
        this.columns = columns;
        this.registry = registry;
    }

    @Override
    public PgxcColumnMetadata getColumnMetadata(int position) {
        if (position < 0 || position >= columns.size()) {
            throw new IndexOutOfBoundsException(
                    "Column " + position + " is not one of the " + columns.size() + " columns, counted from 0");
        }
        return getColumnMetadatas().get(position);
    }

    @Override
    public PgxcColumnMetadata getColumnMetadata(String name) {
        return getColumnMetadatas().get(indexOf(name));
    }

    @Override
    public List<PgxcColumnMetadata> getColumnMetadatas() {
        List<PgxcColumnMetadata> made = metadatas;
        if (made == null) {
            List<PgxcColumnMetadata> all = new ArrayList<>(columns.size());
            columns.forEach(column -> all.add(new PgxcColumnMetadata(column, registry)));
            made = List.copyOf(all);
            metadatas = made;
        }
        return made;
    }

    @Override
    public boolean contains(String name) {
        return find(name) >= 0;
    }

    /** The position of the first column of this name. */
    int indexOf(String name) {
        int found = find(Require.nonNull(name, "name"));
        if (found < 0) {
            throw new NoSuchElementException("There is no column \"" + name + "\"; the columns are " + names());
        }
        return found;
    }

    private int find(String name) {
        for (int i = 0; i < Math.min(columns.size(), SEARCHED); i++) {
            if (columns.get(i).name().equalsIgnoreCase(name)) {
                return i;
            }
        }
        return columns.size() <= SEARCHED ? -1 : index().getOrDefault(name.toLowerCase(Locale.ROOT), -1);
    }

    private Map<String, Integer> index() {
        Map<String, Integer> made = index;
        if (made == null) {
            Map<String, Integer> first = new HashMap<>();
            for (int i = 0; i < columns.size(); i++) {
                first.putIfAbsent(columns.get(i).name().toLowerCase(Locale.ROOT), i);
            }
            // several Results of a statement share it, and their rows' copies read it on any thread
            made = Map.copyOf(first);
            index = made;
        }
        return made;
    }

    private List<String> names() {
        return columns.stream().map(Column::name).toList();
    }
}
