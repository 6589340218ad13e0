package com.playtcha.jakarta.internal.late.engine;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/** A log that throws while this is open, as Log4j does on a full disk with {@code ignoreExceptions=false}. */
final class FailingLog extends TurboFilter implements AutoCloseable {
    private final LoggerContext log = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final List<String> names;

    FailingLog(Class<?>... types) {
        names = Stream.of(types).map(Class::getName).toList();
        log.addTurboFilter(this);
    }

    @Override
    public FilterReply decide(
            Marker marker, Logger logger, Level level, String format, Object[] parameters, Throwable thrown) {
        if (names.contains(logger.getName()) && level.isGreaterOrEqual(Level.INFO)) {
            throw new IllegalStateException("No space left on device");
        }
        return FilterReply.NEUTRAL;
    }

    @Override
    public void close() {
        log.getTurboFilterList().remove(this);
    }
}
