package io.github.tieredjcache.internal.codec.graph;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The descriptors of classes; each is computed once. The descriptors do not prevent the garbage collection of a class,
 * and a class does not prevent that of this library. No descriptor refers to this object, for the same reason.
 */
public final class ClassDescriptors {
    private final JdkSerializers jdk;
    private final Function<Class<?>, ClassDescriptor> others;

    // The class itself holds the value of a ClassValue: in a JDK class, the descriptor would outlive this library and
    // retain its class loader. So classes that outlive this library are in a map.
    private final Map<Class<?>, ClassDescriptor> ofLastingClasses = new ConcurrentHashMap<>();
    private final ClassValue<ClassDescriptor> ofOtherClasses = new ClassValue<>() {
        @Override
        protected ClassDescriptor computeValue(Class<?> type) {
            return compute(type);
        }
    };

    /**
     * Creates an object that has computed no descriptor.
     *
     * @param jdk the JDK types with a number
     * @param others computes the descriptors of the other classes
     */
    ClassDescriptors(JdkSerializers jdk, Function<Class<?>, ClassDescriptor> others) {
        this.jdk = jdk;
        this.others = others;
    }

    JdkSerializers jdk() {
        return jdk;
    }

    /** Returns the descriptor of a class, always the same instance. */
    public ClassDescriptor get(Class<?> type) {
        ClassDescriptor known = ofLastingClasses.get(type);
        if (known != null) {
            return known;
        }
        if (!isLasting(type)) {
            return ofOtherClasses.get(type);
        }
        ClassDescriptor found = compute(type);
        ClassDescriptor first = ofLastingClasses.putIfAbsent(type, found);
        return first == null ? found : first;
    }

    /** Returns whether a class is not garbage collected before this library. */
    private static boolean isLasting(Class<?> type) {
        if (type.isHidden()) {
            return false;
        }
        ClassLoader wanted = type.getClassLoader();
        ClassLoader each = ClassDescriptors.class.getClassLoader();
        while (each != null && each != wanted) {
            each = each.getParent();
        }
        return each == wanted;
    }

    private ClassDescriptor compute(Class<?> type) {
        ClassDescriptor fixed = jdk.find(type);
        return fixed == null ? others.apply(type) : fixed;
    }

    /** Returns the singleton in place of another object of its class; other objects unchanged. */
    Object resolve(Object object) {
        return ClassTraits.isJdk(object.getClass())
                ? object
                : get(object.getClass()).serializer().resolve(object);
    }
}
