package com.playtcha.jakarta;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadPoolExecutor;

/** The picture of the packages: who may use whom, and where each foreign API lives. */
@AnalyzeClasses(packages = "com.playtcha.jakarta", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "com.playtcha.jakarta";

    @ArchTest
    static final ArchRule noCycles = slices().assignedFrom(new SliceAssignment() {
                @Override
                public SliceIdentifier getIdentifierOf(JavaClass type) {
                    String room = type.getPackageName().startsWith(ROOT) ? room(type.getPackageName()) : "";
                    return room.isEmpty()
                            ? SliceIdentifier.ignore()
                            : SliceIdentifier.of(room.startsWith("late.") ? "late" : room);
                }

                @Override
                public String getDescription() {
                    return "packages, each with what it keeps under internal";
                }
            })
            .should()
            .beFreeOfCycles();

    @ArchTest
    static final ArchRule theRootNeedsOnlyTheJdk = classes()
            .that()
            .resideInAPackage(ROOT)
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(ROOT, "java..", "org.jspecify..")
                    // What PlaytchaGuards.open and PlaytchaCommand call.
                    .or(name(ROOT + ".internal.runtime.ApplicationRegistry"))
                    .or(name(ROOT + ".internal.command.Commands")));

    /** What a user sees is small, and everything else is under {@code internal}. */
    @ArchTest
    static void theApiIsSmall(JavaClasses all) {
        Set<String> packages = Set.of("", "annotation", "servlet", "rs", "cdi", "late");
        List<JavaClass> visible = all.stream()
                .filter(type -> !type.getPackageName().startsWith(ROOT + ".internal"))
                .filter(type -> !type.getPackageName().equals(ROOT + ".testkit"))
                .filter(type -> type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC))
                .toList();
        assertThat(visible).allMatch(type -> packages.contains(room(type.getPackageName())));
        assertThat(visible).hasSizeLessThanOrEqualTo(45);
    }

    @ArchTest
    static final ArchRule utilNeedsNothingOfOurs = onlyOurs("util");

    @ArchTest
    static final ArchRule jsonNeedsNothingOfOurs = onlyOurs("json");

    /** Pools of the JDK keep references to the application's classes after an undeployment: see {@code WorkerPool}. */
    @ArchTest
    static final ArchRule poolsOfTheJdkAreNotUsed = noClasses()
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(
                    ThreadPoolExecutor.class, Executors.class, FutureTask.class, ForkJoinPool.class, Timer.class);

    @ArchTest
    static final ArchRule threadsNeedNothingOfOurs = onlyOurs("threads");

    @ArchTest
    static final ArchRule config = onlyOurs("config", "", "json");

    @ArchTest
    static final ArchRule gate = onlyOurs("gate", "", "config");

    @ArchTest
    static final ArchRule late = onlyOurs("late", "");

    @ArchTest
    static final ArchRule lateStore = onlyOurs("late.store", "", "late", "json");

    @ArchTest
    static final ArchRule lateSpool = onlyOurs("late.spool", "", "late", "late.store", "json");

    @ArchTest
    static final ArchRule lateJdbc = onlyOurs("late.jdbc", "", "late", "late.store", "late.spool", "json");

    @ArchTest
    static final ArchRule lateEngine =
            onlyOurs("late.engine", "", "config", "late", "late.store", "late.spool", "gate", "threads");

    @ArchTest
    static final ArchRule lateCallback =
            onlyOurs("late.callback", "", "late", "late.store", "late.engine", "gate", "request");

    @ArchTest
    static final ArchRule lateAdmin =
            onlyOurs("late.admin", "", "late", "late.store", "late.spool", "late.jdbc", "late.engine", "json", "gate");

    @ArchTest
    static final ArchRule lateHasNoCycles =
            slices().matching(ROOT + ".internal.late.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule http = onlyOurs("http", "", "config", "json", "gate", "late.engine", "threads");

    @ArchTest
    static final ArchRule runtime = onlyOurs(
            "runtime",
            "",
            "config",
            "json",
            "gate",
            "http",
            "request",
            "late",
            "late.store",
            "late.spool",
            "late.jdbc",
            "late.engine",
            "late.admin",
            "metrics");

    @ArchTest
    static final ArchRule metrics = onlyOurs("metrics", "", "config", "gate", "late");

    @ArchTest
    static final ArchRule health = onlyOurs("health", "", "cdi", "runtime");

    @ArchTest
    static final ArchRule openTelemetryHasOneClass =
            oneClass("io.opentelemetry..", ROOT + ".internal.metrics.OtelBackend");

    @ArchTest
    static final ArchRule micrometerHasOneClass =
            oneClass("io.micrometer..", ROOT + ".internal.metrics.MicrometerBackend");

    @ArchTest
    static final ArchRule healthHasOneHome = home("health", "org.eclipse.microprofile.health..");

    @ArchTest
    static final ArchRule command = onlyOurs("command", "", "config", "gate", "runtime", "late.admin");

    @ArchTest
    static final ArchRule request = onlyOurs("request", "", "config", "json", "gate");

    @ArchTest
    static final ArchRule servlet = onlyOurs(
            "servlet", "", "annotation", "config", "json", "gate", "request", "runtime", "late", "late.callback");

    @ArchTest
    static final ArchRule cdi =
            onlyOurs("cdi", "", "annotation", "config", "gate", "request", "runtime", "late", "late.engine");

    @ArchTest
    static final ArchRule spring = onlyOurs("spring", "", "cdi", "config", "runtime", "servlet", "late", "late.engine");

    @ArchTest
    static final ArchRule springHasOneHome = home("spring", "org.springframework..");

    @ArchTest
    static final ArchRule bridge = onlyOurs("bridge", "", "cdi", "config", "runtime", "servlet");

    @ArchTest
    static final ArchRule rest = onlyOurs("rs", "", "annotation", "config", "json", "gate", "request", "runtime");

    @ArchTest
    static final ArchRule restHasOneHome = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".rs", ROOT + ".internal.rs")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + ".annotation.PlaytchaProtected")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jakarta.ws.rs..");

    @ArchTest
    static final ArchRule annotationsNeedNothingOfOurs = onlyOurs("annotation", "");

    @ArchTest
    static final ArchRule testkit = onlyOurs("testkit", "", "late", "late.store");

    @ArchTest
    static final ArchRule httpClientHasOneHome = home("http", "org.apache.hc..");

    @ArchTest
    static final ArchRule jsonHasOneHome = home("json", "jakarta.json..");

    @ArchTest
    static final ArchRule servletHasTwoHomesAndBridges = noClasses()
            .that()
            .resideOutsideOfPackages(
                    ROOT + ".servlet",
                    ROOT + ".internal.servlet",
                    ROOT + ".internal.late.callback",
                    ROOT + ".internal.spring",
                    ROOT + ".internal.bridge")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + ".internal.rs.ServletFormFilter")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jakarta.servlet..");

    @ArchTest
    static final ArchRule cdiHasOneHomeAndABridge = noClasses()
            .that()
            .resideOutsideOfPackages(
                    ROOT + ".cdi",
                    ROOT + ".internal.cdi",
                    ROOT + ".internal.bridge",
                    ROOT + ".internal.health",
                    ROOT + ".annotation")
            .should()
            .dependOnClassesThat(resideInAnyPackage("jakarta.enterprise..", "jakarta.inject..", "jakarta.interceptor..")
                    // Says that a class is none of CDI's; absent, it says nothing.
                    .and(not(name("jakarta.enterprise.inject.Vetoed"))));

    @ArchTest
    static final ArchRule sqlHasOneHome = home("late.jdbc", "java.sql..", "javax.sql..");

    @ArchTest
    static final ArchRule microProfileConfigHasOneClass =
            oneClass("org.eclipse.microprofile.config..", ROOT + ".internal.config.MicroProfileSource");

    @ArchTest
    static final ArchRule nobodySleeps = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".testkit")
            .should()
            .callMethod(Thread.class, "sleep", long.class);

    private static ArchRule oneClass(String api, String of) {
        return noClasses()
                .that()
                .doNotHaveFullyQualifiedName(of)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(api);
    }

    private static ArchRule home(String home, String... api) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "." + home, ROOT + ".internal." + home)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(api);
    }

    private static ArchRule onlyOurs(String of, String... allowed) {
        String[] packages = new String[allowed.length + 2];
        packages[0] = of;
        // Helpers without a dependency on anything of ours; every package may use them.
        packages[1] = "util";
        System.arraycopy(allowed, 0, packages, 2, allowed.length);
        return noClasses()
                .that()
                .resideInAnyPackage(ROOT + "." + of, ROOT + ".internal." + of)
                .should()
                .dependOnClassesThat(com.tngtech.archunit.base.DescribedPredicate.describe(
                        "ours outside " + String.join(", ", packages),
                        c -> c.getPackageName().startsWith(ROOT)
                                && !List.of(packages).contains(room(c.getPackageName()))));
    }

    /** The API of a package and what it keeps under {@code internal} are one room. */
    private static String room(String packageName) {
        return packageName
                .substring(ROOT.length())
                .replaceFirst("^\\.internal\\b", "")
                .replaceFirst("^\\.", "");
    }
}
