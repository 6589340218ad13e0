package com.playtcha.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.config.GuardSettings;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * On JDK 17 the {@code equals} that the compiler gives a record leaves the record's type in a cache of the JDK's, and
 * with it the class loader of an application that was undeployed. Records that are compared write theirs out.
 */
class RecordsTest {
    /** Never compared: they carry values from one method to the next. */
    private static final Set<String> CARRIERS = new TreeSet<>(List.of(
            "AdminRequest",
            "AdminResponse",
            "Backoff",
            "BuildTimeUses",
            "CallResult",
            "Claim",
            "ConfigValue",
            "Counts",
            "EarlierFailOpen",
            "FailOpenRecord",
            "FailOpenTracker$TrackResult",
            "Guard$Shared",
            "JdbcLateStore$JdbcDelivery",
            "LateHandlerResolver$Reference",
            "LateSettings",
            "LateStore$Arrival",
            "LateStore$Tracked",
            "Lease",
            "LoadedSettings",
            "Lookup$Level",
            "NewItem",
            "PlaytchaRuntime$Pool",
            "RestTokenReader$Body",
            "RestTokenReader$ParsedForm",
            "Rows$Candidate",
            "Rows$ItemState",
            "ServletAccess$RequestAttributes",
            "SettingsLoader$Unit",
            "SpoolDirectory$Load",
            "SpoolEntry",
            "TaskClient$Poll$Failure",
            "TaskClient$Poll$NotReady",
            "TaskClient$Poll$Permanent",
            "TaskClient$Poll$Ready",
            "UpstreamResponse$CallFailure",
            "UpstreamResponse$HttpReply",
            "Verdicts$Decision$Final",
            "Verdicts$Decision$Misconfigured",
            "Verdicts$Decision$Unavailable",
            "Verdicts$Decision$Wait",
            "VerificationFilter$ActiveFilter"));

    @Test
    void onlyRecordsThatAreNeverComparedHaveAGeneratedEquals() throws Exception {
        Path classes = Path.of(GuardSettings.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<Path> files;
        try (Stream<Path> all = Files.walk(classes.resolve("com/playtcha/jakarta"))) {
            files = all.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> !file.getParent().endsWith("testkit"))
                    .toList();
        }
        Set<String> generated = new TreeSet<>();
        for (Path file : files) {
            String content = Files.readString(file, StandardCharsets.ISO_8859_1);
            String name = classes.relativize(file)
                    .toString()
                    .replace(File.separatorChar, '/')
                    .replace(".class", "");
            // Every record's superclass, and the method handle that a generated equals calls.
            if (content.contains("java/lang/Record") && content.contains("(L" + name + ";Ljava/lang/Object;)Z")) {
                generated.add(name.substring(name.lastIndexOf('/') + 1));
            }
        }
        assertThat(generated).isEqualTo(CARRIERS);
    }
}
