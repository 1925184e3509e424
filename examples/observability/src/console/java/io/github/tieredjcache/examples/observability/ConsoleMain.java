package io.github.tieredjcache.examples.observability;

/** Runs the shop as {@link Main} does, with hawtio beside it. */
public final class ConsoleMain {
    private static final int PORT = 9104;

    private ConsoleMain() {}

    /**
     * Runs the example.
     *
     * @param arguments those of {@link Main}
     */
    public static void main(String[] arguments) throws Exception {
        try (Hawtio hawtio = new Hawtio(PORT)) {
            System.out.println("hawtio: " + hawtio.url());
            Main.main(arguments);
        }
    }
}
