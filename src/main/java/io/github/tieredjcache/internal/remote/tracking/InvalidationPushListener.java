package io.github.tieredjcache.internal.remote.tracking;

import io.lettuce.core.api.push.PushListener;
import io.lettuce.core.api.push.PushMessage;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Passes the invalidations that the server pushes to their {@link InvalidationRoutes}, on the event loop of the
 * connection.
 *
 * <p>A message that cannot be parsed counts as a change of all keys.
 */
public record InvalidationPushListener(InvalidationRoutes routes) implements PushListener {
    private static final String INVALIDATE = "invalidate";

    @Override
    public void onPushMessage(PushMessage message) {
        if (!INVALIDATE.equals(message.getType())) {
            return;
        }
        try {
            read(message.getContent());
        } catch (RuntimeException e) {
            routes.allChanged();
        }
    }

    private void read(List<Object> content) {
        // The content is the type and then the list of keys, or null for all keys (FLUSHALL).
        if (content.size() == 2 && content.get(1) instanceof List<?> keys) {
            keys.forEach(key -> routes.changed(bytes((ByteBuffer) key)));
        } else {
            routes.allChanged();
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
