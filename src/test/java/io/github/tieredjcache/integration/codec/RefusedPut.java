package io.github.tieredjcache.integration.codec;

import java.util.Map;
import java.util.Set;
import javax.cache.Cache;
import javax.cache.integration.CompletionListenerFuture;

/** A call that stores a value under a key which has an entry. */
public enum RefusedPut {
    PUT {
        @Override
        public void store(Cache<String, Object> cache, String key, Object value) {
            cache.put(key, value);
        }
    },
    GET_AND_PUT {
        @Override
        public void store(Cache<String, Object> cache, String key, Object value) {
            cache.getAndPut(key, value);
        }
    },
    PUT_ALL {
        @Override
        public void store(Cache<String, Object> cache, String key, Object value) {
            cache.putAll(Map.of(key, value, "neighbour", "kept"));
        }
    },
    REPLACE {
        @Override
        public void store(Cache<String, Object> cache, String key, Object value) {
            cache.replace(key, value);
        }
    },
    REPLACE_EQUAL {
        @Override
        public void store(Cache<String, Object> cache, String key, Object value) {
            cache.replace(key, "old", value);
        }
    },
    GET_AND_REPLACE {
        @Override
        public void store(Cache<String, Object> cache, String key, Object value) {
            cache.getAndReplace(key, value);
        }
    },
    INVOKE {
        @Override
        public void store(Cache<String, Object> cache, String key, Object value) {
            cache.invoke(key, (entry, arguments) -> {
                entry.setValue(value);
                return null;
            });
        }
    },
    INVOKE_ALL {
        @Override
        public void store(Cache<String, Object> cache, String key, Object value) {
            cache.invokeAll(Set.of(key), (entry, arguments) -> {
                entry.setValue(value);
                return null;
            });
        }
    },
    /** Of a cache whose loader returns the value. */
    LOAD_ALL {
        @Override
        public void store(Cache<String, Object> cache, String key, Object value) {
            CompletionListenerFuture done = new CompletionListenerFuture();
            cache.loadAll(Set.of(key), true, done);
            try {
                done.get();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    };

    /** Stores the value; ignores the result of the call. */
    public abstract void store(Cache<String, Object> cache, String key, Object value);
}
