package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.internal.port.RemoteHealth;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The health of a Redis Cluster, of the partitions of one cache: unavailable if one of them is. The numbers are those of
 * the partition that has the largest one: partitions on one server fail together, and count once.
 */
public record CombinedHealth(List<RemoteHealth> partitions) implements RemoteHealth {
    @Override
    public boolean isUnavailable() {
        return longestUnavailable().isPresent();
    }

    @Override
    public @Nullable String reason() {
        return longestUnavailable().map(RemoteHealth::reason).orElse(null);
    }

    @Override
    public long unavailableSinceNanos() {
        return longestUnavailable()
                .orElse(Objects.requireNonNull(partitions.get(0)))
                .unavailableSinceNanos();
    }

    private Optional<RemoteHealth> longestUnavailable() {
        return partitions.stream()
                .filter(RemoteHealth::isUnavailable)
                .min((one, other) -> Long.signum(one.unavailableSinceNanos() - other.unavailableSinceNanos()));
    }

    @Override
    public void awaitBriefOutage() {
        partitions.forEach(RemoteHealth::awaitBriefOutage);
    }

    @Override
    public int changes() {
        return partitions.stream().mapToInt(RemoteHealth::changes).sum();
    }

    @Override
    public long outages() {
        return partitions.stream().mapToLong(RemoteHealth::outages).max().orElse(0);
    }

    @Override
    public long unavailableNanos() {
        return partitions.stream()
                .map(RemoteHealth::unavailableNanos)
                .max(Comparator.naturalOrder())
                .orElse(0L);
    }
}
