// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** SQL-like text put together from pieces whose parameters and semicolons are known. */
final class GeneratedSql {

    private static final String NOISE = "$1;'\"\\/*-a \n$$é(";

    private final Random random;
    private final boolean standardConformingStrings;
    private final StringBuilder sql = new StringBuilder();
    private int parameters;
    private int statements;

    GeneratedSql(Random random) {
        this.random = random;
        this.standardConformingStrings = random.nextBoolean();
        int count = 1 + random.nextInt(4);
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parts.add(part());
        }
        sql.append(String.join(";", parts));
    }

    String sql() {
        return sql.toString();
    }

    boolean standardConformingStrings() {
        return standardConformingStrings;
    }

    int parameters() {
        return parameters;
    }

    int statements() {
        return statements;
    }

    private String part() {
        StringBuilder part = new StringBuilder();
        boolean real = false;
        int tokens = random.nextInt(6);
        for (int i = 0; i < tokens; i++) {
            boolean blank = random.nextInt(3) == 0;
            part.append(' ').append(blank ? blank() : token());
            real |= !blank;
        }
        if (real) {
            statements++;
        }
        return part.toString();
    }

    private String blank() {
        if (random.nextBoolean()) {
            return "--" + noise().replace("\n", "") + "\n";
        }
        return "/*" + noise().replaceAll("[*/]", "") + "/* ; $9 */" + noise().replaceAll("[*/]", "") + "*/";
    }

    private String token() {
        return switch (random.nextInt(9)) {
            case 0 -> parameter();
            case 1 -> ", '" + plain() + "'";
            case 2 -> "E'" + noise().replace("\\", "\\\\").replace("'", "\\'") + "'";
            case 3 -> "\"" + noise().replace("\"", "\"\"") + "\"";
            case 4 -> "$q$" + noise().replace("$q", "") + " $q$";
            case 5 -> "$$" + noise().replace("$", "") + "$$";
            case 6 -> "(a; " + parameter() + ")";
            case 7 -> "col$" + random.nextInt(99);
            default -> "U&'" + noise().replace("'", "''") + "'";
        };
    }

    private String plain() {
        String doubled = noise().replace("'", "''");
        return standardConformingStrings ? doubled : doubled.replace("\\", "\\\\");
    }

    private String parameter() {
        int number = 1 + random.nextInt(40);
        parameters = Math.max(parameters, number);
        return "$" + number;
    }

    private String noise() {
        StringBuilder noise = new StringBuilder();
        int length = random.nextInt(8);
        for (int i = 0; i < length; i++) {
            noise.append(NOISE.charAt(random.nextInt(NOISE.length())));
        }
        return noise.toString();
    }
}
