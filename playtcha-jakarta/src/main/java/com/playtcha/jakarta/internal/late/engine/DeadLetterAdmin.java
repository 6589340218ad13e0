package com.playtcha.jakarta.internal.late.engine;

import com.playtcha.jakarta.internal.late.spool.SpoolDirectory;
import com.playtcha.jakarta.internal.late.spool.SpoolEntry;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.internal.late.store.StoreException;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.DeadLetters;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator's view, over directory and store alike. Thread-safe. */
final class DeadLetterAdmin implements DeadLetters {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterAdmin.class);

    private final EngineContext context;
    private final StoreCalls calls;

    DeadLetterAdmin(EngineContext context, StoreCalls calls) {
        this.context = context;
        this.calls = calls;
    }

    private List<SpoolEntry> letters(String id) {
        SpoolDirectory directory = context.letters;
        return directory == null ? List.of() : directory.find(id);
    }

    @Override
    public List<LateItem> list(int most) {
        SpoolDirectory directory = context.letters;
        List<LateItem> items = new ArrayList<>();
        if (directory != null) {
            directory.list(Math.max(0, most)).forEach(letter -> items.add(letter.item()));
        }
        int left = most - items.size();
        if (left > 0) {
            try {
                items.addAll(calls.call(() -> context.store.deadLetters(left)));
            } catch (StoreException e) {
                if (context.teller.mayLog("desk", context.now()) > 0) {
                    LOG.warn("The store's dead letters are left out: {}", e.getMessage());
                }
            }
        }
        return items;
    }

    @Override
    public Optional<LateResult> show(String id) {
        Optional<LateResult> waiting = letters(id).stream()
                .map(SpoolEntry::result)
                .filter(Objects::nonNull)
                .findFirst();
        if (waiting.isPresent() || !Ids.isValid(id)) {
            return waiting;
        }
        return calls.call(() -> context.store.result(id));
    }

    @Override
    public boolean retry(String id) {
        Instant now = context.now();
        SpoolDirectory directory = context.letters;
        List<SpoolEntry> waiting = letters(id);
        if (directory != null && !waiting.isEmpty()) {
            waiting.forEach(letter -> directory.update(letter, letter.attempts(), letter.lastError(), now));
            context.wake();
            return true;
        }
        boolean due = Ids.isValid(id) && calls.call(() -> context.store.retry(id, now));
        if (due) {
            context.wake();
        }
        return due;
    }

    @Override
    public boolean discard(String id) {
        Instant now = context.now();
        SpoolDirectory directory = context.letters;
        boolean discarded = false;
        if (directory != null) {
            for (SpoolEntry letter : letters(id)) {
                if (directory.delete(letter)) {
                    discarded = true;
                    told(letter.item());
                }
            }
        }
        if (!discarded && Ids.isValid(id)) {
            Optional<LateItem> item = calls.call(() -> context.store.find(id));
            discarded = calls.call(() -> context.store.discard(id, now.plus(context.config.retention), now));
            if (discarded) {
                item.ifPresent(this::told);
            }
        }
        if (discarded) {
            LOG.warn("A dead letter was discarded: id={}", LogText.clean(id));
        }
        return discarded;
    }

    private void told(LateItem item) {
        context.teller.tell(item.id(), item.kind(), item.state(), LateState.DISCARDED, item.outcome());
    }
}
