package com.playtcha.jakarta.it.spring;

import com.playtcha.jakarta.BreakerChange;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.VerificationEvent;
import com.playtcha.jakarta.VerificationListener;
import com.playtcha.jakarta.late.GiveUp;
import com.playtcha.jakarta.late.LateResultHandler;
import jakarta.servlet.ServletContext;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** An application that knows the library by its beans only. Spring Security is what a test registers, or nothing. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration(
        // Of Spring Boot 3 and 4, whose names differ; one that is absent is ignored.
        excludeName = {
            "org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration",
            "org.springframework.boot.autoconfigure.security.servlet.SecurityFilterAutoConfiguration",
            "org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration",
            "org.springframework.boot.actuate.autoconfigure.security.servlet.ManagementWebSecurityAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration"
        })
@RestController
public class TestApplication {
    final List<String> events = new CopyOnWriteArrayList<>();
    final List<String> listened = new CopyOnWriteArrayList<>();
    final List<String> delivered = new CopyOnWriteArrayList<>();

    @Bean
    VerificationListener listener() {
        return (guard, verification) -> listened.add(guard + " " + verification.getOutcome());
    }

    @Bean
    LateResultHandler handler() {
        return (result, delivery) -> {
            if (!result.getId().startsWith("fails")) {
                delivered.add(result.getId());
            } else if (delivered.stream().noneMatch("repaired"::equals)) {
                throw new GiveUp("no account for " + result.getId());
            }
        };
    }

    @EventListener
    void decided(VerificationEvent event) {
        events.add(event.guard() + " " + event.verification().getOutcome());
    }

    @EventListener
    void changed(BreakerChange change) {
        events.add("breaker " + change.to());
    }

    @PostMapping({"/signup", "/news", "/free"})
    String guarded(
            @RequestAttribute(name = "playtcha", required = false) Verification verification,
            @RequestParam(defaultValue = "") String name) {
        return (verification == null ? "UNGUARDED" : verification.getOutcome().name()) + " " + name;
    }

    @PostMapping("/thread")
    String thread() throws ReflectiveOperationException {
        return String.valueOf(Thread.class.getMethod("isVirtual").invoke(Thread.currentThread()));
    }

    /** What a bean gets injected. */
    @RestController
    static class Verifying {
        private final Map<String, PlaytchaVerifier> verifiers;

        Verifying(
                PlaytchaVerifier plain,
                @Qualifier("default") PlaytchaVerifier named,
                @Qualifier("news") ObjectProvider<PlaytchaVerifier> news,
                PlaytchaGuards guards,
                ServletContext context) {
            verifiers = new java.util.HashMap<>(Map.of("plain", plain, "named", named, "guards", guards.verifier()));
            if (context.getAttribute(PlaytchaGuards.ATTRIBUTE) instanceof PlaytchaGuards ofContext) {
                verifiers.put("context", ofContext.verifier());
            }
            news.ifAvailable(verifier -> verifiers.put("news", verifier));
        }

        @PostMapping("/verify")
        String verify(@RequestParam String by, @RequestParam(required = false) String token) {
            Verification verification = verifiers.get(by).verify(token);
            return verification.getOutcome() + " " + verification.isAllowed();
        }
    }
}
