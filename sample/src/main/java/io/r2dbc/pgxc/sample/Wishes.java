// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.sample;

/**
 * What the command line asks of the sample itself; Spring Boot reads the rest.
 *
 * @param once whether to exit after the rehearsal
 * @param rows how many rows the table is to have
 */
record Wishes(boolean once, int rows) {

    private static final int MILLION = 1_000_000;
    private static final String ROWS = "--rows=";

    static Wishes of(String... arguments) {
        boolean once = false;
        int rows = MILLION;
        for (String argument : arguments) {
            once |= argument.equals("--once");
            if (argument.startsWith(ROWS)) {
                rows = Integer.parseInt(argument.substring(ROWS.length()));
            }
        }
        if (rows < 1) {
            throw new IllegalArgumentException("--rows must be 1 or more, not " + rows);
        }
        return new Wishes(once, rows);
    }
}
