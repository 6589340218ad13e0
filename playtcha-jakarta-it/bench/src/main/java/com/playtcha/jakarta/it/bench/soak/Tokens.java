package com.playtcha.jakarta.it.bench.soak;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** What the service said to each token. Thread-safe; tokens of which nothing more can come are forgotten. */
final class Tokens {
    private static final long KEPT_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final Map<String, Token> tokens = new ConcurrentHashMap<>();

    /** What a token is worth; its name is the token's beginning. */
    enum Kind {
        GOOD(Said.SUCCESS),
        INVALID(Said.INVALID),
        UNSUCCESSFUL(Said.NO_SUCCESS),
        OLD(Said.EXPIRED),
        SPENT(Said.REDEEMED);

        final Said answer;

        Kind(Said answer) {
            this.answer = answer;
        }
    }

    /** An answer of the service, or none. */
    enum Said {
        SUCCESS,
        NO_SUCCESS,
        INVALID,
        REDEEMED,
        EXPIRED,
        ERROR,
        THROTTLED,
        GARBAGE,
        NOTHING;

        boolean isRejection() {
            return this == NO_SUCCESS || this == INVALID || this == REDEEMED || this == EXPIRED;
        }
    }

    /** One token; each method that changes it is guarded by its monitor. */
    static final class Token {
        final Kind kind;
        private final Set<Said> said = EnumSet.noneOf(Said.class);
        private boolean redeemed;
        private int verified;
        private int unverified;
        private boolean deferred;
        private boolean judged;
        private boolean repeated;
        private long touched = System.nanoTime();

        Token(Kind kind) {
            this.kind = kind;
        }

        /** A service may redeem a token and then fail to say so: one in four does. */
        private synchronized Said ask(Phase phase) {
            touched = System.nanoTime();
            Said answer = switch (phase) {
                case ERROR -> Said.ERROR;
                case THROTTLED -> Said.THROTTLED;
                case GARBAGE -> Said.GARBAGE;
                case RESET, CUT, SILENT -> Said.NOTHING;
                default -> kind == Kind.GOOD && redeemed ? Said.REDEEMED : kind.answer;
            };
            redeemed |= answer == Said.SUCCESS || phase.breaksTransport() && (touched & 3) == 0;
            said.add(answer);
            return answer;
        }

        synchronized boolean wasTold(Said answer) {
            return said.contains(answer);
        }

        synchronized boolean wasRejected() {
            return said.stream().anyMatch(Said::isRejection);
        }

        synchronized void repeat() {
            repeated = true;
        }

        synchronized boolean wasRepeated() {
            return repeated;
        }

        synchronized int countVerified() {
            return ++verified;
        }

        synchronized int countUnverified() {
            return ++unverified;
        }

        synchronized void defer() {
            deferred = true;
        }

        synchronized void endDeferral() {
            deferred = false;
            touched = System.nanoTime();
        }

        synchronized void judged() {
            judged = true;
            touched = System.nanoTime();
        }

        private synchronized boolean isOver(long now) {
            return judged && !deferred && now - touched > KEPT_NANOS;
        }
    }

    Token issue(String token, Kind kind) {
        Token issued = new Token(kind);
        tokens.put(token, issued);
        return issued;
    }

    /** Records a call, and returns the answer to it. */
    Said ask(String token, Phase phase) {
        return tokens.computeIfAbsent(token, unknown -> new Token(Kind.INVALID)).ask(phase);
    }

    void forget() {
        long now = System.nanoTime();
        tokens.values().removeIf(token -> token.isOver(now));
    }
}
