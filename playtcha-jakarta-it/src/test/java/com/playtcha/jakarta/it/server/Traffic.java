package com.playtcha.jakarta.it.server;

import com.playtcha.jakarta.testkit.Reply;

/** Visitors of every sort: what each leaves behind must go with the application. */
public final class Traffic {
    private Traffic() {}

    /** Sends them to the guarded application, one by one. */
    public static void ofEverySort(DeployedApplication app) {
        for (String token : new String[] {"ok", "ok-degraded", "invalid", "bad-secret", "db-error", "success-false"}) {
            app.post("/open/echo").token(StandIns.token(token)).send();
            app.post("/closed/echo").token(StandIns.token(token)).acceptJson().send();
        }
        app.post("/open/echo?read=parts")
                .multipart("playtcha-response", StandIns.token("ok"), "notes", "text")
                .send();
        app.post("/json/echo?read=listener")
                .json("{\"form\":{\"playtchaToken\":\"" + StandIns.token("ok") + "\"}}")
                .send();
        app.post("/stacked/async?/stacked/echo").token(StandIns.token("ok")).send();
        app.post("/hasty-open/echo").token(StandIns.token("hang")).send();
        app.post("/down-open/echo").token(StandIns.token("ok")).send();
        StandIns.MAIN.script(Reply.closeWithoutAnswer(), Reply.ok().thenExtraBytes("x"));
        app.post("/open/echo").token(StandIns.token("ok")).send();
        app.post("/open/echo").token(StandIns.token("ok")).send();
    }
}
