package io.github.tieredjcache.integration.load;

import io.github.tieredjcache.Crew;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.cache.Cache;

/** Threads that stand ready to ask a cache for one key, and all ask at once. */
final class Crowd {
    private final CountDownLatch go = new CountDownLatch(1);
    private final List<Crew.Member<Answer>> members = new ArrayList<>();

    Crowd(Cache<String, String> cache, String key, int size) {
        CountDownLatch ready = new CountDownLatch(size);
        for (int i = 0; i < size; i++) {
            members.add(Crew.start(() -> {
                ready.countDown();
                go.await();
                long began = System.nanoTime();
                String value = cache.get(key);
                return new Answer(value, TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - began));
            }));
        }
        Crew.await(ready);
    }

    void go() {
        go.countDown();
    }

    /** Returns what each of them got, once all have. */
    List<Answer> answers() throws Exception {
        List<Answer> answers = new ArrayList<>();
        for (Crew.Member<Answer> each : members) {
            answers.add(each.result());
        }
        return answers;
    }

    /** What one of them got, and how long it took. */
    record Answer(String value, long micros) {}
}
