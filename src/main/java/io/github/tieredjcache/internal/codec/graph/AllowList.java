package io.github.tieredjcache.internal.codec.graph;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.ClassPattern;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.ExactNameOnly;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Decides by the rules of one cache, before a class is loaded, whether its name is allowed; and resolves allowed names
 * to classes.
 */
public final class AllowList {
    private static final String SETTING = "tiered-jcache.codec.allowed";
    private static final int NAME_CHARS_MAX = 1_000;
    /** Packages of JDK exceptions that may travel in a Java section. */
    private static final Set<String> EXCEPTION_PACKAGES = Set.of(
            "java.io",
            "java.lang",
            "java.net",
            "java.nio.file",
            "java.sql",
            "java.time",
            "java.util",
            "java.util.concurrent",
            "javax.cache",
            "javax.cache.integration",
            "javax.cache.processor");

    /**
     * The classes that Spring's cache abstraction stores in any cache: the key of several arguments, and the null
     * value.
     */
    private static final Set<String> SPRING_CACHE =
            Set.of("org.springframework.cache.interceptor.SimpleKey", "org.springframework.cache.support.NullValue");

    private final ClassLoader loader;
    private final ClassDescriptors descriptors;
    private final List<ClassPattern> patterns = new ArrayList<>();
    /** Contains only classes that were allowed and found, so that hostile names cannot fill the map. */
    private final Map<String, ClassDescriptor> resolved = new ConcurrentHashMap<>();

    public AllowList(ClassLoader loader, ClassDescriptors descriptors, CodecRules rules) {
        this.loader = loader;
        this.descriptors = descriptors;
        rules.allowed().forEach(pattern -> patterns.add(ClassPattern.parse(pattern)));
        allowNeighbours(rules.keyType());
        allowNeighbours(rules.valueType());
    }

    private void allowNeighbours(Class<?> configured) {
        Class<?> type = configured;
        while (type.isArray()) {
            type = type.getComponentType();
        }
        if (type.isPrimitive() || ClassDescriptors.isJdk(type)) {
            return;
        }
        // The pattern of the package covers the class and its nest, except in the unnamed package, where the pattern of
        // the class covers them.
        String name = type.getNestHost().getName();
        String prefix = type.getPackageName().isEmpty() ? "" : type.getPackageName() + ".";
        patterns.add(new ClassPattern(name, ClassPattern.Reach.CLASS));
        patterns.add(new ClassPattern(prefix, ClassPattern.Reach.PACKAGE));
    }

    /** Returns whether a class of this name may be written or loaded. */
    public boolean allows(String className) {
        String name = elementName(className);
        boolean primitives = name.length() == 1 && className.length() > 1;
        if (primitives || descriptors.jdk().allowsName(name) || SPRING_CACHE.contains(name)) {
            return true;
        }
        for (ClassPattern pattern : patterns) {
            if (pattern.matches(name)) {
                return true;
            }
        }
        return isException(name);
    }

    /**
     * Checks a class before it is written. Refuses a class that {@link #resolve} would refuse, or for whose name it
     * would find another class.
     *
     * @throws UnencodableException if the class could not be read back
     */
    public void check(Class<?> type) {
        ClassDescriptor known = resolved.get(type.getName());
        if (known == null) {
            if (!allows(type.getName())) {
                checkElement(type);
                throw new UnencodableException("class " + elementName(type.getName())
                        + " is not allowed; if it may be stored, add it to " + SETTING + packageOf(type));
            }
            known = visible(type);
        }
        if (known.type() != type) {
            throw new UnencodableException("class " + type.getName()
                    + " is not the class of that name that the class loader of the cache manager finds; create the"
                    + " cache manager with the class loader of that class");
        }
    }

    /**
     * Refuses an array whose element class can never be stored, with the reason of that class, since allowing the class
     * would not help.
     */
    private void checkElement(Class<?> type) {
        Class<?> element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        boolean mayHoldSubtypes =
                Modifier.isAbstract(element.getModifiers()) || descriptors.jdk().hasSubtypeOf(element);
        String refusal = element == type || mayHoldSubtypes
                ? null
                : descriptors.get(element).refusal();
        if (refusal != null) {
            throw new UnencodableException("an array of " + element.getName() + ": " + refusal);
        }
    }

    private ClassDescriptor visible(Class<?> type) {
        try {
            return resolve(type.getName());
        } catch (MalformedException e) {
            throw new UnencodableException(
                    "class " + type.getName() + " is not visible to the class loader of the cache manager; create the"
                            + " cache manager with a class loader that finds the class",
                    e);
        }
    }

    /**
     * Returns the descriptor of the class of that name. The rules are checked before the class is loaded.
     *
     * @throws MalformedException if the class is not allowed or not found
     */
    public ClassDescriptor resolve(String className) {
        ClassDescriptor known = resolved.get(className);
        if (known != null) {
            return known;
        }
        if (className.length() > NAME_CHARS_MAX) {
            throw new MalformedException(
                    UndecodableReason.LIMIT,
                    "a class name has " + className.length() + " characters, more than " + NAME_CHARS_MAX);
        }
        if (!allows(className)) {
            throw new MalformedException(
                    UndecodableReason.CLASS_NOT_ALLOWED, "class " + className + " is not in " + SETTING);
        }
        try {
            ClassDescriptor descriptor = descriptors.get(Class.forName(className, false, loader));
            resolved.put(className, descriptor);
            return descriptor;
        } catch (ClassNotFoundException | LinkageError e) {
            throw new MalformedException(
                    UndecodableReason.CLASS_CHANGED,
                    "class " + className + " is not visible to the class loader of the cache manager");
        }
    }

    /** Returns the name of the innermost element type of an array class; the name of another class unchanged. */
    static String elementName(String className) {
        int dimensions = 0;
        while (dimensions < className.length() && className.charAt(dimensions) == '[') {
            dimensions++;
        }
        if (dimensions == 0) {
            return className;
        }
        String element = className.substring(dimensions);
        return element.startsWith("L") && element.endsWith(";") ? element.substring(1, element.length() - 1) : element;
    }

    private static boolean isException(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0
                && (name.endsWith("Exception") || name.endsWith("Error") || name.equals("java.lang.Throwable"))
                && EXCEPTION_PACKAGES.contains(name.substring(0, dot));
    }

    private static String packageOf(Class<?> type) {
        return ExactNameOnly.contains(elementName(type.getName()))
                ? " by this name, since no package pattern allows it"
                : " (or add its package: " + packagePattern(type) + ")";
    }

    private static String packagePattern(Class<?> type) {
        Class<?> element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        return element.getPackageName().isEmpty() ? element.getName() : element.getPackageName() + ".*";
    }
}
