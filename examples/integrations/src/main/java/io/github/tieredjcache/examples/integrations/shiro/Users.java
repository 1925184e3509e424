package io.github.tieredjcache.examples.integrations.shiro;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.shiro.authc.AuthenticationInfo;
import org.apache.shiro.authc.AuthenticationToken;
import org.apache.shiro.authc.SimpleAuthenticationInfo;
import org.apache.shiro.authz.AuthorizationInfo;
import org.apache.shiro.authz.SimpleAuthorizationInfo;
import org.apache.shiro.realm.AuthorizingRealm;
import org.apache.shiro.subject.PrincipalCollection;

/** Who there is and what they may; here all have the password "secret", and are customers. */
public final class Users extends AuthorizingRealm {
    private final AtomicInteger lookups = new AtomicInteger();

    /** Creates the realm. */
    public Users() {
        setName("users");
        setAuthorizationCacheName("authorizations");
    }

    @Override
    protected AuthenticationInfo doGetAuthenticationInfo(AuthenticationToken token) {
        return new SimpleAuthenticationInfo(token.getPrincipal(), "secret", getName());
    }

    @Override
    protected AuthorizationInfo doGetAuthorizationInfo(PrincipalCollection principals) {
        lookups.incrementAndGet();
        SimpleAuthorizationInfo info = new SimpleAuthorizationInfo();
        info.addRole("customer");
        return info;
    }

    /** Forgets what a user may, on all nodes. */
    void forget(PrincipalCollection user) {
        clearCachedAuthorizationInfo(user);
    }

    int lookups() {
        return lookups.get();
    }
}
