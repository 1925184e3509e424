package io.github.tieredjcache.examples.hibernate;

/** What happens to Redis, or on the way to it. */
enum Fault {
    /** It comes back with what it had. */
    KILLED {
        @Override
        void begin(TwoNodes nodes) {
            nodes.redis.command("SAVE");
            nodes.redis.kill();
        }

        @Override
        void end(TwoNodes nodes) {
            nodes.redis.restart();
        }
    },
    KILLED_AND_EMPTY {
        @Override
        void begin(TwoNodes nodes) {
            nodes.redis.command("FLUSHALL");
            nodes.redis.command("SAVE");
            nodes.redis.kill();
        }

        @Override
        void end(TwoNodes nodes) {
            nodes.redis.restart();
        }
    },
    /** It has lost what it had acknowledged, as a replica may that takes over. */
    BACK_WITH_OLDER_DATA {
        @Override
        void begin(TwoNodes nodes) {
            nodes.redis.command("SAVE");
        }

        @Override
        void end(TwoNodes nodes) {
            nodes.redis.restart();
        }

        @Override
        boolean isNoticed() {
            return true;
        }
    },
    FROZEN {
        @Override
        void begin(TwoNodes nodes) {
            nodes.redis.pause();
        }

        @Override
        void end(TwoNodes nodes) {
            nodes.redis.resume();
        }
    },
    /** For this node only. */
    CUT_OFF {
        @Override
        void begin(TwoNodes nodes) {
            nodes.way.refuse();
            nodes.way.reset();
        }

        @Override
        void end(TwoNodes nodes) {
            nodes.way.accept();
        }
    },
    /** It answers, and takes nothing. */
    FULL {
        @Override
        void begin(TwoNodes nodes) {
            nodes.redis.command("CONFIG", "SET", "maxmemory", "1");
        }

        @Override
        void end(TwoNodes nodes) {
            nodes.redis.command("CONFIG", "SET", "maxmemory", "0");
        }

        @Override
        boolean isNoticed() {
            return Caches.of(Caches.TIMESTAMPS).remoteRefusals() > 0;
        }
    };

    abstract void begin(TwoNodes nodes);

    abstract void end(TwoNodes nodes);

    boolean isNoticed() {
        return Caches.of(Caches.TIMESTAMPS).isRemoteUnavailable()
                && Caches.of(Product.class.getName()).isRemoteUnavailable();
    }
}
