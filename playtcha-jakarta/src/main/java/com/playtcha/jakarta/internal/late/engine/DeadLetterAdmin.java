package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.spool.SpoolEntry;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.LateStore.FailedQuery;
import com.playtcha.jakarta.internal.late.store.LateStore.FailedQuery.Position;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.DeadLetterFilter;
import com.playtcha.jakarta.late.DeadLetterPage;
import com.playtcha.jakarta.late.DeadLetters;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Items of the store whose handler failed, and entries of the spool, for an operator. Thread-safe. */
public final class DeadLetterAdmin implements DeadLetters {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterAdmin.class);
    private static final int BATCH = 500;
    private static final Set<LateState> FAILED = EnumSet.of(LateState.RETRYING, LateState.DEAD_LETTER);
    /** The part of the list, a time, and a key that orders items of that time. */
    private static final Pattern CURSOR = Pattern.compile("(spool|store)-(\\d{1,15})-(\\p{XDigit}{64})");

    private final EngineContext context;
    private final StoreCalls calls;

    DeadLetterAdmin(EngineContext context, StoreCalls calls) {
        this.context = context;
        this.calls = calls;
    }

    /** What became of an operator's discard. */
    public enum Discard {
        /** No item whose handler failed, and no spooled one, has the id. */
        NOT_FOUND,
        DISCARDED,
        /** The store is down; the spool keeps the discard until it works. */
        SPOOLED
    }

    @Override
    public DeadLetterPage list(DeadLetterFilter filter, @Nullable String cursor, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be 1 or more, not " + limit);
        }
        Matcher place = CURSOR.matcher(cursor == null ? "" : cursor);
        if (cursor != null && !place.matches()) {
            throw new IllegalArgumentException(
                    "cursor must be one that a page returned, not " + LogText.sanitize(cursor));
        }
        Position after = cursor == null
                ? null
                : new Position(Instant.ofEpochMilli(Long.parseLong(place.group(2))), place.group(3));
        boolean isInStore = cursor != null && place.group(1).equals("store");
        List<SpoolEntry> spooled = isInStore ? List.of() : spooled(filter, after, limit);
        List<LateItem> items =
                new ArrayList<>(spooled.stream().map(SpoolEntry::item).toList());
        boolean storeIncluded = true;
        int left = limit - items.size();
        if (left > 0) {
            try {
                items.addAll(stored(filter, isInStore ? after : null, left));
            } catch (StoreException e) {
                storeIncluded = false;
                String line = "A list of dead letters leaves out the store, which fails: {}";
                context.warn(LOG, "list", line, e.getMessage());
            }
        }
        String next = null;
        if (items.size() == limit) {
            next = left > 0
                    ? cursor("store-", position(items.get(limit - 1)))
                    : cursor("spool-", position(spooled.get(limit - 1)));
        }
        return new DeadLetterPage(items, next, storeIncluded);
    }

    private List<SpoolEntry> spooled(DeadLetterFilter filter, @Nullable Position after, int limit) {
        SpoolDirectory spool = context.spool;
        if (spool == null || !filter.getStates().isEmpty()) {
            return List.of();
        }
        Instant before = before(filter.getMinAge());
        String error = filter.getError();
        return spool.list(
                limit,
                after,
                entry -> !entry.createdAt().isAfter(before)
                        && (error == null || entry.error().contains(error)));
    }

    private List<LateItem> stored(DeadLetterFilter filter, @Nullable Position after, int limit) {
        Duration age = filter.getMinAge();
        FailedQuery query = new FailedQuery(
                filter.getStates().isEmpty() ? FAILED : filter.getStates(),
                age.isZero() ? null : before(age),
                filter.getError(),
                after,
                limit);
        return calls.call(() -> context.store.failed(query));
    }

    /** No item is older than 1970, and neither clocks nor databases count the milliseconds of any age. */
    private Instant before(Duration age) {
        Instant now = context.now();
        return age.compareTo(Duration.between(Instant.EPOCH, now)) > 0 ? Instant.EPOCH : now.minus(age);
    }

    private static Position position(LateItem item) {
        Instant since = item.getFailedSince();
        return new Position(since == null ? Instant.EPOCH : since, Ids.key(item.getId()));
    }

    /** By the time of the file, as the spool lists its entries: that within the file differs where the file is a copy. */
    private static Position position(SpoolEntry entry) {
        return new Position(entry.listedBy(), Ids.key(entry.id()));
    }

    private static String cursor(String part, Position position) {
        return part + position.failedSince().toEpochMilli() + "-" + position.key();
    }

    @Override
    public Optional<LateResult> show(String id) {
        SpoolDirectory spool = context.spool;
        Optional<LateResult> spooled =
                spool == null ? Optional.empty() : spool.find(id).flatMap(entry -> Optional.ofNullable(entry.result()));
        return spooled.isPresent() || !Ids.isValid(id) ? spooled : calls.call(() -> context.store.result(id));
    }

    @Override
    public boolean retry(String id) {
        boolean due = retrySpooled(id)
                || (Ids.isValid(id) && calls.call(() -> context.store.retry(List.of(id), context.now())) == 1);
        if (due) {
            wake();
        }
        return due;
    }

    private boolean retrySpooled(String id) {
        SpoolDirectory spool = context.spool;
        return spool != null && spool.retry(id);
    }

    @Override
    public int retryAll(DeadLetterFilter filter) {
        return each(filter, this::retrySpooled, items -> {
            int retried = calls.call(() -> context.store.retry(ids(items), context.now()));
            wake();
            return retried;
        });
    }

    private static List<String> ids(List<LateItem> items) {
        return items.stream().map(LateItem::getId).toList();
    }

    private void wake() {
        context.claimable.add(WorkQueue.RETRY);
        context.claimable.add(WorkQueue.HUNG);
        context.wake();
    }

    /**
     * Works on each spooled entry, then on the store in batches; returns the number of items. By position, so that it ends
     * although a handler fails those that are retried again meanwhile.
     */
    private int each(DeadLetterFilter filter, Predicate<String> onSpooled, ToIntFunction<List<LateItem>> onStored) {
        // Fails before anything is changed: else the spool's part would be done, and nobody would hear of it.
        stored(DeadLetterFilter.all(), null, 1);
        int done = 0;
        for (SpoolEntry entry : spooled(filter, null, Integer.MAX_VALUE)) {
            done += onSpooled.test(entry.id()) ? 1 : 0;
        }
        Position after = null;
        List<LateItem> items;
        do {
            items = stored(filter, after, BATCH);
            if (!items.isEmpty()) {
                done += onStored.applyAsInt(items);
                after = position(items.get(items.size() - 1));
            }
        } while (items.size() == BATCH);
        return done;
    }

    @Override
    public boolean discard(String id) {
        return discardOne(id) != Discard.NOT_FOUND;
    }

    @Override
    public int discardAll(DeadLetterFilter filter) {
        return each(filter, this::discardSpooled, items -> {
            Instant now = context.now();
            Instant purgeAt = now.plus(context.config.retention);
            Set<String> ended = calls.call(() -> context.store.discard(ids(items), purgeAt, now));
            // Others have been delivered since they were listed.
            items.stream().filter(item -> ended.contains(item.getId())).forEach(this::discarded);
            return ended.size();
        });
    }

    /** Discards an item, and returns where that was recorded. */
    public Discard discardOne(String id) {
        if (discardSpooled(id)) {
            return Discard.DISCARDED;
        }
        if (!Ids.isValid(id)) {
            return Discard.NOT_FOUND;
        }
        Instant now = context.now();
        Instant purgeAt = now.plus(context.config.retention);
        try {
            Optional<LateItem> item = calls.call(() -> context.store.find(id));
            if (calls.call(() -> context.store.discard(List.of(id), purgeAt, now))
                    .isEmpty()) {
                return Discard.NOT_FOUND;
            }
            item.ifPresent(this::discarded);
            return Discard.DISCARDED;
        } catch (StoreException e) {
            SpoolDirectory spool = context.spool;
            if (spool == null) {
                throw e;
            }
            // The kind matters only where the store does not have the item either.
            spool.putDiscard(id, LateKind.TASK, purgeAt);
            LOG.warn(
                    "An operator discarded an item while the store is down; it is discarded when the store works: id={}",
                    LogText.sanitize(id));
            return Discard.SPOOLED;
        }
    }

    private boolean discardSpooled(String id) {
        SpoolDirectory spool = context.spool;
        Instant purgeAt = context.now().plus(context.config.retention);
        Optional<SpoolEntry> entry = spool == null ? Optional.empty() : spool.discard(id, purgeAt);
        entry.map(SpoolEntry::item).ifPresent(this::discarded);
        if (entry.isPresent()) {
            context.wake();
        }
        return entry.isPresent();
    }

    private void discarded(LateItem item) {
        context.publish(item.getId(), item.getKind(), item.getState(), LateState.DISCARDED, item.getOutcome());
        LOG.warn("An item was discarded by an operator and is not delivered: id={}", LogText.sanitize(item.getId()));
    }
}
