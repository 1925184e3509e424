package io.github.tieredjcache.internal.codec;

import io.github.tieredjcache.internal.codec.OddSamples.Locked;
import io.github.tieredjcache.internal.codec.OddSamples.OwnForm;
import io.github.tieredjcache.internal.codec.OddSamples.Plain;
import io.github.tieredjcache.internal.codec.OddSamples.Worker;
import io.github.tieredjcache.internal.codec.Samples.Colour;
import io.github.tieredjcache.internal.codec.Samples.Generic;
import io.github.tieredjcache.internal.codec.Samples.Holder;
import io.github.tieredjcache.internal.codec.Samples.Loop;
import io.github.tieredjcache.internal.codec.Samples.Node;
import io.github.tieredjcache.internal.codec.Samples.Nothing;
import io.github.tieredjcache.internal.codec.Samples.ShopException;
import io.github.tieredjcache.internal.codec.Samples.TaggedList;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.MalformedURLException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.URL;
import java.text.Collator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.SimpleTimeZone;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Kinds of value that are refused, with words that the refusal must contain: the class and the cure. */
final class RefusedKinds {
    private static final String CONTENT = "store its content instead";
    private static final String TO_LIST = "copy it into an ArrayList";
    private static final String TO_MAP = "copy it into a HashMap";

    private RefusedKinds() {}

    static Stream<Kind> all() {
        return Stream.of(code(), resources(), views(), comparators(), graphs(), largeGraphs(), sharedInKeys(), others())
                .flatMap(List::stream);
    }

    private static List<Kind> code() {
        Runnable lambda = () -> {};
        Object proxy = Proxy.newProxyInstance(
                RefusedKinds.class.getClassLoader(), new Class<?>[] {Runnable.class}, (p, m, a) -> null);
        return List.of(
                Kind.refused("lambda", lambda, "a lambda", "RefusedKinds$$Lambda", "use a named class"),
                Kind.refused(
                        "lambda, Serializable", (Runnable & Serializable) () -> {}, "a lambda", "use a named class"),
                Kind.refused("proxy", proxy, "a proxy", "store the object behind the proxy"),
                Kind.refused("Class", String.class, "java.lang.Class", CONTENT),
                Kind.refused(
                        "lambda in a field of a field", new Holder(new Holder(lambda)), "value.content.content: a"),
                Kind.refused("lambda in an EnumMap", new EnumMap<>(Map.of(Colour.RED, lambda)), "value{RED}: a lambda"),
                Kind.refused("lambda in a TreeMap", new TreeMap<>(Map.of("a", lambda)), "value{entry 0}: a lambda"));
    }

    private static List<Kind> resources() {
        return List.of(
                Kind.refused("Thread", new Thread(), "java.lang.Thread", CONTENT),
                Kind.refused("subclass of Thread", new Worker(), "OddSamples$Worker", "make it Serializable"),
                Kind.refused("lock in a field", new Locked(), "value.lock: ", "ReentrantLock", "transient"),
                Kind.refused("CompletableFuture", new CompletableFuture<>(), "CompletableFuture", CONTENT),
                Kind.refused(
                        "URL",
                        url("http://a.test/"),
                        "java.net.URL",
                        "store its toURI()",
                        "looks up its host in the network"),
                Kind.refused(
                        "URL in a HashSet", Set.of(new Holder(url("file:x"))), "[0].content: ", "store its toURI()"),
                Kind.refused("NetworkInterface", loopback(), "java.net.NetworkInterface", CONTENT),
                Kind.refused(
                        "Pattern by canonical equivalence",
                        Pattern.compile("x", Pattern.CANON_EQ),
                        "CANON_EQ",
                        "its text"),
                Kind.refused(
                        "Pattern of 501 characters", Pattern.compile("a".repeat(501)), "500 characters", "its text"),
                Kind.refused(
                        "array of classes", new Class<?>[] {String.class}, "an array of java.lang.Class: ", CONTENT),
                Kind.refused(
                        "array of addresses",
                        new InetAddress[0],
                        "class java.net.InetAddress is not allowed",
                        "add it to tiered-jcache.codec.allowed by this name"),
                Kind.refused("LongAdder", new LongAdder(), "LongAdder", CONTENT),
                Kind.refused(
                        "thread within a record within a list",
                        List.of(1, new Generic<>(new Thread())),
                        "value[1].content: ",
                        "java.lang.Thread"));
    }

    private static URL url(String text) {
        try {
            return URI.create(text).toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static NetworkInterface loopback() {
        try {
            return NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
        } catch (SocketException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Properties defaults() {
        Properties defaults = new Properties();
        defaults.setProperty("k", "v");
        return new Properties(defaults);
    }

    private static List<Kind> views() {
        IdentityHashMap<Object, Object> identities = new IdentityHashMap<>();
        identities.put(new String("a"), 1);
        identities.put(new String("a"), 2);
        return List.of(
                Kind.refused("ArrayList.subList", new ArrayList<>(List.of(1)).subList(0, 1), "SubList", TO_LIST),
                Kind.refused("HashMap.keySet", new HashMap<>().keySet(), "KeySet", TO_LIST),
                Kind.refused("HashMap.values", new HashMap<>().values(), "Values", TO_LIST),
                Kind.refused("TreeMap.headMap", new TreeMap<>(Map.of(1, 1)).headMap(1), "SubMap", TO_MAP),
                Kind.refused("LinkedBlockingQueue", new LinkedBlockingQueue<>(), "LinkedBlockingQueue", TO_LIST),
                Kind.refused("IdentityHashMap", new IdentityHashMap<>(), "IdentityHashMap", TO_MAP),
                Kind.refused("WeakHashMap", new WeakHashMap<>(), "WeakHashMap", TO_MAP),
                Kind.refused("Properties with defaults", defaults(), "Properties with defaults", "set the defaults"),
                Kind.refused(
                        "Collections.checkedList",
                        Collections.checkedList(new ArrayList<>(), String.class),
                        "CheckedRandomAccessList",
                        TO_LIST),
                Kind.refused(
                        "Collections.unmodifiableMap of an IdentityHashMap",
                        Collections.unmodifiableMap(identities),
                        "UnmodifiableMap",
                        "holds equal elements",
                        "store a list"),
                Kind.refused(
                        "Collections.unmodifiableSet of identities",
                        Collections.unmodifiableSet(identities.keySet()),
                        "UnmodifiableSet",
                        "store a list"));
    }

    private static List<Kind> comparators() {
        Comparator<String> byLength = Comparator.comparing(String::length);
        Map<String, Integer> sorted = new TreeMap<>(byLength);
        return List.of(
                Kind.refused("TreeMap by a lambda", sorted, "value.comparator(): a lambda", "use a named class"),
                Kind.refused(
                        "Collections.unmodifiableMap of a TreeMap by a lambda",
                        Collections.unmodifiableMap(sorted),
                        "value.comparator(): a lambda"),
                Kind.refused(
                        "Comparator.nullsFirst of a lambda",
                        new TreeSet<>(Comparator.nullsFirst(byLength)),
                        "value.comparator(): a lambda",
                        "named class that implements Comparator"),
                Kind.refused(
                        "Collections.reverseOrder of a lambda",
                        Collections.reverseOrder(byLength),
                        "value[0]: a lambda",
                        "use a named class"),
                Kind.refused(
                        "TreeMap by a Collator",
                        new TreeMap<>(Collator.getInstance()),
                        "value.comparator(): the JDK class java.text.RuleBasedCollator",
                        "use a named class that implements Comparator"));
    }

    private static List<Kind> graphs() {
        Loop loop = new Loop(new ArrayList<>());
        loop.parts().add(loop);
        Holder cyclic = new Holder(null);
        cyclic.content = Set.of(cyclic);
        return List.of(
                Kind.refused("cycle through a record", loop, "cycle through an immutable", "Loop", "mutable object"),
                Kind.refused(
                        "cycle through Set.of",
                        cyclic,
                        "immutable set or map",
                        "use a LinkedHashSet or a LinkedHashMap"));
    }

    private static List<Kind> largeGraphs() {
        Object[] deep = new Object[1];
        for (int i = 0; i < 500; i++) {
            deep = new Object[] {deep};
        }
        Node chain = new Node("end");
        for (int i = 0; i < 100_000; i++) {
            Node node = new Node("n");
            node.next = chain;
            chain = node;
        }
        return List.of(
                Kind.refused("arrays in arrays, 500 deep", deep, "400 levels", "keep long chains in a list"),
                Kind.refused("chain of 100,000 objects", chain, "400 levels", "keep long chains in a list"),
                Kind.refused("byte[] of 17 MB", new byte[17 << 20], "codec.maximum-value-size"),
                Kind.refused("String of 17 MB", "x".repeat(17 << 20), "codec.maximum-value-size"));
    }

    private static List<Kind> sharedInKeys() {
        List<Object> shared = new ArrayList<>();
        String cure = "give that object a copy of its own";
        return List.of(
                Kind.refused(
                        "two objects in a HashSet that share a list",
                        new HashSet<>(List.of(new Holder(shared), new Holder(shared))),
                        "referred to twice",
                        cure),
                Kind.refused(
                        "list that an object in a HashSet holds, too",
                        List.of(shared, new HashSet<>(List.of(new Holder(shared)))),
                        "referred to twice",
                        cure),
                Kind.refused(
                        "list that an object in a HashSet held before",
                        List.of(new HashSet<>(List.of(new Holder(shared))), shared),
                        "referred to twice",
                        cure));
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static TaggedList nestedInJavaSection() {
        Object nested = 1;
        for (int i = 0; i < 40; i++) {
            nested = new HashSet<>(List.of(nested));
        }
        TaggedList list = new TaggedList();
        ((List) list).add(nested);
        return list;
    }

    @SuppressWarnings("deprecation") // the constructor that takes any text
    private static List<Kind> others() {
        return List.of(
                Kind.refused("EnumSet of an enum without constants", EnumSet.noneOf(Nothing.class), "constants"),
                Kind.refused("TimeZone with rules of its own", new SimpleTimeZone(5, "own"), "own", "getTimeZone"),
                Kind.refused("Locale without a language tag", new Locale("a b"), "language tag"),
                Kind.refused(
                        "own Java form that fails",
                        new Holder(new Failing()),
                        "value.content: class " + Failing.class.getName(),
                        "fails with java.lang.ClassCastException when it is written",
                        "store a record of its content"),
                Kind.refused(
                        "own Java form with a cycle through the object that replaces it",
                        new Holder(StoodIn.cycle()),
                        "value.content: class " + StoodIn.class.getName(),
                        "when it is read back",
                        "a cycle"),
                Kind.refused("40 sets in a subclass of ArrayList", nestedInJavaSection(), "could not be read back"),
                Kind.refused(
                        "own Java form with a field that is not Serializable",
                        new OwnForm(),
                        Plain.class.getName(),
                        "make that class Serializable or its field transient"),
                Kind.refused(
                        "exception with a thread",
                        new ShopException("m", 1, new ThreadException()),
                        "java.lang.Thread",
                        "make that class Serializable or its field transient"));
    }

    /** Its {@code writeObject} fails with an exception without a message. */
    static final class Failing implements Serializable {
        private static final long serialVersionUID = 1L;

        private void writeObject(ObjectOutputStream out) {
            throw new ClassCastException("secret");
        }
    }

    /** Has a cycle through the object that replaces it while it is written. */
    static final class StoodIn implements Serializable {
        private static final long serialVersionUID = 1L;
        private StoodIn other;

        private Object writeReplace() {
            return new Stand(this);
        }

        private static final class Stand implements Serializable {
            private static final long serialVersionUID = 1L;
            private final StoodIn[] others;

            Stand(StoodIn original) {
                others = original.other == null ? new StoodIn[0] : new StoodIn[] {original.other};
            }

            private Object readResolve() {
                StoodIn back = new StoodIn();
                back.other = others.length == 0 ? null : others[0];
                return back;
            }
        }

        static StoodIn cycle() {
            StoodIn one = new StoodIn();
            one.other = new StoodIn();
            one.other.other = one;
            return one;
        }
    }

    private static final class ThreadException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings({"serial", "UnusedVariable"}) // the field must cause the refusal
        private final Object thread = Thread.currentThread();
    }
}
