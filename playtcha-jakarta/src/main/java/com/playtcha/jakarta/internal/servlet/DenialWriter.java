package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.request.DenialResponse;
import com.playtcha.jakarta.internal.request.DenialTexts;
import com.playtcha.jakarta.internal.request.MediaTypes;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Answers a denied request (contract, section 5): problem details for a visitor that prefers JSON, else the page of
 * {@code failure-path}, else {@code sendError}, so that the application's own error page shows.
 */
record DenialWriter(GuardSettings settings, JsonWriter json, DenialTexts texts) {
    /** Answers a denied request, whose other attributes are set already. */
    void send(
            HttpServletRequest request,
            HttpServletResponse response,
            Verification verification,
            int containerStatus,
            RequestVerifications state)
            throws IOException, ServletException {
        DenialResponse denial = DenialResponse.of(
                verification, containerStatus, texts, ServletTokenRequest.headers(request, "Accept-Language"), json);
        request.setAttribute("playtcha.title", denial.title());
        request.setAttribute("playtcha.detail", denial.detail());
        send(request, response, denial, state, settings.failurePath().orElse(null));
    }

    /** Answers as {@link DenialWriter} says, unless the response is committed. */
    static void send(
            HttpServletRequest request,
            HttpServletResponse response,
            DenialResponse denial,
            RequestVerifications state,
            @Nullable String failurePath)
            throws IOException, ServletException {
        // An included resource has no answer of its own: its content is left out, and the page around it goes on.
        if (response.isCommitted() || request.getDispatcherType() == DispatcherType.INCLUDE) {
            return;
        }
        denial.headers().forEach(response::setHeader);
        response.addHeader("Vary", DenialResponse.VARY);
        if (MediaTypes.prefersJson(ServletTokenRequest.headers(request, "Accept"), request.getContentType())) {
            writeJson(response, denial);
        } else if (failurePath == null) {
            state.denied = true;
            response.sendError(denial.status(), denial.title());
        } else {
            response.setStatus(denial.status());
            showFailurePage(request, response, failurePath, state);
        }
    }

    private static void writeJson(HttpServletResponse response, DenialResponse denial) throws IOException {
        String problem = denial.problem().get();
        byte[] bytes = problem.getBytes(StandardCharsets.UTF_8);
        response.resetBuffer();
        response.setStatus(denial.status());
        response.setContentType(DenialResponse.MEDIA_TYPE);
        if (denial.language() != null) {
            response.setHeader("Content-Language", denial.language());
        }
        try {
            OutputStream out = response.getOutputStream();
            response.setContentLength(bytes.length);
            out.write(bytes);
        } catch (IllegalStateException writerInUse) {
            // An earlier filter, or the application before an asynchronous dispatch, asked for the writer.
            response.getWriter().write(problem);
        }
    }

    private static void showFailurePage(
            HttpServletRequest request, HttpServletResponse response, String path, RequestVerifications state)
            throws IOException, ServletException {
        RequestDispatcher page = request.getServletContext().getRequestDispatcher(path);
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
