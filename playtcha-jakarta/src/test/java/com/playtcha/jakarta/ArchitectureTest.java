package com.playtcha.jakarta;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
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
import java.util.Map;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.stream.Collectors;

/** The picture of the packages: who may use whom, and where each foreign API lives. */
@AnalyzeClasses(packages = "com.playtcha.jakarta", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "com.playtcha.jakarta";

    /**
     * Which packages of ours each package may use, without the prefix {@code com.playtcha.jakarta.}, and {@code root} for
     * that package itself. Internal packages may use {@code internal.util} as well.
     */
    private static final String MAY_USE = """
            root:
            annotation: root
            late: root
            cdi: root annotation internal.cdi
            rs: internal.rs
            servlet: internal.servlet
            spring: root internal.servlet internal.spring internal.spring.security
            testkit: root late
            internal.util:
            internal.json:
            internal.threads:
            internal.annotation: annotation
            internal.config: root internal.json
            internal.challenge: root internal.config
            internal.gate: root internal.config internal.challenge
            internal.http: root internal.config internal.json internal.threads internal.gate
            internal.request: root internal.config internal.json internal.challenge internal.gate
            internal.metrics: root late internal.config internal.gate
            internal.late.store: root late internal.json
            internal.late.spool: late internal.json internal.late.store
            internal.late.jdbc: late internal.json internal.late.store internal.late.spool
            internal.late.engine: root late internal.config internal.threads internal.gate internal.late.store \
                internal.late.spool
            internal.late.callback: late internal.config internal.request internal.late.store internal.late.engine
            internal.late.admin: late internal.json internal.late.store internal.late.spool internal.late.jdbc \
                internal.late.engine
            internal.late.service: root late internal.config internal.json internal.threads internal.gate internal.http \
                internal.late.store internal.late.spool internal.late.jdbc internal.late.engine internal.late.admin
            internal.runtime: root late internal.config internal.json internal.threads internal.challenge internal.gate \
                internal.http internal.request internal.metrics internal.late.engine internal.late.service
            internal.command: root internal.config internal.gate internal.runtime internal.late.admin
            internal.servlet: root annotation late internal.annotation internal.config internal.challenge \
                internal.gate internal.request internal.runtime internal.threads internal.late.callback \
                internal.late.service
            internal.cdi: root annotation late internal.annotation internal.config internal.challenge internal.gate \
                internal.request internal.runtime internal.late.service
            internal.rs: root annotation internal.annotation internal.config internal.challenge \
                internal.gate internal.request internal.runtime internal.servlet
            internal.health: internal.cdi internal.runtime
            internal.bridge: internal.cdi internal.config internal.challenge internal.runtime internal.servlet
            internal.spring: root late servlet internal.annotation internal.config internal.runtime internal.servlet \
                internal.late.service
            internal.spring.security: root internal.servlet internal.spring
            """;

    @ArchTest
    static void packagesUseOnlyWhatTheTableSays(JavaClasses all) {
        Map<String, Set<String>> mayUse = MAY_USE.lines()
                .map(line -> line.split(":\\s*", -1))
                .collect(Collectors.toMap(
                        line -> line[0], line -> Set.of(line[1].isEmpty() ? new String[0] : line[1].split("\\s+"))));
        for (JavaClass type : all) {
            String name = shortName(type);
            assertThat(mayUse).as("the table has a line of each package").containsKey(name);
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass();
                boolean isFree = !target.getPackageName().startsWith(ROOT)
                        || shortName(target).equals(name)
                        || name.startsWith("internal.") && shortName(target).equals("internal.util");
                assertThat(isFree || mayUse.get(name).contains(shortName(target)))
                        .as(dependency.getDescription())
                        .isTrue();
            }
        }
    }

    private static String shortName(JavaClass type) {
        String name = type.getPackageName();
        return name.equals(ROOT) ? "root" : name.substring(ROOT.length() + 1);
    }

    @ArchTest
    static final ArchRule noCycles = slices().assignedFrom(new SliceAssignment() {
                @Override
                public SliceIdentifier getIdentifierOf(JavaClass type) {
                    return type.getPackageName().startsWith(ROOT)
                            ? SliceIdentifier.of(type.getPackageName())
                            : SliceIdentifier.ignore();
                }

                @Override
                public String getDescription() {
                    return "packages, the public ones and those under internal alike";
                }
            })
            .should()
            .beFreeOfCycles();

    @ArchTest
    static final ArchRule rootAndLateNeedOnlyTheJdk = classes()
            .that()
            .resideInAnyPackage(ROOT, ROOT + ".late")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(ROOT, ROOT + ".late", "java..", "org.jspecify.."));

    /** What a user sees is small, and everything else is under {@code internal}. */
    @ArchTest
    static void theApiIsSmall(JavaClasses all) {
        Set<String> packages = Set.of("root", "annotation", "servlet", "rs", "cdi", "spring", "late");
        List<JavaClass> visible = all.stream()
                .filter(type -> !type.getPackageName().startsWith(ROOT + ".internal"))
                .filter(type -> !type.getPackageName().equals(ROOT + ".testkit"))
                .filter(type -> type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC))
                .toList();
        assertThat(visible).allMatch(type -> packages.contains(shortName(type)));
        assertThat(visible).hasSizeLessThanOrEqualTo(55);
    }

    /** Pools of the JDK keep references to the application's classes after an undeployment: see {@code WorkerPool}. */
    @ArchTest
    static final ArchRule poolsOfTheJdkAreNotUsed = noClasses()
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(
                    ThreadPoolExecutor.class, Executors.class, FutureTask.class, ForkJoinPool.class, Timer.class);

    @ArchTest
    static final ArchRule openTelemetryHasOneClass =
            oneClass("io.opentelemetry..", ROOT + ".internal.metrics.OtelBackend");

    @ArchTest
    static final ArchRule micrometerHasOneClass =
            oneClass("io.micrometer..", ROOT + ".internal.metrics.MicrometerBackend");

    @ArchTest
    static final ArchRule healthHasOneHome = home("health", "org.eclipse.microprofile.health..");

    @ArchTest
    static final ArchRule springHasOneHome = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".spring", ROOT + ".internal.spring..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.springframework..");

    /** So that an application without Spring Security loads nothing of it. */
    @ArchTest
    static final ArchRule springSecurityHasOneHome = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".spring", ROOT + ".internal.spring.security")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.springframework.security..");

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
                    ROOT + ".spring",
                    ROOT + ".internal.spring..",
                    ROOT + ".internal.bridge")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + ".internal.rs.ServletRequestFilter")
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
    static final ArchRule sqlHasOneHome = home("late.jdbc", "javax.sql..");

    @ArchTest
    static final ArchRule serverTransactionsHaveOneHome = home("late.jdbc", "jakarta.transaction..");

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
}
