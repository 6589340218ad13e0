package com.playtcha.jakarta.it.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a web.xml of Servlet 6.0. Elements come out in the order they were added, one kind after the other. */
public final class WebXml {
    private static final String FILTER = "com.playtcha.jakarta.servlet.PlaytchaFilter";

    private final StringBuilder params = new StringBuilder();
    private final StringBuilder filters = new StringBuilder();
    private final StringBuilder mappings = new StringBuilder();
    private final StringBuilder servlets = new StringBuilder();
    private final StringBuilder listeners = new StringBuilder();
    private final StringBuilder login = new StringBuilder();
    private final StringBuilder errorPages = new StringBuilder();
    private final StringBuilder dataSources = new StringBuilder();
    private boolean asyncSupported = true;

    /** A context-param. */
    public WebXml contextParam(String name, Object value) {
        params.append("  <context-param>")
                .append(element("param-name", name))
                .append(element("param-value", value))
                .append("</context-param>\n");
        return this;
    }

    /** From here on filters are declared without {@code <async-supported>}. */
    public WebXml withoutAsync() {
        asyncSupported = false;
        return this;
    }

    /**
     * The library's filter.
     *
     * @param name the filter's name
     * @param initParams names and values by turns
     */
    public WebXml guard(String name, Object... initParams) {
        Map<String, Object> pairs = new LinkedHashMap<>();
        for (int i = 0; i < initParams.length; i += 2) {
            pairs.put((String) initParams[i], initParams[i + 1]);
        }
        filters.append("  <filter>").append(element("filter-name", name)).append(element("filter-class", FILTER));
        if (asyncSupported) {
            filters.append(element("async-supported", true));
        }
        pairs.forEach((key, value) -> filters.append("\n    <init-param>")
                .append(element("param-name", key))
                .append(element("param-value", value))
                .append("</init-param>"));
        filters.append("</filter>\n");
        return this;
    }

    /**
     * Maps a filter.
     *
     * @param filter its name
     * @param pattern the URL pattern
     * @param dispatchers none means REQUEST
     */
    public WebXml map(String filter, String pattern, String... dispatchers) {
        mappings.append("  <filter-mapping>")
                .append(element("filter-name", filter))
                .append(element("url-pattern", pattern));
        for (String dispatcher : dispatchers) {
            mappings.append(element("dispatcher", dispatcher));
        }
        mappings.append("</filter-mapping>\n");
        return this;
    }

    /** A filter of the application's own, mapped. */
    public WebXml filter(String name, Class<?> type, String pattern) {
        filters.append("  <filter>")
                .append(element("filter-name", name))
                .append(element("filter-class", type.getName()))
                .append(element("async-supported", true))
                .append("</filter>\n");
        return map(name, pattern);
    }

    /** A servlet of the application under test, by its simple name, without init-params. */
    public WebXml servlet(String name, Class<?> type, String... patterns) {
        return servlet(name, type.getName(), patterns);
    }

    /** A servlet that the tests themselves cannot load. */
    public WebXml servlet(String name, String type, String... patterns) {
        return servlet(name, type, Map.of(), List.of(patterns), "");
    }

    /** A servlet that takes multipart bodies. */
    public WebXml multipartServlet(String name, Class<?> type, String... patterns) {
        return servlet(name, type.getName(), Map.of(), List.of(patterns), "<multipart-config/>");
    }

    /** A servlet with one init-param. */
    public WebXml servlet(String name, Class<?> type, Map<String, String> initParams, String pattern) {
        return servlet(name, type.getName(), initParams, List.of(pattern), "");
    }

    private WebXml servlet(
            String name, String type, Map<String, String> initParams, List<String> patterns, String multipart) {
        servlets.append("  <servlet>").append(element("servlet-name", name)).append(element("servlet-class", type));
        initParams.forEach((key, value) -> servlets.append("<init-param>")
                .append(element("param-name", key))
                .append(element("param-value", value))
                .append("</init-param>"));
        servlets.append(element("async-supported", true)).append(multipart).append("</servlet>\n");
        List<String> mapped = new ArrayList<>();
        patterns.forEach(pattern -> mapped.add(element("url-pattern", pattern)));
        servlets.append("  <servlet-mapping>")
                .append(element("servlet-name", name))
                .append(String.join("", mapped))
                .append("</servlet-mapping>\n");
        return this;
    }

    /** A listener that the tests themselves cannot load. */
    public WebXml listener(String type) {
        listeners.append("  <listener>").append(element("listener-class", type)).append("</listener>\n");
        return this;
    }

    /** A data source that the server makes, whose connections join its transactions. */
    public WebXml dataSource(String name, String type, String url, String user) {
        dataSources
                .append("  <data-source>")
                .append(element("name", name))
                .append(element("class-name", type))
                .append(element("user", user))
                .append(element("password", ""))
                .append("<property>")
                .append(element("name", "URL"))
                .append(element("value", url))
                .append("</property></data-source>\n");
        return this;
    }

    /** Visitors may say who they are. */
    public WebXml basicAuthentication() {
        login.append("  <login-config>").append(element("auth-method", "BASIC")).append("</login-config>\n");
        return this;
    }

    /** The error page of a status. */
    public WebXml errorPage(int status, String location) {
        errorPages
                .append("  <error-page>")
                .append(element("error-code", status))
                .append(element("location", location))
                .append("</error-page>\n");
        return this;
    }

    private static String element(String name, Object content) {
        String text = content.toString().replace("&", "&amp;").replace("<", "&lt;");
        return "<" + name + ">" + text + "</" + name + ">";
    }

    @Override
    public String toString() {
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
                """ + params + filters + mappings + listeners + servlets + errorPages + login + dataSources
                + "</web-app>\n";
    }
}
