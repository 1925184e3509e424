package io.github.tieredjcache.internal.codec;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.io.Serializable;

/** The form of what cannot be encoded. It can still be copied, within this JVM, if it is serializable. */
final class RefusedForm extends Form<Object> {
    private final String reason;

    RefusedForm(String reason) {
        super(Kind.OBJECT);
        this.reason = reason;
    }

    @Override
    void write(Session session, Output output, Object object) {
        throw new RefusedException(reason);
    }

    @Override
    Object read(Session session, Input input) {
        throw MalformedException.damaged(reason);
    }

    @Override
    Object copy(Copying copying, Object original) {
        if (original instanceof Class) {
            return original;
        }
        if (!(original instanceof Serializable)) {
            throw new RefusedException(reason);
        }
        return JavaCopy.of(original, copying);
    }
}
