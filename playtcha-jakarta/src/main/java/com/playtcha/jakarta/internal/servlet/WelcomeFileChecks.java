package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.servlet.FilterMappings.Match;
import jakarta.servlet.ServletContext;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of a welcome file that is open under its own path, or under that of its folder. */
final class WelcomeFileChecks {
    private static final Logger LOG = LoggerFactory.getLogger(MappingChecks.class);
    private static final Pattern WELCOME_FILE = Pattern.compile("<welcome-file>\\s*([^<\\s]+)\\s*</welcome-file>");
    /** The servers' welcome files of an application that declares none. */
    private static final List<String> DEFAULT_WELCOME_FILES = List.of("index.html", "index.htm", "index.jsp");

    private final ServletContext context;
    private final LoadedSettings settings;
    private final FilterMappings mappings;
    private final ServedPaths served;

    WelcomeFileChecks(ServletContext context, LoadedSettings settings, FilterMappings mappings, ServedPaths served) {
        this.context = context;
        this.settings = settings;
        this.mappings = mappings;
        this.served = served;
    }

    /** Tomcat and others look for the filters of a folder under the path of its welcome file, whose page would be open. */
    void checkFolder(String filter, String folder) {
        Match match = served.match(folder);
        if (match != null && !ServedPaths.isDefault(match.servlet())) {
            return;
        }
        welcomeFiles(served.webXml()).stream()
                .map(name -> folder + name)
                .filter(page -> served.isFile(page) || isServedExactly(page))
                .findFirst()
                .filter(page -> {
                    Match servlet = served.match(page);
                    return servlet != null
                            && !ServedPaths.isDefault(servlet.servlet())
                            && !mappings.isGuardedByName(servlet.servlet())
                            && !mappings.isGuarded(page);
                })
                .ifPresent(page -> LOG.warn(
                        "Filter {} guards {}, a folder whose welcome file is {}. Its page is open under that path, which no"
                                + " filter of Playtcha guards, and on Tomcat and others under that of the folder too. Add"
                                + " {} to the patterns of the filter",
                        filter,
                        folder,
                        page,
                        page));
    }

    /**
     * Open Liberty and Jetty show the welcome file of a folder by a forward, past filters of requests; Jetty for GET alone,
     * which only Faces takes for a form.
     */
    void checkPage(String filter, String path) {
        String server = String.valueOf(context.getServerInfo());
        Match match = served.match(path);
        String folder = path.substring(0, path.lastIndexOf('/') + 1);
        String webXml = served.webXml();
        if ((server.contains("Liberty")
                        || server.startsWith("jetty/") && match != null && ServedPaths.isFaces(match.servlet()))
                && welcomeFiles(webXml).contains(path.substring(folder.length()))
                && !mappings.isGuarded(folder)
                && !isMappedToForwards(filter, webXml)) {
            LOG.warn(
                    "Filter {} guards {}, a welcome file, which {} shows for {} by a forward, so that its form is open under that"
                            + " path. Add <dispatcher>REQUEST</dispatcher> and <dispatcher>FORWARD</dispatcher> to the"
                            + " filter-mapping, or set dispatchers=REQUEST, FORWARD where the filter registers itself,"
                            + " unless code or an annotation maps it to forwards",
                    filter,
                    path,
                    server,
                    folder);
        }
    }

    private boolean isServedExactly(String page) {
        Match servlet = served.match(page);
        return servlet != null && servlet.mapping().equals(page);
    }

    private static List<String> welcomeFiles(String webXml) {
        List<String> declared = WELCOME_FILE
                .matcher(webXml)
                .results()
                .map(found -> found.group(1))
                .toList();
        return declared.isEmpty() ? DEFAULT_WELCOME_FILES : declared;
    }

    private boolean isMappedToForwards(String filter, String webXml) {
        GuardSettings registered = settings.registrations().get(filter);
        return registered != null
                ? registered.get(Setting.DISPATCHERS).contains("FORWARD")
                : Stream.of(webXml.split("</filter-mapping>"))
                        .map(text -> text.substring(Math.max(0, text.lastIndexOf("<filter-mapping>"))))
                        .anyMatch(mapping -> hasElement(mapping, "filter-name", filter)
                                && hasElement(mapping, "dispatcher", "FORWARD"));
    }

    private static boolean hasElement(String xml, String name, String content) {
        return Pattern.compile("<" + name + ">\\s*" + Pattern.quote(content) + "\\s*</" + name + ">")
                .matcher(xml)
                .find();
    }
}
