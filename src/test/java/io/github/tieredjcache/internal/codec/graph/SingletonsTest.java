package io.github.tieredjcache.internal.codec.graph;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.lang.reflect.Field;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A class is a singleton class only if no code but its own can create another object, and its objects have no state. */
@SuppressWarnings({"unused", "EffectivelyPrivate"}) // found by reflection
class SingletonsTest {
    static class Base {}

    static class State {
        private int state;
    }

    static final class Only extends Base {
        private static final Only INSTANCE = new Only();

        private Only() {}
    }

    static final class OtherName {
        private static final OtherName ONLY = new OtherName();

        private OtherName() {}
    }

    static final class OtherType {
        private static final Object INSTANCE = new OtherType();

        private OtherType() {}
    }

    static final class Variable {
        private static Variable INSTANCE = new Variable();

        private Variable() {}
    }

    static final class OfTheObject {
        private final OfTheObject INSTANCE = null;

        private OfTheObject() {}
    }

    static final class AnyoneCreates {
        private static final AnyoneCreates INSTANCE = new AnyoneCreates(1);

        private AnyoneCreates() {}

        AnyoneCreates(int number) {}
    }

    static final class HasState {
        private static final HasState INSTANCE = new HasState();

        private int state;

        private HasState() {}
    }

    static final class InheritsState extends State {
        private static final InheritsState INSTANCE = new InheritsState();

        private InheritsState() {}
    }

    @Test
    void theConstantOfASingletonClassIsItsObject() {
        Field constant = Singletons.find(Only.class);
        assertNotNull(constant);
        assertSame(Only.INSTANCE, Singletons.get(constant));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                Base.class,
                OtherName.class,
                OtherType.class,
                Variable.class,
                OfTheObject.class,
                AnyoneCreates.class,
                HasState.class,
                InheritsState.class
            })
    void otherClassesHaveNoSingleton(Class<?> type) {
        assertNull(Singletons.find(type));
    }
}
