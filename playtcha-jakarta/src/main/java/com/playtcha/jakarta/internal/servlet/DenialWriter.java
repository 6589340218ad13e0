package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.request.AcceptHeader;
import com.playtcha.jakarta.internal.request.Attributes;
import com.playtcha.jakarta.internal.request.DenialResponse;
import com.playtcha.jakarta.internal.request.DenialTexts;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/**
 * Answers a denied request (contract, section 5): problem details for a visitor that prefers JSON, else the page of
 * {@code failure-path}, else {@code sendError}, so that the application's own error page shows.
 */
final class DenialWriter {
    private final GuardSettings settings;
    private final JsonWriter json;
    private final DenialTexts texts = new DenialTexts(Thread.currentThread().getContextClassLoader());

    DenialWriter(GuardSettings settings, JsonWriter json) {
        this.settings = settings;
        this.json = json;
    }

    /** Answers, unless the response is committed. The request's attributes are set already. */
    void send(
            HttpServletRequest request,
            HttpServletResponse response,
            Verification verification,
            int containerStatus,
            RequestState state)
            throws IOException, ServletException {
        if (cannotAnswer(request, response)) {
            return;
        }
        Enumeration<String> languages = request.getHeaders("Accept-Language");
        DenialResponse denial = DenialResponse.of(
                verification, containerStatus, texts, languages == null ? List.of() : Collections.list(languages));
        denial.headers().forEach(response::setHeader);
        response.addHeader("Vary", DenialResponse.VARY);
        if (AcceptHeader.prefersJson(request.getHeaders("Accept"), request.getContentType())) {
            if (denial.language() != null) {
                response.setHeader("Content-Language", denial.language());
            }
            writeJson(response, denial.status(), json.write(denial.problem()));
            return;
        }
        request.setAttribute(Attributes.TITLE, denial.title());
        request.setAttribute(Attributes.DETAIL, denial.pageDetail());
        if (settings.failurePath().isPresent()) {
            response.setStatus(denial.status());
            showFailurePage(request, response, settings.failurePath().get(), state);
        } else {
            state.setDenied();
            response.sendError(denial.status(), denial.title());
        }
    }

    /** Answers 500 without anything that could fail again. */
    static void sendServerError(HttpServletRequest request, HttpServletResponse response, String code, String title)
            throws IOException {
        if (cannotAnswer(request, response)) {
            return;
        }
        DenialResponse.HEADERS.forEach(response::setHeader);
        if (AcceptHeader.prefersJson(request.getHeaders("Accept"), request.getContentType())) {
            writeJson(response, 500, DenialResponse.document(500, code, title));
        } else {
            response.sendError(500, title);
        }
    }

    /** An included resource has no answer of its own: its content is left out, and the page around it goes on. */
    private static boolean cannotAnswer(HttpServletRequest request, HttpServletResponse response) {
        return response.isCommitted() || request.getDispatcherType() == DispatcherType.INCLUDE;
    }

    private static void writeJson(HttpServletResponse response, int status, String document) throws IOException {
        byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
        response.resetBuffer();
        response.setStatus(status);
        response.setContentType(DenialResponse.MEDIA_TYPE);
        try {
            OutputStream out = response.getOutputStream();
            response.setContentLength(bytes.length);
            out.write(bytes);
        } catch (IllegalStateException writerInUse) {
            // An earlier filter, or the application before an asynchronous dispatch, asked for the writer.
            response.getWriter().write(document);
        }
    }

    private static void showFailurePage(
            HttpServletRequest request, HttpServletResponse response, String path, RequestState state)
            throws IOException, ServletException {
        RequestDispatcher page = request.getServletContext().getRequestDispatcher(path);
        if (page == null) {
            throw new ServletException("failure-path " + path + " does not exist in this application");
        }
        boolean startedBefore = request.isAsyncStarted();
        state.inFailurePage = true;
        try {
            page.forward(new GetRequest(request, response), response);
        } finally {
            // A page that went asynchronous is dispatched through our filters again.
            state.inFailurePage = !startedBefore && request.isAsyncStarted();
        }
    }
}
