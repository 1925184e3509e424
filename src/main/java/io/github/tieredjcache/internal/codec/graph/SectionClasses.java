package io.github.tieredjcache.internal.codec.graph;

import java.io.Serializable;
import java.util.Set;

/** The classes that only Java sections contain. */
public final class SectionClasses {
    /** The classes, other than safe JDK types, that the serialized forms of safe JDK types contain. */
    private static final Set<String> STREAM_CLASSES = Set.of(
            "java.lang.Enum",
            "java.lang.Number",
            "java.lang.StackTraceElement",
            "java.time.Ser",
            "java.time.ZoneRegion",
            "java.util.AbstractMap",
            "java.util.CollSer",
            "java.util.Collections$EmptyList",
            "java.util.Collections$SetFromMap",
            "java.util.EnumSet$SerializationProxy",
            "java.util.Properties",
            "java.util.concurrent.ConcurrentHashMap$Segment",
            "java.util.concurrent.locks.AbstractOwnableSynchronizer",
            "java.util.concurrent.locks.AbstractQueuedSynchronizer",
            "java.util.concurrent.locks.ReentrantLock",
            "java.util.concurrent.locks.ReentrantLock$NonfairSync",
            "java.util.concurrent.locks.ReentrantLock$Sync");

    /** The name of {@link GraphHandle} in the format; it must not change when the class is moved or renamed. */
    public static final String GRAPH_HANDLE = "io.github.tieredjcache.internal.codec.JavaForm$Outside";

    private SectionClasses() {}

    /** Replaces an object of the surrounding graph in a section; the number is that of references to the object. */
    record GraphHandle(int number) implements Serializable {}

    /** Returns whether a section may hold objects of the class of this name. */
    static boolean allows(KryoSession session, String className) {
        return isStreamClass(className) || className.equals(GraphHandle.class.getName()) || session.mayLoad(className);
    }

    static boolean isStreamClass(String className) {
        return STREAM_CLASSES.contains(AllowList.elementName(className));
    }
}
