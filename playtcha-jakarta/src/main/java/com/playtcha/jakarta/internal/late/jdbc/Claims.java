package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.Claim;
import com.playtcha.jakarta.internal.late.store.Lease;
import com.playtcha.jakarta.internal.late.store.WorkQueue;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Claims items, each call within the caller's transaction. Works without {@code SKIP LOCKED}: an update that names the
 * fence it saw changes the row for exactly one of several claimants. Leases run by the database's clock.
 */
final class Claims {
    private static final Duration POSTPONED = Duration.ofHours(1);

    private final Rows rows;
    private final int timeoutSeconds;
    private final @Nullable Clock leaseClock;

    Claims(Rows rows, int timeoutSeconds, @Nullable Clock leaseClock) {
        this.rows = rows;
        this.timeoutSeconds = timeoutSeconds;
        this.leaseClock = leaseClock;
    }

    List<Lease> claim(Database database, Connection connection, Sql sql, Claim claim) throws SQLException {
        long storeNow = storeNow(database, connection);
        List<Rows.Candidate> claimed = new ArrayList<>();
        for (Rows.Candidate candidate : candidates(database, sql, claim, storeNow)) {
            Lease lease = candidate.lease();
            if (lease == null) {
                // Postponed, so that rows which this version cannot read do not fill each batch.
                sql.update(
                        Statements.POSTPONE,
                        candidate.dueAt() + POSTPONED.toMillis(),
                        candidate.key(),
                        candidate.dueAt());
                continue;
            }
            int won = sql.update(
                    Statements.CLAIM,
                    claim.owner(),
                    storeNow + claim.lease().toMillis(),
                    lease.sent() || claim.lane() == WorkQueue.ASK ? 1 : 0,
                    candidate.key(),
                    claim.lane().name(),
                    lease.fence() - 1,
                    storeNow);
            if (won == 1) {
                claimed.add(candidate);
            }
        }
        claimed.sort(Comparator.comparingLong(Rows.Candidate::dueAt));
        return claimed.stream()
                .map(Rows.Candidate::lease)
                .filter(Objects::nonNull)
                .toList();
    }

    boolean hasCandidates(Database database, Connection connection, Sql sql, Claim claim) throws SQLException {
        return !candidates(database, sql, claim, storeNow(database, connection)).isEmpty();
    }

    private long storeNow(Database database, Connection connection) throws SQLException {
        return leaseClock == null
                ? database.now(connection, timeoutSeconds)
                : leaseClock.instant().toEpochMilli();
    }

    /**
     * Reads more than wanted and picks at random, so that nodes do not all try to claim the same items; sorted by key, so
     * that they do not deadlock.
     */
    private List<Rows.Candidate> candidates(Database database, Sql sql, Claim claim, long storeNow)
            throws SQLException {
        List<@Nullable Object> parameters = new ArrayList<>();
        parameters.add(claim.lane().name());
        parameters.add(claim.now().toEpochMilli());
        parameters.add(storeNow);
        if (claim.source() != null) {
            parameters.add(AsciiText.encode(claim.source()));
        }
        if (claim.expiredOnly()) {
            parameters.add(claim.now().toEpochMilli());
        }
        int window = claim.most() * 2;
        List<Rows.Candidate> found = new ArrayList<>(sql.list(
                window, rows::candidate, Statements.claimable(claim) + database.atMost(window), parameters.toArray()));
        if (found.size() > claim.most()) {
            Collections.shuffle(found);
            found = found.subList(0, claim.most());
        }
        found.sort(Comparator.comparing(Rows.Candidate::key));
        return found;
    }
}
