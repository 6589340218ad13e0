package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.server.TestResponse;
import java.util.Map;
import java.util.stream.Stream;

/** What the contract says of answers and attributes (sections 2 and 5). */
final class Expect {
    private Expect() {}

    /** Both policies, as the first part of a path. */
    static Stream<String> policies() {
        return Stream.of("open", "closed");
    }

    /** The application answered, and this is what it was told. */
    static Map<String, String> allowed(TestResponse answer, String outcome, String reason) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return told(answer, "application", outcome, reason, true);
    }

    /** The application's error page answered, and this is what it was told. */
    static Map<String, String> denied(TestResponse answer, int status, String outcome, String reason) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(status);
        assertThat(answer.header("Cache-Control")).contains("no-store");
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        return told(answer, "error-page", outcome, reason, false);
    }

    /** A page that was told this, whatever became of the request. */
    static Map<String, String> told(TestResponse answer, String page, String outcome, String reason, boolean allowed) {
        Map<String, String> report = answer.report();
        assertThat(report)
                .containsEntry("page", page)
                .containsEntry("attribute.playtcha.outcome", outcome)
                .containsEntry("type.playtcha.outcome", "java.lang.String")
                .containsEntry("attribute.playtcha.allowed", Boolean.toString(allowed))
                .containsEntry("type.playtcha.allowed", "java.lang.Boolean")
                .containsEntry("type.playtcha.degraded", "java.lang.Boolean")
                .containsEntry("type.playtcha", "com.playtcha.jakarta.Verification")
                .containsEntry("type.playtcha.result", "com.playtcha.jakarta.Verification")
                .containsEntry("same-bean", "true")
                .containsEntry("el.playtcha.outcome", outcome)
                .containsEntry("el.playtcha.reason.label", reason)
                .containsEntry("el.playtcha.allowed", Boolean.toString(allowed))
                .containsEntry("el.playtcha.degraded", report.get("attribute.playtcha.degraded"));
        return report;
    }

    /** A resource answered, and this is what it was told and read. */
    static void reached(TestResponse answer, String told) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.text()).isEqualTo(told);
    }

    /** A problem document with this status and code. */
    static void problem(TestResponse answer, int status, String code) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(status);
        assertThat(answer.problem().getInt("status")).isEqualTo(status);
        assertThat(answer.problem().getString("code")).isEqualTo(code);
        assertThat(answer.problem().getString("title")).isNotBlank();
        assertThat(answer.header("Cache-Control")).contains("no-store");
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
    }
}
