package io.github.tieredjcache.benchmark;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.github.tieredjcache.internal.codec.Codecs;
import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.Copier;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/** What makes bytes of objects, and objects of bytes. */
public enum Library {
    /** With all that makes it safe: allow-list, shapes, references, limits and checksum. */
    TIERED {
        @Override
        Coding values(Class<?> type) {
            Codecs codecs = new Codecs(Library.class.getClassLoader());
            ValueCodec<Object> values = codecs.values(Object.class, rules(type));
            Copier copier = codecs.copier();
            return new Coding() {
                @Override
                public byte[] encode(Object value) {
                    return values.encode(NO_KEY, value);
                }

                @Override
                public Object decode(byte[] bytes) {
                    try {
                        return values.decode(NO_KEY, bytes, 0);
                    } catch (UndecodableException e) {
                        throw new IllegalStateException(e);
                    }
                }

                @Override
                public Object copy(Object value) {
                    return copier.copy(value);
                }
            };
        }

        @Override
        Coding keys(Class<?> type) {
            KeyCodec<Object> keys = new Codecs(Library.class.getClassLoader()).keys(Object.class, rules(type), null);
            return new Coding() {
                @Override
                public byte[] encode(Object key) {
                    return keys.encode(key);
                }

                @Override
                public Object decode(byte[] bytes) {
                    try {
                        return keys.decode(bytes);
                    } catch (UndecodableException e) {
                        throw new IllegalStateException(e);
                    }
                }

                @Override
                public Object copy(Object key) {
                    return key;
                }
            };
        }
    },

    /** As one writes it by hand for one's own classes: registered, one thread's, and no checks. */
    KRYO {
        @Override
        Coding values(Class<?> type) {
            Kryo kryo = kryo();
            Output output = new Output(1 << 16, -1);
            return new Coding() {
                @Override
                public byte[] encode(Object value) {
                    output.reset();
                    kryo.writeClassAndObject(output, value);
                    return output.toBytes();
                }

                @Override
                public Object decode(byte[] bytes) {
                    return kryo.readClassAndObject(new Input(bytes));
                }

                @Override
                public Object copy(Object value) {
                    return kryo.copy(value);
                }
            };
        }

        @Override
        Coding keys(Class<?> type) {
            return values(type);
        }
    },

    JAVA {
        @Override
        Coding values(Class<?> type) {
            return new Coding() {
                @Override
                public byte[] encode(Object value) {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                        out.writeObject(value);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                    return bytes.toByteArray();
                }

                @Override
                public Object decode(byte[] bytes) {
                    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
                        return in.readObject();
                    } catch (IOException | ClassNotFoundException e) {
                        throw new IllegalStateException(e);
                    }
                }

                @Override
                public Object copy(Object value) {
                    return decode(encode(value));
                }
            };
        }

        @Override
        Coding keys(Class<?> type) {
            return values(type);
        }
    };

    private static final byte[] NO_KEY = {};

    /** One thread's bytes and copies. */
    interface Coding {
        byte[] encode(Object object);

        Object decode(byte[] bytes);

        Object copy(Object object);
    }

    abstract Coding values(Class<?> type);

    abstract Coding keys(Class<?> type);

    private static CodecRules rules(Class<?> type) {
        return new CodecRules(type, type, List.of(), 4 << 10, 16 << 20);
    }

    /** A Kryo that knows the samples. */
    static Kryo kryo() {
        Kryo kryo = new Kryo();
        for (Class<?> type : new Class<?>[] {
            Customer.class,
            Conversation.class,
            Conversation.Message.class,
            ArrayList.class,
            HashMap.class,
            Instant.class,
            KeySample.OrderKey.class
        }) {
            kryo.register(type);
        }
        return kryo;
    }
}
