package io.github.tieredjcache.internal.codec;

import java.io.Externalizable;
import java.io.ObjectInput;
import java.io.ObjectInputStream;
import java.io.ObjectOutput;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The classes that the tests store, as users write them. */
@SuppressWarnings({"EqualsGetClass", "HidingField"}) // users write such classes
final class Samples {
    private Samples() {}

    enum Colour {
        RED,
        GREEN {
            @Override
            boolean isCalm() {
                return true;
            }
        };

        boolean isCalm() {
            return false;
        }
    }

    enum Nothing {}

    sealed interface Figure permits Circle, Square {}

    record Circle(double radius) implements Figure {}

    record Square(int side, Colour colour) implements Figure {}

    record Point(int x, int y) {}

    record Empty() {}

    record Basket(String owner, List<String> items, Optional<Point> place) {}

    record Generic<T>(T content) {}

    record Pair(Object left, Object right) {}

    /** A record whose {@code equals} differs from that of its components. */
    record Label(String text) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Label that && text.equalsIgnoreCase(that.text);
        }

        @Override
        public int hashCode() {
            return text.toLowerCase(java.util.Locale.ROOT).hashCode();
        }
    }

    /** A record that accepts only one kind of component, so that its {@code equals} is exact. */
    record Email(String address) {
        Email {
            address = address.toLowerCase(java.util.Locale.ROOT);
        }
    }

    record Typed(java.util.LinkedList<String> words) {}

    record Dated(java.sql.Date day, java.sql.Time time, java.util.Date date) {}

    /** Compares by the operator ==, for which 0.0 equals -0.0. */
    static final class Measure {
        private final double metres;

        Measure(double metres) {
            this.metres = metres;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Measure that && metres == that.metres;
        }

        @Override
        public int hashCode() {
            return (int) metres;
        }
    }

    static final class Price {
        private final BigDecimal amount;

        Price(BigDecimal amount) {
            this.amount = amount;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Price that && amount.compareTo(that.amount) == 0;
        }

        @Override
        public int hashCode() {
            return amount.stripTrailingZeros().hashCode();
        }
    }

    /** A list of another library, not serializable. */
    static final class Words extends java.util.AbstractList<String> {
        private final String[] words;

        Words(String... words) {
            this.words = words;
        }

        @Override
        public String get(int index) {
            return words[index];
        }

        @Override
        public int size() {
            return words.length;
        }
    }

    record Strict(int positive) {
        Strict {
            if (positive <= 0) {
                throw new IllegalArgumentException("must be positive");
            }
        }
    }

    /** Ten fields, getters left out. */
    static class Entity {
        long id;
        String name;
        int age;
        boolean active;
        double score;
        BigDecimal price;
        java.time.Instant created;
        UUID token;
        Colour colour;
        Integer rank;

        static Entity sample() {
            Entity entity = new Entity();
            entity.id = 4_711;
            entity.name = "Grace Hopper";
            entity.age = 37;
            entity.active = true;
            entity.score = 0.25;
            entity.price = new BigDecimal("12.50");
            entity.created = java.time.Instant.ofEpochSecond(1_700_000_000, 5);
            entity.token = new UUID(1, 2);
            entity.colour = Colour.GREEN;
            entity.rank = 3;
            return entity;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Entity that
                    && id == that.id
                    && Objects.equals(name, that.name)
                    && age == that.age
                    && active == that.active
                    && score == that.score
                    && Objects.equals(price, that.price)
                    && Objects.equals(created, that.created)
                    && Objects.equals(token, that.token)
                    && colour == that.colour
                    && Objects.equals(rank, that.rank);
        }

        @Override
        public int hashCode() {
            return Objects.hash(id, name);
        }
    }

    /** All primitive types, and a superclass. */
    static final class Primitives extends Entity {
        byte small = 1;
        short medium = -2;
        char letter = 'ß';
        float ratio = 1.5f;
        long large = Long.MIN_VALUE;
        int number = Integer.MIN_VALUE;
        double precise = Double.MIN_VALUE;
        boolean flag = true;
        int id = -7;

        @Override
        public boolean equals(Object other) {
            return other instanceof Primitives that
                    && small == that.small
                    && medium == that.medium
                    && letter == that.letter
                    && ratio == that.ratio
                    && large == that.large
                    && number == that.number
                    && precise == that.precise
                    && flag == that.flag
                    && id == that.id
                    && super.id == ((Entity) that).id;
        }

        @Override
        public int hashCode() {
            return number;
        }
    }

    /** Not serializable, final field, no constructor without arguments. */
    static final class Identifier {
        private final String name;

        Identifier(String name) {
            this.name = Objects.requireNonNull(name);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Identifier that && name.equals(that.name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }

    abstract static class Animal {
        private final String name;

        Animal(String name) {
            this.name = name;
        }

        @Override
        public boolean equals(Object other) {
            return other != null && other.getClass() == getClass() && name.equals(((Animal) other).name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }

    static class Dog extends Animal {
        private final Sex sex;

        enum Sex {
            MALE,
            FEMALE
        }

        Dog(String name, Sex sex) {
            super(name);
            this.sex = sex;
        }

        @Override
        public boolean equals(Object other) {
            return super.equals(other) && sex == ((Dog) other).sex;
        }

        @Override
        public int hashCode() {
            return super.hashCode();
        }
    }

    /** A tree with parents: a cycle. */
    static final class Node {
        String name;
        Node parent;
        List<Node> children = new ArrayList<>();
        Set<Node> friends = new HashSet<>();
        Node next;

        Node(String name) {
            this.name = name;
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Node that && name.equals(that.name);
        }
    }

    /** A cycle through a record, which cannot exist while its parts are read. */
    record Loop(List<Object> parts) {}

    /** An inner class: its outer instance is a field. */
    static final class Outer {
        String name = "outer";

        final class Inner {
            String describe() {
                return name + "/inner";
            }
        }
    }

    /** Has a field that a serializer of collections would lose. */
    static final class TaggedList extends ArrayList<String> {
        private static final long serialVersionUID = 1L;
        String tag = "t";

        @Override
        public boolean equals(Object other) {
            return super.equals(other) && other instanceof TaggedList that && tag.equals(that.tag);
        }

        @Override
        public int hashCode() {
            return super.hashCode();
        }
    }

    static final class Point3 implements Externalizable {
        private static final long serialVersionUID = 1L;
        int x;

        public Point3() {}

        Point3(int x) {
            this.x = x;
        }

        @Override
        public void writeExternal(ObjectOutput out) throws java.io.IOException {
            out.writeInt(x);
        }

        @Override
        public void readExternal(ObjectInput in) throws java.io.IOException {
            x = in.readInt();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Point3 that && x == that.x;
        }

        @Override
        public int hashCode() {
            return x;
        }
    }

    /** A null object, of which there must be only one. */
    static final class Singleton implements Serializable {
        private static final long serialVersionUID = 1L;
        static final Singleton INSTANCE = new Singleton();

        private Singleton() {}

        private Object readResolve() {
            return INSTANCE;
        }
    }

    /** A class that caches its hash and rebuilds it. */
    static final class Rebuilt implements Serializable {
        private static final long serialVersionUID = 1L;
        private final String text;
        private transient int hash;

        Rebuilt(String text) {
            this.text = text;
            this.hash = text.hashCode();
        }

        private void readObject(ObjectInputStream in) throws java.io.IOException, ClassNotFoundException {
            in.defaultReadObject();
            hash = text.hashCode();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Rebuilt that && hash == that.hash && text.equals(that.text);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** A framework's key of method arguments: an array, and a hash that {@code readObject} computes again. */
    @SuppressWarnings("serial") // the test chooses the elements
    static final class Arguments implements Serializable {
        private static final long serialVersionUID = 1L;
        private final Object[] values;
        private transient int hash;

        Arguments(Object... values) {
            this.values = values.clone();
            this.hash = java.util.Arrays.deepHashCode(values);
        }

        private void readObject(ObjectInputStream in) throws java.io.IOException, ClassNotFoundException {
            in.defaultReadObject();
            hash = java.util.Arrays.deepHashCode(values);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Arguments that && java.util.Arrays.deepEquals(values, that.values);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    static final class Replaced implements Serializable {
        private static final long serialVersionUID = 1L;
        final transient String text;

        Replaced(String text) {
            this.text = text;
        }

        private Object writeReplace() {
            return new Stand(text);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Replaced that && text.equals(that.text);
        }

        @Override
        public int hashCode() {
            return text.hashCode();
        }

        private record Stand(String text) implements Serializable {
            private Object readResolve() {
                return new Replaced(text);
            }
        }
    }

    static final class ByLength implements Comparator<String>, Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public int compare(String a, String b) {
            return Integer.compare(a.length(), b.length());
        }
    }

    static final class ShopException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final int code;

        ShopException(String message, int code, Throwable cause) {
            super(message, cause);
            this.code = code;
        }
    }

    static final class Transients {
        String kept = "kept";
        transient Object dropped = Thread.currentThread();
    }

    static final class Holder {
        Object content;
        final List<Object> more = new ArrayList<>();

        Holder(Object content) {
            this.content = content;
        }
    }

    static final class Narrow {
        Identifier identifier = new Identifier("n");
    }

    static final class FinalParent {
        final List<FinalChild> children = new ArrayList<>();
        final String name = new String("parent");
    }

    static final class FinalChild {
        final FinalParent parent;

        FinalChild(FinalParent parent) {
            this.parent = parent;
        }
    }

    /** Caches its hash in a field that is not transient. */
    static final class CachedHash {
        final String name;
        private int hash;

        CachedHash(String name) {
            this.name = name;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof CachedHash that && name.equals(that.name);
        }

        @Override
        public int hashCode() {
            if (hash == 0) {
                hash = name.hashCode();
            }
            return hash;
        }
    }

    static final class CaseInsensitive {
        final String name;

        CaseInsensitive(String name) {
            this.name = name;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof CaseInsensitive that && name.equalsIgnoreCase(that.name);
        }

        @Override
        public int hashCode() {
            return name.toLowerCase(java.util.Locale.ROOT).hashCode();
        }
    }

    static Map<String, Integer> counted(String... words) {
        Map<String, Integer> map = new HashMap<>();
        for (String word : words) {
            map.merge(word, 1, Integer::sum);
        }
        return map;
    }

    static Set<Object> linked(Object... elements) {
        return new LinkedHashSet<>(List.of(elements));
    }
}
