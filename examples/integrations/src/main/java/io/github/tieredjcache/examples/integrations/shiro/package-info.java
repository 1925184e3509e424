/** Apache Shiro: sessions and permissions that nodes share. */
package io.github.tieredjcache.examples.integrations.shiro;
