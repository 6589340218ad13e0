package com.playtcha.example.quickstart.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** The pages in a real browser. Needs Chromium and its driver; without them, the build says that this was not run. */
class LivePageIT {
    private static final Duration AT_MOST = Duration.ofSeconds(60);

    private static Quickstart quickstart;
    private static ChromeDriver browser;

    @BeforeAll
    static void start() throws Exception {
        Path chromium = Path.of("/usr/bin/chromium");
        Path driver = Path.of("/usr/bin/chromedriver");
        boolean installed = Stream.of(chromium, driver).allMatch(Files::isExecutable);
        if (!installed) {
            System.out.println("Chromium or its driver is not installed: the pages were not tested in a browser.");
        }
        assumeTrue(installed, "Chromium and chromedriver are installed");
        quickstart = Quickstart.start(QuickstartIT.WAR, 0, 0);
        browser = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(driver.toFile())
                        .build(),
                new ChromeOptions()
                        .setBinary(chromium.toFile())
                        .addArguments(
                                "--headless=new",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-dev-shm-usage",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync",
                                "--no-first-run"));
    }

    @AfterEach
    void playtchaWorks() {
        if (quickstart != null) {
            open("live");
            press("works");
        }
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.quit();
        }
        if (quickstart != null) {
            quickstart.close();
        }
    }

    private static void open(String path) {
        browser.get(quickstart.address() + path);
    }

    private static void press(String mode) {
        WebElement button = browser.findElement(By.cssSelector("[data-mode=" + mode + "]"));
        button.click();
        await().atMost(AT_MOST).until(() -> "true".equals(button.getAttribute("aria-pressed")));
    }

    private static String text(String selector) {
        return browser.findElement(By.cssSelector(selector)).getText();
    }

    @Test
    void anOutageIsSeenFromTheFirstFailureToTheClosedBreaker() {
        open("live");
        assertThat(browser.findElements(By.cssSelector("#chart canvas"))).hasSize(1);

        browser.findElement(By.id("visitors")).click();
        await().atMost(AT_MOST).until(() -> text("#last").contains("VERIFIED success"));

        press("down");
        await().atMost(AT_MOST).until(() -> text("#last").contains("allowed unverified UNAVAILABLE"));
        await().atMost(AT_MOST).until(() -> text("#breaker").equals("open"));

        press("works");
        await().atMost(AT_MOST).until(() -> text("#breaker").equals("closed"));
        await().atMost(AT_MOST).until(() -> text("#last").startsWith("verified VERIFIED success"));
    }

    @Test
    void aPauseIsShownAndTheFormSaysWhichFaultIsPlayed() {
        open("live");
        press("throttles");
        browser.findElement(By.id("visitors")).sendKeys(Keys.ENTER);
        await().atMost(AT_MOST).until(() -> text("#throttle").equals("no call is made"));
        assertThat(text("#last")).contains("denied THROTTLED");

        open("");

        await().atMost(AT_MOST).until(() -> text("#fault").contains("throttles"));
    }

    @Test
    void theAnswerOfEachSideIsShownWithoutTheSecret() {
        open("");
        // By the keyboard.
        browser.findElement(By.cssSelector("input[value^=expired]")).sendKeys(Keys.SPACE);
        browser.findElement(By.cssSelector("#signup button")).sendKeys(Keys.ENTER);

        await().atMost(AT_MOST).until(() -> browser.findElements(By.id("wire")).size() == 1);

        assertThat(text("#wire"))
                .contains(
                        "POST /v1/verify",
                        "\"secret\":\"•••\"",
                        "\"token\":\"expired-",
                        "HTTP status 410",
                        "request_id")
                .doesNotContain("test-secret");
    }

    @ParameterizedTest
    @ValueSource(ints = {390, 768, 1600})
    void noPageIsWiderThanItsWindow(int width) {
        browser.manage().window().setSize(new Dimension(width, 900));
        for (String path : List.of("", "live")) {
            open(path);
            Object fits = browser.executeScript(
                    "return document.documentElement.scrollWidth <= document.documentElement.clientWidth");
            assertThat(fits).as("%s at %s", path, width).isEqualTo(true);
        }
    }
}
