package io.github.tieredjcache.internal.codec.api;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Reports an object that cannot be encoded or copied; collects the path to it while the stack unwinds. */
public final class UnencodableException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int STEPS_SHOWN_MAX = 12;

    private final transient Deque<String> path = new ArrayDeque<>();
    private final String reason;

    public UnencodableException(String reason) {
        this(reason, null);
    }

    public UnencodableException(String reason, @Nullable Throwable cause) {
        super(reason, cause, false, false);
        this.reason = reason;
    }

    /** Prepends a step such as {@code .customer} or {@code [3]}. */
    public UnencodableException under(String step) {
        path.addFirst(step);
        return this;
    }

    /** Returns the path to the object, which begins with the name {@code root}, and the reason. */
    public String describe(String root) {
        if (path.isEmpty()) {
            return root + ": " + reason;
        }
        StringBuilder text = new StringBuilder(root);
        int shown = 0;
        for (String step : path) {
            if (shown++ == STEPS_SHOWN_MAX) {
                text.append("… (").append(path.size()).append(" steps)");
                break;
            }
            text.append(step);
        }
        return text.append(": ").append(reason).toString();
    }
}
