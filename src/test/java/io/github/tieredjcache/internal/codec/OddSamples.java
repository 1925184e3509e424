package io.github.tieredjcache.internal.codec;

import java.io.Externalizable;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.io.ObjectStreamField;
import java.io.Serializable;
import java.util.AbstractList;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Date;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Classes that define their serialized state in unusual ways. Golden files contain them, as those of {@link Samples},
 * so their fields must not change.
 */
@SuppressWarnings({"ArrayRecordComponent", "EqualsGetClass", "JavaUtilDate", "UnusedVariable", "serial"
}) // users write such classes
final class OddSamples {
    private OddSamples() {}

    /** Java serialization stores only the fields in {@code serialPersistentFields}. */
    static final class Declared implements Serializable {
        private static final long serialVersionUID = 1L;
        private static final ObjectStreamField[] serialPersistentFields = {new ObjectStreamField("kept", String.class)};
        transient String kept;
        final Object dropped = Thread.currentThread();

        Declared(String kept) {
            this.kept = kept;
        }
    }

    /** A record is stored as its components, even if it is Externalizable. */
    record External(int x) implements Externalizable {
        @Override
        public void writeExternal(ObjectOutput out) {
            throw new IllegalStateException();
        }

        @Override
        public void readExternal(ObjectInput in) {
            throw new IllegalStateException();
        }
    }

    /** Its constructor normalizes the component. */
    record Tags(List<String> tags, String owner) {
        Tags {
            tags = List.copyOf(tags);
            owner = owner.trim();
        }
    }

    /** A record that holds an array. */
    record Blob(byte[] bytes, Object[] parts) {}

    record Pair<A, B extends Comparable<B>>(A first, B second) implements Serializable {}

    /** A list with computed elements; these two fields are its only state. */
    static final class Range extends AbstractSet<Integer> {
        private final int from;
        private final int to;

        Range(int from, int to) {
            this.from = from;
            this.to = to;
        }

        @Override
        public Iterator<Integer> iterator() {
            return java.util.stream.IntStream.range(from, to).iterator();
        }

        @Override
        public int size() {
            return to - from;
        }
    }

    static final class Repeated extends AbstractList<String> implements Serializable {
        private static final long serialVersionUID = 1L;
        private final String text;
        private final int times;

        Repeated(String text, int times) {
            this.text = text;
            this.times = times;
        }

        @Override
        public String get(int index) {
            return text + index;
        }

        @Override
        public int size() {
            return times;
        }
    }

    /** Extends a JDK class with a serialized form of its own. */
    static final class Deadline extends Date {
        private static final long serialVersionUID = 1L;
        final String reason;

        Deadline(long millis, String reason) {
            super(millis);
            this.reason = reason;
        }
    }

    static final class Recent extends LinkedHashMap<String, Integer> {
        private static final long serialVersionUID = 1L;
        private final int most;

        Recent(int most) {
            super(16, 0.75f, true);
            this.most = most;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > most;
        }
    }

    static final class Money extends Number implements Comparable<Money> {
        private static final long serialVersionUID = 1L;
        private final long cents;

        Money(long cents) {
            this.cents = cents;
        }

        @Override
        public int intValue() {
            return (int) cents;
        }

        @Override
        public long longValue() {
            return cents;
        }

        @Override
        public float floatValue() {
            return cents;
        }

        @Override
        public double doubleValue() {
            return cents;
        }

        @Override
        public int compareTo(Money other) {
            return Long.compare(cents, other.cents);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Money that && cents == that.cents;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(cents);
        }
    }

    abstract static class Base<T> {
        protected T content;
        private final String name = "base";

        String describe() {
            return name + content;
        }
    }

    static final class Derived extends Base<List<String>> {
        private final String name = "derived";

        Derived(String... items) {
            content = new ArrayList<>(List.of(items));
        }

        @Override
        String describe() {
            return name + super.describe();
        }
    }

    /** Has fields of interface types and of private types. */
    static final class Wide {
        CharSequence text = "text";
        Comparable<?> comparable = 1;
        Number number = 2L;
        Iterable<?> iterable = List.of(3);
        Object[] objects = {new int[] {4}, "five"};
        Map<String, ? extends List<? super Integer>> wild = Map.of("k", List.of(6));

        @Override
        public boolean equals(Object other) {
            return other instanceof Wide that && toString().equals(that.toString());
        }

        @Override
        public int hashCode() {
            return toString().hashCode();
        }

        @Override
        public String toString() {
            return text + " " + comparable + number + iterable + ((int[]) objects[0])[0] + objects[1] + wild;
        }
    }

    /** Holds a lock, which cannot be stored. */
    static final class Locked {
        final ReentrantLock lock = new ReentrantLock();
    }

    static final class Unlocked {
        final transient ReentrantLock lock = new ReentrantLock();
        int count = 3;
    }

    /** Not serializable, but the type of a field of a class that only Java serialization can write. */
    static final class Plain {
        final int x = 1;
    }

    static final class OwnForm implements Serializable {
        private static final long serialVersionUID = 1L;
        final Plain plain = new Plain();

        private Object readResolve() {
            return this;
        }
    }

    /** Extends a JDK class with state that is not Serializable. */
    static final class Worker extends Thread {}

    static Object anonymous(String captured) {
        return new Object() {
            private final String own = captured + "!";

            @Override
            public boolean equals(Object other) {
                return other != null
                        && other.getClass() == getClass()
                        && other.toString().equals(toString());
            }

            @Override
            public int hashCode() {
                return Objects.hash(own, captured);
            }

            @Override
            public String toString() {
                return own + captured;
            }
        };
    }

    static Object local(int captured) {
        record Local(int x, String y) {}
        return new Local(captured, "y");
    }
}
