package io.github.tieredjcache.examples.conversations;

/** Where the answer to a read came from. */
enum Tier {
    NEAR("near (memory)"),
    REMOTE("remote (Redis)"),
    SOURCE("source (H2)");

    private final String title;

    Tier(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
