package com.playtcha.jakarta.internal.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.annotation.PlaytchaToken;
import com.playtcha.jakarta.internal.cdi.Container.Settings;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.annotation.Priority;
import jakarta.enterprise.concurrent.Asynchronous;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.SessionScoped;
import jakarta.enterprise.inject.Stereotype;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InterceptorBinding;
import jakarta.interceptor.InvocationContext;
import java.io.Serializable;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code @PlaytchaProtected} on the methods of beans. */
class ProtectedMethodTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();

    @AfterEach
    void close() {
        playtcha.close();
    }

    private Container start(Class<?>... beans) {
        return Container.start(
                playtcha,
                Settings.of("guards", "signup,watching,elsewhere,off")
                        .and("guards.signup.fail-closed", "true")
                        .and("guards.watching.mode", "monitor")
                        .and("guards.off.enabled", "false")
                        .and("guards.elsewhere.secret", "another-secret"),
                beans);
    }

    @ApplicationScoped
    static class SignUp {
        @Inject
        Inner inner;

        @Inject
        Verification verification;

        @PlaytchaProtected
        String open(@PlaytchaToken String token) {
            return "done";
        }

        @PlaytchaProtected("signup")
        String closed(String name, @PlaytchaToken String token) {
            return "done";
        }

        @PlaytchaProtected("watching")
        String watched(@PlaytchaToken String token) {
            return "done";
        }

        @PlaytchaProtected("off")
        String off(@PlaytchaToken String token) {
            return "done";
        }

        @PlaytchaProtected
        String withoutToken() {
            return "done";
        }

        @PlaytchaProtected
        String nested(@PlaytchaToken String token) {
            return inner.sameProject() + inner.sameToken(token);
        }

        @PlaytchaProtected
        String nestedElsewhere(@PlaytchaToken String token) {
            return inner.otherProject();
        }

        @PlaytchaProtected
        String failing(@PlaytchaToken String token) {
            throw new UnsupportedOperationException("of the application");
        }

        Outcome outcome() {
            return verification.getOutcome();
        }

        String unguarded() {
            return "done";
        }
    }

    @Dependent
    static class Inner {
        @PlaytchaProtected("signup")
        String sameProject() {
            return "a";
        }

        @PlaytchaProtected("signup")
        String sameToken(@PlaytchaToken String token) {
            return "b";
        }

        @PlaytchaProtected("elsewhere")
        String otherProject() {
            return "c";
        }
    }

    private static PlaytchaDeniedException denied(Runnable call) {
        PlaytchaDeniedException denied = catchThrowableOfType(PlaytchaDeniedException.class, call::run);
        assertThat(denied).isNotNull();
        return denied;
    }

    @Test
    void methodRunsOnlyForATokenThatIsGood() {
        try (Container app = start(SignUp.class, Inner.class)) {
            SignUp signUp = app.get(SignUp.class);

            assertThat(signUp.open("ok-1")).isEqualTo("done");
            PlaytchaDeniedException replayed = denied(() -> signUp.open("ok-1"));
            assertThat(replayed.getGuard()).isEqualTo("default");
            assertThat(replayed.getVerification().getReason()).isEqualTo(Reason.ALREADY_REDEEMED);
            assertThat(denied(() -> signUp.open(null)).getVerification().getReason())
                    .isEqualTo(Reason.TOKEN_ABSENT);
            assertThat(denied(() -> signUp.open(" ")).getVerification().getReason())
                    .isEqualTo(Reason.TOKEN_ABSENT);
            assertThat(denied(() -> signUp.open("x".repeat(5000)))
                            .getVerification()
                            .getReason())
                    .isEqualTo(Reason.TOKEN_TOO_LONG);
            assertThat(denied(signUp::withoutToken).getVerification().getReason())
                    .isEqualTo(Reason.TOKEN_ABSENT);
            assertThat(signUp.unguarded()).isEqualTo("done");
        }
    }

    @Test
    void guardThatIsNamedDecides() {
        try (Container app = start(SignUp.class, Inner.class)) {
            SignUp signUp = app.get(SignUp.class);

            assertThat(signUp.open("db-error-1")).isEqualTo("done");
            PlaytchaDeniedException closed = denied(() -> signUp.closed("n", "db-error-2"));
            assertThat(closed.getGuard()).isEqualTo("signup");
            assertThat(closed.getVerification().getOutcome()).isEqualTo(Outcome.UNAVAILABLE);
            assertThat(signUp.watched("invalid")).isEqualTo("done");
            assertThat(signUp.off(null)).isEqualTo("done");
        }
    }

    @Test
    void nestedMethodsOutsideOfARequestShareTheOutermostVerification() {
        try (Container app = start(SignUp.class, Inner.class)) {
            SignUp signUp = app.get(SignUp.class);

            assertThat(signUp.nested("ok-1")).isEqualTo("ab");
            assertThat(playtcha.requestCount()).isEqualTo(1);
            assertThat(denied(signUp::withoutToken).getVerification().getReason())
                    .as("nothing is left from the call before")
                    .isEqualTo(Reason.TOKEN_ABSENT);
            assertThatThrownBy(() -> signUp.failing("ok-2")).isInstanceOf(UnsupportedOperationException.class);
            assertThat(denied(signUp::withoutToken).getVerification().getReason())
                    .isEqualTo(Reason.TOKEN_ABSENT);
        }
    }

    @Test
    void withinARequestATokenIsRedeemedOnceForAllMethods() {
        try (Container app = start(SignUp.class, Inner.class)) {
            SignUp signUp = app.get(SignUp.class);

            String results = app.inRequest(() -> signUp.open("ok-1")
                    + signUp.closed("n", "ok-1")
                    + signUp.withoutToken()
                    + signUp.nested("ok-1")
                    + signUp.outcome());

            assertThat(results).isEqualTo("donedonedoneabVERIFIED");
            assertThat(playtcha.requestCount()).isEqualTo(1);
            assertThat(denied(() -> app.inRequest(signUp::withoutToken))
                            .getVerification()
                            .getReason())
                    .as("the next request begins anew")
                    .isEqualTo(Reason.TOKEN_ABSENT);
        }
    }

    @Test
    void guardOfAnotherProjectVerifiesForItself() {
        try (Container app = start(SignUp.class, Inner.class)) {
            PlaytchaDeniedException denied = denied(() -> app.get(SignUp.class).nestedElsewhere("ok-1"));

            assertThat(denied.getGuard()).isEqualTo("elsewhere");
            assertThat(denied.getVerification().getReason()).isEqualTo(Reason.TOKEN_ABSENT);
        }
    }

    @Stereotype
    @PlaytchaProtected("signup")
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.TYPE)
    @interface Guarded {}

    @InterceptorBinding
    @PlaytchaProtected("signup")
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.TYPE, ElementType.METHOD})
    @interface Careful {}

    @Guarded
    @Dependent
    static class OfStereotype {
        String run(@PlaytchaToken String token) {
            return "done";
        }
    }

    @Dependent
    static class OfBinding {
        @Careful
        String run(@PlaytchaToken String token) {
            return "done";
        }
    }

    @PlaytchaProtected("signup")
    static class Base {
        String run(@PlaytchaToken String token) {
            return "done";
        }
    }

    @Dependent
    static class Inherited extends Base {
        @PlaytchaProtected
        String open(@PlaytchaToken String token) {
            return "done";
        }
    }

    @SessionScoped
    @PlaytchaProtected("signup")
    static class OfSession implements Serializable {
        private static final long serialVersionUID = 1L;

        String run(@PlaytchaToken String token) {
            return "done";
        }
    }

    @Test
    void guardIsFoundOnStereotypesBindingsAndSuperclasses() {
        try (Container app = start(OfStereotype.class, OfBinding.class, Inherited.class, OfSession.class)) {
            assertThat(denied(() -> app.get(OfStereotype.class).run("db-error-1"))
                            .getGuard())
                    .isEqualTo("signup");
            assertThat(denied(() -> app.get(OfBinding.class).run("db-error-2")).getGuard())
                    .isEqualTo("signup");
            assertThat(denied(() -> app.get(Inherited.class).run("db-error-3")).getGuard())
                    .isEqualTo("signup");
            assertThat(app.get(Inherited.class).open("db-error-4"))
                    .as("a method's own annotation comes before its class's")
                    .isEqualTo("done");
            assertThat(app.get(OfStereotype.class).run("ok-1")).isEqualTo("done");
        }
    }

    @Test
    void internalErrorKeepsTheMethodFromRunning() {
        try (Container app = start(SignUp.class, Inner.class)) {
            SignUp signUp = app.get(SignUp.class);
            app.get(CdiApplication.class).application().failStartup(new IllegalStateException("refused"));

            assertThatThrownBy(() -> signUp.open("ok-1")).hasMessage("refused");
            app.inRequest(() -> {
                assertThatThrownBy(() -> signUp.open("ok-1")).hasMessage("refused");
                assertThatThrownBy(() -> signUp.outcome()).isInstanceOf(IllegalStateException.class);
                return null;
            });
        }
    }

    /** Does what servers do: Jakarta Concurrency 3.0 says the priority. */
    @Interceptor
    @Asynchronous
    @Priority(Interceptor.Priority.PLATFORM_BEFORE + 5)
    static class OnAnotherThread {
        @AroundInvoke
        Object proceed(InvocationContext call) {
            CompletableFuture<Object> result = new CompletableFuture<>();
            Thread thread = new Thread(() -> {
                try {
                    result.complete(((CompletionStage<?>) call.proceed())
                            .toCompletableFuture()
                            .join());
                } catch (Throwable e) {
                    result.completeExceptionally(e);
                }
            });
            thread.start();
            return result;
        }
    }

    @ApplicationScoped
    static class Mailing {
        @PlaytchaProtected
        @Asynchronous
        CompletionStage<String> subscribe() {
            return CompletableFuture.completedFuture(Thread.currentThread().getName());
        }
    }

    @Test
    void asynchronousMethodIsGuardedOnTheThreadOfTheRequest() {
        try (Container app = start(SignUp.class, Inner.class, Mailing.class, OnAnotherThread.class)) {
            SignUp signUp = app.get(SignUp.class);
            Mailing mailing = app.get(Mailing.class);

            String thread = app.inRequest(() -> {
                signUp.open("ok-1");
                return mailing.subscribe().toCompletableFuture().join();
            });

            assertThat(thread).isNotEqualTo(Thread.currentThread().getName());
            assertThat(playtcha.requestCount()).isEqualTo(1);
            assertThat(denied(mailing::subscribe).getVerification().getReason()).isEqualTo(Reason.TOKEN_ABSENT);
        }
    }
}
