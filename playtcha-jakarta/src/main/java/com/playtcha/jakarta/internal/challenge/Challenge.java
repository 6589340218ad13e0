package com.playtcha.jakarta.internal.challenge;

import com.playtcha.jakarta.ChallengePolicy;
import com.playtcha.jakarta.ChallengeRequest;
import com.playtcha.jakarta.PlaytchaAttributes;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.config.AddressRange;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.Setting;
import java.security.Principal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One guard's decision whether a token is required (docs/contract.md, section 11). Whatever fails in it, a token is
 * required. Thread-safe.
 */
public final class Challenge {
    /** The name of the session attribute with the id of the session's passes. */
    public static final String PASS_ATTRIBUTE = "playtcha.session-pass";

    private static final Set<String> ANONYMOUS =
            Set.of("", "anonymous", "<anonymous>", "anonymoususer", "unauthenticated", "<unauthenticated>");

    private final GuardSettings settings;
    private final ChallengeContext context;
    private final CallLimit applicationCalls;

    public Challenge(GuardSettings settings, ChallengeContext context) {
        this.settings = settings;
        this.context = context;
        this.applicationCalls = new CallLimit(settings.get(Setting.MAX_CONCURRENT));
        context.add(settings);
    }

    /** Returns why no token is required of the caller, or null if one is, unless a session pass is left. */
    public @Nullable Reason exemption(Caller caller) {
        Reason bySettings = null;
        try {
            bySettings = bySettings(caller);
        } catch (Throwable e) {
            context.warn("Finding out who the caller is", settings.name(), e);
        }
        try {
            List<ChallengePolicy> policies = context.policies();
            if (policies.isEmpty()) {
                return bySettings;
            }
            ChallengeRequest request = new PolicyRequest(settings.name(), caller, bySettings == null);
            return applicationCalls.call(() -> policies.stream().anyMatch(policy -> policy.isTokenRequired(request)))
                    ? null
                    : bySettings == null ? Reason.CHALLENGE_POLICY : bySettings;
        } catch (Throwable e) {
            context.warn("The application's ChallengePolicy", settings.name(), e);
            return null;
        }
    }

    private @Nullable Reason bySettings(Caller caller) {
        if (hasExemptRole(caller, settings.get(Setting.EXEMPT_ROLES))) {
            return Reason.EXEMPT_ROLES;
        }
        if (hasExemptAddress(caller, settings.get(Setting.EXEMPT_ADDRESSES))) {
            return Reason.EXEMPT_ADDRESSES;
        }
        int limit = settings.get(Setting.AFTER_FAILURES);
        if (limit == 0
                || context.count(
                                caller.remoteAddress(),
                                name(caller),
                                settings.get(Setting.FAILURE_WINDOW),
                                applicationCalls)
                        >= limit) {
            return null;
        }
        context.exemptedByFailures(settings.name());
        return Reason.AFTER_FAILURES;
    }

    private static boolean hasExemptRole(Caller caller, Set<String> roles) {
        return roles.stream().anyMatch(role -> role.equals("*") ? user(caller) != null : caller.isInRole(role));
    }

    private static boolean hasExemptAddress(Caller caller, Set<AddressRange> ranges) {
        String text = ranges.isEmpty() ? null : caller.remoteAddress();
        byte[] address = text == null ? null : AddressRange.bytes(text);
        return address != null && ranges.stream().anyMatch(range -> range.contains(address));
    }

    private static @Nullable String name(Caller caller) {
        if (caller.attribute(PlaytchaAttributes.NAME) instanceof String name) {
            return name;
        }
        Principal user = user(caller);
        return user == null ? null : user.getName();
    }

    /** Returns the user who is logged in: some containers and frameworks have a principal for those who are not. */
    private static @Nullable Principal user(Caller caller) {
        Principal principal = caller.principal();
        return principal == null
                        || principal.getName() == null
                        || ANONYMOUS.contains(principal.getName().strip().toLowerCase(Locale.ROOT))
                        || principal.getClass().getSimpleName().startsWith("Anonymous")
                ? null
                : principal;
    }

    /** Whether a pass of the caller's session is left. */
    public boolean hasPass(Caller caller) {
        return withPasses(passes -> passes.has(caller, settings.source()));
    }

    /** Uses a pass of the caller's session; returns false if none is left. */
    public boolean tryUsePass(Caller caller) {
        return withPasses(passes -> passes.tryUse(caller, settings.source()));
    }

    /** Grants the caller's session the passes of the setting. */
    public void grantPasses(Caller caller) {
        int count = settings.get(Setting.SESSION_PASS);
        withPasses(passes -> passes.grant(caller, settings.source(), count));
    }

    /** The session's store, or the application's listener for its attributes, may fail, which is no bug of this library. */
    private boolean withPasses(Predicate<SessionPasses> call) {
        try {
            return settings.get(Setting.SESSION_PASS) > 0 && call.test(context.passes);
        } catch (RuntimeException e) {
            context.warn("Reading or keeping the passes of the session", settings.name(), e);
            return false;
        }
    }

    /** What a policy sees of a request. */
    private record PolicyRequest(String guard, Caller caller, boolean isTokenRequired) implements ChallengeRequest {
        @Override
        public String getGuard() {
            return guard;
        }

        @Override
        public String getMethod() {
            return caller.method();
        }

        @Override
        public String getPath() {
            return caller.path();
        }

        @Override
        public @Nullable String getRemoteAddress() {
            return caller.remoteAddress();
        }

        @Override
        public @Nullable Principal getPrincipal() {
            return user(caller);
        }

        @Override
        public boolean isUserInRole(String role) {
            return caller.isInRole(role);
        }

        @Override
        public <T> Optional<T> unwrap(Class<T> type) {
            return Optional.ofNullable(caller.unwrap(type));
        }
    }
}
