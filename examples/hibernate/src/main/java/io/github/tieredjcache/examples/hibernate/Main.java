package io.github.tieredjcache.examples.hibernate;

/** Placeholder. */
public final class Main {
    private Main() {}

    /** Runs. */
    public static void main(String[] arguments) {}
}
