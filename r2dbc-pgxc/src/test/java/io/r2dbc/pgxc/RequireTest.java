// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RequireTest {

    @Test
    @DisplayName("[X27] what is allowed is handed back")
    void passes() {
        Object value = new Object();
        assertThat(Require.nonNull(value, "value")).isSameAs(value);
        assertThat(Require.nonEmpty("x", "value")).isEqualTo("x");
        assertThat(Require.sendable("", "value")).isEmpty();
        assertThatCode(() -> Require.that(true, "never")).doesNotThrowAnyException();
    }

    @Test
    @DisplayName("[X27] null and empty are IllegalArgumentExceptions that name the argument")
    void refuses() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Require.nonNull(null, "column"))
                .withMessage("column must not be null");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Require.nonEmpty(null, "column"))
                .withMessage("column must not be null");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Require.nonEmpty("", "column"))
                .withMessage("column must not be empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Require.that(false, "not so"))
                .withMessage("not so");
    }

    @Test
    @DisplayName("[F16] NUL is refused, and the value is not repeated")
    void refusesNul() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Require.sendable("secret\0", "password"))
                .withMessage("password must not contain a NUL character (found at index 6)");
    }
}
