package com.playtcha.example.inbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.playtcha.example.inbox.launcher.Launcher.Choices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Alert;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** The page in a real browser. Needs Chromium and its driver; without them, the build says that this was not run. */
class InboxPageIT {
    private static final Duration AT_MOST = Duration.ofSeconds(60);

    private static Launcher app;
    private static ChromeDriver browser;

    @BeforeAll
    static void start() throws Exception {
        Path chromium = Path.of("/usr/bin/chromium");
        Path driver = Path.of("/usr/bin/chromedriver");
        boolean installed = Stream.of(chromium, driver).allMatch(Files::isExecutable);
        if (!installed) {
            System.out.println("Chromium or its driver is not installed: the page was not tested in a browser.");
        }
        assumeTrue(installed, "Chromium and chromedriver are installed");
        app = new Launcher(CallbackInboxIT.WAR, new Choices(0, 0, null, false));
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

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.quit();
        }
        if (app != null) {
            app.close();
        }
    }

    private static String text(String selector) {
        // The page replaces rows while it is read.
        return String.valueOf(
                browser.executeScript("return document.querySelector(arguments[0])?.innerText || ''", selector));
    }

    @Test
    void anOutageIsShownAndAResultHasItsEffectAfterIt() {
        browser.get(app.address().toString());
        await().atMost(AT_MOST)
                .until(() -> browser.findElements(By.cssSelector("#timeline-chart canvas"))
                                .size()
                        == 1);
        try {
            app.database().takeAway(Duration.ofHours(1));
            await().atMost(AT_MOST).until(() -> text("#moving").contains("Database: away."));
        } finally {
            app.database().bringBack();
        }
        await().atMost(AT_MOST).until(() -> text("#moving").contains("Database: working."));

        browser.findElement(By.cssSelector("form[action$='/tasks'] button")).click();

        await().atMost(AT_MOST).until(() -> !text("#delivered tbody").isEmpty());
        // The page may have read the tally before the effect was committed.
        await().atMost(AT_MOST)
                .untilAsserted(() -> assertThat(text("#moving")).containsPattern("[1-9]\\d*\\s+each once"));
    }

    @Test
    void discardingAsksOnce() {
        browser.get(app.address().toString());
        setFailing("100");
        try {
            browser.findElement(By.cssSelector("form[action$='/tasks'] button")).click();
            Alert first = pressDiscard();
            assertThat(first.getText()).startsWith("Discard ");
            first.dismiss();

            pressDiscard().accept();
            await().atMost(AT_MOST).until(() -> text("#ended tbody").contains("discarded"));
        } finally {
            setFailing("0");
        }
    }

    /** Presses a button that is there only between two calls of the handler. */
    private static Alert pressDiscard() {
        String discard = "#retrying button[data-ask]";
        await().atMost(AT_MOST)
                .until(() -> !browser.findElements(By.cssSelector(discard)).isEmpty());
        // Nothing follows the click in the script, because the driver ends one that goes on behind an open alert.
        browser.executeScript("document.querySelector(arguments[0]).click()", discard);
        return browser.switchTo().alert();
    }

    @Test
    void aButtonKeepsTheFocusOfTheKeyboard() {
        browser.get(app.address().toString());
        awaitScript();
        long calls = number("calls");
        WebElement send = browser.findElement(By.cssSelector("form[action$='/tasks'] button"));

        send.sendKeys(Keys.ENTER);

        await().atMost(AT_MOST).until(() -> number("calls") > calls);
        await().atMost(AT_MOST)
                .untilAsserted(
                        () -> assertThat(browser.switchTo().activeElement()).isEqualTo(send));
    }

    private static void awaitScript() {
        await().atMost(AT_MOST)
                .until(() -> browser.executeScript("return document.documentElement.className")
                        .equals("scripted"));
    }

    private static void setFailing(String percent) {
        awaitScript();
        browser.executeScript(
                "const range = document.getElementById('failing'); range.value = arguments[0];"
                        + " range.dispatchEvent(new Event('change', { bubbles: true }));",
                percent);
        await().atMost(AT_MOST)
                .untilAsserted(() ->
                        assertThat(number("handlerFails")).as(text("#problem")).isEqualTo(Long.parseLong(percent)));
    }

    private static long number(String member) {
        return ((Number) browser.executeAsyncScript(
                        "const [name, done] = arguments; fetch('/state.json').then(r => r.json()).then(s => done(s[name]))",
                        member))
                .longValue();
    }

    @ParameterizedTest
    @ValueSource(ints = {390, 768, 1600})
    void thePageIsNoWiderThanItsWindow(int width) {
        browser.manage().window().setSize(new Dimension(width, 900));
        browser.get(app.address().toString());
        Object fits = browser.executeScript(
                "return document.documentElement.scrollWidth <= document.documentElement.clientWidth");
        assertThat(fits).as("at %s", width).isEqualTo(true);
    }
}
