package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.late.spool.DurableFiles;
import com.playtcha.jakarta.internal.late.store.ResultText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files by which the command and the application talk: {@code <32 hex digits>.request} and {@code .answer}, one JSON
 * object each, written aside and renamed into place.
 */
final class AdminFiles {
    static final String REQUEST = ".request";
    static final String ANSWER = ".answer";
    static final int MAX_REQUEST = 8 * 1024;
    /** A thousand items with long errors; one result with an envelope, escaped. */
    static final int MAX_ANSWER = 32 * 1024 * 1024;

    private static final Pattern REQUEST_NAME = Pattern.compile("[0-9a-f]{32}\\.request");

    private final ResultText texts;
    private final SecureRandom random = new SecureRandom();

    AdminFiles(ResultText texts) {
        this.texts = texts;
    }

    String newName() {
        byte[] digits = new byte[16];
        random.nextBytes(digits);
        return HexFormat.of().formatHex(digits);
    }

    static boolean isRequest(String name) {
        return REQUEST_NAME.matcher(name).matches();
    }

    void write(Path file, Map<String, @Nullable Object> members) throws IOException {
        byte[] text = (texts.write(members) + "\n").getBytes(StandardCharsets.US_ASCII);
        DurableFiles.write(file.resolveSibling(newName() + ".tmp"), file, text);
    }

    /**
     * Reads a file, following no link and waiting for nothing.
     *
     * @throws JsonReadException for what is no such file
     */
    Map<String, @Nullable Object> read(Path file, int most) throws IOException, JsonReadException {
        // Before it is opened, since opening a pipe would wait for its other end.
        if (!DurableFiles.isRegular(file)) {
            throw new JsonReadException("it is no regular file");
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] text = in.readNBytes(most + 1);
            if (text.length > most) {
                throw new JsonReadException("it is larger than " + most + " bytes");
            }
            return texts.read(text);
        }
    }

    /** The answer's members as one line of JSON, for machines. */
    String line(Map<String, @Nullable Object> members) {
        return texts.write(members);
    }
}
