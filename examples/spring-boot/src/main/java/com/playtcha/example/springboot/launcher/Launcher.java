package com.playtcha.example.springboot.launcher;

import com.playtcha.example.springboot.SignUpApplication;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.springframework.boot.SpringApplication;

/** Runs the application, and a stand-in for Playtcha beside it, both on 127.0.0.1, until the process ends. */
public final class Launcher {
    private Launcher() {}

    /** Starts both. System property {@code port} is the application's port (8080). */
    public static void main(String[] args) throws InterruptedException {
        PlaytchaStandIn standIn = PlaytchaStandIn.start();
        SpringApplication application = new SpringApplication(SignUpApplication.class);
        // What an account's owner would set as PLAYTCHA_BASE_URL and PLAYTCHA_SECRET.
        application.setDefaultProperties(
                Map.of("playtcha.base-url", standIn.baseUrl().toString(), "playtcha.secret", standIn.secret()));
        String port = application.run(args).getEnvironment().getProperty("local.server.port");
        System.out.printf("""

                The application runs at http://127.0.0.1:%1$s/
                  a stand-in for Playtcha answers it at %2$s
                  try it in a browser, or:  curl -s -o /dev/null -w '%%{http_code}\\n' -d playtcha-response=ok-1 http://127.0.0.1:%1$s/signup
                  Ctrl-C ends both.
                """, port, standIn.baseUrl());
        new CountDownLatch(1).await();
    }
}
