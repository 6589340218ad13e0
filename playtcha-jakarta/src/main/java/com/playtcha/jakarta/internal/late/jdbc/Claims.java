package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.LateStore.Claim;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One claim of items, in a transaction. */
final class Claims {
    private final Sql sql;
    private final Rows rows;
    private final Claim claim;

    Claims(Sql sql, Rows rows, Claim claim) {
        this.sql = sql;
        this.rows = rows;
        this.claim = claim;
    }

    /** A row that can be claimed, as it is before. */
    record Candidate(String key, long fence, boolean sent, boolean called, long bytes) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Candidate candidate && key.equals(candidate.key) && fence == candidate.fence;
        }

        @Override
        public int hashCode() {
            return key.hashCode();
        }
    }

    /** Returns the leases, earliest due first. Rows that cannot be read are claimed as well, lest they fill each batch. */
    List<Lease> claim() throws SQLException {
        List<Rows.Claimed> claimed = sql.database() == Database.POSTGRESQL ? inOneStatement() : inSteps();
        // A poll redeems the token, so the mark that it may have been sent must survive.
        sql.durable = claim.queue() == WorkQueue.VERDICT_POLL && !claimed.isEmpty();
        return claimed.stream()
                .sorted(Comparator.comparingLong(Rows.Claimed::dueAt).thenComparing(Rows.Claimed::key))
                .map(Rows.Claimed::lease)
                .filter(Objects::nonNull)
                .toList();
    }

    private List<Rows.Claimed> inOneStatement() throws SQLException {
        sql.beginWith(Statements.READ_IN_ORDER);
        List<@Nullable Object> parameters = queryParameters();
        parameters.add(claim.owner());
        parameters.add(claim.lease().toMillis());
        parameters.add(claim.maxBytes());
        return sql.list(
                claim.limit(),
                row -> rows.claimed(row, row.getBoolean("was_sent"), row.getBoolean("called")),
                Statements.claimAtOnce(claim),
                parameters.toArray());
    }

    /** The source, if there is one, and the time by which items are due. */
    private List<@Nullable Object> queryParameters() {
        List<@Nullable Object> parameters = new ArrayList<>();
        if (claim.source() != null) {
            parameters.add(AsciiText.encode(claim.source()));
        }
        parameters.add(claim.now());
        return parameters;
    }

    /**
     * Works where rows cannot be locked too: an update that names the fence it saw changes the row for exactly one of several
     * claimants. The results are read last, since so many could be too large together.
     */
    private List<Rows.Claimed> inSteps() throws SQLException {
        List<Candidate> found = lockCandidates();
        long bytes = 0;
        List<Candidate> wanted = new ArrayList<>();
        for (Candidate each : found) {
            if (bytes < claim.maxBytes()) {
                wanted.add(each);
            }
            bytes += each.bytes();
        }
        Map<String, Candidate> byKey = sql
                .changed(Statements.CLAIM, wanted, each ->
                        new @Nullable Object[] {claim.owner(), claim.lease().toMillis(), each.key(), each.fence()})
                .stream()
                .collect(Collectors.toMap(Candidate::key, Function.identity()));
        if (byKey.isEmpty()) {
            return List.of();
        }
        return sql.list(
                byKey.size(),
                row -> {
                    Candidate before = Objects.requireNonNull(byKey.get(row.getString("item_key")));
                    return rows.claimed(row, before.sent(), before.called());
                },
                Statements.claimed(byKey.size()),
                Statements.padded(List.copyOf(byKey.keySet())).toArray());
    }

    private List<Candidate> lockCandidates() throws SQLException {
        // H2 reads, sorts and locks the whole queue in a sorted query that locks, and breaks ties at random.
        boolean isLockedByKey = sql.database() == Database.H2;
        List<Candidate> found = sql.list(
                claim.limit(),
                row -> new Candidate(
                        row.getString("item_key"),
                        row.getLong("fence"),
                        row.getInt("sent") != 0,
                        row.getLong("lease_until") > 0,
                        row.getLong("size")),
                Statements.claimable(claim)
                        + sql.database().atMost(claim.limit())
                        + (isLockedByKey ? "" : " FOR UPDATE SKIP LOCKED"),
                queryParameters().toArray());
        if (!isLockedByKey || found.isEmpty()) {
            return found;
        }
        Map<String, Long> locked = new HashMap<>();
        sql.list(
                found.size(),
                row -> locked.put(row.getString("item_key"), row.getLong("fence")),
                Statements.unleased(found.size()) + " FOR UPDATE SKIP LOCKED",
                Statements.padded(found.stream().map(Candidate::key).toList()).toArray());
        return found.stream()
                .filter(each -> Objects.equals(locked.get(each.key()), each.fence()))
                .toList();
    }
}
