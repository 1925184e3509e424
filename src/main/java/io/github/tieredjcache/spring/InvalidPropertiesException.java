package io.github.tieredjcache.spring;

import java.io.Serial;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/** The start of an application failed because of properties {@code tiered-jcache.*} or of a configuration file. */
final class InvalidPropertiesException extends CacheException {
    @Serial
    private static final long serialVersionUID = 1L;

    InvalidPropertiesException(@Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
