// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.done;
import static io.r2dbc.pgxc.Answers.firstDone;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.ran;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.TEXT;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.codec.Codec;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.ClientMessage.Bind;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values and codecs of the user's own that fail when they are asked for their bytes, be it with an Error. */
@ExtendWith(StandingAsserts.class)
class UnsendableTest {

    private static final String INSERT = "insert into t values ($1, $2)";

    /** Written by a codec of the user's own, which has a bug. */
    private record Trap(boolean error) {

        String text() {
            if (error) {
                throw new AssertionError("a bug");
            }
            throw new IllegalStateException("a bug");
        }
    }

    /** Says that it has letters, and then cannot give them. */
    private record Hollow(boolean error) implements CharSequence {

        @Override
        public int length() {
            return 3;
        }

        @Override
        public char charAt(int index) {
            return new Trap(error).text().charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return this;
        }
    }

    static Stream<Object> values() {
        return Stream.of(new Trap(true), new Trap(false), new Hollow(true), new Hollow(false));
    }

    private static void traps(PgxcConfiguration.Builder options) {
        options.codecRegistrar(
                registry -> registry.register(Codec.text(Trap.class, PgType.TEXT, text -> new Trap(true), Trap::text)));
    }

    private static PgxcStatement insert(Dialogue dialogue) {
        return dialogue.connection().createStatement(INSERT);
    }

    private static void assertUnsendable(Throwable error, Object value) {
        assertThat(error)
                .isInstanceOf(R2dbcDataIntegrityViolationException.class)
                .hasMessageContaining("parameter $2 (" + value.getClass().getTypeName() + " as text)")
                .hasMessageContaining("a bug");
    }

    @ParameterizedTest(name = "[X34] {0}")
    @MethodSource("values")
    @DisplayName("[X34] whatever is thrown in place of a value sends no byte of its exchange; the connection works on")
    void alone(Object value) {
        try (Dialogue dialogue = Dialogue.with(
                UnsendableTest::traps, script -> script.expect("P D B E S").send(firstSelected("x")))) {
            assertUnsendable(
                    failed(begin(insert(dialogue).bind(0, 1).bind(1, value).execute())), value);
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
            assertThat(dialogue.sql()).containsExactly("select 'x'");
        }
    }

    @ParameterizedTest(name = "[X34, X6] {0}")
    @MethodSource("values")
    @DisplayName("[X34, X6] in a later binding it sends no byte of that Bind, and the flight is rolled back")
    void later(Object value) {
        try (Dialogue dialogue = Dialogue.with(
                UnsendableTest::traps,
                script -> script.expect("P D B E P B E S")
                        .send(prepared(new int[] {INT4, TEXT}), done("INSERT 0 1"), ran("ROLLBACK"), ready())
                        .expect("P D B E S")
                        .send(firstDone("INSERT 0 1")))) {
            PgxcStatement flight =
                    insert(dialogue).bind(0, 1).bind(1, "a").add().bind(0, 2).bind(1, value);
            assertUnsendable(failed(begin(Dialogue.counts(flight.execute()))), value);
            assertThat(completed(begin(dialogue.update("insert into t select 1"))))
                    .containsExactly(1L);
            assertThat(dialogue.sql()).containsExactly(INSERT, "ROLLBACK", "insert into t select 1");
            assertThat(dialogue.said(Bind.class)).hasSize(3);
        }
    }

    @Test
    @DisplayName(
            "[X10] a value that was refused is not bound: what is executed all the same lacks it, and sends no NULL")
    void refusedIsUnbound() {
        try (Dialogue dialogue =
                Dialogue.of(script -> script.expect("P D B E S").send(firstSelected("x")))) {
            PgxcStatement statement = dialogue.connection().createStatement("select $1");
            assertThatThrownBy(() -> statement.bind(0, new Object())).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(statement::execute)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("$1 has no value");
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }
}
