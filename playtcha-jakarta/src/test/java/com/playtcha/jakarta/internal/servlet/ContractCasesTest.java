package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the test kit's table of the contract's cases, sections 1 and 2, through a guarded servlet. */
class ContractCasesTest {

    static Stream<Arguments> cases() throws IOException {
        try (JsonReader reader = Json.createReader(PlaytchaStandIn.class.getResourceAsStream("contract-cases.json"))) {
            return reader.readObject().getJsonArray("cases").getValuesAs(JsonObject.class).stream()
                    .map(value -> Arguments.of(value.getString("name"), value))
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void theGuardDoesWhatTheTableSays(String name, JsonObject test) {
        List<String> settings = new ArrayList<>();
        if (test.containsKey("settings")) {
            test.getJsonObject("settings").keySet().forEach(key -> {
                settings.add(key);
                settings.add(test.getJsonObject("settings").getString(key));
            });
        }
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start()) {
            List<Verification> decisions = new CopyOnWriteArrayList<>();
            TestApp app = TestApp.guarded(playtcha, settings.toArray(String[]::new));
            try (app) {
                app.context().addEventListener(new ServletRequestListener() {
                    @Override
                    public void requestDestroyed(ServletRequestEvent event) {
                        decisions.add((Verification) event.getServletRequest().getAttribute("playtcha"));
                    }
                });
                app.start();
                for (JsonObject step : test.getJsonArray("steps").getValuesAs(JsonObject.class)) {
                    decisions.clear();
                    play(step, playtcha, app, decisions);
                }
            }
        }
    }

    private static void play(JsonObject step, PlaytchaStandIn playtcha, TestApp app, List<Verification> decisions) {
        playtcha.reset();
        String fault = step.getString("fault", "");
        if (fault.equals("refuse")) {
            playtcha.refuse();
        } else {
            playtcha.always(reply(step, fault));
        }

        HttpResponse<String> response = step.isNull("token")
                ? app.post("/signup", TestApp.FORM, "name=Ann")
                : app.signUp(step.getString("token"));

        assertThat(response.statusCode()).isEqualTo(step.getInt("response"));
        assertThat(app.seen.contains("/signup")).isEqualTo(step.getInt("response") == 200);
        app.seen.clear();
        playtcha.verifications().times(step.getInt("calls"));
        // The visitor may have the response before the container has ended the request.
        await().until(() -> decisions.size() == 1);
        Verification decision = decisions.get(0);
        assertThat(decision.getOutcome()).hasToString(step.getString("outcome"));
        assertThat(decision.getReason().getLabel()).isEqualTo(step.getString("reason"));
        assertThat(decision.isAllowed()).isEqualTo(step.getBoolean("allowed"));
        if (step.containsKey("degraded")) {
            assertThat(decision.isDegraded()).isEqualTo(step.getBoolean("degraded"));
        }
        if (step.containsKey("code")) {
            assertThat(decision.getError().getCode()).isEqualTo(step.getString("code"));
        }
        if (step.containsKey("retryAfter")) {
            assertThat(response.headers().firstValueAsLong("Retry-After")).hasValue(step.getInt("retryAfter"));
        }
    }

    private static Reply reply(JsonObject step, String fault) {
        JsonObject answer = step.getJsonObject("answer");
        Reply reply = answer == null ? Reply.ok() : Reply.json(answer.getInt("status"), answer.getString("body"));
        if (answer != null && answer.containsKey("headers")) {
            for (String header : answer.getJsonObject("headers").keySet()) {
                reply = reply.header(header, answer.getJsonObject("headers").getString(header));
            }
        }
        return switch (fault) {
            case "" -> reply;
            case "reset" -> Reply.resetConnection();
            case "close" -> Reply.closeWithoutAnswer();
            case "hang" -> Reply.hang();
            case "truncate" -> reply.header("Content-Length", "1000").thenClose();
            default -> throw new IllegalArgumentException(fault);
        };
    }
}
