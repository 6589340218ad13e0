package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.PlaytchaAttributes;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.request.DenialResponse;
import com.playtcha.jakarta.internal.request.MediaTypes;
import com.playtcha.jakarta.internal.runtime.PlaytchaRuntime;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers a denied request (docs/contract.md, section 5): a partial response for an Ajax request of Faces, problem details
 * for a visitor that prefers JSON, else the page of {@code failure-path}, else {@code sendError}; or by a handler alone.
 */
record DenialWriter(
        GuardSettings settings,
        PlaytchaRuntime runtime,
        boolean alwaysJson,
        @Nullable DenialHandler handler) {
    private static final Set<String> JETTY_ERROR_PAGES = Set.of("GET", "POST", "HEAD");

    /** Answers a denied request, whose other attributes are set already, unless the response is committed. */
    void send(HttpServletRequest request, HttpServletResponse response, Verification verification, int containerStatus)
            throws IOException, ServletException {
        DenialResponse denial =
                runtime.denial(verification, containerStatus, ServletTokenRequest.headers(request, "Accept-Language"));
        request.setAttribute(PlaytchaAttributes.TITLE, denial.title());
        request.setAttribute(PlaytchaAttributes.DETAIL, denial.detail());
        request.setAttribute(PlaytchaAttributes.LANGUAGE, denial.language());
        if (!start(request, response, denial)) {
            return;
        }
        if (handler != null) {
            // It may forward, to a page that the same guard guards.
            dispatch(
                    request,
                    () -> handler.handle(new GetRequest(request, response), response, verification, denial.status()));
            return;
        }
        String path = settings.get(Setting.FAILURE_PATH).orElse(null);
        // Null where no servlet, not even one for files, serves the path.
        RequestDispatcher page =
                path == null ? null : request.getServletContext().getRequestDispatcher(path);
        if (PartialResponse.isRequestedBy(request, settings)) {
            String content = path != null && page != null && !path.startsWith("/WEB-INF/")
                    ? PartialResponse.redirect(response.encodeRedirectURL(request.getContextPath() + path))
                    : PartialResponse.error(denial.code(), denial.title() + "\n" + denial.detail());
            write(response, HttpServletResponse.SC_OK, PartialResponse.MEDIA_TYPE, denial.language(), content);
        } else if (alwaysJson || prefersJson(request)) {
            writeProblem(response, denial);
        } else if (page == null) {
            sendErrorOrTitle(request, response, denial);
        } else {
            response.setStatus(denial.status());
            dispatch(request, () -> page.forward(new GetRequest(request, response), response));
        }
    }

    /** Answers a request for which this library failed, as problem details or with {@code sendError}. */
    static void sendError(HttpServletRequest request, HttpServletResponse response, DenialResponse denial)
            throws IOException {
        if (!start(request, response, denial)) {
            return;
        }
        if (prefersJson(request)) {
            writeProblem(response, denial);
        } else {
            sendErrorOrTitle(request, response, denial);
        }
    }

    /** The server shows the application's error page, or its own; where it shows none, the title is the answer. */
    private static void sendErrorOrTitle(
            HttpServletRequest request, HttpServletResponse response, DenialResponse denial) throws IOException {
        if (hasErrorPage(request)) {
            response.sendError(denial.status(), denial.title());
        } else {
            write(response, denial.status(), "text/plain;charset=UTF-8", denial.language(), denial.title());
        }
    }

    /**
     * Jetty answers errors of other methods without content, and drops the headers that keep a response out of caches. In
     * Spring Boot it shows an error page for every method.
     */
    private static boolean hasErrorPage(HttpServletRequest request) {
        ServletContext context = request.getServletContext();
        ServletRequest original = request;
        while (original instanceof ServletRequestWrapper wrapper) {
            original = wrapper.getRequest();
        }
        return !String.valueOf(context.getServerInfo()).startsWith("jetty/")
                || ServletSettings.framework(context) != null
                || !(original instanceof HttpServletRequest sent)
                || JETTY_ERROR_PAGES.contains(sent.getMethod());
    }

    /** Returns false where no answer can be given. */
    private static boolean start(HttpServletRequest request, HttpServletResponse response, DenialResponse denial) {
        // Before anything is dispatched: what is dispatched for a denied request is a GET (docs/contract.md, section
        // 5).
        DispatchState.of(request).denied = true;
        // An included resource has no answer of its own: its content is left out, and the page around it goes on.
        if (response.isCommitted() || request.getDispatcherType() == DispatcherType.INCLUDE) {
            return false;
        }
        denial.headers().forEach(response::setHeader);
        response.addHeader("Vary", DenialResponse.VARY);
        return true;
    }

    private static boolean prefersJson(HttpServletRequest request) {
        return MediaTypes.prefersJson(ServletTokenRequest.headers(request, "Accept"), request.getContentType());
    }

    private static void writeProblem(HttpServletResponse response, DenialResponse denial) throws IOException {
        write(
                response,
                denial.status(),
                DenialResponse.MEDIA_TYPE,
                denial.language(),
                denial.problem().get());
    }

    private static void write(
            HttpServletResponse response, int status, String mediaType, @Nullable String language, String content)
            throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        response.resetBuffer();
        response.setStatus(status);
        response.setContentType(mediaType);
        if (String.valueOf(response.getContentType()).contains(";")) {
            // An earlier filter has set an encoding, which the container adds to the type.
            response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        }
        if (language != null) {
            response.setHeader("Content-Language", language);
        }
        try {
            OutputStream out = response.getOutputStream();
            response.setContentLength(bytes.length);
            out.write(bytes);
        } catch (IllegalStateException writerInUse) {
            // An earlier filter, or the application before an asynchronous dispatch, asked for the writer.
            response.getWriter().write(content);
        }
    }

    /** Shows a page of the application to a denied request. */
    interface Page {
        void show() throws IOException, ServletException;
    }

    static void dispatch(HttpServletRequest request, Page page) throws IOException, ServletException {
        DispatchState state = DispatchState.of(request);
        boolean startedBefore = request.isAsyncStarted();
        state.inFailurePage = true;
        try {
            page.show();
        } finally {
            // A page that went asynchronous is dispatched through our filters again.
            state.inFailurePage = !startedBefore && request.isAsyncStarted();
        }
    }
}
