package io.github.tieredjcache.benchmark;

import java.io.Serializable;

/** A kind of key. */
public enum KeySample {
    STRING("customer:4711"),
    LONG(4_711L),
    RECORD(new OrderKey("tenant", 4_711));

    private final Object key;

    KeySample(Object key) {
        this.key = key;
    }

    Object key() {
        return key;
    }

    /** Two parts. */
    record OrderKey(String tenant, long number) implements Serializable {}
}
