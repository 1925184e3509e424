package io.github.tieredjcache.internal.codec.graph;

import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.ClassPattern;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.ExactNameOnly;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import io.github.tieredjcache.internal.framework.FrameworkClasses;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides by the rules of one cache, before a class is loaded, whether its name is allowed; and resolves names to
 * classes.
 *
 * <p>By {@code codec.learning} the list learns the other classes of the application from what this node stores: a class
 * that was written may be read from then on. It never learns a class of {@link ExactNameOnly}.
 */
public final class AllowList {
    private static final String SETTING = "tiered-jcache.codec.allowed";
    private static final int NAME_CHARS_MAX = 1_000;
    /** The most classes that are learned, so that an application that generates classes does not fill the heap. */
    private static final int LEARNED_MAX = 10_000;

    private static final Pattern PRIMITIVE_ARRAY = Pattern.compile("\\[+[BCDFIJSZ]");

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

    private final ClassLoader loader;
    private final ClassDescriptors descriptors;
    private final boolean learning;
    private final List<ClassPattern> patterns = new ArrayList<>();
    /** Contains only classes that were found, and allowed or learned, so that hostile names cannot fill the map. */
    private final Map<String, ClassDescriptor> resolved = new ConcurrentHashMap<>();

    private final AtomicInteger learnedCount = new AtomicInteger();

    public AllowList(ClassLoader loader, ClassDescriptors descriptors, CodecRules rules) {
        this.loader = loader;
        this.descriptors = descriptors;
        this.learning = rules.learning();
        rules.allowed().forEach(pattern -> patterns.add(ClassPattern.parse(pattern)));
        allowNeighbours(rules.keyType());
        allowNeighbours(rules.valueType());
    }

    private void allowNeighbours(Class<?> configured) {
        Class<?> type = element(configured);
        if (type.isPrimitive() || ClassTraits.isJdk(type)) {
            return;
        }
        // The pattern of the package covers the class and its nest, except in the unnamed package, where the pattern of
        // the class covers them.
        String name = type.getNestHost().getName();
        String prefix = type.getPackageName().isEmpty() ? "" : type.getPackageName() + ".";
        patterns.add(new ClassPattern(name, ClassPattern.Reach.CLASS));
        patterns.add(new ClassPattern(prefix, ClassPattern.Reach.PACKAGE));
    }

    /** Returns whether a rule allows a class of this name to be written and loaded. */
    public boolean allows(String className) {
        String name = elementName(className);
        if (descriptors.jdk().allowsName(name)
                || FrameworkClasses.STORED.contains(name)
                || PRIMITIVE_ARRAY.matcher(className).matches()) {
            return true;
        }
        for (ClassPattern pattern : patterns) {
            if (pattern.matches(name)) {
                return true;
            }
        }
        return isException(name);
    }

    /** Returns whether a class of this name may be loaded: a rule allows it, or it was learned. */
    boolean mayLoad(String className) {
        return resolved.containsKey(className) || allows(className);
    }

    /**
     * Checks a class before it is written. Refuses a class that {@link #resolve} would refuse, or for whose name it
     * would find another class.
     *
     * @return the class if it must be {@linkplain #learn learned} to be read back, else null
     * @throws UnencodableException if the class could not be read back
     */
    public @Nullable ClassDescriptor check(Class<?> type) {
        String name = type.getName();
        ClassDescriptor known = resolved.get(name);
        if (known != null) {
            requireSame(known, type);
            return null;
        }
        boolean isAllowed = allows(name);
        if (!isAllowed) {
            checkLearnable(type);
        }
        ClassDescriptor found = visible(name);
        if (isAllowed) {
            resolved.put(name, found);
        }
        requireSame(found, type);
        return isAllowed ? null : found;
    }

    private static void requireSame(ClassDescriptor known, Class<?> type) {
        if (known.type() != type) {
            throw new UnencodableException("class " + type.getName()
                    + " is not the class of that name that the class loader of the cache manager finds; create the"
                    + " cache manager with the class loader of that class");
        }
    }

    private void checkLearnable(Class<?> type) {
        checkElement(type);
        String name = elementName(type.getName());
        if (!isLearnable(name)) {
            throw new UnencodableException(
                    "class " + name + " is not allowed; if it may be stored, add it to " + SETTING + packageOf(type));
        }
        if (learnedCount.get() >= LEARNED_MAX) {
            throw new UnencodableException("class " + name + " could not be read back: the cache has learned "
                    + LEARNED_MAX + " classes, and learns no more; add it to " + SETTING + packageOf(type));
        }
    }

    private boolean isLearnable(String elementName) {
        return learning && !ExactNameOnly.contains(elementName);
    }

    /** Allows the class that {@link #check} has returned. */
    public void learn(ClassDescriptor written) {
        if (resolved.putIfAbsent(written.type().getName(), written) == null) {
            learnedCount.incrementAndGet();
        }
    }

    /** Checks a class as {@link #check}, and learns it. */
    public void checkAndLearn(Class<?> type) {
        ClassDescriptor written = check(type);
        if (written != null) {
            learn(written);
        }
    }

    /**
     * Refuses an array whose element class can never be stored, with the reason of that class, since allowing the class
     * would not help.
     */
    private void checkElement(Class<?> type) {
        Class<?> element = element(type);
        boolean mayHoldSubtypes =
                Modifier.isAbstract(element.getModifiers()) || descriptors.jdk().hasSubtypeOf(element);
        String refusal = element == type || mayHoldSubtypes
                ? null
                : descriptors.get(element).refusal();
        if (refusal != null) {
            throw new UnencodableException("an array of " + element.getName() + ": " + refusal);
        }
    }

    private ClassDescriptor visible(String className) {
        if (className.length() > NAME_CHARS_MAX) {
            throw new UnencodableException(tooLong(className));
        }
        try {
            return load(className);
        } catch (MalformedException e) {
            throw new UnencodableException(
                    "class " + className + " is not visible to the class loader of the cache manager; create the"
                            + " cache manager with a class loader that finds the class",
                    e);
        }
    }

    /**
     * Returns the descriptor of the class of that name. The rules are checked before the class is loaded.
     *
     * @throws MalformedException if the class is neither allowed nor learned, or not found
     */
    public ClassDescriptor resolve(String className) {
        ClassDescriptor known = resolved.get(className);
        if (known != null) {
            return known;
        }
        if (className.length() > NAME_CHARS_MAX) {
            throw new MalformedException(UndecodableReason.LIMIT, tooLong(className));
        }
        if (!allows(className)) {
            throw isLearnable(elementName(className))
                    ? new MalformedException(
                            UndecodableReason.NOT_LEARNED,
                            "class " + className + " is not in " + SETTING
                                    + ", and this node has stored no object of it in this cache")
                    : new MalformedException(
                            UndecodableReason.CLASS_NOT_ALLOWED, "class " + className + " is not in " + SETTING);
        }
        ClassDescriptor found = load(className);
        resolved.put(className, found);
        return found;
    }

    private static String tooLong(String className) {
        return "a class name has " + className.length() + " characters, more than " + NAME_CHARS_MAX;
    }

    private ClassDescriptor load(String className) {
        try {
            return descriptors.get(Class.forName(className, false, loader));
        } catch (ClassNotFoundException | LinkageError e) {
            throw new MalformedException(
                    UndecodableReason.CLASS_CHANGED,
                    "class " + className + " is not visible to the class loader of the cache manager");
        }
    }

    /** Returns the innermost element type of an array class; another class unchanged. */
    private static Class<?> element(Class<?> type) {
        return type.isArray() ? element(type.getComponentType()) : type;
    }

    /** Returns the name of the innermost element type of an array of references; another name unchanged. */
    static String elementName(String className) {
        int dimensions = className.lastIndexOf('[') + 1;
        boolean isArray = dimensions > 0 && className.startsWith("L", dimensions) && className.endsWith(";");
        return isArray ? className.substring(dimensions + 1, className.length() - 1) : className;
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
        Class<?> element = element(type);
        return element.getPackageName().isEmpty() ? element.getName() : element.getPackageName() + ".*";
    }
}
