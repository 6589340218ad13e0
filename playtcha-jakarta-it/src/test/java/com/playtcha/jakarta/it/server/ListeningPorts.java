package com.playtcha.jakarta.it.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The TCP ports that a process on Linux listens on. */
public final class ListeningPorts {
    private static final String LISTENING = "0A";

    private final List<Integer> onLoopback = new ArrayList<>();
    private final List<Integer> elsewhere = new ArrayList<>();

    private ListeningPorts() {}

    /** As /proc has them now. */
    public static ListeningPorts of(long processId) throws IOException {
        Set<String> sockets = new HashSet<>();
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(processId), "fd"))) {
            for (Path file : files.toList()) {
                try {
                    sockets.add(Files.readSymbolicLink(file).toString());
                } catch (NoSuchFileException e) {
                    // Closed since they were listed.
                }
            }
        }
        ListeningPorts ports = new ListeningPorts();
        for (String table : new String[] {"tcp", "tcp6"}) {
            for (String line : Files.readAllLines(Path.of("/proc/net", table))) {
                String[] fields = line.strip().split(" +");
                if (fields.length > 9
                        && fields[3].equals(LISTENING)
                        && sockets.contains("socket:[" + fields[9] + "]")) {
                    ports.add(fields[1]);
                }
            }
        }
        return ports;
    }

    /** Words of four bytes are in the machine's order: 127.0.0.1 ends in 7F on those that Java is common on. */
    private void add(String address) {
        String host = address.substring(0, address.indexOf(':'));
        int port = Integer.parseInt(address.substring(address.indexOf(':') + 1), 16);
        boolean loopback = host.length() == 8
                ? host.endsWith("7F")
                : host.equals("00000000000000000000000001000000")
                        || host.startsWith("0000000000000000FFFF0000") && host.endsWith("7F");
        (loopback ? onLoopback : elsewhere).add(port);
    }

    /** On 127.0.0.0/8, or ::1. */
    public List<Integer> onLoopback() {
        return onLoopback;
    }

    /** On any other address, or on all. */
    public List<Integer> elsewhere() {
        return elsewhere;
    }
}
