package io.github.tieredjcache.examples.integrations.shiro;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.examples.integrations.Cluster;
import io.github.tieredjcache.examples.integrations.Patience;
import java.io.Serializable;
import javax.cache.CacheManager;
import org.apache.shiro.authc.UsernamePasswordToken;
import org.apache.shiro.cache.CacheException;
import org.apache.shiro.mgt.DefaultSecurityManager;
import org.apache.shiro.session.mgt.SimpleSession;
import org.apache.shiro.subject.Subject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Shiro on two nodes. */
class ShiroTest {
    /** What a slow machine does must not look like an outage. */
    private static final String PATIENT = "redis.command-timeout=5s";

    private final Cluster cluster = new Cluster();
    private final Users users = new Users();
    private final Users otherUsers = new Users();
    private DefaultSecurityManager one;
    private DefaultSecurityManager other;

    @BeforeEach
    void starts() {
        one = Security.of(cluster.node("shiro.conf", PATIENT), users);
        other = Security.of(cluster.node("shiro.conf", PATIENT), otherUsers);
    }

    @AfterEach
    void ends() {
        cluster.close();
    }

    @Test
    void aLoginOnOneNodeIsValidOnTheOther() {
        Serializable session = login("ann");
        ShiroDemo.subject(one, session).getSession().setAttribute("basket", "lamp");
        Subject there = ShiroDemo.subject(other, session);
        assertTrue(there.isAuthenticated());
        assertEquals("ann", there.getPrincipal());
        assertEquals("lamp", there.getSession().getAttribute("basket"));

        there.getSession().setAttribute("basket", "table");
        assertEquals("table", ShiroDemo.subject(one, session).getSession().getAttribute("basket"));
    }

    @Test
    void aLogoutOnOneNodeEndsTheSessionOnTheOther() {
        Serializable session = login("ann");
        assertTrue(ShiroDemo.subject(other, session).isAuthenticated());
        ShiroDemo.subject(one, session).logout();
        assertFalse(ShiroDemo.subject(other, session).isAuthenticated());
    }

    @Test
    void aSessionSurvivesARestartOfRedisAndOfTheNodes() throws Exception {
        Serializable session = login("ann");
        cluster.redis().restart();
        CacheManager node = cluster.node("shiro.conf", PATIENT);
        // The nodes share a connection, which may have been refused while Redis started.
        Patience.until("Redis is back", () -> answers(node));
        DefaultSecurityManager third = Security.of(node, new Users());
        assertTrue(ShiroDemo.subject(third, session).isAuthenticated());
    }

    @Test
    void permissionsAreLookedUpOnceForAllNodesUntilTheyAreCleared() throws Exception {
        Serializable session = login("ann");
        Subject here = ShiroDemo.subject(one, session);
        Subject there = ShiroDemo.subject(other, session);
        assertTrue(here.hasRole("customer"));
        assertTrue(there.hasRole("customer"));
        assertFalse(there.hasRole("owner"));
        assertEquals(1, users.lookups());
        assertEquals(0, otherUsers.lookups());

        otherUsers.forget(there.getPrincipals());
        Patience.until("node 1 has received the invalidation", () -> here.hasRole("customer") && users.lookups() == 2);
        assertTrue(there.hasRole("customer"));
        assertEquals(0, otherUsers.lookups());
    }

    @Test
    void inAnOutageASessionIsNeitherFoundNorTreatedAsExpired() {
        Serializable session = login("ann");
        cluster.redis().kill();
        CacheException thrown = assertThrows(CacheException.class, () -> ShiroDemo.subject(other, session));
        assertInstanceOf(javax.cache.CacheException.class, thrown.getCause());
    }

    private static boolean answers(CacheManager node) {
        try {
            return !node.getCache("shiro-activeSessionCache", Serializable.class, SimpleSession.class)
                    .containsKey("nothing");
        } catch (javax.cache.CacheException e) {
            return false;
        }
    }

    private Serializable login(String name) {
        Subject subject = new Subject.Builder(one).buildSubject();
        subject.login(new UsernamePasswordToken(name, "secret"));
        return subject.getSession().getId();
    }
}
