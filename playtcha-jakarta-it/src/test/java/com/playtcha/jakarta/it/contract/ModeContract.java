package com.playtcha.jakarta.it.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.server.StandIns;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sections 2 and 4: {@code mode}, {@code enabled}, and guards with a name. */
interface ModeContract extends ContractPart {

    @ParameterizedTest
    @CsvSource({
        "ok,       VERIFIED,    success,         true",
        "invalid,  REJECTED,    token-invalid,   false",
        "db-error, UNAVAILABLE, server-error,    true"
    })
    default void monitorNeverDeniesAndTellsWhatEnforceWouldHaveSaid(
            String token, String outcome, String reason, boolean allowed) {
        Expect.told(
                app().post("/monitor/echo").token(StandIns.token(token)).send(),
                "application",
                outcome,
                reason,
                allowed);
    }

    @Test
    default void monitorLetsARequestWithoutATokenThrough() {
        Expect.told(app().post("/monitor/echo").send(), "application", "NO_TOKEN", "token-absent", false);
        assertThat(StandIns.MAIN.requestCount()).isZero();
    }

    @Test
    default void switchedOffGuardAsksNobodyAndAllows() {
        Expect.allowed(app().post("/disabled/echo").send(), "DISABLED", "switched-off");
        Expect.allowed(app().post("/disabled/echo").token("ok-1").send(), "DISABLED", "switched-off");
        assertThat(StandIns.MAIN.requestCount()).isZero();
    }

    @Test
    default void namedGuardsHaveSettingsOfTheirOwn() {
        Expect.allowed(
                app().post("/login/echo")
                        .form("login-token", StandIns.token("db-error"))
                        .send(),
                "UNAVAILABLE",
                "server-error");
        Expect.denied(
                app().post("/signup/echo")
                        .form("signup-token", StandIns.token("db-error"))
                        .send(),
                503,
                "UNAVAILABLE",
                "server-error");
        Expect.denied(app().post("/signup/echo").form("login-token", "ok-1").send(), 400, "NO_TOKEN", "token-absent");
    }
}
