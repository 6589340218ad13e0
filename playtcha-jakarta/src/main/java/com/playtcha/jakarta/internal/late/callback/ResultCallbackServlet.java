package com.playtcha.jakarta.internal.late.callback;

import com.playtcha.jakarta.internal.late.engine.LateInbox;
import com.playtcha.jakarta.internal.late.store.AcceptResult;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.internal.util.LogThrottle;
import com.playtcha.jakarta.internal.util.Sha256;
import com.playtcha.jakarta.late.LateUnavailableException;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the results that another service delivers by callback (contract, section 7): {@code GET} or {@code POST} with
 * {@code id}, {@code code} and the key. The filter does not guard them.
 */
public final class ResultCallbackServlet extends HttpServlet {
    public static final String SERVLET_NAME = "playtcha-callback";
    private static final Logger LOG = LoggerFactory.getLogger(ResultCallbackServlet.class);
    private static final long serialVersionUID = 1L;
    private static final String ATTRIBUTE = ResultCallbackServlet.class.getName();
    private static final String KEY_HEADER = "X-Callback-Key";
    /** Bodies without a key in header or query are read on container threads, of which a server has 200 or so. */
    private static final int MAX_UNAUTHENTICATED = 32;

    private static final int RETRY_SOON = 1;
    private static final int RETRY_LATER = 10;

    private final transient Supplier<@Nullable LateInbox> inbox;
    /** Returns the valid keys without waiting, one a line; null where none is needed. */
    private final transient @Nullable Supplier<String> keys;

    private final transient LogThrottle throttle;
    /** Callbacks that carry the key in the header or query need no permit, so unauthenticated ones never delay them. */
    private final transient Semaphore unauthenticated;

    ResultCallbackServlet(
            Supplier<@Nullable LateInbox> inbox,
            @Nullable Supplier<String> keys,
            LongSupplier nanoTime,
            int maxUnauthenticated) {
        this.inbox = inbox;
        this.keys = keys;
        this.throttle = new LogThrottle(nanoTime);
        this.unauthenticated = new Semaphore(maxUnauthenticated);
    }

    /**
     * Registers the servlet on a path. The inbox is null before the engine is started and after it was closed.
     *
     * @param keys returns the valid keys without waiting, one a line; null where none is needed
     * @throws IllegalStateException where the name or the path belongs to another servlet
     */
    public static void register(
            ServletContext context, String path, @Nullable Supplier<String> keys, Supplier<@Nullable LateInbox> inbox) {
        ResultCallbackServlet callbacks = new ResultCallbackServlet(inbox, keys, System::nanoTime, MAX_UNAUTHENTICATED);
        ServletRegistration present = context.getServletRegistration(SERVLET_NAME);
        // An embedded server may keep its servlets when a context is started again; they use the attribute.
        if (present == null || !ResultCallbackServlet.class.getName().equals(present.getClassName())) {
            ServletRegistration.Dynamic servlet = context.addServlet(SERVLET_NAME, callbacks);
            if (servlet == null) {
                throw new IllegalStateException("callback-path cannot be served: a servlet with the name "
                        + SERVLET_NAME + " is registered already; rename it");
            }
            // A servlet without asynchronous support would end it for the filters in front as well.
            servlet.setAsyncSupported(true);
            servlet.setLoadOnStartup(1);
            Set<String> taken = servlet.addMapping(path);
            if (!taken.isEmpty()) {
                throw new IllegalStateException(
                        "callback-path cannot be served: another servlet is mapped to " + taken);
            }
        }
        context.setAttribute(ATTRIBUTE, callbacks);
    }

    /**
     * Returns whether the container has mapped this request, as it came and not as a forward, to the callback servlet. Its
     * callers are services that authenticate by key and have no token, so that the filter must not guard it.
     */
    public static boolean isCallback(HttpServletRequest request) {
        // Containers make the mapping when they are asked for it, which most applications do without.
        HttpServletMapping mapping =
                request.getServletContext().getAttribute(ATTRIBUTE) == null ? null : request.getHttpServletMapping();
        return mapping != null && SERVLET_NAME.equals(mapping.getServletName());
    }

    /**
     * Returns whether a request with these keys may call: at least one key, and no wrong one. Digests are compared, so that
     * the time shows neither the content nor the length of one.
     */
    private boolean accepts(Collection<String> presented) {
        if (keys == null || presented.isEmpty()) {
            return keys == null;
        }
        List<byte[]> valid = keys.get().lines().map(Sha256::digest).toList();
        return presented.stream().map(Sha256::digest).allMatch(digest -> contains(valid, digest));
    }

    /** Compares each, so that the time does not show which one it is. */
    private static boolean contains(List<byte[]> valid, byte[] digest) {
        boolean found = false;
        for (byte[] value : valid) {
            found |= MessageDigest.isEqual(value, digest);
        }
        return found;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        // After a restart of a web application on Jetty, that of another class loader.
        if (request.getServletContext().getAttribute(ATTRIBUTE) instanceof HttpServlet current && current != this) {
            current.service((ServletRequest) request, response);
            return;
        }
        try {
            handle(request, response);
        } catch (RuntimeException | Error e) {
            long count = throttle.count("failed");
            if (count > 0) {
                LOG.error(
                        "Callbacks were answered with 500, because this library failed: {} since the last line",
                        count,
                        e);
            }
            if (!response.isCommitted()) {
                send(response, 500, "Internal error", 0);
            }
        }
    }

    private void handle(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!request.getMethod().equals("GET") && !request.getMethod().equals("POST")) {
            response.setHeader("Allow", "GET, POST");
            send(response, 405, "Method not allowed", 0);
            return;
        }
        CallbackForm form = new CallbackForm();
        Collections.list(request.getHeaders(KEY_HEADER)).forEach(form::addKeyHeader);
        form.addQuery(request.getQueryString());
        boolean hasBody = CallbackForm.isIn(request);
        boolean authenticated = accepts(form.keys());
        String problem = null;
        if (hasBody && (authenticated || form.keys().isEmpty())) {
            if (!authenticated && !unauthenticated.tryAcquire()) {
                unavailable(
                        response, "too many callbacks without the key in header or query are being read", RETRY_SOON);
                return;
            }
            try {
                problem = form.addBody(request);
            } finally {
                if (!authenticated) {
                    unauthenticated.release();
                }
            }
        }
        if (problem == null && !accepts(form.keys())) {
            forbidden(request, response);
            return;
        }
        problem = problem == null ? form.problem() : problem;
        if (problem == null) {
            accept(response, inbox.get(), form.id(), form.code());
        } else {
            refused(response, form.id(), problem);
        }
    }

    private void accept(HttpServletResponse response, @Nullable LateInbox running, String id, String code)
            throws IOException {
        if (running == null) {
            unavailable(response, "the engine of late results is not running", RETRY_LATER);
            return;
        }
        if (code.isEmpty() && !running.canPoll()) {
            refused(response, id, "it has no code, and poll-url is not set");
            return;
        }
        String problem = null;
        try {
            AcceptResult result = code.isEmpty() ? running.pollNow(id) : running.accept(id, code);
            problem = result.isAcknowledged() ? null : "neither the store nor late-dir could keep the result";
        } catch (LateUnavailableException e) {
            problem = e.getMessage();
        }
        if (problem == null) {
            send(response, 200, "OK", 0);
        } else {
            unavailable(response, problem, RETRY_LATER);
        }
    }

    private void forbidden(HttpServletRequest request, HttpServletResponse response) throws IOException {
        warn(
                "forbidden",
                "Callbacks without the right key were answered with 403: {} since the last line, the last one from {};"
                        + " the service must send the value of callback-key, or a key of callback-key-file",
                LogText.sanitize(request.getRemoteAddr()));
        send(response, 403, "Forbidden", 0);
    }

    private void refused(HttpServletResponse response, String id, String problem) throws IOException {
        warn(
                "refused",
                "Malformed callbacks were answered with 400: {} since the last line, the last one: id={}",
                LogText.sanitize(id) + ", " + problem);
        send(response, 400, "Refused: " + problem, 0);
    }

    private void unavailable(HttpServletResponse response, String reason, int retryAfter) throws IOException {
        warn(
                "unavailable",
                "Callbacks were answered with 503 and must be sent again: {} since the last line, the last one because {}",
                reason);
        send(response, 503, "Try again later", retryAfter);
    }

    private void warn(String kind, String message, String detail) {
        long count = throttle.count(kind);
        if (count > 0) {
            LOG.warn(message, count, detail);
        }
    }

    /** Not {@code sendError}: the application's error page is of no use to a service. Echoes nothing of the request. */
    private static void send(HttpServletResponse response, int status, String text, int retryAfter) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        response.setStatus(status);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        if (retryAfter > 0) {
            response.setIntHeader("Retry-After", retryAfter);
        }
        response.setContentType("text/plain;charset=UTF-8");
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}
