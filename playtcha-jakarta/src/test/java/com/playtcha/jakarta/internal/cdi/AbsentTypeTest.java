package com.playtcha.jakarta.internal.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.internal.annotation.GuardAnnotations;
import com.playtcha.jakarta.internal.annotation.HidingClassLoader;
import com.playtcha.jakarta.internal.cdi.Container.Settings;
import com.playtcha.jakarta.internal.gate.CapturedLog;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An application with an optional dependency that is absent deploys with the library as it does without (section 8). */
class AbsentTypeTest {
    /** Is absent at run time. */
    public enum Optional {
        CONSTANT
    }

    /** Has the absent type in a signature. */
    public interface Exporter {
        void export(Optional to);
    }

    /** The same, final. */
    public static final class Report {
        public void print(Optional to) {}
    }

    /** Cannot be read. */
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Unreadable {
        Optional value();
    }

    /** Has the absent type in an annotation of a parameter. */
    public static class Parser {
        public void parse(@Unreadable(Optional.CONSTANT) String text) {}
    }

    /** Bean whose products cannot be inspected. */
    @Dependent
    public static class Producer {
        @Produces
        public Exporter exporter() {
            return null;
        }

        @Produces
        Report report = new Report();

        @Produces
        Parser parser = new Parser();
    }

    /** Inherits a default method with the absent type. */
    public interface WithDefault {
        default void export(Optional to) {}
    }

    /** Guarded as a class, which is readable though its methods are not. */
    @PlaytchaProtected("class")
    public static class Guarded implements WithDefault {
        public void run() {}
    }

    @BeforeEach
    void endRefused() {
        Container.endRefused();
    }

    private static HidingClassLoader hiding() {
        return new HidingClassLoader(
                Optional.class,
                AbsentTypeTest.class,
                Exporter.class,
                Report.class,
                Unreadable.class,
                Parser.class,
                Producer.class,
                WithDefault.class,
                Guarded.class);
    }

    @Test
    void producerOfATypeThatCannotBeInspectedDeploysWithOneDebugLineForEach() {
        HidingClassLoader loader = hiding();
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(loader);
        try (CapturedLog log = new CapturedLog(GuardAnnotations.class.getName(), Level.DEBUG);
                Container app = Container.start(Settings.none(), loader.own(Producer.class))) {
            assertThat(app.has(loader.own(Producer.class))).isTrue();
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("cannot be inspected"))
                    .hasSize(3)
                    .anyMatch(line -> line.contains(Exporter.class.getName()))
                    .anyMatch(line -> line.contains(Report.class.getName()))
                    .anyMatch(line -> line.contains(Parser.class.getName()));
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @Test
    void annotationOfAClassCountsThoughAnInheritedMethodCannotBeInspected() throws NoSuchMethodException {
        Class<?> guarded = hiding().own(Guarded.class);

        assertThat(GuardAnnotations.guardOf(guarded, guarded.getDeclaredMethod("run")))
                .isEqualTo("class");
    }

    /** Is in the EJB module of an EAR, whose class loader does not see the library of a WAR. */
    @ApplicationScoped
    public static class OfAnotherModule {
        @PlaytchaProtected
        public void run() {}
    }

    @Test
    void annotationThatTheClassLoaderOfABeanDoesNotHaveIsWarnedOf() {
        HidingClassLoader loader =
                new HidingClassLoader(PlaytchaProtected.class, AbsentTypeTest.class, OfAnotherModule.class);
        try (CapturedLog log = new CapturedLog("com.playtcha.jakarta", Level.WARN);
                Container app = Container.start(Settings.none(), loader.own(OfAnotherModule.class))) {
            assertThat(app.has(loader.own(OfAnotherModule.class))).isTrue();
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("no effect"))
                    .singleElement()
                    .asString()
                    .contains(OfAnotherModule.class.getName(), "does not have playtcha-jakarta");
        }
    }
}
