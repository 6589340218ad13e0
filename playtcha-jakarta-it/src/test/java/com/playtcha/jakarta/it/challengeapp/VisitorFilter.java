package com.playtcha.jakarta.it.challengeapp;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Stands for what is before a guard: something that logs users in ({@code X-User}, whose one role has the same name),
 * something that resolves proxies ({@code X-Address}), and a filter that knows who tries to log in ({@code X-Name}).
 */
public class VisitorFilter implements Filter {
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest http = (HttpServletRequest) request;
        String name = http.getHeader("X-Name");
        if (name != null) {
            http.setAttribute("playtcha.name", name);
        }
        chain.doFilter(new Visitor(http, http.getHeader("X-User"), http.getHeader("X-Address")), response);
    }

    private static final class Visitor extends HttpServletRequestWrapper {
        private final @Nullable String user;
        private final @Nullable String address;

        Visitor(HttpServletRequest request, @Nullable String user, @Nullable String address) {
            super(request);
            this.user = user;
            this.address = address;
        }

        @Override
        public @Nullable Principal getUserPrincipal() {
            return user == null ? super.getUserPrincipal() : () -> user;
        }

        @Override
        public boolean isUserInRole(String role) {
            return role.equals(user) || super.isUserInRole(role);
        }

        @Override
        public String getRemoteAddr() {
            return address == null ? super.getRemoteAddr() : address;
        }
    }
}
