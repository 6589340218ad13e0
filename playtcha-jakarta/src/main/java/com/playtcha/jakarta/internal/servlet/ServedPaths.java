package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.internal.servlet.FilterMappings.Match;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The servlets and files of an application by their paths, as far as its context shows them. */
final class ServedPaths {
    static final String FACELET = ".xhtml";

    private final ServletContext context;
    private final FilterMappings mappings;

    ServedPaths(ServletContext context, FilterMappings mappings) {
        this.context = context;
        this.mappings = mappings;
    }

    /** Returns the text of web.xml, which is empty where there is none. */
    String webXml() {
        try (InputStream webXml = context.getResourceAsStream("/WEB-INF/web.xml")) {
            return webXml == null ? "" : new String(webXml.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    boolean isFile(String path) {
        try {
            return context.getResource(path) != null;
        } catch (MalformedURLException e) {
            return false;
        }
    }

    /** Whether Faces adds an exact mapping without extension for each page: Mojarra does so after this check. */
    boolean isExtensionless() {
        return Boolean.parseBoolean(context.getInitParameter("jakarta.faces.AUTOMATIC_EXTENSIONLESS_MAPPING"));
    }

    /** Returns the servlet that the container chooses for a path, once Faces has added its mappings. */
    @Nullable
    Match match(String path) {
        Match now = mappings.match(path);
        boolean isExactMatch = now != null && now.mapping().equals(path);
        Match page = !isExactMatch && isExtensionless() && isFile(path + FACELET) ? match(path + FACELET) : null;
        return page == null ? now : new Match(page.servlet(), path);
    }

    /** Whether this is the server's own servlet for files. */
    static boolean isDefault(ServletRegistration servlet) {
        return servlet.getName().equals("default")
                || String.valueOf(servlet.getClassName()).matches(".*\\bDefault(404)?Servlet");
    }

    static boolean isFaces(ServletRegistration servlet) {
        return String.valueOf(servlet.getClassName()).endsWith("FacesServlet");
    }

    static boolean isJsp(String mapping) {
        return mapping.startsWith("*.jsp");
    }
}
