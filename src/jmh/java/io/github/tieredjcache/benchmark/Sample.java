package io.github.tieredjcache.benchmark;

import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/** A kind of value that is cached, and how many of them the near tier holds. */
public enum Sample {
    /** Immutable, so that storing by value need not copy it. */
    STRING(String.class, 10_000, number -> "the value of the key number " + number, value -> value),
    /** Ten fields, mutable. */
    ENTITY(Customer.class, 10_000, Customer::numbered, value -> ((Customer) value).copy()),
    /** About 20 KB; fewer, so that they fit into a small heap. */
    CONVERSATION(Conversation.class, 2_000, Conversation::numbered, value -> ((Conversation) value).copy());

    private final Class<?> type;
    private final int count;
    private final IntFunction<Object> maker;
    private final UnaryOperator<Object> copier;

    Sample(Class<?> type, int count, IntFunction<Object> maker, UnaryOperator<Object> copier) {
        this.type = type;
        this.count = count;
        this.maker = maker;
        this.copier = copier;
    }

    int count() {
        return count;
    }

    Object make(int number) {
        return maker.apply(number);
    }

    /** The copying of such a value as one writes it by hand. */
    UnaryOperator<Object> copier() {
        return copier;
    }

    /** The type as a cache is configured with it; the caches of the benchmarks are declared with {@code Object}. */
    @SuppressWarnings("unchecked")
    Class<Object> type() {
        return (Class<Object>) type;
    }
}
