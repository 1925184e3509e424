package io.github.tieredjcache.integration.outage;

import java.time.Duration;

/** What is wrong with Redis, or on the way to it, for one node or for all. */
enum OutageFault {
    KILLED(Severity.AWAY, Keeps.NOTHING) {
        @Override
        void apply(OutageSite site) {
            site.redis().kill();
        }

        @Override
        void heal(OutageSite site) {
            site.redis().restart();
        }
    },
    REFUSED(Severity.AWAY, Keeps.ALL) {
        @Override
        void apply(OutageSite site) {
            site.proxy().refuse();
            site.proxy().reset();
        }

        @Override
        void heal(OutageSite site) {
            site.proxy().accept();
        }
    },
    FROZEN(Severity.AWAY, Keeps.ALL) {
        @Override
        void apply(OutageSite site) {
            site.redis().pause();
        }

        @Override
        void heal(OutageSite site) {
            site.redis().resume();
        }
    },
    BLACK_HOLE(Severity.AWAY, Keeps.ALL) {
        @Override
        void apply(OutageSite site) {
            site.proxy().toServer().hold();
            site.proxy().fromServer().hold();
        }
    },
    ANSWERS_LOST(Severity.AWAY, Keeps.ALL) {
        @Override
        void apply(OutageSite site) {
            site.proxy().fromServer().hold();
        }
    },
    REQUESTS_LOST(Severity.AWAY, Keeps.ALL) {
        @Override
        void apply(OutageSite site) {
            site.proxy().toServer().hold();
        }
    },
    SLOW_50_MS(Severity.NONE, Keeps.ALL) {
        @Override
        void apply(OutageSite site) {
            site.proxy().fromServer().delay(Duration.ofMillis(50));
        }
    },
    SLOW_2_S(Severity.AWAY, Keeps.ALL) {
        @Override
        void apply(OutageSite site) {
            site.proxy().fromServer().delay(Duration.ofSeconds(2));
        }
    },
    SLOW_5_S(Severity.AWAY, Keeps.ALL) {
        @Override
        void apply(OutageSite site) {
            site.proxy().fromServer().delay(Duration.ofSeconds(5));
        }
    },
    RESET_IN_A_REPLY(Severity.PASSING, Keeps.ALL) {
        @Override
        void apply(OutageSite site) {
            site.proxy().fromServer().resetAfter(2);
        }
    },
    HALF_ANSWERED(Severity.PASSING, Keeps.ALL) {
        @Override
        void apply(OutageSite site) {
            site.proxy().fromServer().resetAfter(1_500);
        }
    },
    LOCKED_OUT(Severity.AWAY, Keeps.ALL) {
        @Override
        void apply(OutageSite site) {
            site.administer("ACL", "SETUSER", OutageSite.USER, "off");
            site.administer("CLIENT", "KILL", "USER", OutageSite.USER);
        }

        @Override
        void heal(OutageSite site) {
            site.administer("ACL", "SETUSER", OutageSite.USER, "on");
        }
    },
    NO_PERMISSION(Severity.REFUSING, Keeps.ALL) {
        @Override
        void apply(OutageSite site) {
            site.administer("ACL", "SETUSER", OutageSite.USER, "-@write", "-@scripting");
        }

        @Override
        void heal(OutageSite site) {
            site.administer("ACL", "SETUSER", OutageSite.USER, "+@all");
        }
    },
    TOO_MANY_CLIENTS(Severity.AWAY, Keeps.ALL) {
        @Override
        void apply(OutageSite site) {
            site.administer("CONFIG", "SET", "maxclients", "1");
            site.administer("CLIENT", "KILL", "USER", OutageSite.USER);
        }

        @Override
        void heal(OutageSite site) {
            site.administer("CONFIG", "SET", "maxclients", "1000");
        }
    },
    READ_ONLY(Severity.REFUSING, Keeps.ALL) {
        @Override
        void apply(OutageSite site) {
            // Nobody listens there.
            site.administer("REPLICAOF", "127.0.0.1", "1");
        }

        @Override
        void heal(OutageSite site) {
            site.administer("REPLICAOF", "NO", "ONE");
        }
    },
    OUT_OF_MEMORY(Severity.REFUSING, Keeps.ALL) {
        @Override
        void apply(OutageSite site) {
            site.administer("CONFIG", "SET", "maxmemory", "1");
        }

        @Override
        void heal(OutageSite site) {
            site.administer("CONFIG", "SET", "maxmemory", "0");
        }
    },
    CANNOT_SAVE(Severity.REFUSING, Keeps.ALL) {
        @Override
        void apply(OutageSite site) {
            site.failToSave();
        }

        @Override
        void heal(OutageSite site) {
            site.administer("CONFIG", "SET", "stop-writes-on-bgsave-error", "no");
        }
    },
    LOADING(Severity.AWAY, Keeps.ALL) {
        @Override
        void apply(OutageSite site) {
            site.beginToLoad();
        }

        @Override
        void heal(OutageSite site) {
            site.hurryToLoad();
        }
    },
    EMPTIED(Severity.NONE, Keeps.NOTHING) {
        @Override
        void apply(OutageSite site) {
            site.administer("FLUSHALL");
            site.untilNothingIsNear();
        }

        @Override
        void heal(OutageSite site) {}
    },
    RESTARTED(Severity.PASSING, Keeps.NOTHING) {
        @Override
        void apply(OutageSite site) {
            site.redis().restart();
        }

        @Override
        void heal(OutageSite site) {}
    };

    /** What it makes of Redis, for the node behind the proxy. */
    enum Severity {
        /** Nothing that takes an answer away. */
        NONE,
        /** Changes are refused, and what is read is answered. */
        REFUSING,
        /** Answers are lost, but it has passed at once. */
        PASSING,
        /** Nothing is answered until it is healed. */
        AWAY
    }

    /** What Redis holds when it is over. */
    enum Keeps {
        ALL,
        NOTHING
    }

    final Severity severity;
    final Keeps keeps;

    OutageFault(Severity severity, Keeps keeps) {
        this.severity = severity;
        this.keeps = keeps;
    }

    abstract void apply(OutageSite site);

    /** Ends it; what is wrong on the way only is so by default. */
    void heal(OutageSite site) {
        site.proxy().toServer().forward();
        site.proxy().fromServer().forward();
    }
}
