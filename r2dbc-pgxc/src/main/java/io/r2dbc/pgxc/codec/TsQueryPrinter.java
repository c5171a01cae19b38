// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Prints the binary form of a {@code tsquery} as the server prints the query: {@code 'a' & !( 'b':*A | 'c' ) <-> 'd'}.
 *
 * <p>The bytes hold how many items there are, then the items, each operator ahead of its right operand and then its left
 * one. A query of many words is as deep as it is long, so that the way through it is kept in an array and not on the
 * thread's stack: there is no limit of depth.
 */
final class TsQueryPrinter {

    private static final int HEADER = 4;

    private static final int VALUE = 1;
    private static final int OPERATOR = 2;

    private static final int NOT = 1;
    private static final int AND = 2;
    private static final int PHRASE = 4;

    /** How tight an operator binds, by its code; 3 is the OR. */
    private static final int[] PRIORITIES = {0, 4, 2, 1, 3};

    // What is left to do with an item, in the lower bits of an entry of the stack; a priority is the parent's.
    private static final int PRIORITY = 7;
    private static final int RIGHT_OF_PHRASE = 8;
    private static final int SIGN = 16;
    private static final int CLOSE = 32;
    private static final int BITS = 6;

    private final ByteBuf buffer;
    private final int end;
    private final int[] items;
    private final int[] sizes;
    private final StringBuilder out = new StringBuilder();
    private long[] stack = new long[16];
    private int height;

    TsQueryPrinter(ByteBuf buffer, int offset, int length) {
        this.buffer = buffer;
        this.end = offset + length;
        int count = length < HEADER ? -1 : buffer.getInt(offset);
        if (count < 0 || count > (length - HEADER) / 2) {
            throw malformed(Math.max(count, 0) + " items in " + length + " bytes");
        }
        this.items = new int[count];
        this.sizes = new int[count];
        find(offset + HEADER);
        measure();
    }

    /** Finds where each item begins. */
    private void find(int from) {
        int at = from;
        for (int i = 0; i < items.length; i++) {
            items[i] = at;
            at = behind(at);
        }
        if (at != end) {
            throw malformed(end - at + " bytes behind the last item");
        }
    }

    private int behind(int at) {
        if (end - at < 2) {
            throw malformed("ends within its items");
        }
        int kind = buffer.getByte(at);
        if (kind == VALUE) {
            return behindValue(at);
        }
        int operator = buffer.getByte(at + 1);
        if (kind != OPERATOR || operator < NOT || operator > PHRASE) {
            throw malformed("no item is of type " + kind + " and operator " + operator);
        }
        int next = at + (operator == PHRASE ? 4 : 2);
        if (next > end) {
            throw malformed("ends within its items");
        }
        return next;
    }

    private int behindValue(int at) {
        int zero = end - at < 4 ? -1 : buffer.indexOf(at + 3, end, (byte) 0);
        if (zero < 0) {
            throw malformed("ends within its items");
        }
        int weights = buffer.getUnsignedByte(at + 1);
        int prefix = buffer.getUnsignedByte(at + 2);
        if (weights > 15 || prefix > 1) {
            throw malformed("no word has weights " + weights + " and prefix " + prefix);
        }
        return zero + 1;
    }

    /** Finds how many items belong to each, from the last one to the first, so that those of its operands are known. */
    private void measure() {
        for (int i = items.length - 1; i >= 0; i--) {
            sizes[i] = 1;
            int operands = isValue(i) ? 0 : operator(i) == NOT ? 1 : 2;
            for (int n = 0; n < operands; n++) {
                int operand = i + sizes[i];
                if (operand >= items.length) {
                    throw malformed("an operator without an operand");
                }
                sizes[i] += sizes[operand];
            }
        }
        if (items.length > 0 && sizes[0] != items.length) {
            throw malformed("more than one query");
        }
    }

    private boolean isValue(int item) {
        return buffer.getByte(items[item]) == VALUE;
    }

    private int operator(int item) {
        return buffer.getByte(items[item] + 1);
    }

    String print() {
        if (items.length > 0) {
            push(0, 0);
        }
        while (height > 0) {
            long next = stack[--height];
            int item = (int) (next >> BITS);
            int task = (int) next & ((1 << BITS) - 1);
            if (task == CLOSE) {
                out.append(" )");
            } else if (task == SIGN) {
                sign(item);
            } else if (isValue(item)) {
                value(items[item]);
            } else {
                printOperator(item, task & PRIORITY, (task & RIGHT_OF_PHRASE) != 0);
            }
        }
        return out.toString();
    }

    /** Parentheses stand where the parent binds tighter, and around a phrase to the right of another. */
    private void printOperator(int item, int parent, boolean isRightOfPhrase) {
        int operator = operator(item);
        int priority = PRIORITIES[operator];
        if (priority < parent || operator == PHRASE && isRightOfPhrase) {
            out.append("( ");
            push(item, CLOSE);
        }
        int right = item + 1;
        if (operator == NOT) {
            out.append('!');
            push(right, priority);
            return;
        }
        push(right, operator == PHRASE ? priority | RIGHT_OF_PHRASE : priority);
        push(item, SIGN);
        push(right + sizes[right], priority);
    }

    private void push(int item, int task) {
        if (height == stack.length) {
            stack = Arrays.copyOf(stack, 2 * height);
        }
        stack[height++] = (long) item << BITS | task;
    }

    private void sign(int item) {
        int operator = operator(item);
        if (operator == PHRASE) {
            int distance = buffer.getShort(items[item] + 2);
            out.append(" <")
                    .append(distance == 1 ? "-" : String.valueOf(distance))
                    .append("> ");
        } else {
            out.append(operator == AND ? " & " : " | ");
        }
    }

    private void value(int at) {
        int from = at + 3;
        int zero = buffer.indexOf(from, end, (byte) 0);
        String word = Utf8.read(buffer, from, zero - from, PgType.TSQUERY, Format.BINARY);
        out.append('\'');
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            out.append(c == '\'' || c == '\\' ? String.valueOf(c) : "").append(c);
        }
        out.append('\'');
        int weights = buffer.getByte(at + 1);
        boolean isPrefix = buffer.getByte(at + 2) != 0;
        out.append(isPrefix || weights != 0 ? ":" : "").append(isPrefix ? "*" : "");
        for (int i = 0; i < 4; i++) {
            out.append((weights & 8 >> i) != 0 ? String.valueOf((char) ('A' + i)) : "");
        }
    }

    private static ValueException malformed(String problem) {
        return ValueException.of(PgType.TSQUERY, Format.BINARY, problem);
    }
}
