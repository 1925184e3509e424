package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.Registration;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.io.Externalizable;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.Collection;
import java.util.Comparator;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The descriptors of classes; each is computed once. The descriptors do not prevent the garbage collection of a class,
 * and a class does not prevent that of this library. No descriptor refers to this object, for the same reason.
 */
public final class ClassDescriptors {
    /** The registration number of all classes that are written by name. */
    static final int NAMED = -1;

    public static final byte[] NO_BYTES = {};

    private static final Set<Class<?>> VALUE_TYPES = Set.of(
            String.class,
            Boolean.class,
            Byte.class,
            Short.class,
            Character.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            UUID.class,
            Locale.class,
            Currency.class,
            Instant.class,
            Duration.class,
            Period.class,
            LocalDate.class,
            LocalTime.class,
            LocalDateTime.class,
            OffsetDateTime.class,
            OffsetTime.class,
            ZonedDateTime.class,
            ZoneOffset.class,
            Year.class,
            YearMonth.class,
            MonthDay.class);

    /** Superclasses whose fields are only a modification count and cached views. */
    private static final Set<Class<?>> JDK_SKELETONS = Set.of(AbstractList.class, AbstractMap.class);

    private final JdkSerializers jdk = new JdkSerializers();

    // The class itself holds the value of a ClassValue: in a JDK class, the descriptor would outlive this library and
    // retain its class loader. So classes that outlive this library are in a map.
    private final Map<Class<?>, ClassDescriptor> ofLastingClasses = new ConcurrentHashMap<>();
    private final ClassValue<ClassDescriptor> ofOtherClasses = new ClassValue<>() {
        @Override
        protected ClassDescriptor computeValue(Class<?> type) {
            return compute(type);
        }
    };

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

    /** Returns whether a class belongs to the Java runtime. */
    public static boolean isJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader == ClassLoader.getPlatformClassLoader();
    }

    /** Returns whether a field of this declared type can hold only immutable objects. */
    static boolean isValueType(Class<?> declared) {
        return declared.isPrimitive() || declared.isEnum() || VALUE_TYPES.contains(declared);
    }

    private ClassDescriptor compute(Class<?> type) {
        ClassDescriptor fixed = jdk.find(type);
        if (fixed != null) {
            return fixed;
        }
        try {
            return named(type);
        } catch (UnencodableException e) {
            return refused(type, e.describe("class " + type.getName()));
        }
    }

    private ClassDescriptor named(Class<?> type) {
        if (Enum.class.isAssignableFrom(type) && type != Enum.class) {
            Class<?> declaring = type.isEnum() ? type : type.getSuperclass();
            return descriptor(
                    declaring, new EnumSerializers.OfConstant(declaring), fingerprint("enum", declaring, List.of()));
        }
        if (type.isArray()) {
            return descriptor(type, new ObjectArraySerializer(type.getComponentType()), 0);
        }
        String refusal = refusal(type);
        if (refusal != null) {
            return refused(type, refusal);
        }
        if (needsJavaSerialization(type)) {
            return descriptor(
                    type,
                    new JavaStreamSerializer(type),
                    fingerprint("java", type, isJdk(type) ? List.of() : FieldAccessor.of(type)));
        }
        if (type.isRecord()) {
            List<FieldAccessor> components = RecordSerializer.components(type);
            return descriptor(type, new RecordSerializer(type, components), fingerprint("record", type, components));
        }
        List<FieldAccessor> fields = FieldAccessor.of(type);
        return descriptor(type, new ObjectSerializer(type, fields), fingerprint("object", type, fields));
    }

    private static @Nullable String refusal(Class<?> type) {
        String name = type.getName();
        if (type.isHidden() || type.isSynthetic()) {
            return "a lambda (" + name + ") cannot be stored; use a named class";
        }
        if (Proxy.isProxyClass(type)) {
            return "a proxy (" + name + ") cannot be stored; store the object behind the proxy";
        }
        if (isJdk(type)) {
            boolean exception = Throwable.class.isAssignableFrom(type);
            return exception ? null : "the JDK class " + name + " cannot be stored; " + cure(type);
        }
        if (hasJdkState(type, JDK_SKELETONS) && !Serializable.class.isAssignableFrom(type)) {
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

    /** Returns whether only Java serialization can write and read objects of the class. */
    private static boolean needsJavaSerialization(Class<?> type) {
        if (!Serializable.class.isAssignableFrom(type)) {
            return false;
        }
        if (Externalizable.class.isAssignableFrom(type) || hasJdkState(type)) {
            return true;
        }
        for (Class<?> each = type; each != null && !isJdk(each); each = each.getSuperclass()) {
            if (declares(each, "writeReplace")
                    || declares(each, "readResolve")
                    || declares(each, "readObjectNoData")
                    || declares(each, "writeObject", ObjectOutputStream.class)
                    || declares(each, "readObject", ObjectInputStream.class)
                    || declaresItsOwnFields(each)) {
                return !type.isRecord() || declares(each, "writeReplace") || declares(each, "readResolve");
            }
        }
        return false;
    }

    /**
     * Returns whether the fields contain the whole state of an object of the class, although it has a {@code
     * readObject}: this method may rebuild transient fields, but no other object replaces the object in its serialized
     * form.
     */
    public static boolean isRebuiltFromFields(Class<?> type) {
        if (Externalizable.class.isAssignableFrom(type) || hasJdkState(type)) {
            return false;
        }
        return !isReplaced(type);
    }

    /**
     * Returns whether a copy must preserve that two references lead to the same object of this class: it is mutable and
     * has state.
     */
    boolean hasIdentity(Class<?> type) {
        TypeSerializer<Object> serializer = get(type).serializer();
        boolean isMutable =
                serializer.kind() == TypeSerializer.Kind.CONTAINER || serializer.kind() == TypeSerializer.Kind.OBJECT;
        boolean isStateless = (Object) serializer instanceof ObjectSerializer object
                && object.fields().isEmpty();
        boolean isReplaced = (Object) serializer instanceof JavaStreamSerializer java && java.isReplaced();
        return isMutable && !serializer.isShareable() && !isStateless && !isReplaced;
    }

    /** Returns the singleton in place of another object of its class; other objects unchanged. */
    Object resolve(Object object) {
        return isJdk(object.getClass())
                ? object
                : get(object.getClass()).serializer().resolve(object);
    }

    /** Returns whether user code runs while Java serialization reads an object of the class. */
    static boolean hasReadingCode(Class<?> type) {
        if (Externalizable.class.isAssignableFrom(type)) {
            return true;
        }
        for (Class<?> each = type; each != null && !isJdk(each); each = each.getSuperclass()) {
            if (declares(each, "readResolve") || declares(each, "readObject", ObjectInputStream.class)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether another object may replace an object of this class when it is written or read. */
    static boolean isReplaced(Class<?> type) {
        for (Class<?> each = type; each != null && !isJdk(each); each = each.getSuperclass()) {
            if (declares(each, "writeReplace") || declares(each, "readResolve")) {
                return true;
            }
        }
        return false;
    }

    private static boolean declares(Class<?> type, String method, Class<?>... parameters) {
        try {
            return !Modifier.isStatic(type.getDeclaredMethod(method, parameters).getModifiers());
        } catch (NoSuchMethodException e) {
            return false;
        }
    }

    /** Returns whether a class lists its serialized fields in {@code serialPersistentFields}. */
    private static boolean declaresItsOwnFields(Class<?> type) {
        for (Field field : type.getDeclaredFields()) {
            if (field.getName().equals("serialPersistentFields") && Modifier.isStatic(field.getModifiers())) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether a superclass of the JDK has instance fields, which this library cannot access. */
    private static boolean hasJdkState(Class<?> type) {
        return hasJdkState(type, Set.of());
    }

    private static boolean hasJdkState(Class<?> type, Set<Class<?>> known) {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            if (isJdk(each) && !known.contains(each)) {
                for (var field : each.getDeclaredFields()) {
                    if (!Modifier.isStatic(field.getModifiers())) {
                        return true;
                    }
                }
            }
        }
        return Throwable.class.isAssignableFrom(type);
    }

    @SuppressWarnings("unchecked")
    private static ClassDescriptor descriptor(Class<?> type, TypeSerializer<?> serializer, long fingerprint) {
        return new ClassDescriptor(
                type,
                new Registration(type, serializer, NAMED),
                (TypeSerializer<Object>) serializer,
                fingerprint,
                null);
    }

    private static ClassDescriptor refused(Class<?> type, String reason) {
        RefusedSerializer serializer = new RefusedSerializer(reason);
        return new ClassDescriptor(type, new Registration(type, serializer, NAMED), serializer, 0, reason);
    }

    /**
     * Adds the supertypes of a user's class, with type arguments. They belong to the fingerprint: a class may lose a
     * supertype that declares a field, and another type argument may change the type of a field.
     */
    private static void addSupertypes(StringBuilder text, Class<?> type) {
        if (isJdk(type)) {
            return;
        }
        for (Type implemented : type.getGenericInterfaces()) {
            text.append("\n< ").append(implemented.getTypeName());
        }
        for (Class<?> implemented : type.getInterfaces()) {
            addSupertypes(text, implemented);
        }
        Class<?> parent = type.getSuperclass();
        if (parent != null) {
            text.append("\n< ").append(type.getGenericSuperclass().getTypeName());
            addSupertypes(text, parent);
        }
    }

    private static long fingerprint(String kind, Class<?> type, List<FieldAccessor> fields) {
        StringBuilder text = new StringBuilder(kind).append(' ').append(type.getName());
        addSupertypes(text, type);
        for (FieldAccessor field : fields) {
            text.append('\n')
                    .append(field.field().getDeclaringClass().getName())
                    .append(' ')
                    .append(field.field().getName())
                    .append(' ')
                    .append(field.field().getGenericType().getTypeName());
        }
        return fingerprint(text.toString());
    }

    /** Returns the first 64 bits of the SHA-256 of a text. */
    public static long fingerprint(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(hash).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
