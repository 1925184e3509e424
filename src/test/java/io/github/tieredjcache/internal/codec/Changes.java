package io.github.tieredjcache.internal.codec;

import static io.github.tieredjcache.internal.codec.Change.Fit.COMPATIBLE;
import static io.github.tieredjcache.internal.codec.Change.Fit.MISS;

import io.github.tieredjcache.internal.codec.Change.Fit;
import java.util.List;
import java.util.stream.Stream;

/** Typical changes of classes between deployments. */
final class Changes {
    private static final String SERIAL = "static final long serialVersionUID = 1;";
    private static final String BASE = order("int a = 1; String b = \"x\";");
    private static final String RECORD = record("int a, int b", "1, 2");
    private static final String COLOURS = colours("AMBER, RED", "AMBER");
    private static final String LINES = lines("class Line { int n = 1; }", "new Line()");

    private Changes() {}

    static List<Change> all() {
        return Stream.of(fields(), declarations(), supertypes(), kinds(), records(), enums(), neighbours(), ownForms())
                .flatMap(List::stream)
                .toList();
    }

    private static String order(String members) {
        return order("class Order", members);
    }

    private static String order(String head, String members) {
        return head + " { " + members + " static Object sample() { return new Order(); } }";
    }

    private static String record(String components, String sample) {
        return "record Order(" + components + ") { static Object sample() { return new Order(" + sample + "); } }";
    }

    private static String colours(String constants, String sample) {
        return "enum Order { " + constants + "; static Object sample() { return " + sample + "; } }";
    }

    private static String lines(String classes, String line) {
        return classes + " " + order("java.util.List<Object> lines = java.util.List.of(" + line + ");");
    }

    private static Change change(String name, String old, String recent, Fit recentReadsOld, Fit oldReadsRecent) {
        return new Change(name, old, recent, recentReadsOld, oldReadsRecent);
    }

    private static Change change(String name, String old, String recent, Fit both) {
        return new Change(name, old, recent, both, both);
    }

    private static List<Change> fields() {
        return List.of(
                change("field gained", BASE, order("int a = 1; String b = \"x\"; long c = 2;"), MISS),
                change("field lost", BASE, order("int a = 1;"), MISS),
                change("field renamed", BASE, order("int a = 1; String c = \"x\";"), MISS),
                change("field int -> long", BASE, order("long a = 1; String b = \"x\";"), MISS),
                change("field int -> Integer", BASE, order("Integer a = 1; String b = \"x\";"), MISS),
                change("field String -> Object", BASE, order("int a = 1; Object b = \"x\";"), MISS),
                change("two fields swapped their types", BASE, order("String a = \"x\"; int b = 1;"), MISS),
                change(
                        "field List<String> -> List<Integer>",
                        order("java.util.List<String> a = java.util.List.of(\"1\");"),
                        order("java.util.List<Integer> a = java.util.List.of(1);"),
                        MISS),
                change(
                        "field List<String> -> Set<String>",
                        order("java.util.List<String> a = java.util.List.of(\"1\");"),
                        order("java.util.Set<String> a = java.util.Set.of(\"1\");"),
                        MISS),
                change("field became transient", BASE, order("int a = 1; transient String b = \"x\";"), MISS),
                change("field became static", BASE, order("int a = 1; static String b = \"x\";"), MISS));
    }

    private static List<Change> declarations() {
        return List.of(
                change(
                        "field became final",
                        BASE,
                        order("final int a; final String b; Order() { a = 1; b = new String(\"x\"); }"),
                        COMPATIBLE),
                change(
                        "field became private and volatile",
                        BASE,
                        order("int a = 1; private volatile String b = \"x\";"),
                        COMPATIBLE),
                change("fields in another order", BASE, order("String b = \"x\"; int a = 1;"), COMPATIBLE),
                change("field's first value changed", BASE, order("int a = 5; String b;"), COMPATIBLE),
                change(
                        "method, constant and transient field gained",
                        BASE,
                        order(
                                "static final int N = 1; transient int t; int a = 1; String b = \"x\"; int sum() { return a; }"),
                        COMPATIBLE),
                change(
                        "constructor without arguments lost",
                        BASE,
                        "class Order { int a; String b; Order(int a, String b) { this.a = a; this.b = b; }"
                                + " static Object sample() { return new Order(1, \"x\"); } }",
                        COMPATIBLE),
                change(
                        "class became final",
                        BASE,
                        order("final class Order", "int a = 1; String b = \"x\";"),
                        COMPATIBLE),
                change(
                        "bound of the type variable changed",
                        "class Order<T extends Number> { Object a; T b; static Object sample() { Order<Integer> o = new Order<>(); o.b = 1; return o; } }",
                        "class Order<T extends CharSequence> { Object a; T b; static Object sample() { Order<String> o = new Order<>(); o.b = \"x\"; return o; } }",
                        MISS));
    }

    private static List<Change> supertypes() {
        String above = "class Above { int a = 1; } ";
        return List.of(
                change(
                        "superclass gained",
                        BASE,
                        "class Above { } " + order("class Order extends Above", "int a = 1; String b = \"x\";"),
                        MISS),
                change(
                        "superclass changed to one with the same field",
                        above + order("class Order extends Above", ""),
                        "class Other { int a = 1; } " + order("class Order extends Other", ""),
                        MISS),
                change(
                        "field moved to a superclass",
                        order("int a = 1;"),
                        above + order("class Order extends Above", ""),
                        MISS),
                change(
                        "superclass gained a field",
                        above + order("class Order extends Above", ""),
                        "class Above { int a = 1; int z; } " + order("class Order extends Above", ""),
                        MISS),
                change(
                        "type argument of the superclass changed",
                        "class Above<T> { T a; } " + order("class Order extends Above<String>", "{ a = \"x\"; }"),
                        "class Above<T> { T a; } " + order("class Order extends Above<Integer>", "{ a = 1; }"),
                        MISS),
                change(
                        "interface gained",
                        BASE,
                        order("class Order implements Cloneable", "int a = 1; String b = \"x\";"),
                        MISS),
                change(
                        "interface of an interface lost",
                        "interface Upper { } interface Lower extends Upper { } "
                                + order("class Order implements Lower", "int a = 1;"),
                        "interface Upper { } interface Lower { } "
                                + order("class Order implements Lower", "int a = 1;"),
                        MISS));
    }

    private static List<Change> kinds() {
        return List.of(
                change("class -> record", order("int a = 1; int b = 2;"), RECORD, MISS),
                change("empty class -> empty record", order(""), record("", ""), MISS),
                change("class -> enum", order(""), COLOURS, MISS),
                change(
                        "empty class -> interface",
                        order(""),
                        "interface Order { static Object sample() { return new Special(); } } class Special implements Order { }",
                        MISS),
                change(
                        "class became abstract",
                        order(""),
                        "abstract class Order { static Object sample() { return new Special(); } } class Special extends Order { }",
                        MISS),
                change(
                        "class moved to another package",
                        "package shop; public " + BASE,
                        "package depot; public " + BASE,
                        MISS));
    }

    private static List<Change> records() {
        return List.of(
                change("record component added", RECORD, record("int a, int b, int c", "1, 2, 3"), MISS),
                change("record component removed", RECORD, record("int a", "1"), MISS),
                change("record components reordered", RECORD, record("int b, int a", "2, 1"), MISS),
                change("record component renamed", RECORD, record("int a, int c", "1, 2"), MISS),
                change("record component retyped", RECORD, record("int a, long b", "1, 2"), MISS),
                change(
                        "record's constructor refuses a value that it accepted before",
                        RECORD,
                        "record Order(int a, int b) { Order { if (a < 5) { throw new IllegalStateException(); } }"
                                + " static Object sample() { return new Order(5, 2); } }",
                        MISS,
                        COMPATIBLE),
                change(
                        "record gained a method and another constructor",
                        RECORD,
                        "record Order(int a, int b) { Order(int a) { this(a, 2); } int sum() { return a + b; }"
                                + " static Object sample() { return new Order(1); } }",
                        COMPATIBLE));
    }

    private static List<Change> enums() {
        String set = "enum Colour { AMBER, RED } " + order("Object a = java.util.EnumSet.allOf(Colour.class);");
        String map = "enum Colour { AMBER, RED } "
                + order("Object a = new java.util.EnumMap<>(java.util.Map.of(Colour.RED, 1));");
        return List.of(
                change(
                        "enum gained a constant before the others",
                        COLOURS,
                        colours("GREEN, AMBER, RED", "AMBER"),
                        COMPATIBLE),
                change(
                        "enum gained the constant that is stored",
                        COLOURS,
                        colours("AMBER, GREEN, RED", "GREEN"),
                        COMPATIBLE,
                        MISS),
                change("enum lost the constant that is stored", COLOURS, colours("RED", "RED"), MISS, COMPATIBLE),
                change("enum's constants reordered", COLOURS, colours("RED, AMBER", "AMBER"), COMPATIBLE),
                change("enum's constant renamed", COLOURS, colours("ORANGE, RED", "ORANGE"), MISS),
                change(
                        "enum's constant gained a body and the enum a field",
                        COLOURS,
                        "enum Order { AMBER { }, RED; int n; static Object sample() { return AMBER; } }",
                        COMPATIBLE),
                change("EnumSet: enum reordered", set, set.replace("AMBER, RED", "RED, AMBER"), COMPATIBLE),
                change("EnumSet: enum lost a constant", set, set.replace("AMBER, RED", "RED"), MISS, COMPATIBLE),
                change(
                        "EnumMap: enum gained a constant",
                        map,
                        map.replace("AMBER, RED", "GREEN, AMBER, RED"),
                        COMPATIBLE),
                change("EnumMap: enum's constant renamed", map, map.replace("RED", "ROT"), MISS));
    }

    private static List<Change> neighbours() {
        return List.of(
                change(
                        "nested class gained a field",
                        LINES,
                        lines("class Line { int n = 1; int m; }", "new Line()"),
                        MISS),
                change("nested class renamed", LINES, lines("class Item { int n = 1; }", "new Item()"), MISS),
                change(
                        "nested class lost an interface that a list relies on",
                        lines("interface Priced { } class Line implements Priced { }", "new Line()"),
                        lines("interface Priced { } class Line { }", "new Line()"),
                        MISS),
                change(
                        "subclass added",
                        LINES,
                        lines("class Line { int n = 1; } class Special extends Line { }", "new Special()"),
                        COMPATIBLE,
                        MISS),
                change(
                        "sealed interface permits another record",
                        lines("sealed interface Line { } record Plain(int n) implements Line { }", "new Plain(1)"),
                        lines(
                                "sealed interface Line { } record Plain(int n) implements Line { } record Rich(int n) implements Line { }",
                                "new Rich(1)"),
                        COMPATIBLE,
                        MISS),
                change(
                        "element class of an array gained a field",
                        "class Line { int n = 1; } " + order("Line[] a = { new Line() };"),
                        "class Line { int n = 1; int m; } " + order("Line[] a = { new Line() };"),
                        MISS),
                change(
                        "key class of a map gained a component",
                        "record Key(int n) { } "
                                + order("Object a = new java.util.HashMap<>(java.util.Map.of(new Key(1), 1));"),
                        "record Key(int n, int m) { } "
                                + order("Object a = new java.util.HashMap<>(java.util.Map.of(new Key(1, 2), 1));"),
                        MISS),
                change(
                        "inner class became static",
                        "class Order { int a = 1; class Line { int n = a; } static Object sample() { return new Order().new Line(); } }",
                        "class Order { int a = 1; static class Line { int n = 1; } static Object sample() { return new Line(); } }",
                        MISS),
                change(
                        "comparator of a TreeSet orders otherwise",
                        sorted("Integer.compare(x, y)"),
                        sorted("Integer.compare(y, x)"),
                        COMPATIBLE));
    }

    private static String sorted(String comparison) {
        return "class ByNumber implements java.util.Comparator<Integer> {"
                + " public int compare(Integer x, Integer y) { return " + comparison + "; } } "
                + order(
                        "Object a = new java.util.TreeSet<Integer>(new ByNumber()); { ((java.util.TreeSet<Integer>) a).addAll(java.util.List.of(1, 2)); }");
    }

    private static List<Change> ownForms() {
        String resolved = " Object readResolve() { return this; }";
        String external = "public class Order implements java.io.Externalizable { %s int a = 1; public Order() { }"
                + " public void writeExternal(java.io.ObjectOutput out) throws java.io.IOException { %s }"
                + " public void readExternal(java.io.ObjectInput in) throws java.io.IOException { %s }"
                + " static Object sample() { return new Order(); } }";
        return List.of(
                change(
                        "class with readResolve gained a field",
                        order("class Order implements java.io.Serializable", SERIAL + " int a = 1;" + resolved),
                        order("class Order implements java.io.Serializable", SERIAL + " int a = 1; int b;" + resolved),
                        MISS),
                change(
                        "class gained readResolve",
                        order("class Order implements java.io.Serializable", SERIAL + " int a = 1;"),
                        order("class Order implements java.io.Serializable", SERIAL + " int a = 1;" + resolved),
                        MISS),
                change(
                        "Externalizable of another form, serialVersionUID with it",
                        external.formatted(SERIAL, "out.writeInt(a);", "a = in.readInt();"),
                        external.formatted(SERIAL.replace('1', '2'), "out.writeUTF(\"x\");", "in.readUTF();"),
                        MISS),
                change(
                        "subclass of ArrayList gained a field",
                        order("class Order extends java.util.ArrayList<String>", SERIAL + " int a = 1;"),
                        order("class Order extends java.util.ArrayList<String>", SERIAL + " int a = 1; int b;"),
                        MISS),
                change(
                        "subclass of ArrayList<String> -> of ArrayList<Integer>",
                        order("class Order extends java.util.ArrayList<String>", SERIAL + " { add(\"1\"); }"),
                        order("class Order extends java.util.ArrayList<Integer>", SERIAL + " { add(1); }"),
                        MISS),
                change(
                        "exception's field retyped",
                        order("class Order extends RuntimeException", SERIAL + " int a = 1;"),
                        order("class Order extends RuntimeException", SERIAL + " long a = 1;"),
                        MISS));
    }
}
