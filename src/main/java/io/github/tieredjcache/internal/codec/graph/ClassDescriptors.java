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
 * The shape of every class that is met, found once a class. Keeps no class from being collected, and no class keeps this
 * library from it; no shape refers back to this, for the same reason.
 */
public final class ClassDescriptors {
    /** The number of a class that is written by name. */
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

    /** Superclasses whose fields are a count of changes and views that are made when they are asked for. */
    private static final Set<Class<?>> JDK_SKELETONS = Set.of(AbstractList.class, AbstractMap.class);

    private final JdkSerializers jdk = new JdkSerializers();

    // A ClassValue lies in the class itself: in one of the JDK the shape would outlive this library, and keep its
    // loader.
    private final Map<Class<?>, ClassDescriptor> ofLasting = new ConcurrentHashMap<>();
    private final ClassValue<ClassDescriptor> ofOthers = new ClassValue<>() {
        @Override
        protected ClassDescriptor computeValue(Class<?> type) {
            return compute(type);
        }
    };

    JdkSerializers jdk() {
        return jdk;
    }

    /** Returns the shape of a class, always the same. */
    public ClassDescriptor get(Class<?> type) {
        ClassDescriptor known = ofLasting.get(type);
        if (known != null) {
            return known;
        }
        if (!isLasting(type)) {
            return ofOthers.get(type);
        }
        ClassDescriptor found = compute(type);
        ClassDescriptor first = ofLasting.putIfAbsent(type, found);
        return first == null ? found : first;
    }

    /** Whether a class is never collected before this library is. */
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

    /** Whether a class comes with the Java runtime. */
    public static boolean isJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader == ClassLoader.getPlatformClassLoader();
    }

    /** Whether a field of this declared type can hold nothing that changes. */
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
            return shape(
                    declaring, new EnumSerializers.OfConstant(declaring), fingerprint("enum", declaring, List.of()));
        }
        if (type.isArray()) {
            return shape(type, new ObjectArraySerializer(type.getComponentType()), 0);
        }
        String refusal = refusal(type);
        if (refusal != null) {
            return refused(type, refusal);
        }
        if (hasJavaForm(type)) {
            return shape(
                    type,
                    new JavaStreamSerializer(type),
                    fingerprint("java", type, isJdk(type) ? List.of() : FieldAccessor.of(type)));
        }
        if (type.isRecord()) {
            List<FieldAccessor> components = RecordSerializer.components(type);
            return shape(type, new RecordSerializer(type, components), fingerprint("record", type, components));
        }
        List<FieldAccessor> slots = FieldAccessor.of(type);
        return shape(type, new ObjectSerializer(type, slots), fingerprint("object", type, slots));
    }

    private static @Nullable String refusal(Class<?> type) {
        String name = type.getName();
        if (type.isHidden() || type.isSynthetic()) {
            return "a lambda (" + name + ") cannot be stored; use a named class";
        }
        if (Proxy.isProxyClass(type)) {
            return "a proxy (" + name + ") cannot be stored; store what it stands for";
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
            return "store its toURI(): the hash code of a URL asks the network for its host";
        }
        if (Comparator.class.isAssignableFrom(type)) {
            return "use a named class that implements Comparator";
        }
        return "store its content instead, or make the field that holds it transient";
    }

    /** Whether only Java serialization knows how such an object is taken apart and put together. */
    private static boolean hasJavaForm(Class<?> type) {
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
     * Whether the fields of such an object say all there is to say, although it has a {@code readObject}: that may
     * rebuild what is transient, but nothing stands in for the object.
     */
    public static boolean isRebuiltFromFields(Class<?> type) {
        if (Externalizable.class.isAssignableFrom(type) || hasJdkState(type)) {
            return false;
        }
        return !isReplaced(type);
    }

    /** Whether it matters that two references lead to the same object of this class: one may change, and has parts that can. */
    boolean hasIdentity(Class<?> type) {
        TypeSerializer<Object> serializer = get(type).serializer();
        boolean isMutable =
                serializer.kind() == TypeSerializer.Kind.CONTAINER || serializer.kind() == TypeSerializer.Kind.OBJECT;
        boolean isStateless = (Object) serializer instanceof ObjectSerializer object
                && object.slots().isEmpty();
        boolean isReplaced = (Object) serializer instanceof JavaStreamSerializer java && java.isReplaced();
        return isMutable && !serializer.isShareable() && !isStateless && !isReplaced;
    }

    /** The one object of a class that has one only, in place of another one. */
    Object resolve(Object object) {
        return isJdk(object.getClass())
                ? object
                : get(object.getClass()).serializer().resolve(object);
    }

    /** Whether code of the user runs while Java serialization reads such an object. */
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

    /** Whether another object may stand in for one of this class, when it is written or read. */
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

    /** Whether a class tells Java serialization which fields it has, whatever is declared. */
    private static boolean declaresItsOwnFields(Class<?> type) {
        for (Field field : type.getDeclaredFields()) {
            if (field.getName().equals("serialPersistentFields") && Modifier.isStatic(field.getModifiers())) {
                return true;
            }
        }
        return false;
    }

    /** Whether a superclass from the JDK keeps fields of its own, which we neither see nor understand. */
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
    private static ClassDescriptor shape(Class<?> type, TypeSerializer<?> serializer, long fingerprint) {
        return new ClassDescriptor(
                type,
                new Registration(type, serializer, NAMED),
                (TypeSerializer<Object>) serializer,
                fingerprint,
                null);
    }

    private static ClassDescriptor refused(Class<?> type, String reason) {
        RefusedSerializer form = new RefusedSerializer(reason);
        return new ClassDescriptor(type, new Registration(type, form, NAMED), form, 0, reason);
    }

    /**
     * All that a user's class extends and implements, with type arguments: a field may be declared by a supertype that
     * a class no longer has, or be of another type since the type argument is another.
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

    private static long fingerprint(String kind, Class<?> type, List<FieldAccessor> slots) {
        StringBuilder text = new StringBuilder(kind).append(' ').append(type.getName());
        addSupertypes(text, type);
        for (FieldAccessor field : slots) {
            text.append('\n')
                    .append(field.field().getDeclaringClass().getName())
                    .append(' ')
                    .append(field.field().getName())
                    .append(' ')
                    .append(field.field().getGenericType().getTypeName());
        }
        return fingerprint(text.toString());
    }

    /** The first 64 bits of a text's SHA-256. */
    public static long fingerprint(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(hash).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
