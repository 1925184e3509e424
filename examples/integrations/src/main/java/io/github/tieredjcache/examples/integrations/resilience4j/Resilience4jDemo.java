package io.github.tieredjcache.examples.integrations.resilience4j;

import io.github.tieredjcache.examples.integrations.Cluster;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Resilience4j on two nodes. */
public final class Resilience4jDemo {
    private static final int CALLERS = 20;

    private Resilience4jDemo() {}

    /** Shows that callers of both nodes who ask at once share a call of the supplier. */
    public static void run(Cluster cluster, PrintStream out) {
        AtomicInteger calls = new AtomicInteger();
        PriceList one = new PriceList(cluster.node("resilience4j.conf"), product -> calls.incrementAndGet() * 100);
        PriceList other = new PriceList(cluster.node("resilience4j.conf"), product -> calls.incrementAndGet() * 100);
        List<Integer> prices = ask(CALLERS, one, other, "lamp");
        out.println("Resilience4j: " + CALLERS + " callers on two nodes ask for a price at once; they get "
                + prices.stream().distinct().toList() + ", calls of the supplier: " + calls);
    }

    /** Has callers ask at once, on each node by turns. */
    static List<Integer> ask(int callers, PriceList one, PriceList other, String product) {
        var threads = Executors.newFixedThreadPool(callers);
        try {
            List<CompletableFuture<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                PriceList asked = i % 2 == 0 ? one : other;
                answers.add(CompletableFuture.supplyAsync(() -> price(asked, product), threads));
            }
            return answers.stream().map(CompletableFuture::join).toList();
        } finally {
            threads.shutdown();
        }
    }

    private static int price(PriceList list, String product) {
        try {
            return list.price(product);
        } catch (Throwable e) {
            throw new CompletionException(e);
        }
    }
}
