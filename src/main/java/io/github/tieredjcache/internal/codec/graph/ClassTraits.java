package io.github.tieredjcache.internal.codec.graph;

import java.io.Externalizable;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.Modifier;
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
import java.util.Arrays;
import java.util.Currency;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/** The properties of a class that decide how its objects are serialized. Finding them runs no code of the class. */
public final class ClassTraits {
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

    private ClassTraits() {}

    /** Returns whether a class belongs to the Java runtime. */
    public static boolean isJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader == ClassLoader.getPlatformClassLoader();
    }

    /** Returns whether a field of this declared type can hold only immutable objects. */
    static boolean isValueType(Class<?> declared) {
        return declared.isPrimitive() || declared.isEnum() || VALUE_TYPES.contains(declared);
    }

    /** Returns whether only Java serialization can write and read objects of the class. */
    static boolean needsJavaSerialization(Class<?> type) {
        if (!Serializable.class.isAssignableFrom(type)) {
            return false;
        }
        if (Externalizable.class.isAssignableFrom(type) || hasJdkState(type, Set.of()) || isReplaced(type)) {
            return true;
        }
        // Java serialization calls none of the other methods of a record.
        return !type.isRecord()
                && hasAbove(
                        type,
                        each -> declares(each, "readObjectNoData")
                                || declares(each, "writeObject", ObjectOutputStream.class)
                                || declares(each, "readObject", ObjectInputStream.class)
                                || declaresItsOwnFields(each));
    }

    /**
     * Returns whether the fields contain the whole state of an object of the class, although it has a {@code
     * readObject}: this method may rebuild transient fields, but no other object replaces the object in its serialized
     * form.
     */
    public static boolean isRebuiltFromFields(Class<?> type) {
        return !Externalizable.class.isAssignableFrom(type) && !hasJdkState(type, Set.of()) && !isReplaced(type);
    }

    /** Returns whether user code runs while Java serialization reads an object of the class. */
    static boolean hasReadingCode(Class<?> type) {
        return Externalizable.class.isAssignableFrom(type)
                || hasAbove(
                        type,
                        each -> declares(each, "readResolve") || declares(each, "readObject", ObjectInputStream.class));
    }

    /** Returns whether another object may replace an object of this class when it is written or read. */
    static boolean isReplaced(Class<?> type) {
        return hasAbove(type, each -> declares(each, "writeReplace") || declares(each, "readResolve"));
    }

    /**
     * Returns whether a superclass of the JDK has instance fields, which this library cannot access.
     *
     * @param skeletons superclasses whose fields do not count
     */
    static boolean hasJdkState(Class<?> type, Set<Class<?>> skeletons) {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            if (isJdk(each) && !skeletons.contains(each) && hasInstanceFields(each)) {
                return true;
            }
        }
        return false;
    }

    static boolean hasInstanceFields(Class<?> type) {
        return Arrays.stream(type.getDeclaredFields()).anyMatch(field -> !Modifier.isStatic(field.getModifiers()));
    }

    /** Returns whether the condition is true of the class or of a superclass that does not belong to the JDK. */
    private static boolean hasAbove(Class<?> type, Predicate<Class<?>> condition) {
        for (Class<?> each = type; each != null && !isJdk(each); each = each.getSuperclass()) {
            if (condition.test(each)) {
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
        return Arrays.stream(type.getDeclaredFields())
                .anyMatch(field ->
                        field.getName().equals("serialPersistentFields") && Modifier.isStatic(field.getModifiers()));
    }
}
