package com.playtcha.jakarta.internal.late.callback;

import com.playtcha.jakarta.internal.late.engine.LateInbox;
import com.playtcha.jakarta.internal.late.engine.Receipt;
import com.playtcha.jakarta.internal.late.store.Ids;
import com.playtcha.jakarta.late.LateUnavailableException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes the results that another service delivers by callback (contract, section 7).
 *
 * <p>{@code GET} or {@code POST} with {@code id} (to 200 characters, without control characters), {@code code} (the
 * result, to 64 KiB in UTF-8) and the key, as field {@code key} or header {@code X-Callback-Key}. Fields are taken from
 * the query and from a body of type {@code application/x-www-form-urlencoded}, in UTF-8, whatever charset is named. Any
 * other body, multipart and JSON too, is not looked at. Where a filter in front reads parameters, the container decodes
 * the body instead, within its own limits: such a filter has to set UTF-8 first.
 *
 * <table>
 * <caption>Answers</caption>
 * <tr><th>Status</th><th>When</th></tr>
 * <tr><td>200</td><td>the result is kept, in the store or as a dead letter, or was known before; or, without a
 * {@code code} and where there is a poller, will be polled for</td></tr>
 * <tr><td>400</td><td>no id, or one that cannot be one; two different ids or codes; a code that is too large;
 * no code and no poller; a body or a query that is no form; a body of more than 512 KiB, or of
 * more than 256 where neither query nor header has a key</td></tr>
 * <tr><td>403</td><td>no key, a wrong one, or several: then nothing else was looked at</td></tr>
 * <tr><td>405</td><td>another method; {@code Allow} names the two</td></tr>
 * <tr><td>408</td><td>a body that takes longer than 20 seconds, or than 5 where neither query nor header has a key</td></tr>
 * <tr><td>503</td><td>nothing could keep it, the engine is not up, or for 5 seconds 16 callbacks were under way already; or
 * 16 bodies were being read in which the key may be, or 4 of them from this address, and no place was left for 2 seconds,
 * or none came free for one, or 224 waited for one, or 196 from this address; {@code Retry-After} says when to send it
 * again</td></tr>
 * </table>
 *
 * <p>Answers are short {@code text/plain}, are not to be cached, and hold nothing that came with the request. There is
 * never a session.
 *
 * <h2>Installation</h2>
 *
 * <p>By the settings {@code playtcha.callback-path} and {@code playtcha.callback-key}. Where the class is mapped in web.xml
 * as well, it serves those paths too, or instead where one of them is {@code callback-path}. Without the settings it
 * answers 503.
 *
 * @since 0.1
 */
public final class ResultCallbackServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final String KEY_HEADER = "X-Callback-Key";
    private static final int MOST_CODE = 64 * 1024;
    private static final String TOO_LARGE = "its body is too large";
    private static final String UNREADABLE = "its body cannot be read";

    private static final int SOON = 1;
    private static final int LATER = 10;

    private final transient @Nullable CallbackEndpoint given;
    private final transient LongSupplier nanoTime;
    private final transient CallbackLog log;
    private final transient CallbackLimits limits;
    /** A store that hangs holds each call for seconds. First come, first served: nobody waits longer than all do. */
    private final transient Semaphore places;
    /** Apart from these: who has shown the key waits for nobody who has not. */
    private final transient UnauthenticatedCallLimiter strangers;

    /** For the container, where web.xml declares it: serves the application's engine. */
    public ResultCallbackServlet() {
        this(null, System::nanoTime, CallbackLimits.standard());
    }

    ResultCallbackServlet(CallbackEndpoint port) {
        this(port, System::nanoTime, CallbackLimits.standard());
    }

    ResultCallbackServlet(@Nullable CallbackEndpoint port, LongSupplier nanoTime, CallbackLimits limits) {
        this.given = port;
        this.nanoTime = nanoTime;
        this.log = new CallbackLog(nanoTime);
        this.limits = limits;
        this.places = new Semaphore(limits.most(), true);
        this.strangers = new UnauthenticatedCallLimiter(limits);
    }

    /** What is answered: nothing of the request's. */
    private static final class Answer {
        private static final Answer OK = new Answer(200, "OK", 0);
        private static final Answer NO_KEY = new Answer(403, "Forbidden", 0);
        private static final Answer NO_METHOD = new Answer(405, "Method not allowed", 0);
        private static final Answer FAILED = new Answer(500, "Internal error", 0);

        private final int status;
        private final String text;
        private final int retryAfter;

        private Answer(int status, String text, int retryAfter) {
            this.status = status;
            this.text = text;
            this.retryAfter = retryAfter;
        }
    }

    /**
     * Takes a callback.
     *
     * @param request one
     * @param response its response
     * @throws IOException when the caller's connection fails while the answer is written
     */
    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Answer answer;
        try {
            answer = answer(request);
        } catch (Throwable ours) {
            log.failed(ours);
            answer = Answer.FAILED;
        }
        send(response, answer);
    }

    private Answer answer(HttpServletRequest request) {
        String method = request.getMethod();
        if (!method.equals("GET") && !method.equals("POST")) {
            return Answer.NO_METHOD;
        }
        CallbackEndpoint port = port();
        if (port == null) {
            return unavailable("callback-path is not set", LATER);
        }
        CallbackForm form = new CallbackForm();
        Collections.list(request.getHeaders(KEY_HEADER)).forEach(form::addKeyHeader);
        form.addQuery(request.getQueryString());
        boolean keyMayFollow = form.keys().isEmpty() && CallbackBody.isForm(request) && !port.isOpen();
        if (!keyMayFollow && !port.lets(form.keys())) {
            return forbidden(request);
        }
        if (CallbackBody.isAnnouncedTooLarge(request, keyMayFollow)) {
            // Somebody without a key is told no more than the head of the request says.
            return refused(keyMayFollow ? null : form.id(), 400, TOO_LARGE);
        }
        return keyMayFollow ? ofStranger(request, port, form) : ofCaller(request, port, form);
    }

    private @Nullable CallbackEndpoint port() {
        if (given != null) {
            return given;
        }
        return getServletContext().getAttribute(CallbackEndpoint.ATTRIBUTE) instanceof CallbackEndpoint port ? port : null;
    }

    /** What comes in bursts finds a place soon, as long as the store works. */
    private boolean getsPlace() {
        try {
            return places.tryAcquire(limits.patience().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Answer ofStranger(HttpServletRequest request, CallbackEndpoint port, CallbackForm form) {
        UnauthenticatedCallLimiter.Place place = strangers.enter(request.getRemoteAddr());
        if (place == null) {
            return unavailable("too many callbacks are under way whose key is in their body", SOON);
        }
        try (place) {
            CallbackBody.read(request, form, true, nanoTime);
        } catch (CallbackBody.UnreadableException e) {
            return unreadOfStranger(request, port, form, e);
        }
        if (!port.lets(form.keys())) {
            return forbidden(request);
        }
        if (!getsPlace()) {
            return unavailable("too many callbacks are under way", SOON);
        }
        try {
            return take(port, form);
        } finally {
            places.release();
        }
    }

    /** A key that is there decides. That a body is too large shows its sender nothing: it has sent it. */
    private Answer unreadOfStranger(
            HttpServletRequest request, CallbackEndpoint port, CallbackForm form, CallbackBody.UnreadableException why) {
        if (why.isTooLarge()) {
            boolean noKey = form.keys().isEmpty();
            boolean wrongKey = !noKey && !port.lets(form.keys());
            return wrongKey ? forbidden(request) : refused(noKey ? null : form.id(), 400, TOO_LARGE);
        }
        return why.status() == 408 ? refused(null, 408, UNREADABLE) : forbidden(request);
    }

    private Answer ofCaller(HttpServletRequest request, CallbackEndpoint port, CallbackForm form) {
        if (!getsPlace()) {
            return unavailable("too many callbacks are under way", SOON);
        }
        try {
            if (CallbackBody.isForm(request)) {
                CallbackBody.read(request, form, false, nanoTime);
            }
            return port.lets(form.keys()) ? take(port, form) : forbidden(request);
        } catch (CallbackBody.UnreadableException e) {
            return refused(form.id(), e.status(), e.isTooLarge() ? TOO_LARGE : UNREADABLE);
        } finally {
            places.release();
        }
    }

    private Answer take(CallbackEndpoint port, CallbackForm form) {
        String problem = problem(form);
        if (problem != null) {
            return refused(form.id(), 400, problem);
        }
        LateInbox inbox = port.inbox();
        String id = form.id();
        if (inbox == null || id == null) {
            return unavailable("the engine of late results is not up", LATER);
        }
        String code = form.code();
        Receipt receipt;
        try {
            receipt = code == null ? pollNow(inbox, id) : inbox.accept(id, code);
        } catch (LateUnavailableException e) {
            receipt = Receipt.REFUSED;
        }
        if (receipt == null) {
            return refused(id, 400, "there is no code, and no poller to fetch it");
        }
        if (!receipt.isAcknowledged()) {
            return unavailable("nothing can keep results", LATER);
        }
        log.taken(id, receipt);
        return Answer.OK;
    }

    /** Null where there is no poller. */
    private static @Nullable Receipt pollNow(LateInbox inbox, String id) {
        return inbox.canPoll() ? inbox.pollNow(id) : null;
    }

    /** Null where there is none. */
    private static @Nullable String problem(CallbackForm form) {
        String id = form.id();
        String code = form.code();
        if (form.isMalformed()) {
            return "its fields are not percent-encoded UTF-8";
        }
        if (form.isContradictory()) {
            return "there are different ids or codes";
        }
        if (id == null || !Ids.isValid(id)) {
            return "there is no id, or it is longer than " + Ids.MAX_LENGTH + " characters";
        }
        if (id.chars().anyMatch(Character::isISOControl)) {
            return "the id has control characters";
        }
        if (code != null && code.getBytes(StandardCharsets.UTF_8).length > MOST_CODE) {
            return "the code is larger than " + MOST_CODE + " bytes";
        }
        return null;
    }

    private Answer forbidden(HttpServletRequest request) {
        log.stranger(request.getRemoteAddr());
        return Answer.NO_KEY;
    }

    private Answer unavailable(String why, int retryAfter) {
        log.unavailable(why);
        return new Answer(503, "Try again later", retryAfter);
    }

    private Answer refused(@Nullable String id, int status, String why) {
        log.refused(id, why);
        return new Answer(status, "Not taken: " + why, 0);
    }

    /** Not by {@code sendError}: a caller has no use for the application's error page. */
    private static void send(HttpServletResponse response, Answer answer) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        byte[] text = answer.text.getBytes(StandardCharsets.US_ASCII);
        response.setStatus(answer.status);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        if (answer.status == 405) {
            response.setHeader("Allow", "GET, POST");
        }
        if (answer.retryAfter > 0) {
            response.setIntHeader("Retry-After", answer.retryAfter);
        }
        response.setContentType("text/plain;charset=UTF-8");
        response.setContentLength(text.length);
        OutputStream out = response.getOutputStream();
        out.write(text);
    }
}
