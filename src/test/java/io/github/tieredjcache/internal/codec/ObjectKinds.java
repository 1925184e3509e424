package io.github.tieredjcache.internal.codec;

import io.github.tieredjcache.internal.codec.OddSamples.Blob;
import io.github.tieredjcache.internal.codec.OddSamples.Deadline;
import io.github.tieredjcache.internal.codec.OddSamples.Declared;
import io.github.tieredjcache.internal.codec.OddSamples.Derived;
import io.github.tieredjcache.internal.codec.OddSamples.External;
import io.github.tieredjcache.internal.codec.OddSamples.Money;
import io.github.tieredjcache.internal.codec.OddSamples.Pair;
import io.github.tieredjcache.internal.codec.OddSamples.Range;
import io.github.tieredjcache.internal.codec.OddSamples.Recent;
import io.github.tieredjcache.internal.codec.OddSamples.Repeated;
import io.github.tieredjcache.internal.codec.OddSamples.Tags;
import io.github.tieredjcache.internal.codec.OddSamples.Unlocked;
import io.github.tieredjcache.internal.codec.OddSamples.Wide;
import io.github.tieredjcache.internal.codec.Samples.Basket;
import io.github.tieredjcache.internal.codec.Samples.ByLength;
import io.github.tieredjcache.internal.codec.Samples.Circle;
import io.github.tieredjcache.internal.codec.Samples.Colour;
import io.github.tieredjcache.internal.codec.Samples.Dog;
import io.github.tieredjcache.internal.codec.Samples.Empty;
import io.github.tieredjcache.internal.codec.Samples.Entity;
import io.github.tieredjcache.internal.codec.Samples.FinalChild;
import io.github.tieredjcache.internal.codec.Samples.FinalParent;
import io.github.tieredjcache.internal.codec.Samples.Generic;
import io.github.tieredjcache.internal.codec.Samples.Identifier;
import io.github.tieredjcache.internal.codec.Samples.Node;
import io.github.tieredjcache.internal.codec.Samples.Outer;
import io.github.tieredjcache.internal.codec.Samples.Point;
import io.github.tieredjcache.internal.codec.Samples.Point3;
import io.github.tieredjcache.internal.codec.Samples.Primitives;
import io.github.tieredjcache.internal.codec.Samples.Rebuilt;
import io.github.tieredjcache.internal.codec.Samples.Replaced;
import io.github.tieredjcache.internal.codec.Samples.ShopException;
import io.github.tieredjcache.internal.codec.Samples.Singleton;
import io.github.tieredjcache.internal.codec.Samples.Square;
import io.github.tieredjcache.internal.codec.Samples.TaggedList;
import io.github.tieredjcache.internal.codec.Samples.Transients;
import java.io.FileNotFoundException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Users' classes: records, objects, graphs of them, and classes with a serialized form of their own. */
@SuppressWarnings("ReferenceEquality") // the tests compare identities
final class ObjectKinds {
    private static final String TRACE = "it holds its stack trace";

    private ObjectKinds() {}

    static Stream<Kind> all() {
        return Stream.of(records(), objects(), graphs(), ownForms(), exceptions())
                .flatMap(List::stream);
    }

    private static List<Kind> records() {
        return List.of(
                Kind.of("record", new Point(1, -2)),
                Kind.of("record without components", new Empty()),
                Kind.of("record of a sealed interface", new Circle(1.5)),
                Kind.of("record of a sealed interface, with an enum", new Square(3, Colour.GREEN)),
                Kind.of(
                        "record with an immutable list and an Optional",
                        new Basket("b", List.of("x"), Optional.empty())),
                Kind.of(
                        "record with a mutable list and a null",
                        new Basket(null, new ArrayList<>(List.of("y")), Optional.of(new Point(0, 0)))),
                Kind.of("generic record", new Generic<>(new Generic<>(1))),
                Kind.of("generic record with bounds", new Pair<>(List.of(1), "b")),
                Kind.of("record that makes its components canonical", new Tags(List.of("a"), " o ")),
                Kind.of("record with arrays", new Blob(new byte[] {1}, new Object[] {"a"}))
                        .by((Blob blob) -> new Object[] {blob.bytes(), blob.parts()}),
                Kind.of("record that is Externalizable", new External(3)),
                Kind.of("local record", OddSamples.local(7)));
    }

    private static List<Kind> objects() {
        return List.of(
                Kind.of("entity of ten fields", Entity.sample()),
                Kind.of("entity with all its fields null", new Entity()),
                Kind.of("all primitive types, and a field that hides another", new Primitives()),
                Kind.of("no constructor without arguments, final field, not Serializable", new Identifier("id")),
                Kind.of("subclass of an abstract class, nested enum", new Dog("rex", Dog.Sex.MALE)),
                Kind.of("subclass of a generic class", new Derived("a", "b")).by(Derived::describe),
                Kind.of("fields of interface types", new Wide()),
                Kind.of("subclass of Number", new Money(5)),
                Kind.of("Set of one's own without state of the JDK", new Range(1, 4)),
                Kind.of("inner class, with its outer object", new Outer().new Inner())
                        .by(Outer.Inner::describe),
                Kind.of("anonymous class, with what it captured", OddSamples.anonymous("c")),
                Kind.of("transient fields, which stay behind", new Transients()).by((Transients back) -> back.kept),
                Kind.of("transient lock", new Unlocked()).by((Unlocked back) -> back.count),
                Kind.of("Comparator of one's own", new ByLength()).by(Object::getClass));
    }

    private static List<Kind> graphs() {
        Node root = new Node("root");
        Node child = new Node("child");
        child.parent = root;
        root.children.add(child);
        root.children.add(child);
        root.friends.add(child);
        root.friends.add(root);
        root.next = root;
        FinalParent parent = new FinalParent();
        parent.children.add(new FinalChild(parent));
        Point point = new Point(1, 2);
        List<Object> shared = List.of(new int[] {1});
        Generic<Object> key = new Generic<>(new ArrayList<>(List.of("a", 1)));
        Map<Object, Object> self = new HashMap<>();
        self.put("self", self);
        return List.of(
                Kind.of("tree with parents, a set of itself, shared objects", root)
                        .by(ObjectKinds::tree),
                Kind.of("cycle through final fields", parent)
                        .by((FinalParent back) -> back.children.get(0).parent == back),
                Kind.of("map that contains itself", self).by((Map<?, ?> back) -> back.get("self") == back),
                Kind.of("record that stands twice in an array", new Object[] {point, point})
                        .by((Object[] back) -> List.of(back[0] == back[1], back[0])),
                Kind.of("List.of that stands twice in a list", new ArrayList<>(List.of(shared, shared)))
                        .by((List<?> back) -> back.get(0) == back.get(1)),
                Kind.of("record with a list as a key and as a value", new HashMap<>(Map.of(key, List.of(key)))),
                Kind.of("set of sets of lists", new HashSet<>(Set.of(Set.of(List.of(1)), Set.of())))
                        .varying("the JDK salts the hash of Set.of in each JVM"),
                Kind.of("maps, lists and nulls, as JSON has them", json()));
    }

    private static Object tree(Node back) {
        Node child = back.children.get(0);
        return List.of(
                back.name,
                back.next == back,
                child.parent == back,
                back.children.get(1) == child,
                back.friends.size(),
                back.friends.contains(back),
                back.friends.contains(child));
    }

    private static Map<String, Object> json() {
        Map<String, Object> map = new java.util.LinkedHashMap<>();
        map.put("id", 1);
        map.put("tags", new ArrayList<>(Arrays.asList("a", null)));
        map.put("nested", new java.util.LinkedHashMap<>(Map.of("price", 1.5)));
        map.put("none", null);
        return map;
    }

    private static List<Kind> ownForms() {
        TaggedList tagged = new TaggedList();
        tagged.add("x");
        tagged.tag = "tagged";
        Recent recent = new Recent(2);
        recent.put("a", 1);
        recent.put("b", 2);
        return List.of(
                Kind.of("subclass of ArrayList with a field", tagged),
                Kind.of("subclass of LinkedHashMap that drops its eldest", recent)
                        .by(ObjectKinds::afterOneMore),
                Kind.of("subclass of AbstractList", new Repeated("r", 2)),
                Kind.of("subclass of Date", new Deadline(5, "tax")).by((Deadline d) -> d.getTime() + d.reason),
                Kind.of("Externalizable", new Point3(3)),
                Kind.of("readObject that rebuilds a transient hash", new Rebuilt("r")),
                Kind.of("readObject that rebuilds the hash of an array", new Samples.Arguments("a", 1)),
                Kind.of("writeReplace by a record with readResolve", new Replaced("s")),
                Kind.of("readResolve to a singleton", Singleton.INSTANCE)
                        .by((Singleton back) -> back == Singleton.INSTANCE),
                Kind.of("serialPersistentFields", new Declared("k")).by((Declared back) -> back.kept));
    }

    private static Object afterOneMore(Recent map) {
        Recent copy = (Recent) map.clone();
        copy.get("a");
        copy.put("c", 3);
        return new ArrayList<>(copy.entrySet().stream().map(Object::toString).toList());
    }

    private static List<Kind> exceptions() {
        ShopException thrown = new ShopException("sold out", 42, new IllegalStateException("inner"));
        thrown.addSuppressed(new FileNotFoundException("late"));
        return List.of(
                Kind.of("exception of the JDK", new IllegalArgumentException("x"))
                        .by(Throwable::getMessage)
                        .varying(TRACE),
                Kind.of("exception of one's own, with cause and suppressed", thrown)
                        .by((ShopException back) ->
                                back.getMessage() + back.code + back.getCause() + Arrays.toString(back.getSuppressed()))
                        .varying(TRACE));
    }
}
