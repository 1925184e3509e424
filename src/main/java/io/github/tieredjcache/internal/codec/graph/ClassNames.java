package io.github.tieredjcache.internal.codec.graph;

import com.esotericsoftware.kryo.ClassResolver;
import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.util.IdentityObjectIntMap;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.internal.codec.api.MalformedException;
import io.github.tieredjcache.internal.codec.api.UnencodableException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads the classes of a graph. A JDK type has a fixed number. Another class is written by name and
 * fingerprint at its first use in a graph, and by a number after that. The allow-list is checked before a class is
 * loaded, and before a name is written.
 */
final class ClassNames implements ClassResolver {
    private static final int NULL = 0;
    private static final int NAMED = 1;
    private static final int FIRST_FIXED = 2;

    private final ClassDescriptors descriptors;
    private final IdentityObjectIntMap<Class<?>> written = new IdentityObjectIntMap<>();
    private final List<Registration> read = new ArrayList<>();
    private @Nullable KryoSession session;

    ClassNames(ClassDescriptors descriptors) {
        this.descriptors = descriptors;
    }

    void attach(KryoSession owner) {
        session = owner;
    }

    @Override
    @SuppressWarnings({"rawtypes", "NullAway"}) // Kryo's contract: null if null was written
    public Registration writeClass(Output output, @Nullable Class type) {
        if (type == null) {
            output.writeByte(NULL);
            return null;
        }
        ClassDescriptor descriptor = descriptors.get(type);
        Registration registration = descriptor.registration();
        if (registration.getId() != ClassDescriptor.NAMED) {
            output.writeVarInt(registration.getId() + FIRST_FIXED, true);
            return registration;
        }
        output.writeByte(NAMED);
        int number = written.get(descriptor.type(), -1);
        if (number >= 0) {
            output.writeVarInt(number, true);
            return registration;
        }
        if (descriptor.refusal() != null) {
            throw new UnencodableException(descriptor.refusal());
        }
        session().check(descriptor.type());
        number = written.size;
        written.put(descriptor.type(), number);
        output.writeVarInt(number, true);
        StringEncoding.write(output, descriptor.type().getName());
        output.writeLong(descriptor.fingerprint());
        return registration;
    }

    @Override
    @SuppressWarnings("NullAway") // Kryo's contract: null if null was written
    public Registration readClass(Input input) {
        int code = input.readVarInt(true);
        if (code == NULL) {
            return null;
        }
        if (code != NAMED) {
            return descriptors.jdk().byId(code - FIRST_FIXED);
        }
        int number = input.readVarInt(true);
        if (number >= 0 && number < read.size()) {
            return read.get(number);
        }
        if (number != read.size()) {
            throw MalformedException.damaged("class number " + number + " must be at most " + read.size());
        }
        ClassDescriptor descriptor = session().resolve(StringEncoding.read(session(), input));
        long fingerprint = input.readLong();
        if (descriptor.refusal() != null || descriptor.registration().getId() != ClassDescriptor.NAMED) {
            throw MalformedException.damaged("class " + descriptor.type().getName() + " is never written by name");
        }
        if (fingerprint != descriptor.fingerprint()) {
            throw new MalformedException(
                    UndecodableReason.CLASS_CHANGED,
                    "class " + descriptor.type().getName() + " was written with other fields");
        }
        read.add(descriptor.registration());
        return descriptor.registration();
    }

    @Override
    public void reset() {
        written.clear(64);
        read.clear();
    }

    private KryoSession session() {
        if (session == null) {
            throw new IllegalStateException("attach must be called before a class is written or read");
        }
        return session;
    }

    @Override
    public void setKryo(Kryo kryo) {}

    /** Ignores Kryo's own registrations: {@link ClassDescriptors} chooses the serializers. */
    @Override
    public Registration register(Registration registration) {
        return registration;
    }

    @Override
    @SuppressWarnings("NullAway") // Kryo's contract: null if the class was not registered
    public Registration unregister(int classId) {
        return null;
    }

    @Override
    public Registration registerImplicit(@SuppressWarnings("rawtypes") Class type) {
        return descriptors.get(type).registration();
    }

    @Override
    @SuppressWarnings(
            "NullAway") // Kryo's contract, on which its constructor relies: null if the class is not registered
    public Registration getRegistration(@SuppressWarnings("rawtypes") Class type) {
        return null;
    }

    @Override
    @SuppressWarnings("NullAway") // Kryo's contract: null if the number is free
    public Registration getRegistration(int classId) {
        return null;
    }
}
