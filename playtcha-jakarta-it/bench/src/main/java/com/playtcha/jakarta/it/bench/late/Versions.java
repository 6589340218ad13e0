package com.playtcha.jakarta.it.bench.late;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.gruelbox.transactionoutbox.TransactionOutbox;
import com.zaxxer.hikari.HikariDataSource;
import java.net.URL;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.catalina.startup.Tomcat;
import org.h2.Driver;

/** The versions that a report names, read from the names of the jars. */
final class Versions {
    private static final Pattern JAR = Pattern.compile("-([0-9][^/]*)\\.jar");

    private Versions() {}

    static Map<String, String> of(String postgres) {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("PostgreSQL", postgres);
        versions.put("its driver", of(org.postgresql.Driver.class));
        versions.put("HikariCP", of(HikariDataSource.class));
        versions.put("db-scheduler", of(Scheduler.class));
        versions.put("transaction-outbox", of(TransactionOutbox.class));
        versions.put("H2", of(Driver.class));
        versions.put("Tomcat", of(Tomcat.class));
        return versions;
    }

    private static String of(Class<?> type) {
        URL location = type.getProtectionDomain().getCodeSource().getLocation();
        Matcher matcher = JAR.matcher(location.getPath());
        return matcher.find() ? matcher.group(1) : "of an unknown version";
    }
}
