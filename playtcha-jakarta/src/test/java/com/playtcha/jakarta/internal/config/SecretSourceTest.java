package com.playtcha.jakarta.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Contract, section 4: {@code secret-file}. */
class SecretSourceTest {
    @TempDir
    Path folder;

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(SecretSource.class);
    private Path file;

    @BeforeEach
    void start() {
        file = folder.resolve("secret");
        log.start();
        logger.addAppender(log);
        logger.setAdditive(false);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(log);
        logger.setAdditive(true);
    }

    private SecretSource open() {
        return SecretSource.open(file, "secret-file", clock::get);
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    private long warnings() {
        return log.list.stream().filter(e -> e.getLevel() == Level.WARN).count();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sk_live", "sk_live\n", "sk_live\r\n"})
    void oneLineBreakAtTheEndIsDropped(String content) throws IOException {
        Files.writeString(file, content);

        assertThat(open().current()).isEqualTo("sk_live");
    }

    @Test
    void spacesBelongToTheSecret() throws IOException {
        Files.writeString(file, " sk live \n");

        assertThat(open().current()).isEqualTo(" sk live ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "  \n", "sk\n\n", "a\nb", "sk\r", "\uFEFFsk"})
    void aFileWithoutASecretIsRefused(String content) throws IOException {
        Files.writeString(file, content);

        assertThatThrownBy(this::open).isInstanceOf(InvalidValueException.class).hasMessageStartingWith("it ");
    }

    @Test
    void aFileThatIsAbsentAFolderTooLargeOrNotUtf8IsRefused() throws IOException {
        assertThatThrownBy(this::open).hasMessageContaining("the file does not exist");
        assertThatThrownBy(() -> SecretSource.open(folder, "secret-file")).hasMessageContaining("not a regular file");
        Files.write(file, new byte[] {'s', 'k', (byte) 0xff});
        assertThatThrownBy(this::open).hasMessageContaining("it is not UTF-8");
        Files.writeString(file, "x".repeat(64 * 1024 + 1));
        assertThatThrownBy(this::open).hasMessageContaining("larger than 64 KiB");
        Files.writeString(file, "x".repeat(64 * 1024));
        assertThat(open().current()).hasSize(64 * 1024);
    }

    @Test
    void aChangeIsSeenAfterFiveSeconds() throws IOException {
        Files.writeString(file, "first");
        SecretSource secret = open();
        Files.writeString(file, "second");

        pass(Duration.ofSeconds(5).minusNanos(1));
        assertThat(secret.current()).isEqualTo("first");
        pass(Duration.ofNanos(1));
        assertThat(secret.current()).isEqualTo("second");
    }

    @Test
    void aChangeIsSeenAtOnceAfterADoubt() throws IOException {
        Files.writeString(file, "first");
        SecretSource secret = open();
        Files.writeString(file, "second");

        assertThat(secret.current()).isEqualTo("first");
        secret.invalidate();
        assertThat(secret.current()).isEqualTo("second");

        Files.writeString(file, "third");
        assertThat(secret.current()).as("one doubt, one look").isEqualTo("second");
    }

    @Test
    void unreadableFileKeepsTheLastGoodSecretWithOneWarning() throws IOException {
        Files.writeString(file, "first-secret");
        SecretSource secret = open();

        Files.delete(file);
        for (int i = 0; i < 3; i++) {
            pass(Duration.ofSeconds(5));
            assertThat(secret.current()).isEqualTo("first-secret");
        }
        Files.writeString(file, "");
        pass(Duration.ofSeconds(5));
        assertThat(secret.current()).as("half-written").isEqualTo("first-secret");
        assertThat(warnings()).isEqualTo(1);

        Files.writeString(file, "second-secret");
        pass(Duration.ofSeconds(5));
        assertThat(secret.current()).isEqualTo("second-secret");
        Files.delete(file);
        pass(Duration.ofSeconds(5));
        assertThat(secret.current()).isEqualTo("second-secret");
        assertThat(warnings()).as("lost again after it had recovered").isEqualTo(2);
        assertThat(log.list)
                .noneMatch(e -> e.getFormattedMessage().contains("-secret")
                        && !e.getFormattedMessage().contains("secret-file"));
    }

    @Test
    void aFixedSecretStaysAndIsNeverPrinted() {
        SecretSource secret = SecretSource.fixed("sk_live_fixed");
        secret.invalidate();

        assertThat(secret.current()).isEqualTo("sk_live_fixed");
        assertThat(secret).hasToString("***").isEqualTo(SecretSource.fixed("sk_live_fixed"));
        assertThat(secret).isNotEqualTo(SecretSource.fixed("sk_live_other"));
    }

    @Test
    void sourcesOfOneFileAreEqualAndNameIt() throws IOException {
        Files.writeString(file, "sk_live_file");
        SecretSource one = open();
        SecretSource two = open();

        assertThat(one).isEqualTo(two).hasSameHashCodeAs(two).isNotEqualTo(SecretSource.fixed("sk_live_file"));
        assertThat(one.toString()).contains(file.toString()).doesNotContain("sk_live_file");
    }
}
