package io.github.tieredjcache.integration.management;

import org.jspecify.annotations.Nullable;

/** A value that has something happen once while its thread compares it: between a decision and its commit. */
record HookedValue(String text) {
    private static final ThreadLocal<@Nullable Runnable> HOOK = new ThreadLocal<>();

    /** Has an action run when this thread compares a value next. */
    static void onComparison(Runnable action) {
        HOOK.set(action);
    }

    @Override
    public boolean equals(Object other) {
        Runnable action = HOOK.get();
        if (action != null) {
            HOOK.remove();
            action.run();
        }
        return other instanceof HookedValue value && value.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }
}
