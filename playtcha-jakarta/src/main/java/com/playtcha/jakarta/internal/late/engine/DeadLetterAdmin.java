package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.spool.SpoolEntry;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.DeadLetters;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Dead letters of the store and entries of the spool, for an operator. Thread-safe. */
final class DeadLetterAdmin implements DeadLetters, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterAdmin.class);
    private static final int BATCH = 500;

    private final EngineContext context;
    /** Separate, so that a slow listing neither delays a request nor counts as an outage of the store. */
    private final StoreCalls calls;

    DeadLetterAdmin(EngineContext context) {
        this.context = context;
        this.calls = new StoreCalls(context);
    }

    @Override
    public void close() {
        calls.close();
    }

    @Override
    public List<LateItem> list(int most) {
        SpoolDirectory spool = context.spool;
        List<LateItem> items = new ArrayList<>();
        if (spool != null) {
            spool.list(Math.max(0, most)).forEach(entry -> items.add(entry.item()));
        }
        int left = most - items.size();
        if (left > 0) {
            try {
                items.addAll(calls.call(() -> context.store.deadLetters(left)));
            } catch (StoreException e) {
                String line = "A list of dead letters leaves out the store, which fails: {}";
                context.warn(LOG, "list", line, e.getMessage());
            }
        }
        return items;
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
        Instant now = context.now();
        SpoolDirectory spool = context.spool;
        boolean due = (spool != null && spool.retry(id))
                || (Ids.isValid(id) && calls.call(() -> context.store.retry(id, now)));
        if (due) {
            context.wake();
        }
        return due;
    }

    @Override
    public int retryAll() {
        Instant now = context.now();
        SpoolDirectory spool = context.spool;
        int due = spool == null ? 0 : spool.retryAll();
        int batch;
        do {
            batch = calls.call(() -> context.store.retryAll(BATCH, now));
            due += batch;
            // Not until there is none: what a handler keeps failing would be made due again for ever.
        } while (batch >= BATCH);
        context.wake();
        return due;
    }

    @Override
    public boolean discard(String id) {
        Instant now = context.now();
        Instant forgetAt = now.plus(context.config.retention);
        SpoolDirectory spool = context.spool;
        Optional<LateItem> discarded =
                spool == null ? Optional.empty() : spool.discard(id, forgetAt).map(SpoolEntry::item);
        if (discarded.isPresent()) {
            context.wake();
        } else if (Ids.isValid(id)) {
            try {
                Optional<LateItem> item = calls.call(() -> context.store.find(id));
                boolean done = calls.call(() -> context.store.discard(id, forgetAt, now));
                discarded = done ? item : Optional.empty();
            } catch (StoreException e) {
                if (spool == null) {
                    throw e;
                }
                // The kind matters only where the store does not have the item either.
                spool.putDiscard(id, LateKind.TASK, forgetAt);
                LOG.warn(
                        "An operator discarded an item while the store is down; it is discarded when the store works: id={}",
                        LogText.clean(id));
                return true;
            }
        }
        discarded.ifPresent(item -> {
            context.publish(item.id(), item.kind(), item.state(), LateState.DISCARDED, item.outcome());
            LOG.warn("An item was discarded by an operator and is not delivered: id={}", LogText.clean(id));
        });
        return discarded.isPresent();
    }
}
