package io.github.tieredjcache.internal.codec;

import com.esotericsoftware.kryo.ClassResolver;
import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.util.IdentityObjectIntMap;
import io.github.tieredjcache.UndecodableReason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Classes in bytes: a fixed number for a JDK type; else the name and the fingerprint at the first use in a graph and a
 * number after that. The allow-list is asked before a name becomes a class, and before a class becomes a name.
 */
final class NamedClasses implements ClassResolver {
    private static final int NULL = 0;
    private static final int NAMED = 1;
    private static final int FIRST_FIXED = 2;

    private final Shapes shapes;
    private final IdentityObjectIntMap<Class<?>> written = new IdentityObjectIntMap<>();
    private final List<Registration> read = new ArrayList<>();
    private @Nullable Session session;

    NamedClasses(Shapes shapes) {
        this.shapes = shapes;
    }

    void attach(Session owner) {
        session = owner;
    }

    @Override
    @SuppressWarnings({"rawtypes", "NullAway"}) // null is how Kryo says that null was written
    public Registration writeClass(Output output, @Nullable Class type) {
        if (type == null) {
            output.writeByte(NULL);
            return null;
        }
        Shape shape = shapes.get(type);
        Registration registration = shape.registration();
        if (registration.getId() != Shapes.NAMED) {
            output.writeVarInt(registration.getId() + FIRST_FIXED, true);
            return registration;
        }
        output.writeByte(NAMED);
        int number = written.get(shape.type(), -1);
        if (number >= 0) {
            output.writeVarInt(number, true);
            return registration;
        }
        if (shape.refusal() != null) {
            throw new RefusedException(shape.refusal());
        }
        session().allowed().check(shape.type());
        number = written.size;
        written.put(shape.type(), number);
        output.writeVarInt(number, true);
        Text.write(output, shape.type().getName());
        output.writeLong(shape.fingerprint());
        return registration;
    }

    @Override
    @SuppressWarnings("NullAway") // null is how Kryo says that null was written
    public Registration readClass(Input input) {
        int code = input.readVarInt(true);
        if (code == NULL) {
            return null;
        }
        if (code != NAMED) {
            return shapes.jdk().byId(code - FIRST_FIXED);
        }
        int number = input.readVarInt(true);
        if (number >= 0 && number < read.size()) {
            return read.get(number);
        }
        if (number != read.size()) {
            throw MalformedException.damaged("class number " + number + " of " + read.size());
        }
        Shape shape = session().allowed().resolve(Text.read(session(), input));
        long fingerprint = input.readLong();
        if (shape.refusal() != null || shape.registration().getId() != Shapes.NAMED) {
            throw MalformedException.damaged("class " + shape.type().getName() + " is never written by name");
        }
        if (fingerprint != shape.fingerprint()) {
            throw new MalformedException(
                    UndecodableReason.CLASS_CHANGED,
                    "class " + shape.type().getName() + " was written with other fields");
        }
        read.add(shape.registration());
        return shape.registration();
    }

    @Override
    public void reset() {
        written.clear(64);
        read.clear();
    }

    private Session session() {
        if (session == null) {
            throw new IllegalStateException("not attached");
        }
        return session;
    }

    @Override
    public void setKryo(Kryo kryo) {}

    /** Kryo's own registrations are of no use: the forms are those of {@link Shapes}. */
    @Override
    public Registration register(Registration registration) {
        return registration;
    }

    @Override
    @SuppressWarnings("NullAway") // "there was none", in Kryo's contract
    public Registration unregister(int classId) {
        return null;
    }

    @Override
    public Registration registerImplicit(@SuppressWarnings("rawtypes") Class type) {
        return shapes.get(type).registration();
    }

    @Override
    @SuppressWarnings("NullAway") // "no such class yet", in Kryo's contract, which its constructor relies on
    public Registration getRegistration(@SuppressWarnings("rawtypes") Class type) {
        return null;
    }

    @Override
    @SuppressWarnings("NullAway") // "this number is free", in Kryo's contract
    public Registration getRegistration(int classId) {
        return null;
    }
}
