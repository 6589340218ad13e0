package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secret key, perhaps in a file that changes (contract, section 4, {@code secret} and {@code secret-file}).
 * Thread-safe. Two sources are equal when they hold the same fixed secret or watch the same file.
 */
public final class SecretSource {
    private static final Logger LOG = LoggerFactory.getLogger(SecretSource.class);
    private static final int MAX_BYTES = 64 * 1024;
    private static final long LOOK_EVERY_NANOS = Duration.ofSeconds(5).toNanos();

    private final @Nullable Path file;
    private final String key;
    private final LongSupplier nanoTime;
    private final ReentrantLock looking = new ReentrantLock();
    private volatile String value;
    private volatile long lookedAt;
    private volatile boolean suspected;
    private volatile boolean unreadable;

    private SecretSource(String value, @Nullable Path file, String key, LongSupplier nanoTime) {
        this.value = value;
        this.file = file;
        this.key = key;
        this.nanoTime = nanoTime;
        this.lookedAt = nanoTime.getAsLong();
    }

    /**
     * A secret that stays.
     *
     * @param secret not blank, without control characters
     * @return its source
     * @throws PlaytchaConfigurationException for a text that cannot be a secret; it is not quoted
     */
    public static SecretSource fixed(String secret) {
        try {
            return new SecretSource(checked(secret), null, "", () -> 0);
        } catch (Refused e) {
            throw new PlaytchaConfigurationException(
                    List.of(ProblemCode.SECRET.id() + ": the secret cannot be used: " + e.reason() + "."));
        }
    }

    /**
     * A secret in a file, which is read at once.
     *
     * @param file UTF-8, at most 64 KiB, holding the secret and perhaps one line break at its end
     * @param nanoTime the clock that tells when to look again
     * @return its source
     * @throws PlaytchaConfigurationException where the file cannot be read or holds no secret
     */
    public static SecretSource file(Path file, LongSupplier nanoTime) {
        try {
            return open(file, Settings.SECRET_FILE.key(), nanoTime);
        } catch (Refused e) {
            throw new PlaytchaConfigurationException(List.of(ProblemCode.SECRET_FILE.id() + ": secret-file "
                    + Texts.quoted(file.toString()) + " cannot be used: " + e.reason() + "."));
        }
    }

    /**
     * As {@link #file(Path, LongSupplier)}.
     *
     * @param key the setting that names the file, for the log
     */
    static SecretSource open(Path file, String key, LongSupplier nanoTime) throws Refused {
        return new SecretSource(read(file), file, key, nanoTime);
    }

    /**
     * The secret as it is now. A file is looked at when five seconds have passed since the last look, or
     * {@link #suspect()} was called; one thread looks, the others go on with what is known. While the file cannot be
     * read the last good value stands.
     *
     * @return never blank
     */
    public String current() {
        if (file != null && due() && looking.tryLock()) {
            try {
                if (due()) {
                    look(file);
                }
            } finally {
                looking.unlock();
            }
        }
        return value;
    }

    /**
     * The secret as it was read last. Never looks at the file, so it never waits for a slow disk.
     *
     * @return never blank
     */
    public String latest() {
        return value;
    }

    /** Says that Playtcha did not know the secret, so that the next {@link #current()} looks at the file again. */
    public void suspect() {
        suspected = true;
    }

    private boolean due() {
        return suspected || nanoTime.getAsLong() - lookedAt >= LOOK_EVERY_NANOS;
    }

    private void look(Path path) {
        // Before reading: a doubt raised meanwhile is about what was read, and asks for one more look.
        suspected = false;
        try {
            String now = read(path);
            if (unreadable) {
                LOG.info("{} {} can be read again", key, shown(path));
            }
            if (!now.equals(value)) {
                LOG.info("{} {} has changed; the new secret is in use", key, shown(path));
            }
            value = now;
            unreadable = false;
        } catch (Refused e) {
            if (!unreadable) {
                LOG.warn("{} {} cannot be used: {}; the last good secret stays in use", key, shown(path), e.reason());
            }
            unreadable = true;
        }
        lookedAt = nanoTime.getAsLong();
    }

    private static String shown(Path path) {
        return Texts.quoted(path.toString());
    }

    private static String read(Path path) throws Refused {
        // A pipe or a device would block for ever.
        if (!Files.isRegularFile(path)) {
            throw new Refused(Files.exists(path) ? "it is not a regular file" : "there is no such file");
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        } catch (IOException | SecurityException e) {
            throw new Refused("it cannot be read (" + e.getClass().getSimpleName() + ")");
        }
        if (bytes.length > MAX_BYTES) {
            throw new Refused("it is larger than 64 KiB");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Refused("it is not UTF-8");
        }
        if (text.endsWith("\n")) {
            text = text.substring(0, text.length() - (text.endsWith("\r\n") ? 2 : 1));
        }
        return checked(text);
    }

    /** The text itself, where it can be a secret. */
    static String checked(String secret) throws Refused {
        if (secret.isEmpty()) {
            throw new Refused("it is empty");
        }
        if (secret.isBlank()) {
            throw new Refused("it is blank");
        }
        if (secret.chars().anyMatch(Character::isISOControl)) {
            throw new Refused("it has a control character, such as a line break or a tab");
        }
        if (secret.startsWith("\uFEFF")) {
            throw new Refused("it starts with a byte order mark");
        }
        return secret;
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
