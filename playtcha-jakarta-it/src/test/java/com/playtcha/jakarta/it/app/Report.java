package com.playtcha.jakarta.it.app;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a page of this application found, as lines {@code name=value} of URL-encoded UTF-8. */
public final class Report {
    private final Map<String, String> lines = new TreeMap<>();

    /** Of the page of this name. */
    public Report(String page) {
        put("page", page);
    }

    /** A line, unless its value is null. */
    public void put(String name, @Nullable String value) {
        if (value != null) {
            lines.put(name, value);
        }
    }

    /** Everything but the body. */
    void request(HttpServletRequest request) {
        put("method", request.getMethod());
        put("uri", request.getRequestURI());
        put("dispatcher", request.getDispatcherType().name());
        put("charset", request.getCharacterEncoding());
        for (String name : Collections.list(request.getAttributeNames())) {
            if (name.equals("playtcha") || name.startsWith("playtcha.")) {
                Object value = request.getAttribute(name);
                put("attribute." + name, String.valueOf(value));
                put("type." + name, (value instanceof Verification ? Verification.class : value.getClass()).getName());
            }
        }
        Object bean = request.getAttribute("playtcha");
        if (bean != null) {
            put("same-bean", Boolean.toString(bean == request.getAttribute("playtcha.result")));
            bean("playtcha", bean);
        }
    }

    /** What Expression Language can reach. Without java.beans, whose caches would keep this application alive. */
    private void bean(String prefix, Object bean) {
        for (Method getter : bean.getClass().getMethods()) {
            String name = getter.getName();
            int start = name.startsWith("get") ? 3 : name.startsWith("is") ? 2 : 0;
            if (start == 0 || getter.getParameterCount() > 0 || getter.getDeclaringClass() == Object.class) {
                continue;
            }
            String property = name.substring(start, start + 1).toLowerCase(Locale.ROOT) + name.substring(start + 1);
            try {
                Object value = getter.invoke(bean);
                put("el." + prefix + "." + property, String.valueOf(value));
                if (value instanceof Reason reason) {
                    put("el." + prefix + "." + property + ".label", reason.getLabel());
                }
                if (property.equals("error") && value != null) {
                    bean(prefix + ".error", value);
                }
            } catch (ReflectiveOperationException e) {
                put("el." + prefix + "." + property, e.toString());
            }
        }
    }

    void parameters(HttpServletRequest request) {
        request.getParameterMap().forEach((name, values) -> put("parameter." + name, String.join("|", values)));
    }

    void parts(HttpServletRequest request) throws IOException, ServletException {
        for (Part part : request.getParts()) {
            try (InputStream content = part.getInputStream()) {
                put("part." + part.getName(), new String(content.readAllBytes(), StandardCharsets.UTF_8));
            }
            put("file." + part.getName(), part.getSubmittedFileName());
        }
        parameters(request);
    }

    void stream(HttpServletRequest request) throws IOException {
        put("body", new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    void reader(HttpServletRequest request) throws IOException {
        StringWriter text = new StringWriter();
        request.getReader().transferTo(text);
        put("body", text.toString());
    }

    /** Answers with it. */
    public void write(HttpServletResponse response) throws IOException {
        StringBuilder text = new StringBuilder();
        lines.forEach((name, value) ->
                text.append(encoded(name)).append('=').append(encoded(value)).append('\n'));
        byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
        response.setContentType("text/x-report");
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
