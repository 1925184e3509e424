package io.github.tieredjcache.integration.write;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.TableStore;
import io.github.tieredjcache.integration.Writing;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import javax.cache.Cache;

/**
 * A node in a process of its own that is held up in its writer. Its arguments are the URI of its Redis, the URL of its table, and
 * where it is held up. It understands
 *
 * <ul>
 *   <li>{@code begin PUT key}: does that on a thread of its own; answered by {@code held} when its writer is held up.
 *   <li>{@code release}: lets all continue; answered by a line for each that was begun: what it returned or threw.
 * </ul>
 */
final class HoldingNode {
    static final String READY = "ready";
    static final String HELD = "held";
    static final String BEGIN = "begin";
    static final String RELEASE = "release";

    private HoldingNode() {}

    public static void main(String[] arguments) throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        HeldCourse course = new HeldCourse(HeldCourse.Where.valueOf(arguments[2]));
        List<Crew.Member<Object>> begun = new ArrayList<>();
        try (Node node = new Node(arguments[0]);
                TableStore store = new TableStore(arguments[1], course)) {
            Cache<String, String> cache = WriteThroughOrdersIT.open(node, store);
            System.out.println(READY);
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                String[] words = line.split(" ", -1);
                if (words[0].equals(BEGIN)) {
                    begun.add(course.begin(() -> Writing.valueOf(words[1]).on(cache, words[2])));
                    System.out.println(HELD);
                } else {
                    course.open();
                    for (Crew.Member<Object> each : begun) {
                        System.out.println(outcomeOf(each));
                    }
                    begun.clear();
                }
            }
        }
    }

    private static String outcomeOf(Crew.Member<Object> change) throws Exception {
        try {
            return "returned " + change.result();
        } catch (RuntimeException e) {
            return e.getClass().getSimpleName() + ": " + e.getMessage();
        }
    }
}
