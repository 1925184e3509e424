package io.github.tieredjcache.internal.codec;

import io.github.tieredjcache.internal.codec.api.CodecRules;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import java.util.List;
import java.util.stream.Stream;

/** All kinds of value of the table of types, made anew for each caller. */
final class Kinds {
    private Kinds() {}

    static List<Kind> all() {
        return Stream.concat(stored().stream(), RefusedKinds.all()).toList();
    }

    /** Those that are not refused. */
    static List<Kind> stored() {
        return Stream.of(ScalarKinds.all(), ContainerKinds.all(), ObjectKinds.all(), OtherKinds.all())
                .flatMap(each -> each)
                .toList();
    }

    /** The rules of a cache whose values are in this package. */
    static CodecRules rules() {
        return new CodecRules(String.class, Samples.class, List.of(), 1_024, 1 << 24);
    }

    /** A codec for them, as a cache of any type of value has it. */
    static ValueCodec<Object> codec(Codecs codecs) {
        return codecs.values(Object.class, rules());
    }

    /** The Redis key under which a kind is stored. */
    static byte[] key(Kind kind) {
        return ("kinds:" + kind.name()).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
