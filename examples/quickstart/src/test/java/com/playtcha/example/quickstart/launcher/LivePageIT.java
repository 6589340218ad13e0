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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
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

    /** No test finds the width, the visitors, the fault or the pause of another. */
    @BeforeEach
    void playtchaWorks() {
        browser.manage().window().setSize(new Dimension(1280, 900));
        open("live");
        press("works");
        await().atMost(AT_MOST).until(() -> !text("#throttle").equals("…"));
        if (!text("#throttle").equals("none")) {
            // The end of a pause is reported with the next request.
            browser.findElement(By.id("visitors")).click();
            awaitText("#throttle", "none");
        }
        open("");
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

    /** Returns the visible text. It is read by one script, since the page replaces rows while it is read. */
    private static String text(String selector) {
        String text = String.valueOf(
                browser.executeScript("return document.querySelector(arguments[0])?.innerText || ''", selector));
        return text.replaceAll("\\s+", " ").strip();
    }

    private static void awaitText(String selector, String beginning) {
        await().atMost(AT_MOST)
                .untilAsserted(() -> assertThat(text(selector)).as(selector).startsWith(beginning));
    }

    @Test
    void anOutageIsSeenFromTheFirstFailureToTheClosedBreaker() {
        open("live");
        assertThat(browser.findElements(By.cssSelector("#chart canvas"))).hasSize(1);

        browser.findElement(By.id("visitors")).click();
        awaitText("#last", "verified VERIFIED success");

        press("down");
        awaitText("#last", "allowed unverified UNAVAILABLE");
        awaitText("#breaker", "open");

        press("works");
        awaitText("#breaker", "closed");
        awaitText("#last", "verified VERIFIED success");
    }

    @Test
    void anExemptAddressIsAllowedWhilePlaytchaIsDown() {
        open("live");
        press("down");
        browser.findElement(By.cssSelector("[data-form=exempt]")).click();
        browser.findElement(By.id("visitors")).click();
        awaitText("#last", "exempt EXEMPT exempt-addresses");

        browser.findElement(By.cssSelector("#without-token a")).click();

        awaitText("#exempt", "No widget");
        assertThat(browser.findElements(By.name("playtcha-response"))).isEmpty();
    }

    @Test
    void aReloadForgetsNothingThatIsStillInTheChart() {
        browser.executeScript("""
                const now = Date.now() / 1000;
                sessionStorage.setItem("decisions", JSON.stringify({
                  data: [[now - 600, now - 20, now - 19], ...Array.from({ length: 6 }, (_, i) => [999, 10 + i, 20 + i])],
                  outage: [true, false, true],
                  before: [0, 0, 0, 0, 0],
                }));""");
        open("live");
        // This page keeps what it drew.
        open("");

        assertThat(browser.executeScript("""
                const { data, outage } = JSON.parse(sessionStorage.getItem("decisions"));
                const at = data[1].indexOf(10);
                const sorted = data[0].every((time, i) => i === 0 || time > data[0][i - 1]);
                return [sorted, data[1].includes(999), ...data.slice(1).flatMap((line) => [line[at], line[at + 1]]), outage[at + 1]]
                    .join(" ");""")).isEqualTo("true false 10 20 11 21 12 22 13 23 14 24 15 25 true");
    }

    @Test
    void aPauseIsShownAndTheFormSaysWhichFaultIsPlayed() {
        open("live");
        press("throttles");
        browser.findElement(By.id("visitors")).sendKeys(Keys.ENTER);
        awaitText("#throttle", "no call is made");
        // The page may have read the state between the pause's beginning and the decision that it led to.
        awaitText("#last", "denied THROTTLED");

        open("");

        awaitText("#fault", "Playtcha throttles");
    }

    @Test
    void theAnswerOfEachSideIsShownWithoutTheSecret() {
        open("");
        // By the keyboard.
        browser.findElement(By.cssSelector("input[value^=expired]")).sendKeys(Keys.SPACE);
        browser.findElement(By.cssSelector("#signup button")).sendKeys(Keys.ENTER);

        awaitText("#wire", "What went over the wire");

        assertThat(text("#wire"))
                .contains(
                        "POST /v1/verify",
                        "\"secret\":\"•••\"",
                        "\"token\":\"expired-",
                        "HTTP status 410",
                        "request_id")
                .doesNotContain("test-secret");
    }

    @Test
    void whatWasEnteredIsThereAgainAfterADenial() {
        open("");
        WebElement name = browser.findElement(By.id("name"));
        name.clear();
        name.sendKeys("Zoë");
        browser.findElement(By.cssSelector("input[value^=expired]")).sendKeys(Keys.SPACE);
        browser.findElement(By.cssSelector("#signup button")).sendKeys(Keys.ENTER);
        awaitText("#wire", "What went over the wire");

        browser.navigate().back();

        await().atMost(AT_MOST)
                .untilAsserted(
                        () -> assertThat(browser.executeScript("return document.getElementById('name')?.value || ''"))
                                .isEqualTo("Zoë"));
    }

    @ParameterizedTest
    @ValueSource(ints = {390, 768, 1600})
    void noPageIsWiderThanItsWindow(int width) {
        browser.manage().window().setSize(new Dimension(width, 900));
        // A decision with long words.
        browser.executeAsyncScript("fetch('exempt', { method: 'POST' }).then(arguments[0])");
        for (String path : List.of("", "exempt", "live")) {
            open(path);
            Object fits = browser.executeScript(
                    "return document.documentElement.scrollWidth <= document.documentElement.clientWidth");
            assertThat(fits).as("%s at %s", path, width).isEqualTo(true);
        }
        awaitText("#last", "exempt EXEMPT exempt-addresses");
        assertThat(
                        browser.executeScript(
                                "return [...document.querySelectorAll('#last td')].filter(cell => cell.offsetHeight > 45).length"))
                .as("cells of more than one line at %s", width)
                .isEqualTo(0L);
        assertThat(browser.executeScript("return innerWidth")).isEqualTo((long) width);
    }
}
