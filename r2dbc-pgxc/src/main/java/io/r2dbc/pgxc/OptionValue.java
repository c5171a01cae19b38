// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One option as it was given, an object or the text of a URL, and readable as what it should be.
 *
 * <p>What cannot be read is an {@link IllegalArgumentException} that names the option, its value and what would be right.
 * Values of options that hold a password or a token are never repeated.
 *
 * @param name the option's name
 * @param value what was given
 */
record OptionValue(String name, Object value) {

    private static final int EXCERPT = 60;

    String text() {
        if (value instanceof CharSequence || value instanceof Number || value instanceof Boolean) {
            return Require.sendable(value.toString(), "option " + name);
        }
        throw refused("text");
    }

    int integer() {
        try {
            return Math.toIntExact(value instanceof Long number ? number : Long.parseLong(trimmed()));
        } catch (NumberFormatException | ArithmeticException notAnInteger) {
            throw refused("a whole number");
        }
    }

    /** A number of bytes, or of the units kB, MB, GB, which are powers of 1024 as in PostgreSQL's settings, also written KiB and so on. */
    int bytes() {
        String text = trimmed();
        int digits = digits(text);
        long factor = switch (text.substring(digits).strip().toLowerCase(Locale.ROOT)) {
            case "", "b" -> 1;
            case "kb", "kib" -> 1L << 10;
            case "mb", "mib" -> 1L << 20;
            case "gb", "gib" -> 1L << 30;
            default -> 0;
        };
        return Math.toIntExact(
                scaled(text.substring(0, digits), factor, Integer.MAX_VALUE, "a size such as 65536, 512kB or 8MB"));
    }

    boolean bool() {
        return switch (trimmed().toLowerCase(Locale.ROOT)) {
            case "true", "on", "yes", "1" -> true;
            case "false", "off", "no", "0" -> false;
            default -> throw refused("true or false");
        };
    }

    /**
     * A duration: an object, ISO-8601 ({@code PT2S}), a whole number with a unit (us, ms, s, m or min, h, d), or a bare number of
     * milliseconds, which is how PostgreSQL reads its own timeouts.
     */
    Duration duration() {
        if (value instanceof Duration duration) {
            return duration;
        }
        String text = trimmed();
        if (text.startsWith("P") || text.startsWith("p")) {
            return isoDuration(text);
        }
        int digits = digits(text);
        long nanos = switch (text.substring(digits).strip().toLowerCase(Locale.ROOT)) {
            case "us" -> 1_000L;
            case "", "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m", "min" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            case "d" -> 86_400_000_000_000L;
            default -> 0;
        };
        return Duration.ofNanos(scaled(text.substring(0, digits), nanos, Long.MAX_VALUE, DURATION));
    }

    private static final String DURATION = "a duration such as 2s, 500ms, PT2S, or a number of milliseconds";

    /** One of an enum's constants, in any case, with hyphens where the constant has underscores. */
    <E extends Enum<E>> E oneOf(Class<E> type) {
        if (type.isInstance(value)) {
            return type.cast(value);
        }
        String wanted = (value instanceof Enum<?> other ? other.name() : trimmed()).replace('-', '_');
        List<String> right = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(wanted)) {
                return constant;
            }
            right.add(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        }
        throw refused("one of " + String.join(", ", right));
    }

    /** Names with values: a map, or text such as {@code a=1;b=2}. A value may contain equals signs. */
    Map<String, String> pairs() {
        Map<String, String> pairs = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, entry) -> pairs.put(String.valueOf(key), String.valueOf(entry)));
            return pairs;
        }
        for (String pair : text().split(";", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                pairs.put(
                        pair.substring(0, equals).strip(),
                        pair.substring(equals + 1).strip());
            } else if (!pair.isBlank()) {
                throw refused("pairs such as name=value;other=value");
            }
        }
        return pairs;
    }

    /** Objects of one class, alone, in an array or in a collection. No class is ever loaded by a name. */
    <T> List<T> objects(Class<T> type) {
        Collection<?> given;
        if (value instanceof Collection<?> collection) {
            given = collection;
        } else {
            given = value instanceof Object[] array ? Arrays.asList(array) : List.of(value);
        }
        List<T> objects = new ArrayList<>(given.size());
        for (Object object : given) {
            objects.add(new OptionValue(name, object).object(type));
        }
        return objects;
    }

    /** An object of that class, which no text can stand for. */
    <T> T object(Class<T> type) {
        if (!type.isInstance(value)) {
            throw refused("an object of " + type.getName() + ", given by program");
        }
        return type.cast(value);
    }

    /** The refusal of this value, to be thrown. */
    IllegalArgumentException refused(String right) {
        return new IllegalArgumentException("option " + name + " is " + shown() + ", but must be " + right);
    }

    /** The value as it may be shown to people. */
    String shown() {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.contains("password") || lower.contains("token")) {
            return "(hidden)";
        }
        String text = value instanceof CharSequence
                        || value instanceof Number
                        || value instanceof Boolean
                        || value instanceof Enum<?>
                ? value.toString()
                : "an object of " + value.getClass().getName();
        return "'" + ErrorText.escaped(text.length() <= EXCERPT ? text : text.substring(0, EXCERPT) + "...") + "'";
    }

    @Override
    public String toString() {
        return name + "=" + shown();
    }

    private String trimmed() {
        return text().strip();
    }

    private Duration isoDuration(String text) {
        try {
            return Duration.parse(text);
        } catch (DateTimeException notADuration) {
            throw refused(DURATION);
        }
    }

    private long scaled(String digits, long factor, long most, String right) {
        try {
            long scaled = Math.multiplyExact(Long.parseLong(digits), factor);
            if (factor > 0 && scaled <= most) {
                return scaled;
            }
        } catch (NumberFormatException | ArithmeticException unreadable) {
            throw refused(right);
        }
        throw refused(right);
    }

    private static int digits(String text) {
        int i = 0;
        while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
            i++;
        }
        return i;
    }
}
