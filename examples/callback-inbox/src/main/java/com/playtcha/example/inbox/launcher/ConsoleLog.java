package com.playtcha.example.inbox.launcher;

import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** One line per log record on the console: what the library says, and warnings of everything else. */
final class ConsoleLog {
    /** Held here, or its level would be lost with it: java.util.logging keeps loggers weakly. */
    private static final Logger LIBRARY = Logger.getLogger("com.playtcha");

    /** Repeats why the library refuses wrong settings. */
    private static final Logger DEPLOYMENT = Logger.getLogger("org.eclipse.jetty.ee10.webapp");

    private ConsoleLog() {}

    static void install() {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        ConsoleHandler console = new ConsoleHandler();
        console.setFormatter(new Line());
        root.addHandler(console);
        root.setLevel(Level.WARNING);
        LIBRARY.setLevel(Level.INFO);
        DEPLOYMENT.setLevel(Level.SEVERE);
    }

    private static final class Line extends Formatter {
        private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

        @Override
        public String format(LogRecord entry) {
            String cause = entry.getThrown() == null ? "" : " (" + entry.getThrown() + ")";
            return LocalTime.ofInstant(entry.getInstant(), ZoneId.systemDefault())
                            .format(TIME) + " " + level(entry.getLevel()) + " " + formatMessage(entry) + cause
                    + System.lineSeparator();
        }

        private static String level(Level level) {
            if (level.intValue() >= Level.SEVERE.intValue()) {
                return "ERROR";
            }
            return level.intValue() >= Level.WARNING.intValue() ? "WARN " : "INFO ";
        }
    }
}
