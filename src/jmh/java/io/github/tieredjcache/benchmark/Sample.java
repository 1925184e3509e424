package io.github.tieredjcache.benchmark;

import java.util.function.IntFunction;

/** A kind of value that is cached, and how many of them the near tier holds. */
public enum Sample {
    /** Immutable, so that storing by value need not copy it. */
    STRING(String.class, 10_000, number -> "the value of the key number " + number),
    /** Ten fields, mutable. */
    ENTITY(Customer.class, 10_000, Customer::numbered),
    /** About 20 KB; fewer, so that they fit into a small heap. */
    CONVERSATION(Conversation.class, 2_000, Conversation::numbered);

    private final Class<?> type;
    private final int count;
    private final IntFunction<Object> maker;

    Sample(Class<?> type, int count, IntFunction<Object> maker) {
        this.type = type;
        this.count = count;
        this.maker = maker;
    }

    int count() {
        return count;
    }

    Object make(int number) {
        return maker.apply(number);
    }

    /** The type as a cache is configured with it; the caches of the benchmarks are declared with {@code Object}. */
    @SuppressWarnings("unchecked")
    Class<Object> type() {
        return (Class<Object>) type;
    }
}
