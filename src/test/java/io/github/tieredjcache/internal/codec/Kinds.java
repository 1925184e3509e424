package io.github.tieredjcache.internal.codec;

import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import java.util.List;
import java.util.stream.Stream;

/** All kinds of value of the table of types, created for each caller. */
final class Kinds {
    private Kinds() {}

    static List<Kind> all() {
        return Stream.concat(stored().stream(), RefusedKinds.all()).toList();
    }

    /** Returns the kinds that are not refused. */
    static List<Kind> stored() {
        return Stream.of(ScalarKinds.all(), ContainerKinds.all(), ObjectKinds.all(), OtherKinds.all())
                .flatMap(each -> each)
                .toList();
    }

    /** Returns the rules of a cache whose values are in this package. */
    static CodecRules rules() {
        return new CodecRules(String.class, Samples.class, List.of(), 1_024, 1 << 24);
    }

    /** Returns the codec of a cache with values of any type. */
    static ValueCodec<Object> codec(Codecs codecs) {
        return codecs.values(Object.class, rules());
    }

    /** Returns the Redis key under which a kind is stored. */
    static byte[] key(Kind kind) {
        return ("kinds:" + kind.name()).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
