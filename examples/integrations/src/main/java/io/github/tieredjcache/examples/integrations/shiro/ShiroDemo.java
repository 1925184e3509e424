package io.github.tieredjcache.examples.integrations.shiro;

import io.github.tieredjcache.examples.integrations.Cluster;
import java.io.PrintStream;
import java.io.Serializable;
import org.apache.shiro.authc.UsernamePasswordToken;
import org.apache.shiro.mgt.DefaultSecurityManager;
import org.apache.shiro.subject.Subject;

/** Shiro on two nodes. */
public final class ShiroDemo {
    private ShiroDemo() {}

    /** Shows a session that both nodes know. */
    public static void run(Cluster cluster, PrintStream out) {
        DefaultSecurityManager one = Security.of(cluster.node("shiro.conf"), new Users());
        DefaultSecurityManager other = Security.of(cluster.node("shiro.conf"), new Users());
        Subject here = new Subject.Builder(one).buildSubject();
        here.login(new UsernamePasswordToken("ann", "secret"));
        here.getSession().setAttribute("basket", "lamp");
        Serializable session = here.getSession().getId();
        Subject there = subject(other, session);
        out.println("Shiro: " + there.getPrincipal() + " logs in on node 1; on node 2: logged in "
                + there.isAuthenticated() + ", basket " + there.getSession().getAttribute("basket") + ", a customer "
                + there.hasRole("customer"));
        there.logout();
        out.println("Shiro: she logs out on node 2; on node 1: logged in "
                + subject(one, session).isAuthenticated());
    }

    /** The user of this session, as a node sees the next request. */
    static Subject subject(DefaultSecurityManager node, Serializable sessionId) {
        return new Subject.Builder(node).sessionId(sessionId).buildSubject();
    }
}
