package com.playtcha.jakarta.testkit;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The settings of a {@link Reply}. Changed only between {@link #copy()} and the construction of a reply. */
final class ReplySpec implements Cloneable {
    private static final byte[] NOTHING = {};
    static final int WHOLE = -1;

    /** One header line, as it is to be sent. */
    record HeaderLine(String name, String value) {}

    /** An informational response, some time after what came before it. */
    record Interim(int status, Duration after) {}

    /** Bytes that belong to no answer. */
    record Extra(Duration after, byte[] bytes) {}

    int status = 200;
    List<HeaderLine> headers = List.of();
    byte[] body = NOTHING;
    /** Exactly what to send instead of status, headers and body. */
    byte @Nullable [] raw;
    /** The error envelope, written when the answer is sent, so that each has its own request_id. */
    @Nullable
    String errorCode;

    String errorMessage = "";

    @Nullable
    String requestId;

    Duration delay = Duration.ZERO;

    @Nullable
    CountDownLatch latch;

    @Nullable
    CompletableFuture<?> release;

    List<Interim> interims = List.of();
    Duration headGap = Duration.ZERO;
    Duration bodyGap = Duration.ZERO;
    int cutAfter = WHOLE;
    boolean reset;
    boolean hang;
    boolean silentClose;
    boolean close;
    boolean announceClose;
    boolean chunked;
    boolean contentLength = true;
    boolean date = true;
    boolean endless;
    List<Extra> extras = List.of();

    ReplySpec copy() {
        try {
            return (ReplySpec) clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }
}
