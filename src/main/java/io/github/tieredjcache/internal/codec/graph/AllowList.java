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
 * The rules of one cache as a decision about class names, taken before a class is loaded; and the classes so
 * resolved.
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

    /** What Spring's cache abstraction itself stores, whatever the application caches: a key of several arguments, and null. */
    private static final Set<String> SPRING_CACHE =
            Set.of("org.springframework.cache.interceptor.SimpleKey", "org.springframework.cache.support.NullValue");

    private final ClassLoader loader;
    private final ClassDescriptors descriptors;
    private final List<ClassPattern> patterns = new ArrayList<>();
    /** Only classes that were allowed and found, so hostile names cannot fill it. */
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
        // The package covers the class and its nest; the class itself stands here for the unnamed package.
        String name = type.getNestHost().getName();
        String prefix = type.getPackageName().isEmpty() ? "" : type.getPackageName() + ".";
        patterns.add(new ClassPattern(name, ClassPattern.Reach.CLASS));
        patterns.add(new ClassPattern(prefix, ClassPattern.Reach.PACKAGE));
    }

    /** Whether a class of this name may be written as one, or loaded. */
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
     * Checks a class on its way out: what {@link #resolve} would refuse, or find to be another class, is refused here.
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
                    + " is not the class of that name that the class loader of the cache manager finds; make the cache"
                    + " manager with the loader of that class");
        }
    }

    /** What cannot be stored at all need not be allowed, though an array of it is what was met. */
    private void checkElement(Class<?> type) {
        Class<?> element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        boolean isOfOthers =
                Modifier.isAbstract(element.getModifiers()) || descriptors.jdk().hasSubtypeOf(element);
        String refusal =
                element == type || isOfOthers ? null : descriptors.get(element).refusal();
        if (refusal != null) {
            throw new UnencodableException("an array of " + element.getName() + ": " + refusal);
        }
    }

    private ClassDescriptor visible(Class<?> type) {
        try {
            return resolve(type.getName());
        } catch (MalformedException e) {
            throw new UnencodableException(
                    "class " + type.getName() + " is not visible to the class loader of the cache manager; make the"
                            + " cache manager with a loader that sees it",
                    e);
        }
    }

    /** The shape of the class of that name: allowed first, loaded second. */
    public ClassDescriptor resolve(String className) {
        ClassDescriptor known = resolved.get(className);
        if (known != null) {
            return known;
        }
        if (className.length() > NAME_CHARS_MAX) {
            throw new MalformedException(
                    UndecodableReason.LIMIT, "a class name of " + className.length() + " characters");
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
            throw new MalformedException(UndecodableReason.CLASS_CHANGED, "class " + className + " is not here");
        }
    }

    /** The name of the innermost element type of an array class; another class's name as it is. */
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
                ? " by this name, which its package does not stand for"
                : " (or its package, as " + packagePattern(type) + ")";
    }

    private static String packagePattern(Class<?> type) {
        Class<?> element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        return element.getPackageName().isEmpty() ? element.getName() : element.getPackageName() + ".*";
    }
}
