package com.playtcha.jakarta.it.server;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jboss.shrinkwrap.api.asset.FileAsset;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** The log-in of docs/recipes/log-in.md with Jakarta Security, compiled as it stands there; its one user is ann. */
public final class LogInWar {
    /** The security domain of the recipe, for WildFly. */
    public static final String DOMAIN = "jakarta-security";

    private static final String STORE = """
            package com.example;

            import jakarta.enterprise.context.ApplicationScoped;
            import jakarta.security.enterprise.credential.UsernamePasswordCredential;
            import jakarta.security.enterprise.identitystore.CredentialValidationResult;
            import jakarta.security.enterprise.identitystore.IdentityStore;
            import java.util.Set;

            @ApplicationScoped
            public class OneUserStore implements IdentityStore {
                public CredentialValidationResult validate(UsernamePasswordCredential credential) {
                    return credential.compareTo("ann", "secret")
                            ? new CredentialValidationResult("ann", Set.of("user"))
                            : CredentialValidationResult.INVALID_RESULT;
                }
            }
            """;

    private static final String ACCOUNT = """
            package com.example;

            import jakarta.servlet.annotation.*;
            import jakarta.servlet.http.*;

            @WebServlet("/account")
            @ServletSecurity(@HttpConstraint(rolesAllowed = "user"))
            public class AccountServlet extends HttpServlet {
                @Override
                protected void doGet(HttpServletRequest request, HttpServletResponse response) throws java.io.IOException {
                    response.getWriter().print("account of " + request.getRemoteUser());
                }
            }
            """;

    private LogInWar() {}

    /** For a server that has Jakarta Security. */
    public static WebArchive war() {
        WebXml xml = new WebXml()
                .contextParam("playtcha.secret", StandIns.STEADY.secret())
                .contextParam("playtcha.base-url", StandIns.STEADY.baseUrl())
                .contextParam("playtcha.timeout", "20s")
                .contextParam("playtcha.connect-timeout", "10s");
        WebArchive war = Wars.lean(Wars.war("log-in.war", xml))
                .addAsWebResource(new StringAsset("the form"), "login.html")
                .addAsWebInfResource(
                        new StringAsset("<jboss-web><security-domain>" + DOMAIN + "</security-domain></jboss-web>"),
                        "jboss-web.xml")
                .addAsWebInfResource(new StringAsset("""
                                <beans xmlns="https://jakarta.ee/xml/ns/jakartaee" version="4.0"
                                       bean-discovery-mode="annotated"/>
                                """), "beans.xml");
        Path classes = compiled();
        try (Stream<Path> files = Files.walk(classes)) {
            files.filter(file -> file.toString().endsWith(".class"))
                    .forEach(file -> war.addAsWebInfResource(
                            new FileAsset(file.toFile()), "classes/" + classes.relativize(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return war;
    }

    private static Path compiled() {
        try {
            Path folder = Wars.workDirectory("log-in");
            Path servers = Path.of(Objects.requireNonNull(System.getProperty("it.servers")));
            String recipe = Pattern.compile("(?s)```java\n(.*?)```")
                    .matcher(Files.readString(servers.resolveSibling("recipes/log-in.md")))
                    .results()
                    .map(block -> block.group(1))
                    .filter(block -> block.contains("@CustomFormAuthenticationMechanismDefinition"))
                    .findFirst()
                    .orElseThrow();
            Files.writeString(folder.resolve("SecurityLogInServlet.java"), "package com.example;\n" + recipe);
            Files.writeString(folder.resolve("OneUserStore.java"), STORE);
            Files.writeString(folder.resolve("AccountServlet.java"), ACCOUNT);
            String classPath = Stream.of(Wars.jars("it.platform-api"), Wars.jars("it.library"))
                    .flatMap(Stream::of)
                    .map(File::getPath)
                    .collect(Collectors.joining(File.pathSeparator));
            List<String> arguments = new ArrayList<>(
                    List.of("-proc:none", "--release", "17", "-cp", classPath, "-d", folder.toString()));
            for (String name : List.of("SecurityLogInServlet", "OneUserStore", "AccountServlet")) {
                arguments.add(folder.resolve(name + ".java").toString());
            }
            int problems = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(new String[0]));
            if (problems != 0) {
                throw new IllegalStateException("the recipe does not compile, see the output of this test");
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
