package com.playtcha.jakarta.internal.late.jdbc;

import com.playtcha.jakarta.internal.late.store.AsciiText;
import com.playtcha.jakarta.internal.late.store.Claim;
import com.playtcha.jakarta.internal.late.store.Lease;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Claims items in one batch, each call within the caller's transaction. Works without {@code SKIP LOCKED}: an update that
 * names the fence it saw changes the row for exactly one of several claimants. Leases run by the database's clock.
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
        long until = storeNow + claim.lease().toMillis();
        List<Rows.Candidate> found = database.supportsSkipLocked()
                ? read(database, sql, claim, storeNow, claim.most(), " FOR UPDATE SKIP LOCKED")
                : unlocked(database, sql, claim, storeNow);
        List<Rows.Candidate> readable = new ArrayList<>();
        for (Rows.Candidate candidate : found) {
            if (candidate.lease() != null) {
                readable.add(candidate);
            } else {
                // Postponed, so that rows which this version cannot read do not fill each batch.
                sql.update(
                        Statements.POSTPONE,
                        candidate.dueAt() + POSTPONED.toMillis(),
                        candidate.key(),
                        candidate.dueAt());
            }
        }
        List<Rows.Candidate> claimed = update(sql, claim, readable, until, storeNow);
        return claimed.stream()
                .sorted(Comparator.comparingLong(Rows.Candidate::dueAt))
                .map(Rows.Candidate::lease)
                .filter(Objects::nonNull)
                .toList();
    }

    private static List<Rows.Candidate> update(
            Sql sql, Claim claim, List<Rows.Candidate> candidates, long until, long storeNow) throws SQLException {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (Rows.Candidate candidate : candidates) {
            long fence = Objects.requireNonNull(candidate.lease()).fence() - 1;
            rows.add(new @Nullable Object[] {
                claim.owner(), until, candidate.key(), claim.lane().name(), fence, storeNow
            });
        }
        int[] won = sql.batch(Statements.CLAIM, rows);
        return IntStream.range(0, won.length)
                .filter(i -> won[i] == 1)
                .mapToObj(candidates::get)
                .toList();
    }

    boolean hasCandidates(Database database, Connection connection, Sql sql, Claim claim) throws SQLException {
        return !read(database, sql, claim, storeNow(database, connection), 1, "")
                .isEmpty();
    }

    long storeNow(Database database, Connection connection) throws SQLException {
        return leaseClock == null
                ? database.now(connection, timeoutSeconds)
                : leaseClock.instant().toEpochMilli();
    }

    /**
     * Reads more than wanted and picks at random, so that nodes do not all try to claim the same items; sorted by key, so
     * that they do not deadlock.
     */
    private List<Rows.Candidate> unlocked(Database database, Sql sql, Claim claim, long storeNow) throws SQLException {
        List<Rows.Candidate> found = new ArrayList<>(read(database, sql, claim, storeNow, claim.most() * 2, ""));
        if (found.size() > claim.most()) {
            Collections.shuffle(found);
            found = found.subList(0, claim.most());
        }
        found.sort(Comparator.comparing(Rows.Candidate::key));
        return found;
    }

    private List<Rows.Candidate> read(Database database, Sql sql, Claim claim, long storeNow, int most, String locking)
            throws SQLException {
        List<@Nullable Object> parameters = new ArrayList<>();
        if (claim.source() != null) {
            parameters.add(AsciiText.encode(claim.source()));
        }
        parameters.add(claim.now().toEpochMilli());
        parameters.add(storeNow);
        return sql.list(
                most,
                rows::candidate,
                Statements.claimable(claim) + database.atMost(most) + locking,
                parameters.toArray());
    }
}
