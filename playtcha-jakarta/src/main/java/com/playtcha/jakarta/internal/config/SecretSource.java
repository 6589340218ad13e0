package com.playtcha.jakarta.internal.config;

import static com.playtcha.jakarta.internal.config.InvalidValueException.rejectIf;

import com.playtcha.jakarta.internal.util.LogText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A secret, fixed or in a file that changes (contract, section 4). Thread-safe. Two sources are equal if they hold the
 * same fixed secret or read the same file.
 */
public final class SecretSource {
    private static final Logger LOG = LoggerFactory.getLogger(SecretSource.class);
    private static final int MAX_BYTES = 64 * 1024;
    private static final long REFRESH_NANOS = Duration.ofSeconds(5).toNanos();

    private final @Nullable Path file;
    private final String key;
    /** Returns a file's text as the value, or rejects it. */
    private final UnaryOperator<String> check;

    private final LongSupplier nanoTime;
    private volatile String value;
    private volatile long refreshAt;
    private volatile boolean unreadable;

    private SecretSource(
            String value, @Nullable Path file, String key, UnaryOperator<String> check, LongSupplier nanoTime) {
        this.value = value;
        this.file = file;
        this.key = key;
        this.check = check;
        this.nanoTime = nanoTime;
        this.refreshAt = nanoTime.getAsLong() + REFRESH_NANOS;
    }

    public static SecretSource fixed(String secret) {
        return new SecretSource(checked(secret), null, "", SecretSource::checked, () -> 0);
    }

    /** Reads a file at once, which must hold a secret. The log names it by the key of its setting. */
    static SecretSource open(Path file, String key) {
        return open(file, key, System::nanoTime);
    }

    static SecretSource open(Path file, String key, LongSupplier nanoTime) {
        return new SecretSource(checked(read(file)), file, key, SecretSource::checked, nanoTime);
    }

    /** As {@link #open}, of a file with several callback keys: the value has one a line. */
    static SecretSource openCallbackKeys(Path file, String key) {
        return new SecretSource(Parsers.callbackKeys(read(file)), file, key, Parsers::callbackKeys, System::nanoTime);
    }

    /**
     * Returns the secret. A file is read again after 5 s or after {@link #invalidate()}; while it cannot be read, the last
     * good value stays.
     */
    public String current() {
        if (file != null && isDue()) {
            refresh(file);
        }
        return value;
    }

    /** Returns whether {@link #current()} would read the file, which may be on a volume that does not answer. */
    public boolean isDue() {
        return file != null && nanoTime.getAsLong() - refreshAt >= 0;
    }

    /** Returns the last good value without reading the file, which may be on a slow disk. */
    public String latest() {
        return value;
    }

    /** Returns a text that is equal exactly for equal sources. It contains a fixed secret. */
    public String identity() {
        return file == null ? value : "file " + file;
    }

    /** Makes the next {@link #current()} read the file again, because Playtcha rejected the secret. */
    public void invalidate() {
        refreshAt = nanoTime.getAsLong();
    }

    private void refresh(Path path) {
        // Set before reading, so that an invalidation meanwhile leads to one more reading.
        refreshAt = nanoTime.getAsLong() + REFRESH_NANOS;
        try {
            String now = check.apply(read(path));
            if (!now.equals(value)) {
                LOG.info("{} {} has changed; the new secret is in use", key, shown(path));
            }
            value = now;
            unreadable = false;
        } catch (InvalidValueException e) {
            if (!unreadable) {
                LOG.warn(
                        "{} {} cannot be used: {}; the last good secret stays in use until the file is corrected",
                        key,
                        shown(path),
                        e.getMessage());
            }
            unreadable = true;
        }
    }

    private static String shown(Path path) {
        return '"' + LogText.escape(path.toString()) + '"';
    }

    /** Returns the text of a file without one trailing line break. */
    static String read(Path path) {
        // A pipe or a device would block.
        rejectIf(
                !Files.isRegularFile(path),
                Files.exists(path) ? "it is not a regular file" : "the file does not exist");
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            rejectIf(bytes.length > MAX_BYTES, "it is larger than 64 KiB");
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            rejectIf(text.toString().startsWith("\uFEFF"), "it starts with a byte order mark");
            return text.toString().replaceFirst("\r?\n\\z", "");
        } catch (CharacterCodingException e) {
            throw new InvalidValueException("it is not UTF-8");
        } catch (IOException | SecurityException e) {
            throw new InvalidValueException("it cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    /** Returns the text itself if it can be a secret. */
    private static String checked(String secret) {
        rejectIf(secret.isBlank(), "it is empty or blank");
        return Parsers.withoutControls(secret);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SecretSource that
                && Objects.equals(file, that.file)
                && (file != null || value.equals(that.value));
    }

    @Override
    public int hashCode() {
        return file == null ? value.hashCode() : file.hashCode();
    }

    /** Names the file, never the secret. */
    @Override
    public String toString() {
        return file == null ? "***" : "file " + shown(file);
    }
}
