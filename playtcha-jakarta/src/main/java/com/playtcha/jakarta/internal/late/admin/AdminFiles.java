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
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Requests and responses as files: {@code <32 hex digits>.request} and {@code .answer}, one JSON object each. */
final class AdminFiles {
    static final String REQUEST = ".request";
    static final String ANSWER = ".answer";
    static final int MAX_REQUEST = 8 * 1024;
    /** A thousand items with long errors take less. */
    static final int MAX_ANSWER = 32 * 1024 * 1024;

    private static final Pattern REQUEST_NAME = Pattern.compile("[0-9a-f]{32}\\.request");

    private final ResultText texts;

    AdminFiles(ResultText texts) {
        this.texts = texts;
    }

    static boolean isRequest(String name) {
        return REQUEST_NAME.matcher(name).matches();
    }

    void write(Path file, Map<String, @Nullable Object> members) throws IOException {
        DurableFiles.write(file, (texts.write(members) + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads a file; follows no link. */
    Map<String, @Nullable Object> read(Path file, int most) throws IOException, JsonReadException {
        // Checked before it is opened, because opening a pipe blocks until its other end is opened.
        if (!DurableFiles.isRegular(file)) {
            throw new JsonReadException("it is not a regular file");
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] text = in.readNBytes(most + 1);
            if (text.length > most) {
                throw new JsonReadException("it is larger than " + most + " bytes");
            }
            return texts.read(text);
        }
    }

    /** Returns members as one line of JSON. */
    String line(Map<String, @Nullable Object> members) {
        return texts.write(members);
    }
}
