package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpServlet;
import java.lang.reflect.Field;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.apache.catalina.realm.GenericPrincipal;
import org.apache.catalina.realm.MessageDigestCredentialHandler;
import org.apache.catalina.realm.RealmBase;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.SecurityCollection;
import org.apache.tomcat.util.descriptor.web.SecurityConstraint;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.servlet.security.ConstraintMapping;
import org.eclipse.jetty.ee10.servlet.security.ConstraintSecurityHandler;
import org.eclipse.jetty.security.Constraint;
import org.eclipse.jetty.security.HashLoginService;
import org.eclipse.jetty.security.UserStore;
import org.eclipse.jetty.security.authentication.FormAuthenticator;
import org.eclipse.jetty.util.security.Credential;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Classes of docs/recipes, compiled as they stand there, run in Tomcat. */
class RecipesTest {
    private static final EnumSet<DispatcherType> REQUEST = EnumSet.of(DispatcherType.REQUEST);

    @TempDir
    Path folder;

    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    private final TomcatApp app = new TomcatApp().initialized();

    @AfterEach
    void stop() {
        app.close();
        playtcha.close();
    }

    private static String block(String page, String language, String content) throws Exception {
        return Pattern.compile("(?s)```" + language + "\n(.*?)```")
                .matcher(Files.readString(Path.of("..", "docs", "recipes", page)))
                .results()
                .map(block -> block.group(1))
                .filter(block -> block.contains(content))
                .findFirst()
                .orElseThrow();
    }

    private <T> T instance(Class<T> type, String page, String name) throws Exception {
        Path source = Files.writeString(folder.resolve(name + ".java"), block(page, "java", "public class " + name));
        String classPath = System.getProperty("java.class.path");
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-proc:none",
                                "-cp",
                                classPath,
                                "-d",
                                folder.toString(),
                                source.toString()))
                .isZero();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, RecipesTest.class.getClassLoader())) {
            return type.cast(loader.loadClass(name).getDeclaredConstructor().newInstance());
        }
    }

    private HttpResponse<String> signUp(String email, String token) {
        return app.post(
                "/signup",
                TestApp.FORM,
                "email=" + TestApp.encoded(email) + "&playtcha-response=" + TestApp.encoded(token));
    }

    @Test
    void aFormErrorDoesNotSpendTheToken() throws Exception {
        HttpServlet servlet = instance(HttpServlet.class, "validate-first.md", "SignUpServlet");
        TestApp.params(playtcha, "guards", "signup")
                .forEach((key, value) -> app.context().addParameter("playtcha." + key, value));
        Tomcat.addServlet(app.context(), "signup", servlet);
        app.context().addServletMappingDecoded("/signup", "signup");
        app.servlet(
                        "/WEB-INF/signup.jsp",
                        (request, response) -> response.getWriter().print(request.getAttribute("problem")))
                .start();

        HttpResponse<String> mistake = signUp("ann", "ok-1");
        assertThat(mistake.statusCode()).isEqualTo(422);
        assertThat(mistake.body()).isEqualTo("Please check your e-mail address.");
        assertThat(playtcha.requestCount()).isZero();

        HttpResponse<String> corrected = signUp("ann@example.org", "ok-1");
        assertThat(corrected.statusCode()).isEqualTo(302);
        assertThat(corrected.headers().firstValue("Location"))
                .hasValueSatisfying(url -> assertThat(url).endsWith("/app/welcome"));

        for (String token : List.of("ok-1", "")) {
            HttpResponse<String> refused = signUp("ann@example.org", token);
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body()).isEqualTo("Please run the check again.");
        }
    }

    @Test
    void theAuditHasARowForEachDecision() throws Exception {
        JdbcDataSource database = new JdbcDataSource();
        database.setUrl("jdbc:h2:mem:audit;DB_CLOSE_DELAY=-1");
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(block("audit.md", "sql", "CREATE TABLE"));
            ServletRequestListener audit = instance(ServletRequestListener.class, "audit.md", "CaptchaAudit");
            // As the container does it for @Resource.
            Field field = audit.getClass().getDeclaredField("database");
            field.setAccessible(true);
            field.set(audit, database);
            app.context().addServletContainerInitializer((classes, context) -> context.addListener(audit), Set.of());
            app.filter("playtcha", TestApp.params(playtcha), REQUEST, "/signup")
                    .servlet(
                            "/signup",
                            (request, response) -> response.getWriter().print("welcome"))
                    .servlet(
                            "/open", (request, response) -> response.getWriter().print("open"))
                    .start();

            signUp("ann@example.org", "ok-1");
            signUp("ann@example.org", "expired-1");
            signUp("ann@example.org", "");
            app.post("/open", TestApp.FORM, "");

            await().until(() -> rows(statement).size() == 3);
            assertThat(rows(statement))
                    .containsExactlyInAnyOrder(
                            "POST /signup null 127.0.0.1 VERIFIED SUCCESS TRUE null",
                            "POST /signup null 127.0.0.1 REJECTED TOKEN_EXPIRED FALSE req",
                            "POST /signup null 127.0.0.1 NO_TOKEN TOKEN_ABSENT FALSE null");
            statement.execute("SHUTDOWN");
        }
    }

    private static final class OneUserRealm extends RealmBase {
        @Override
        protected String getPassword(String username) {
            return username.equals("ann") ? "secret" : null;
        }

        @Override
        protected Principal getPrincipal(String username) {
            return new GenericPrincipal(username, List.of("user"));
        }
    }

    @Test
    void aLogInPageOfTheApplicationIsGuardedOnTomcat() throws Exception {
        OneUserRealm realm = new OneUserRealm();
        realm.setCredentialHandler(new MessageDigestCredentialHandler());
        app.context().setRealm(realm);
        SecurityConstraint constraint = new SecurityConstraint();
        SecurityCollection accounts = new SecurityCollection();
        accounts.addPatternDecoded("/account");
        constraint.addCollection(accounts);
        constraint.addAuthRole("user");
        app.context().addConstraint(constraint);
        app.context().addSecurityRole("user");
        Tomcat.addServlet(app.context(), "login", instance(HttpServlet.class, "log-in.md", "LogInServlet"));
        app.context().addServletMappingDecoded("/login", "login");
        app.filter("login", TestApp.params(playtcha), REQUEST, "/login")
                .servlet("/account", (request, response) -> response.getWriter().print(request.getRemoteUser()))
                .start();

        assertThat(app.post("/account", TestApp.FORM, "").statusCode()).isEqualTo(403);
        passwordsAreLookedAtForPeopleOnly(app::post);
    }

    @Test
    void aLogInPageOfTheApplicationIsGuardedOnJetty() throws Exception {
        UserStore users = new UserStore();
        users.addUser("ann", Credential.getCredential("secret"), new String[] {"user"});
        HashLoginService logins = new HashLoginService("users");
        logins.setUserStore(users);
        ConstraintMapping accounts = new ConstraintMapping();
        accounts.setPathSpec("/account");
        accounts.setConstraint(Constraint.from("user"));
        ConstraintSecurityHandler security = new ConstraintSecurityHandler();
        security.setLoginService(logins);
        security.addConstraintMapping(accounts);
        security.setAuthenticator(instance(FormAuthenticator.class, "log-in.md", "LogInPageAuthenticator"));
        try (TestApp jetty = new TestApp().initialized()) {
            jetty.context().setSecurityHandler(security);
            jetty.context()
                    .addServlet(new ServletHolder(instance(HttpServlet.class, "log-in.md", "LogInServlet")), "/login");
            jetty.filter("login", TestApp.params(playtcha), REQUEST, "/login")
                    .servlet(
                            "/account",
                            (request, response) -> response.getWriter().print(request.getRemoteUser()))
                    .start();

            assertThat(jetty.post("/account", TestApp.FORM, "").headers().firstValue("Location"))
                    .hasValueSatisfying(url -> assertThat(url).contains("/app/login.html"));
            passwordsAreLookedAtForPeopleOnly(jetty::post);
        }
    }

    /** Posts a body of a content type to a path, with headers. */
    private interface Visitor {
        HttpResponse<String> post(String path, String contentType, String body, String... headers);
    }

    private static void passwordsAreLookedAtForPeopleOnly(Visitor visitor) {
        String form = "name=ann&password=secret&playtcha-response=";
        assertThat(visitor.post("/j_security_check", TestApp.FORM, "j_username=ann&j_password=secret")
                        .statusCode())
                .as("answered by the servlet for files")
                .isIn(404, 405);
        assertThat(visitor.post("/login", TestApp.FORM, form).statusCode()).isEqualTo(400);
        assertThat(visitor.post("/login", TestApp.FORM, "name=ann&password=wrong&playtcha-response=ok-1")
                        .headers()
                        .firstValue("Location"))
                .hasValueSatisfying(url -> assertThat(url).endsWith("/login.html?refused"));
        HttpResponse<String> loggedIn = visitor.post("/login", TestApp.FORM, form + "ok-2");
        assertThat(loggedIn.headers().firstValue("Location"))
                .hasValueSatisfying(url -> assertThat(url).endsWith("/app/account"));
        List<String> cookies = loggedIn.headers().allValues("Set-Cookie");
        String session = cookies.get(cookies.size() - 1).replaceAll(";.*", "");
        assertThat(visitor.post("/account", TestApp.FORM, "", "Cookie", session).body())
                .isEqualTo("ann");
    }

    private static List<String> rows(Statement statement) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (ResultSet found = statement.executeQuery("SELECT form, remote_user, address, outcome, reason, allowed,"
                + " SUBSTRING(request_id, 1, 3) FROM captcha_audit ORDER BY decided_at")) {
            while (found.next()) {
                StringBuilder row = new StringBuilder();
                for (int column = 1; column <= 7; column++) {
                    row.append(column == 1 ? "" : " ").append(found.getString(column));
                }
                rows.add(row.toString());
            }
        }
        return rows;
    }
}
