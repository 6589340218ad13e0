package com.playtcha.jakarta.it.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A server's log file, which is written through. */
public final class ServerLog {
    private final Path file;

    /** Creates a view of a file, which may not exist yet. */
    public ServerLog(Path file) {
        this.file = file;
    }

    /** Returns the log of the servers in this process, in its working directory. */
    public static ServerLog ofEmbeddedServers() {
        return new ServerLog(Path.of("embedded-servers.log"));
    }

    /** Where the log ends now. */
    public long mark() {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What was written since the mark. */
    public String since(long mark) {
        try {
            byte[] all = Files.readAllBytes(file);
            int from = (int) Math.min(mark, all.length);
            return new String(all, from, all.length - from, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything. */
    public String all() {
        return since(0);
    }
}
