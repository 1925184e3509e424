package io.github.tieredjcache.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Finds where each reply of a Redis ends, in RESP2 or RESP3 and however the stream is cut into pieces; remembers no more
 * of a reply than it needs for that. Used by one thread.
 *
 * <p>A stream that is something else, TLS for one, is lost from its first byte that cannot be understood.
 */
final class RespFrames {
    private static final int LINE_MAX = 64 << 10;
    private static final int DEPTH_MAX = 64;
    private static final int CRLF = 2;

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final ByteArrayOutputStream firstWord = new ByteArrayOutputStream();
    private final Deque<Aggregate> open = new ArrayDeque<>();
    private long bulkLeft;
    private boolean atStart = true;
    private boolean push;
    private boolean lost;

    /**
     * Takes the next byte of the stream.
     *
     * @return whether a reply ends with it
     */
    boolean accept(byte next) {
        if (lost) {
            return false;
        }
        if (atStart) {
            atStart = false;
            push = next == '>';
            firstWord.reset();
        }
        try {
            boolean ended = bulkLeft > 0 ? acceptBulk(next) : acceptLine(next);
            atStart = ended;
            return ended;
        } catch (IllegalArgumentException | ArithmeticException e) {
            lost = true;
            return false;
        }
    }

    /** Returns whether no reply has begun that has not ended. */
    boolean isBetweenReplies() {
        return atStart;
    }

    /** Returns whether the reply under way, or else the one that ended last, is out of band. */
    boolean isPush() {
        return push;
    }

    /** Returns the first word of an out-of-band reply that has ended, such as {@code invalidate}; null for others. */
    @Nullable
    String pushKind() {
        return push && atStart ? firstWord.toString(UTF_8) : null;
    }

    /** Returns whether the stream turned out not to be RESP; nothing more is said of it. */
    boolean isLost() {
        return lost;
    }

    private boolean acceptBulk(byte next) {
        bulkLeft--;
        if (isFirstWord() && bulkLeft >= CRLF) {
            firstWord.write(next);
        }
        return bulkLeft == 0 && endValue();
    }

    private boolean acceptLine(byte next) {
        if (next != '\n') {
            if (line.size() == LINE_MAX) {
                throw new IllegalArgumentException("a line without end");
            }
            line.write(next);
            return false;
        }
        String text = line.toString(UTF_8);
        line.reset();
        if (text.length() < CRLF || text.charAt(text.length() - 1) != '\r') {
            throw new IllegalArgumentException("no line of RESP");
        }
        return begin(text.charAt(0), text.substring(1, text.length() - 1));
    }

    private boolean begin(char type, String rest) {
        return switch (type) {
            case '+', '-', ':', '_', ',', '#', '(' -> {
                if (isFirstWord()) {
                    firstWord.writeBytes(rest.getBytes(UTF_8));
                }
                yield endValue();
            }
            case '$', '!', '=' -> beginBulk(Long.parseLong(rest));
            case '*', '~', '>' -> beginAggregate(Long.parseLong(rest), false);
            case '%' -> beginAggregate(Math.multiplyExact(2, Long.parseLong(rest)), false);
            case '|' -> beginAggregate(Math.multiplyExact(2, Long.parseLong(rest)), true);
            default -> throw new IllegalArgumentException("no type of RESP");
        };
    }

    private boolean beginBulk(long length) {
        if (length < 0) {
            return endValue();
        }
        bulkLeft = Math.addExact(length, CRLF);
        return false;
    }

    private boolean beginAggregate(long elements, boolean attribute) {
        if (elements <= 0) {
            return !attribute && endValue();
        }
        if (open.size() == DEPTH_MAX) {
            throw new IllegalArgumentException("lists too deep in each other");
        }
        open.push(new Aggregate(elements, attribute));
        return false;
    }

    /** Says that a value has ended, and with it perhaps the lists that it is the last element of. */
    private boolean endValue() {
        while (!open.isEmpty()) {
            Aggregate list = open.element();
            list.ended++;
            if (list.ended < list.elements) {
                return false;
            }
            open.pop();
            if (list.attribute) {
                // It belongs to the value that comes next.
                return false;
            }
        }
        return true;
    }

    private boolean isFirstWord() {
        return push && open.size() == 1 && open.element().ended == 0;
    }

    /** A list, set, map or attribute of which not all elements have come. */
    private static final class Aggregate {
        private final long elements;
        private final boolean attribute;
        private long ended;

        Aggregate(long elements, boolean attribute) {
            this.elements = elements;
            this.attribute = attribute;
        }
    }
}
