package com.playtcha.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.config.GuardSettings;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * On JDK 17 the {@code equals} that the compiler gives a record leaves the record's type in a cache of the JDK's, and
 * with it the class loader of an application that was undeployed. Records that are compared write theirs out.
 */
class RecordsTest {
    /** Never compared: they carry values from one method to the next. */
    private static final Set<String> CARRIERS = new TreeSet<>(List.of(
            "Answer$Failure",
            "Answer$Reply",
            "Claim",
            "Counts",
            "SpoolDirectory$Load",
            "Deferral",
            "Deliveries$Unsettled",
            "Findings",
            "ConfigValue",
            "Guard$Shared",
            "HttpUpstream$Project",
            "LateStore$Arrival",
            "LateStore$Tracked",
            "Lease",
            "SpoolEntry",
            "Lookup$Level",
            "MemoryLateStore$NoTransaction",
            "NewItem",
            "FailOpenRecord",
            "Origin",
            "FailOpenTracker$TrackResult",
            "PassedBefore",
            "PlaytchaFilter$Judgement",
            "PlaytchaFilter$Post",
            "SelfRegisteredFilter",
            "TaskClient$Poll$NotReady",
            "TaskClient$Poll$Permanent",
            "TaskClient$Poll$Ready",
            "TaskClient$Poll$Trouble",
            "Rows$Candidate",
            "Rows$Standing",
            "SettingsLoader$Unit",
            "SpoolIndex$Look",
            "Transactions$Isolation",
            "Verdicts$Decision$Final",
            "Verdicts$Decision$Misconfigured",
            "Verdicts$Decision$Unavailable",
            "Verdicts$Decision$Wait"));

    @Test
    void onlyRecordsThatAreNeverComparedHaveAGeneratedEquals() throws IOException {
        Set<String> generated = new TreeSet<>();
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("com.playtcha.jakarta")) {
            if (type.isRecord() && !type.getPackageName().endsWith(".testkit") && hasGeneratedEquals(type)) {
                generated.add(type.getName().substring(type.getPackageName().length() + 1));
            }
        }
        assertThat(generated).isEqualTo(CARRIERS);
    }

    /** A generated one calls a method handle of this type, which the class file spells out. */
    private static boolean hasGeneratedEquals(JavaClass type) throws IOException {
        String name = type.getName().replace('.', '/');
        try (InputStream in = GuardSettings.class.getClassLoader().getResourceAsStream(name + ".class")) {
            String file = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            return file.contains("(L" + name + ";Ljava/lang/Object;)Z");
        }
    }
}
