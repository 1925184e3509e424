package io.github.tieredjcache.examples.conversations;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Determines from the instance that a read returned which tier answered it; for use by many threads.
 *
 * <p>The near tier returns the instance that it holds, Redis makes a new one, and the loader and the entry processor report
 * what they made. So an instance that was returned before is the near tier's; one never seen is from Redis; one that the
 * loader reported is from the source. A read that began before its instance was first returned waited for the fetch of
 * another thread, and counts for the tier that was asked.
 */
final class Origins {

    /** While a message is appended, a key has its old instance and its new one; a load at that time makes a third. */
    private static final int INSTANCES_MAX = 4;

    private final ConcurrentHashMap<String, List<Sighting>> sightings = new ConcurrentHashMap<>();

    /**
     * Who answered a read.
     *
     * @param tier the tier that was asked
     * @param waited whether it was asked by another thread, for whose answer this read waited
     */
    record Answer(Tier tier, boolean waited) {}

    /** What is known of one instance. */
    private record Sighting(WeakReference<Conversation> instance, Tier from, boolean returned, long returnedNanos) {

        static Sighting made(Conversation conversation, Tier from) {
            return new Sighting(new WeakReference<>(conversation), from, false, 0);
        }

        Sighting returnedAt(long nanos) {
            return returned ? this : new Sighting(instance, from, true, nanos);
        }
    }

    /** Notes an instance that the loader made and is about to return. */
    void loaded(Conversation conversation) {
        note(Sighting.made(conversation, Tier.SOURCE), conversation);
    }

    /** Notes an instance that was made to be written; reads that return it have it from the near tier. */
    void written(Conversation conversation) {
        note(Sighting.made(conversation, Tier.NEAR), conversation);
    }

    /** Says who answered a read that returned this instance, given when the read began and ended. */
    Answer of(Conversation conversation, long beganNanos, long endedNanos) {
        Sighting before = find(sightings.get(conversation.id()), conversation);
        if (before != null && before.returned) {
            boolean waited = beganNanos - before.returnedNanos <= 0;
            return new Answer(waited ? before.from : Tier.NEAR, waited);
        }
        Sighting unknown = Sighting.made(conversation, Tier.REMOTE);
        Sighting now = note((before == null ? unknown : before).returnedAt(endedNanos), conversation);
        return new Answer(now.from, now.returnedNanos != endedNanos);
    }

    /** Makes this what is known of the instance, unless another read of it returned first; returns what then is known. */
    private Sighting note(Sighting sighting, Conversation conversation) {
        List<Sighting> now = sightings.compute(conversation.id(), (id, known) -> {
            Sighting same = find(known, conversation);
            if (same != null && same.returned) {
                return known;
            }
            List<Sighting> newestFirst = new ArrayList<>(List.of(sighting));
            if (known != null) {
                known.stream()
                        .filter(other -> !other.instance.refersTo(conversation))
                        .limit(INSTANCES_MAX - 1)
                        .forEach(newestFirst::add);
            }
            return newestFirst;
        });
        return Objects.requireNonNull(find(now, conversation), "what was just noted");
    }

    private static @Nullable Sighting find(@Nullable List<Sighting> known, Conversation conversation) {
        if (known != null) {
            for (Sighting sighting : known) {
                if (sighting.instance.refersTo(conversation)) {
                    return sighting;
                }
            }
        }
        return null;
    }
}
