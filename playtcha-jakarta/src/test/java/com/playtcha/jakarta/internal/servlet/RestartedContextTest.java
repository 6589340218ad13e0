package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import javax.management.ObjectName;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jetty can stop a context and start it again, and keeps what was registered in it by code. */
class RestartedContextTest {
    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private final TestApp app = new TestApp()
            .initialized()
            .servlet("/signup", TestApp::showAttributes)
            .errorPage((request, response) -> response.getWriter().print("error page " + request.getMethod()));

    @AfterEach
    void stop() {
        app.close();
        playtcha.close();
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(TestApp.params(playtcha));
        settings.put("guards", "other");
        settings.put("url-patterns", "/signup");
        settings.put("guards.other.url-patterns", "/other/*");
        return settings;
    }

    @Test
    void aFilterThatRegisteredItselfGuardsAfterEachStart() throws Exception {
        app.contextParams(settings()).start();
        int filters = app.context().getServletHandler().getFilters().length;
        for (int i = 0; i < 5; i++) {
            assertThat(app.signUp("").body()).isEqualTo("error page GET");
            assertThat(app.signUp("").statusCode()).isEqualTo(400);
            assertThat(app.post("/other/page", TestApp.FORM, "").statusCode()).isEqualTo(400);
            assertThat(app.signUp("ok-" + i).statusCode()).isEqualTo(200);
            assertThat(app.context().getServletHandler().getFilters()).hasSize(filters);

            app.context().stop();
            assertThat(ManagementFactory.getPlatformMBeanServer()
                            .queryNames(new ObjectName("com.playtcha.jakarta:application=/app,*"), null))
                    .isEmpty();
            app.context().start();
        }
        assertThat(playtcha.requestCount()).isEqualTo(5);
    }

    @Test
    void anApplicationWhoseProblemsWereCorrectedServesAgain() throws Exception {
        app.contextParams(settings()).start();
        app.context().stop();
        app.contextParams(Map.of("timeout", "never"));
        assertThatThrownBy(() -> app.context().start()).hasMessageContaining("Playtcha");
        app.context().stop();
        app.contextParams(settings());
        app.context().start();
        assertThat(app.signUp("ok-1").statusCode()).isEqualTo(200);
        assertThat(app.signUp("").statusCode()).isEqualTo(400);
    }

    /** With each start it has a new class loader, and classes of an earlier one find that the application has ended. */
    @Test
    void aWebApplicationWithTheJarIsGuardedAfterEachStart(@TempDir Path war) throws Exception {
        WebAppContext context = new WebAppContext();
        context.setContextPath("/app");
        context.setWar(war.toString());
        context.setExtraClasspath(PlaytchaInitializer.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        context.addServletContainerInitializer((classes, started) -> {
            try {
                Class<?> own = started.getClassLoader().loadClass(PlaytchaInitializer.class.getName());
                assertThat(own).isNotSameAs(PlaytchaInitializer.class);
                ((ServletContainerInitializer) own.getDeclaredConstructor().newInstance()).onStartup(null, started);
            } catch (ReflectiveOperationException e) {
                throw new ServletException(e);
            }
        });
        context.addServlet(new ServletHolder(new HttpServlet() {}), "/signup");
        Map<String, String> settings = settings();
        settings.putAll(Map.of("callback-path", "/result", "callback-key", "off", "late-dir", war + "/late"));
        settings.forEach((name, value) -> context.setInitParameter("playtcha." + name, value));
        app.context().getServer().setHandler(context);
        app.start();
        for (int i = 0; i < 3; i++) {
            assertThat(app.signUp("").statusCode()).isEqualTo(400);
            // The servlet has no doPost.
            assertThat(app.signUp("ok-" + i).statusCode()).isEqualTo(405);
            assertThat(app.send(app.request("/result?code=x&id=" + i)).statusCode())
                    .isEqualTo(200);
            for (FilterHolder filter : context.getServletHandler().getFilters()) {
                assertThat(filter.getFilter().getClass().getClassLoader()).isSameAs(context.getClassLoader());
            }
            context.stop();
            context.start();
        }
    }
}
