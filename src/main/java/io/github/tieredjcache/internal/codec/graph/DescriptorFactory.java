package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.Registration;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.io.Serializable;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Chooses the serializer of a class. */
public final class DescriptorFactory {
    /** Superclasses whose fields are only a modification count and cached views. */
    private static final Set<Class<?>> JDK_SKELETONS = Set.of(AbstractList.class, AbstractMap.class);

    private DescriptorFactory() {}

    /** Returns the descriptors of all classes. */
    public static ClassDescriptors all() {
        return new ClassDescriptors(jdk(), DescriptorFactory::descriptor);
    }

    /** Returns the serializers of the JDK types that may be stored. */
    public static JdkSerializers jdk() {
        JdkSerializers serializers = new JdkSerializers();
        JdkScalars.addTo(serializers);
        JdkTimes.addTo(serializers);
        JdkContainers.addTo(serializers);
        JdkViews.addTo(serializers);
        JdkImmutables.addTo(serializers);
        JdkNames.addTo(serializers);
        JdkWrappers.addTo(serializers);
        return serializers;
    }

    private static ClassDescriptor descriptor(Class<?> type) {
        try {
            return named(type);
        } catch (UnencodableException e) {
            return refused(type, e.describe("class " + type.getName()));
        }
    }

    private static ClassDescriptor named(Class<?> type) {
        if (Enum.class.isAssignableFrom(type) && type != Enum.class) {
            Class<?> declaring = type.isEnum() ? type : type.getSuperclass();
            return descriptor(
                    declaring, new EnumSerializers.OfConstant(declaring), Fingerprint.of("enum", declaring, List.of()));
        }
        if (type.isArray()) {
            return descriptor(type, new ObjectArraySerializer(type.getComponentType()), 0);
        }
        String refusal = refusal(type);
        if (refusal != null) {
            return refused(type, refusal);
        }
        if (ClassTraits.needsJavaSerialization(type)) {
            return descriptor(
                    type,
                    new JavaStreamSerializer(type),
                    Fingerprint.of("java", type, ClassTraits.isJdk(type) ? List.of() : FieldAccessor.of(type)));
        }
        if (type.isRecord()) {
            List<FieldAccessor> components = RecordSerializer.components(type);
            return descriptor(type, new RecordSerializer(type, components), Fingerprint.of("record", type, components));
        }
        List<FieldAccessor> fields = FieldAccessor.of(type);
        return descriptor(type, new ObjectSerializer(type, fields), Fingerprint.of("object", type, fields));
    }

    private static @Nullable String refusal(Class<?> type) {
        String name = type.getName();
        if (type.isHidden() || type.isSynthetic()) {
            return "a lambda (" + name + ") cannot be stored; use a named class";
        }
        if (Proxy.isProxyClass(type)) {
            return "a proxy (" + name + ") cannot be stored; store the object behind the proxy";
        }
        if (ClassTraits.isJdk(type)) {
            boolean exception = Throwable.class.isAssignableFrom(type);
            return exception ? null : "the JDK class " + name + " cannot be stored; " + cure(type);
        }
        if (ClassTraits.hasJdkState(type, JDK_SKELETONS) && !Serializable.class.isAssignableFrom(type)) {
            return "class " + name + " extends a JDK class with state and is not Serializable; make it Serializable";
        }
        return null;
    }

    private static String cure(Class<?> type) {
        if (Map.class.isAssignableFrom(type)) {
            return "copy it into a HashMap, LinkedHashMap or TreeMap";
        }
        if (Collection.class.isAssignableFrom(type)) {
            return "copy it into an ArrayList, LinkedHashSet or TreeSet";
        }
        if (type == URL.class) {
            return "store its toURI(): hashCode of a URL looks up its host in the network";
        }
        if (Comparator.class.isAssignableFrom(type)) {
            return "use a named class that implements Comparator";
        }
        return "store its content instead, or make the field that holds it transient";
    }

    @SuppressWarnings("unchecked")
    private static ClassDescriptor descriptor(Class<?> type, TypeSerializer<?> serializer, long fingerprint) {
        return new ClassDescriptor(
                type,
                new Registration(type, serializer, ClassDescriptor.NAMED),
                (TypeSerializer<Object>) serializer,
                fingerprint,
                null);
    }

    private static ClassDescriptor refused(Class<?> type, String reason) {
        RefusedSerializer serializer = new RefusedSerializer(reason);
        return new ClassDescriptor(
                type, new Registration(type, serializer, ClassDescriptor.NAMED), serializer, 0, reason);
    }
}
