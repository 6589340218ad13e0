package com.playtcha.jakarta.internal.challenge;

import java.security.Principal;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A caller with given properties. */
record TestCaller(
        @Nullable String remoteAddress,
        @Nullable Principal principal,
        Set<String> roles,
        Map<String, Object> attributes,
        @Nullable Map<String, Object> session)
        implements Caller {

    static TestCaller at(@Nullable String address) {
        return new TestCaller(address, null, Set.of(), new HashMap<>(), null);
    }

    TestCaller as(@Nullable Principal user, String... userRoles) {
        return new TestCaller(remoteAddress, user, Set.of(userRoles), attributes, session);
    }

    TestCaller in(Map<String, Object> ofUser) {
        return new TestCaller(remoteAddress, principal, roles, attributes, ofUser);
    }

    TestCaller named(String name) {
        return new TestCaller(remoteAddress, principal, roles, Map.of("playtcha.name", name), session);
    }

    @Override
    public boolean isInRole(String role) {
        return roles.contains(role);
    }

    @Override
    public @Nullable Object attribute(String name) {
        return attributes.get(name);
    }

    @Override
    public @Nullable Object sessionAttribute(String name) {
        return session == null ? null : session.get(name);
    }

    @Override
    public boolean setSessionAttribute(String name, String value) {
        if (session != null) {
            session.put(name, value);
        }
        return session != null;
    }
}
