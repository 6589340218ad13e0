package com.playtcha.jakarta.it.app;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Reads the body without blocking, then writes the report. */
final class BodyListener implements ReadListener {
    private final AsyncContext async;
    private final ServletInputStream input;
    private final Report report;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    private BodyListener(AsyncContext async, ServletInputStream input, Report report) {
        this.async = async;
        this.input = input;
        this.report = report;
    }

    static void read(HttpServletRequest request, Report report) throws IOException {
        AsyncContext async = request.startAsync();
        ServletInputStream input = request.getInputStream();
        input.setReadListener(new BodyListener(async, input, report));
    }

    @Override
    public void onDataAvailable() throws IOException {
        byte[] buffer = new byte[512];
        // To the end as isReady sees it: GlassFish calls onAllDataRead only then.
        while (input.isReady()) {
            int read = input.read(buffer);
            if (read < 0) {
                return;
            }
            body.write(buffer, 0, read);
        }
    }

    @Override
    public void onAllDataRead() throws IOException {
        report.put("body", body.toString(StandardCharsets.UTF_8));
        report.write((HttpServletResponse) async.getResponse());
        async.complete();
    }

    @Override
    public void onError(Throwable failure) {
        async.complete();
    }
}
