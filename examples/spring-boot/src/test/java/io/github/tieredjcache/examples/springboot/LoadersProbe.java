package io.github.tieredjcache.examples.springboot;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells how many class loaders of this application are alive: all that have ever started it, less those that were collected. */
@RestController
class LoadersProbe {
    private static final String KEY = "class loaders of the application";

    LoadersProbe() {
        loaders().add(new WeakReference<>(LoadersProbe.class.getClassLoader()));
    }

    /** In a place that all of them see. */
    @SuppressWarnings("unchecked")
    private static List<WeakReference<ClassLoader>> loaders() {
        return (List<WeakReference<ClassLoader>>)
                System.getProperties().computeIfAbsent(KEY, key -> new CopyOnWriteArrayList<>());
    }

    @GetMapping("/probe/loaders")
    long living() {
        System.gc();
        return loaders().stream().filter(each -> each.get() != null).count();
    }

    @GetMapping("/probe/loader")
    String loader() {
        return LoadersProbe.class.getClassLoader().getClass().getSimpleName();
    }
}
