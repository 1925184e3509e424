package io.github.tieredjcache.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.internal.codec.Samples.Holder;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.codec.graph.AllowList;
import io.github.tieredjcache.internal.codec.graph.DescriptorFactory;
import io.github.tieredjcache.internal.codec.graph.JdkSerializers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.SignedObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import javax.management.BadAttributeValueExpException;
import javax.sql.rowset.RowSetProvider;
import javax.swing.event.EventListenerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gadget classes are refused wherever bytes name them, before they are looked up or run. */
@Covers({FaultRow.F58, FaultRow.F104})
class GadgetsTest {
    private static final byte[] KEY = {'k'};
    private static final String RAN = "tieredjcache.gadget.ran";
    /** Patterns that a user may write to avoid refusals. */
    private static final String[] TOO_BROAD = {
        "java.**",
        "java.util.*",
        "java.lang.*",
        "java.net.*",
        "javax.**",
        "javax.management.*",
        "jdk.**",
        "sun.**",
        "com.**",
        "com.sun.**",
        "org.**",
        "org.apache.commons.collections.functors.*",
        "org.springframework.**",
        "groovy.**",
        "bsh.*",
        "ch.**",
        "clojure.**",
        "net.**"
    };

    /** A class of the application's libraries that runs code when it is initialized. */
    private static final String A_GADGET = "org.apache.commons.collections.functors.InvokerTransformer";

    @TempDir
    private Path libraries;

    private Recording loader;
    private Codecs victim;
    private NamingBytes bytes;
    private Codecs attacker;

    @BeforeEach
    void deploys() throws IOException {
        int dot = A_GADGET.lastIndexOf('.');
        Versions.compile(
                libraries,
                "package " + A_GADGET.substring(0, dot) + "; class " + A_GADGET.substring(dot + 1)
                        + " implements java.io.Serializable { private static final long serialVersionUID = 1;"
                        + " static { System.setProperty(\"" + RAN + "\", \"ran\"); } }");
        loader = new Recording(libraries.toUri().toURL());
        victim = new Codecs(loader);
        attacker = new Codecs(getClass().getClassLoader());
        bytes = new NamingBytes(attacker);
    }

    @AfterEach
    void clearsLookUps() throws IOException {
        victim.close();
        attacker.close();
        loader.close();
        System.clearProperty(RAN);
    }

    @Test
    void noGadgetThatAValueNamesIsLookedUp() {
        List<ValueCodec<?>> codecs = List.of(
                victim.values(Object.class, rules(Samples.class)),
                victim.values(Holder.class, rules(Holder.class)),
                victim.values(Object.class, rules(Samples.class, TOO_BROAD)));
        for (String name : GadgetNames.ALL) {
            bytes.values(name).forEach((where, hostile) -> {
                for (ValueCodec<?> codec : codecs) {
                    String place = name + " as " + where;
                    var refused = assertThrows(UndecodableException.class, () -> codec.decode(KEY, hostile, 0), place);
                    assertEquals(UndecodableReason.CLASS_NOT_ALLOWED, refused.reason(), place);
                }
            });
        }
        assertNoLookUp();
    }

    @Test
    void noGadgetThatAKeyNamesIsLookedUp() {
        List<KeyCodec<?>> codecs = List.of(
                victim.keys(Object.class, keyRules(Samples.class), null),
                victim.keys(Samples.Point.class, keyRules(Samples.Point.class), null),
                victim.keys(Object.class, keyRules(Samples.class, TOO_BROAD), null));
        for (String name : GadgetNames.ALL) {
            bytes.keys(name).forEach((where, hostile) -> {
                for (KeyCodec<?> codec : codecs) {
                    String place = name + " as " + where;
                    var refused = assertThrows(UndecodableException.class, () -> codec.decode(hostile), place);
                    assertEquals(UndecodableReason.CLASS_NOT_ALLOWED, refused.reason(), place);
                }
            });
        }
        assertNoLookUp();
    }

    /** Proves that the tests above would see a class that is looked up or initialized. */
    @Test
    void aGadgetAllowedByItsExactNameIsLoadedAndRuns() throws ClassNotFoundException {
        ValueCodec<Object> codec = victim.values(Object.class, rules(Samples.class, A_GADGET));
        bytes.values(A_GADGET).forEach((where, hostile) -> {
            try {
                codec.decode(KEY, hostile, 0);
            } catch (UndecodableException e) {
                boolean isProxy = where.contains("proxy");
                assertEquals(isProxy, e.reason() == UndecodableReason.CLASS_NOT_ALLOWED, where);
            }
        });
        assertTrue(loader.lookedUp.contains(A_GADGET));
        Class.forName(A_GADGET, true, loader);
        assertEquals("ran", System.getProperty(RAN));
    }

    @Test
    void gadgetsSerializedByTheJdkAreRefused() throws Exception {
        List<ValueCodec<?>> codecs = List.of(
                victim.values(Object.class, rules(Samples.class)),
                victim.values(Holder.class, rules(Holder.class)),
                victim.values(Object.class, rules(Samples.class, TOO_BROAD)));
        for (Map.Entry<String, Object> each : serializableGadgets().entrySet()) {
            byte[] annotated = bytes.withSection(serialized(each.getValue(), true));
            byte[] plain = bytes.withSection(serialized(each.getValue(), false));
            for (ValueCodec<?> codec : codecs) {
                var refused =
                        assertThrows(UndecodableException.class, () -> codec.decode(KEY, annotated, 0), each.getKey());
                assertEquals(UndecodableReason.CLASS_NOT_ALLOWED, refused.reason(), each.getKey());
                assertThrows(UndecodableException.class, () -> codec.decode(KEY, plain, 0), each.getKey());
            }
        }
        assertNoLookUp();
    }

    private Map<String, Object> serializableGadgets() throws Exception {
        Map<String, Object> all = new LinkedHashMap<>();
        URL url = url();
        all.put("URL", url);
        all.put("URL as a key", new HashMap<Object, String>(Map.of((Object) url, "looked up by its hash")));
        all.put("BadAttributeValueExpException", new BadAttributeValueExpException("shown"));
        all.put("JdbcRowSetImpl", RowSetProvider.newFactory().createJdbcRowSet());
        all.put("SerializedLambda", lambda());
        all.put("a queue in the order of a lambda", queue(lambda()));
        all.put("a map in the order of a lambda", map(lambda()));
        // The annotation is a proxy with an AnnotationInvocationHandler.
        all.put("an annotation", GadgetsTest.class.getAnnotation(Covers.class));
        all.put("SignedObject", signed());
        EventListenerList listeners = new EventListenerList();
        all.put("EventListenerList", listeners);
        return all;
    }

    @SuppressWarnings("deprecation") // the other ways to create a URL are newer than Java 17
    private static URL url() throws MalformedURLException {
        return new URL("http://127.0.0.1/");
    }

    private static Comparator<String> lambda() {
        return (Comparator<String> & Serializable) String::compareTo;
    }

    private static PriorityQueue<String> queue(Comparator<String> order) {
        PriorityQueue<String> queue = new PriorityQueue<>(order);
        queue.addAll(List.of("a", "b"));
        return queue;
    }

    private static Map<String, String> map(Comparator<String> order) {
        TreeMap<String, String> map = new TreeMap<>(order);
        map.put("a", "b");
        return map;
    }

    private static SignedObject signed() throws Exception {
        var pair = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        return new SignedObject("text", pair.getPrivate(), Signature.getInstance("SHA256withRSA"));
    }

    private static byte[] serialized(Object object, boolean annotated) throws IOException {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        try (ObjectOutputStream out = annotated ? new Annotating(stream) : new ObjectOutputStream(stream)) {
            out.writeObject(object);
        }
        return stream.toByteArray();
    }

    /** Writes a fingerprint after each class, as this library expects. */
    private static final class Annotating extends ObjectOutputStream {
        Annotating(OutputStream out) throws IOException {
            super(out);
        }

        @Override
        protected void annotateClass(Class<?> type) throws IOException {
            writeLong(0);
        }
    }

    @Test
    void packagePatternsDoNotAllowGadgets() {
        for (String name : GadgetNames.ALL) {
            List<String> patterns = new ArrayList<>(List.of(TOO_BROAD));
            String parent = name.contains("$") ? name.substring(0, name.indexOf('$')) : name;
            parent = parent.substring(0, parent.lastIndexOf('.'));
            patterns.add(parent + ".*");
            patterns.add(parent + ".**");
            assertFalse(allows(name, patterns), name);
            assertFalse(allows("[[L" + name + ";", patterns), name);
            assertTrue(allows(name, List.of(name)), name);
        }
        // The package of a declared type does not allow them either.
        AllowList ofUrls = new AllowList(loader, DescriptorFactory.all(), rules(URL.class));
        assertFalse(ofUrls.allows(URL.class.getName()));
        // The patterns allow the other classes of these packages.
        for (String name : List.of("org.shop.Order", "com.sun.shop.Order", "javax.shop.Order", "groovyshop.Order")) {
            assertTrue(allows(name, List.of(name.substring(0, name.indexOf('.')) + ".**")), name);
        }
    }

    @Test
    void theRefusalToWriteAGadgetAsksForItsExactName() {
        ValueCodec<Object> codec = attacker.values(Object.class, rules(Samples.class));
        Samples.TaggedList list = new Samples.TaggedList();
        @SuppressWarnings({"unchecked", "rawtypes"})
        List<Object> raw = (List) list;
        raw.add(Level.INFO);
        var refused = assertThrows(javax.cache.CacheException.class, () -> codec.encode(KEY, list));
        assertTrue(refused.getMessage().contains("class java.util.logging.Level is not allowed"), refused.getMessage());
        assertTrue(refused.getMessage().contains("by this name"), refused.getMessage());
        ValueCodec<Object> named = attacker.values(Object.class, rules(Samples.class, "java.util.logging.Level"));
        byte[] encoded = named.encode(KEY, list);
        assertEquals(list, assertDoesNotThrowWhenRead(named, encoded));
        assertThrows(
                javax.cache.CacheException.class,
                () -> attacker.values(Object.class, rules(Samples.class, "java.util.logging.*"))
                        .encode(KEY, list));
    }

    private static Object assertDoesNotThrowWhenRead(ValueCodec<Object> codec, byte[] encoded) {
        try {
            return codec.decode(KEY, encoded, 0);
        } catch (UndecodableException e) {
            throw new AssertionError(e);
        }
    }

    private boolean allows(String name, List<String> patterns) {
        return new AllowList(loader, DescriptorFactory.all(), rules(Samples.class, patterns.toArray(new String[0])))
                .allows(name);
    }

    private void assertNoLookUp() {
        Set<String> looked = ConcurrentHashMap.newKeySet();
        looked.addAll(loader.lookedUp);
        JdkSerializers harmless = DescriptorFactory.jdk();
        looked.removeIf(name -> name.startsWith("io.github.tieredjcache.") || harmless.allowsName(name));
        assertEquals(Set.of(), looked);
        assertNull(System.getProperty(RAN));
    }

    private static CodecRules rules(Class<?> valueType, String... allowed) {
        return new CodecRules(String.class, valueType, List.of(allowed), 4_096, 1 << 20);
    }

    private static CodecRules keyRules(Class<?> keyType, String... allowed) {
        return new CodecRules(keyType, String.class, List.of(allowed), 4_096, 1 << 20);
    }

    /** Records the names of the classes that are looked up. */
    private static final class Recording extends URLClassLoader {
        private final Set<String> lookedUp = ConcurrentHashMap.newKeySet();

        Recording(URL libraries) {
            super(new URL[] {libraries}, GadgetsTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            lookedUp.add(name);
            return super.loadClass(name, resolve);
        }
    }
}
