package io.github.tieredjcache.examples.hibernate;

/** What a product is; its hash code is another one in each JVM. */
public enum Category {
    BOOK,
    GAME,
    TOOL
}
