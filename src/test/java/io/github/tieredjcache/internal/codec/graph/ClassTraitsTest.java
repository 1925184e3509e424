package io.github.tieredjcache.internal.codec.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamField;
import java.io.Serializable;
import java.util.ArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Only methods that Java serialization would call make a class need it. */
@SuppressWarnings({"unused", "serial", "EffectivelyPrivate"}) // found by reflection only
class ClassTraitsTest {
    static class ReadsObject implements Serializable {
        private void readObject(ObjectInputStream in) {}
    }

    static class WritesObject implements Serializable {
        private void writeObject(ObjectOutputStream out) {}
    }

    static class ReadsNoData implements Serializable {
        private void readObjectNoData() {}
    }

    static class IsReplaced implements Serializable {
        private Object writeReplace() {
            return this;
        }
    }

    static class ListsItsFields implements Serializable {
        private static final ObjectStreamField[] serialPersistentFields = {};
    }

    static class Heir extends WritesObject {}

    static class ExtendsAList extends ArrayList<Object> {}

    static class Fails extends Exception {}

    static class NotSerializable {
        private void writeObject(ObjectOutputStream out) {}
    }

    static class StaticMethods implements Serializable {
        private static Object readResolve() {
            return "";
        }

        private static void readObject(ObjectInputStream in) {}
    }

    static class OtherParameters implements Serializable {
        private void readObject(Object in) {}
    }

    static class FieldOfTheObject implements Serializable {
        private final Object serialPersistentFields = "";
    }

    record Tuple(int number) implements Serializable {
        private void writeObject(ObjectOutputStream out) {}
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                ReadsObject.class,
                WritesObject.class,
                ReadsNoData.class,
                IsReplaced.class,
                ListsItsFields.class,
                Heir.class,
                ExtendsAList.class,
                Fails.class
            })
    void javaSerializationIsNeeded(Class<?> type) {
        assertEquals(true, ClassTraits.needsJavaSerialization(type));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                NotSerializable.class,
                StaticMethods.class,
                OtherParameters.class,
                FieldOfTheObject.class,
                Tuple.class
            })
    void theFieldsAreTheWholeObject(Class<?> type) {
        assertEquals(false, ClassTraits.needsJavaSerialization(type));
    }
}
