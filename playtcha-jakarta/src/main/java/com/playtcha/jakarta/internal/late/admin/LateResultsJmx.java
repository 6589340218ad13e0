package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.late.LateMetrics;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What JMX shows; throws only what every client knows. */
final class LateResultsJmx implements LateResultsMBean {
    private final LateMetrics figures;
    private final AdminService operator;

    LateResultsJmx(LateMetrics figures, AdminService operator) {
        this.figures = figures;
        this.operator = operator;
    }

    private long counter(String name) {
        return figures.getCounters().getOrDefault(name, 0L);
    }

    @Override
    public long getPending() {
        return figures.getPending();
    }

    @Override
    public long getAwaiting() {
        return figures.getAwaiting();
    }

    @Override
    public long getReady() {
        return figures.getReady();
    }

    @Override
    public long getDeadLetters() {
        return figures.getDeadLetters();
    }

    @Override
    public long getOldestDeadLetterSeconds() {
        return figures.getOldestDeadLetterAge().toSeconds();
    }

    @Override
    public long getOverdueSeconds() {
        return figures.getOverdue().toSeconds();
    }

    @Override
    public int getSpoolFiles() {
        return figures.getSpoolFiles();
    }

    @Override
    public long getSpoolBytes() {
        return figures.getSpoolBytes();
    }

    @Override
    public int getOverdueHandlers() {
        return figures.getOverdueHandlers();
    }

    @Override
    public long getAgeSeconds() {
        return figures.getAge().toSeconds();
    }

    @Override
    public Map<String, Long> getCounters() {
        return new LinkedHashMap<>(figures.getCounters());
    }

    @Override
    public long getTracked() {
        return counter("tracked");
    }

    @Override
    public long getUntracked() {
        return counter("untracked");
    }

    @Override
    public long getRepeated() {
        return counter("repeated");
    }

    @Override
    public long getAccepted() {
        return counter("accepted");
    }

    @Override
    public long getDuplicate() {
        return counter("duplicate");
    }

    @Override
    public long getDifferent() {
        return counter("different");
    }

    @Override
    public long getRefused() {
        return counter("refused");
    }

    @Override
    public long getSaved() {
        return counter("spooled");
    }

    @Override
    public long getDrained() {
        return counter("drained");
    }

    @Override
    public long getAsked() {
        return counter("asked");
    }

    @Override
    public long getPolled() {
        return counter("polled");
    }

    @Override
    public long getDelivered() {
        return counter("delivered");
    }

    @Override
    public long getExpired() {
        return counter("expired");
    }

    @Override
    public long getHandlerFailed() {
        return counter("handler-failed");
    }

    @Override
    public long getStale() {
        return counter("stale");
    }

    @Override
    public long getUnkept() {
        return counter("unkept");
    }

    @Override
    public long getStoreFailed() {
        return counter("store-failed");
    }

    @Override
    public String listDeadLetters(int limit) {
        Map<String, @Nullable Object> answer =
                operator.answer(AdminRequest.list(Math.max(1, Math.min(limit, AdminRequest.MAX_LIMIT))));
        requireReached(answer);
        return printed(out -> CommandOutput.list(answer, out, out));
    }

    @Override
    public String show(String id) {
        Map<String, @Nullable Object> answer = answer(AdminRequest.Command.SHOW, id);
        return AdminResponse.DONE.equals(answer.get("status"))
                ? printed(out -> CommandOutput.show(answer, out))
                : AdminResponse.text(answer, "message");
    }

    @Override
    public String retry(String id) {
        return AdminResponse.text(answer(AdminRequest.Command.RETRY, id), "message");
    }

    @Override
    public String discard(String id) {
        return AdminResponse.text(answer(AdminRequest.Command.DISCARD, id), "message");
    }

    private Map<String, @Nullable Object> answer(AdminRequest.Command command, String id) {
        Map<String, @Nullable Object> answer = operator.answer(AdminRequest.of(command, TerminalText.parseId(id)));
        requireReached(answer);
        return answer;
    }

    private static void requireReached(Map<String, @Nullable Object> answer) {
        if (AdminResponse.UNREACHABLE.equals(answer.get("status"))) {
            throw new IllegalStateException(AdminResponse.text(answer, "message"));
        }
    }

    private static String printed(Consumer<PrintStream> printing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
            printing.accept(out);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
