package io.github.tieredjcache.examples.integrations.shiro;

import javax.cache.CacheManager;
import org.apache.shiro.cache.jcache.JCacheManager;
import org.apache.shiro.mgt.DefaultSecurityManager;
import org.apache.shiro.realm.Realm;
import org.apache.shiro.session.mgt.DefaultSessionManager;
import org.apache.shiro.session.mgt.eis.EnterpriseCacheSessionDAO;

/** How a node's security is put together. */
final class Security {
    private Security() {}

    /**
     * Returns the security manager of a node.
     *
     * @param caches those of {@code shiro.conf}
     */
    static DefaultSecurityManager of(CacheManager caches, Realm realm) {
        JCacheManager cacheManager = new JCacheManager();
        cacheManager.setCacheManager(caches);

        DefaultSessionManager sessions = new DefaultSessionManager();
        sessions.setSessionDAO(new EnterpriseCacheSessionDAO());
        // The expiry of the cache ends unused sessions.
        sessions.setSessionValidationSchedulerEnabled(false);

        DefaultSecurityManager security = new DefaultSecurityManager(realm);
        security.setSessionManager(sessions);
        security.setCacheManager(cacheManager);
        return security;
    }
}
