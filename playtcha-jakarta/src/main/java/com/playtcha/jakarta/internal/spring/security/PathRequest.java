package com.playtcha.jakarta.internal.spring.security;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.MappingMatch;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** Requests that have a method, a path and the attributes of Spring's own, and throw if a matcher asks for more. */
final class PathRequest {
    private record DefaultMapping(
            String getMatchValue, String getPattern, String getServletName, MappingMatch getMappingMatch)
            implements HttpServletMapping {}

    private PathRequest() {}

    /** Returns a request. */
    static HttpServletRequest of(String httpMethod, ServletContext context, String path) {
        Map<String, Object> attributes = new HashMap<>();
        String contextPath = context.getContextPath();
        InvocationHandler handler = (request, method, arguments) -> switch (method.getName()) {
            case "getMethod" -> httpMethod;
            // Matchers of plain paths, as Spring Security 6 makes them, look at its servlets.
            case "getServletContext" -> context;
            case "getContextPath" -> contextPath;
            case "getRequestURI" -> contextPath + path;
            case "getServletPath" -> path;
            case "getDispatcherType" -> DispatcherType.REQUEST;
            case "getHttpServletMapping" -> new DefaultMapping("", "/", "", MappingMatch.DEFAULT);
            case "getPathInfo", "getQueryString", "getCharacterEncoding" -> null;
            case "getAttribute" -> {
                String name = (String) arguments[0];
                if (!name.startsWith("org.springframework.") && !name.startsWith("jakarta.servlet.")) {
                    throw new UnsupportedOperationException(name);
                }
                yield attributes.get(name);
            }
            case "getAttributeNames" -> Collections.enumeration(attributes.keySet());
            case "setAttribute" -> attributes.put((String) arguments[0], arguments[1]);
            case "removeAttribute" -> attributes.remove((String) arguments[0]);
            default -> throw new UnsupportedOperationException(method.getName());
        };
        return (HttpServletRequest) Proxy.newProxyInstance(
                PathRequest.class.getClassLoader(), new Class<?>[] {HttpServletRequest.class}, handler);
    }
}
