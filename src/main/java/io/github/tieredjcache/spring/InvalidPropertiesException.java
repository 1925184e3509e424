package io.github.tieredjcache.spring;

import java.io.Serial;
import javax.cache.CacheException;

/** The start of an application failed because of properties {@code tiered-jcache.*} or of a configuration file. */
final class InvalidPropertiesException extends CacheException {
    @Serial
    private static final long serialVersionUID = 1L;

    InvalidPropertiesException(CacheException cause) {
        super(cause.getMessage(), cause);
    }
}
