// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static io.r2dbc.pgxc.codec.UserTypes.array;
import static io.r2dbc.pgxc.codec.UserTypes.composite;
import static io.r2dbc.pgxc.codec.UserTypes.plain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.value.Composite;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DatabaseTypesTest {

    private static final DatabaseTypes TYPES = UserTypes.TYPES;

    @Test
    @DisplayName("[X30] a type knows its kind, what it consists of, and the array over it")
    void linksTypes() {
        PgType person = TYPES.of(UserTypes.PERSON);
        PgType address = TYPES.of(UserTypes.ADDRESS);

        assertThat(person.getName()).isEqualTo("person");
        assertThat(person.category()).isEqualTo(TypeCategory.COMPOSITE);
        assertThat(person.attributes())
                .extracting(Attribute::name)
                .containsExactly("name", "home", "others", "mood", "scores");
        assertThat(person.attributes().get(1).type()).isSameAs(address);
        assertThat(person.attributes().get(2).type().element()).isSameAs(address);
        assertThat(address.array()).isSameAs(TYPES.of(UserTypes.ADDRESS + UserTypes.ARRAY));
        assertThat(address.arrayOid()).isEqualTo(UserTypes.ADDRESS + UserTypes.ARRAY);
        assertThat(TYPES.of(UserTypes.ZIP).base()).isEqualTo(PgType.TEXT);
        assertThat(TYPES.of(UserTypes.MOOD).category()).isEqualTo(TypeCategory.ENUM);
        assertThat(TYPES.of(UserTypes.FLOATRANGE).subtype()).isEqualTo(PgType.FLOAT8);
        assertThat(TYPES.of(UserTypes.FLOATMULTIRANGE).subtype()).isSameAs(TYPES.of(UserTypes.FLOATRANGE));
        assertThat(TYPES.rangeOver(PgType.FLOAT8.oid())).isSameAs(TYPES.of(UserTypes.FLOATRANGE));
        assertThat(TYPES.rangeOver(PgType.INT4.oid())).isSameAs(PgType.INT4RANGE);
    }

    @Test
    @DisplayName("[X30] a type is found by OID and by name, and what is not known is known not to be")
    void findsTypes() {
        assertThat(TYPES.knows(UserTypes.MOOD)).isTrue();
        assertThat(TYPES.knows(23)).isTrue();
        assertThat(TYPES.knows(99_999)).isFalse();
        assertThat(TYPES.knows("mood")).isTrue();
        assertThat(TYPES.knows("int4")).isTrue();
        assertThat(TYPES.knows("nothing")).isFalse();
        assertThat(TYPES.named("_mood")).isSameAs(TYPES.of(UserTypes.MOOD + UserTypes.ARRAY));
        assertThat(TYPES.named("zip")).isSameAs(TYPES.of(UserTypes.ZIP));
        assertThat(TYPES.of(99_999).getName()).isEqualTo("oid 99999");
        assertThat(UserTypes.REGISTRY.typeOidOf(PgType.named("mood"))).isEqualTo(UserTypes.MOOD);
        assertThat(UserTypes.REGISTRY.typeOidOf(PgType.named("nothing"))).isZero();
    }

    @Test
    @DisplayName("[X30] default classes: String for enums, the base's for domains, Composite, String for ranges")
    void defaultClasses() {
        CodecRegistry registry = UserTypes.REGISTRY;
        assertThat(registry.defaultType(UserTypes.MOOD)).isEqualTo(String.class);
        assertThat(registry.defaultType(UserTypes.MOOD + UserTypes.ARRAY)).isEqualTo(String[].class);
        assertThat(registry.defaultType(UserTypes.AGE)).isEqualTo(Integer.class);
        assertThat(registry.defaultType(UserTypes.AGE + UserTypes.ARRAY)).isEqualTo(Integer[].class);
        assertThat(registry.defaultType(UserTypes.ADDRESS)).isEqualTo(Composite.class);
        assertThat(registry.defaultType(UserTypes.ADDRESS + UserTypes.ARRAY)).isEqualTo(Composite[].class);
        assertThat(registry.defaultType(UserTypes.FLOATRANGE)).isEqualTo(String.class);
    }

    @Test
    @DisplayName("[X8] binary is asked for where everything that a type consists of is read in binary")
    void asksForBinary() {
        CodecRegistry registry = UserTypes.REGISTRY;
        for (int oid : List.of(
                UserTypes.MOOD,
                UserTypes.ZIP,
                UserTypes.ADDRESS,
                UserTypes.PERSON,
                UserTypes.PERSON + UserTypes.ARRAY,
                UserTypes.FLOATMULTIRANGE)) {
            assertThat(registry.readsBinary(oid)).as("%d", oid).isTrue();
        }
        DatabaseTypes types = TYPES.with(List.of(
                composite(30_001, "costs", List.of("price"), List.of(PgType.MONEY.oid())), array(30_001, "costs")));
        assertThat(registry.with(types).readsBinary(30_001)).isFalse();
        assertThat(registry.with(types).readsBinary(31_001)).isFalse();
        assertThat(registry.readsBinary(UserTypes.EMPTY)).isFalse();
        assertThat(registry.readsBinary(PgType.RECORD.oid())).isFalse();
        assertThat(registry.readsBinary(PgType.RECORD.arrayOid())).isFalse();
    }

    @Test
    @DisplayName("[X30] what is learnt later is added, and replaces what has changed")
    void learns() {
        DatabaseTypes more = TYPES.with(List.of(
                composite(UserTypes.ADDRESS, "address", List.of("street"), List.of(25)),
                plain(30_002, "colour", 'e', 0)));

        assertThat(more.of(UserTypes.ADDRESS).attributes()).hasSize(1);
        assertThat(more.of(UserTypes.PERSON).attributes().get(1).type().attributes())
                .hasSize(1);
        assertThat(more.knows("colour")).isTrue();
        assertThat(TYPES.of(UserTypes.ADDRESS).attributes()).hasSize(3);
        assertThat(TYPES.with(List.of(plain(UserTypes.MOOD, "mood", 'e', 0)))).isSameAs(TYPES);
    }

    @Test
    @DisplayName("[G8] types that contain themselves, or go too deep, are not believed, and cost no stack")
    void refusesEndlessTypes() {
        List<CatalogType> endless = new ArrayList<>();
        endless.add(composite(40_000, "self", List.of("a", "b"), List.of(40_000, 40_000)));
        endless.add(plain(40_001, "one", 'd', 40_002));
        endless.add(plain(40_002, "two", 'd', 40_001));
        for (int i = 0; i < 20_000; i++) {
            endless.add(plain(50_000 + i, "deep" + i, 'd', 50_001 + i));
        }
        DatabaseTypes types = TYPES.with(endless);

        for (int oid : List.of(40_000, 40_001, 40_002, 50_000)) {
            assertThat(types.knows(oid)).as("%d", oid).isFalse();
            assertThat(types.of(oid).component()).isNull();
        }
        assertThat(types.knows(UserTypes.PERSON)).isTrue();
    }

    @Test
    @DisplayName("[G8] a type that is very wide on every level is planned in no time")
    void plansWideTypes() {
        List<CatalogType> wide = new ArrayList<>();
        for (int level = 0; level < 20; level++) {
            int inner = level == 19 ? PgType.INT4.oid() : 60_001 + level;
            List<String> names = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                names.add("a" + i);
            }
            wide.add(composite(60_000 + level, "wide" + level, names, Collections.nCopies(100, inner)));
        }
        CodecRegistry registry = CodecRegistry.standard().with(DatabaseTypes.BUILT_IN.with(wide));

        assertThat(registry.readsBinary(60_000)).isTrue();
        assertThat(registry.decoder(60_000, Format.BINARY, Composite.class)).isNotNull();
    }

    @Test
    @DisplayName("attributes and their types go together")
    void refusesHalfAttributes() {
        assertThatThrownBy(() -> composite(1, "x", Arrays.asList("a", "b"), List.of(23)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 attributes with 1 types");
    }
}
