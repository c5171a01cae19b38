// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.wire.FrontendMessage.Close;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StatementCacheTest {

    private static final int[] NO_TYPES = {};

    private static StatementKey key(String sql) {
        return new StatementKey(sql, NO_TYPES);
    }

    @Test
    @DisplayName(
            "[E1, X8] 10,000 texts leave as many statements as the cache holds, and a Close for each of the others")
    void bounded() {
        StatementCache cache = new StatementCache(256);
        List<Close> evicted = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            cache.create(key("select " + i), evicted);
        }
        assertThat(cache.size()).isEqualTo(256);
        assertThat(evicted).hasSize(10_000 - 256).doesNotHaveDuplicates();
        assertThat(cache.get(key("select 9999"))).isNotNull();
        assertThat(cache.get(key("select 0"))).isNull();
    }

    @Test
    @DisplayName("[E2, X8] no name is given twice, to statements, portals or after the cache was emptied")
    void namesAreUnique() {
        StatementCache cache = new StatementCache(2);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            assertThat(names.add(
                            cache.create(key("select 1"), new ArrayList<>()).name()))
                    .isTrue();
            assertThat(names.add(cache.nextName())).isTrue();
            cache.clear();
        }
    }

    @Test
    @DisplayName(
            "[X8] a statement with a live portal is passed over, even if the cache holds more than it should for a while")
    void portalsStay() {
        StatementCache cache = new StatementCache(1);
        List<Close> evicted = new ArrayList<>();
        PreparedStatement read = cache.create(key("select 1"), evicted);
        read.portalOpened();
        cache.create(key("select 2"), evicted);
        assertThat(evicted).isEmpty();
        assertThat(cache.size()).isEqualTo(2);
        read.portalClosed();
        cache.create(key("select 3"), evicted);
        assertThat(evicted).extracting(Close::name).contains(read.name());
        assertThat(cache.size()).isOne();
    }

    @Test
    @DisplayName("[X8] a statement that another has replaced under its key is not forgotten for it")
    void forgetsItsOwnOnly() {
        StatementCache cache = new StatementCache(2);
        PreparedStatement old = cache.create(key("select 1"), new ArrayList<>());
        PreparedStatement young = cache.create(key("select 1"), new ArrayList<>());
        assertThat(cache.forget(old)).isFalse();
        assertThat(cache.get(key("select 1"))).isSameAs(young);
        assertThat(cache.forget(young)).isTrue();
        assertThat(cache.forget(young)).isFalse();
    }
}
