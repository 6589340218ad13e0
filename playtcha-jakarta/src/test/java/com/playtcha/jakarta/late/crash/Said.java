package com.playtcha.jakarta.late.crash;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What a worker says: lines in its output file. Each is one write, so that it is there, whole, once the method has
 * returned, whenever the process is killed; one that was cut off lacks its full stop.
 */
final class Said {
    static final String STOP = " .";

    private final OutputStream out = new FileOutputStream(FileDescriptor.out);

    void say(String line) {
        byte[] bytes = (line + STOP + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            out.write(bytes);
        } catch (IOException e) {
            // Nobody hears it, so it must not go on as if it had been said.
            Runtime.getRuntime().halt(4);
        }
    }
}
