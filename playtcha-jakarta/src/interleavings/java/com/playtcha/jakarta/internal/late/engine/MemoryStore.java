package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.late.store.Arrival;
import com.playtcha.jakarta.internal.late.store.LateStore;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.NewItem;
import com.playtcha.jakarta.internal.late.store.Settlement;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateOutcome;
import com.playtcha.jakarta.late.LateResult;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A store that takes results and an operator's orders, and that can be down. It does nothing else. */
final class MemoryStore implements LateStore {
    private final Map<String, LateOutcome> outcomes = new ConcurrentHashMap<>();
    private volatile boolean paused;
    private volatile boolean down;

    void setDown(boolean value) {
        down = value;
    }

    boolean has(String id) {
        return outcomes.containsKey(id);
    }

    int size() {
        return outcomes.size();
    }

    @Override
    public List<@Nullable AcceptOutcome> takeAll(
            List<Arrival> arrivals, int maxUntracked, LeaseTerms terms, Instant now) {
        List<@Nullable AcceptOutcome> taken = new ArrayList<>();
        for (Arrival arrival : arrivals) {
            if (down) {
                throw new StoreException("The store is down", null);
            }
            LateOutcome outcome = ((Arrival.Result) arrival).result().getOutcome();
            LateOutcome before = outcomes.putIfAbsent(arrival.id(), outcome);
            AcceptResult result = before == null
                    ? AcceptResult.STORED
                    : before == outcome ? AcceptResult.DUPLICATE : AcceptResult.DIFFERENT;
            taken.add(new AcceptOutcome(result, null, null, null));
        }
        return taken;
    }

    @Override
    public Heartbeat beat(Instant now) {
        return new Heartbeat(null, paused, Set.of(), Set.of());
    }

    @Override
    public void setPaused(boolean value) {
        paused = value;
    }

    @Override
    public LateItem track(NewItem item, Connection connection, Instant now) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Lease> claim(Claim claim) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Renewal> renew(List<Lease> leases, Duration duration) {
        throw new UnsupportedOperationException();
    }

    @Override
    public HandlerTransaction transaction(Lease lease, Duration timeLimit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isLeaseValid(Lease lease) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isDelivered(Settlement.Delivered delivered) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Boolean> settle(List<Settlement> settlements, Instant now) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<LateItem> failed(FailedQuery query) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<LateItem> find(String id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<LateResult> result(String id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int retry(Collection<String> ids, Instant now) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<String> discard(Collection<String> ids, Instant purgeAt, Instant now) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Counts counts() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int purge(Instant now, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
