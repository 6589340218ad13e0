package com.playtcha.jakarta.it.standalone;

import com.playtcha.jakarta.it.server.StandIns;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How the application is started on one server. */
public interface Standalone {

    /** The arguments of the Java command that start it, with settings for the server alone. */
    List<String> command() throws IOException;

    /** The environment that makes it serve on a free port of the loopback interface. */
    Map<String, String> environment();

    /** Starts it with these settings besides. */
    default StandaloneProcess start(Map<String, String> settings) throws IOException {
        Map<String, String> environment = new LinkedHashMap<>(environment());
        environment.putAll(settings);
        return StandaloneProcess.start(environment, command());
    }

    /** Starts it as it is meant to be. */
    default StandaloneProcess start() throws IOException {
        return start(Map.of(
                "PLAYTCHA_BASE_URL", StandIns.STEADY.baseUrl().toString(),
                "PLAYTCHA_SECRET", StandIns.STEADY.secret()));
    }
}
