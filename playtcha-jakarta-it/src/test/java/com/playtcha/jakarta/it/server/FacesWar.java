package com.playtcha.jakarta.it.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/**
 * Forms that are sent by scripts: by {@code <f:ajax>}, also with a file, and by PrimeFaces, each with and without a
 * {@code failure-path}. Denials are shown by the script of docs/recipes/denials.md, and a field stands for the widget.
 */
public final class FacesWar {
    private static final String FACES = """
            <h:commandButton id="send" value="Send" action="#{note.send}"><f:ajax execute="@form" render="sent"/></h:commandButton>
            """;
    private static final String PRIME = """
            <p:commandButton id="send" value="Send" action="#{note.send}" process="@form" update="sent"
                             oncomplete="document.body.dataset.dialog = args &amp;&amp; !args.validationFailed ? 'closed' : 'open'"/>
            """;

    /** Mojarra sends it by a hidden frame and not by XMLHttpRequest. */
    private static final String FILE = "<h:inputFile id=\"file\"/>" + FACES;

    private FacesWar() {}

    /** For a server that has Faces and CDI, or for one without. */
    public static WebArchive forServer(boolean hasPlatform) {
        return hasPlatform ? Wars.lean(ofPlatform()) : withEverythingInside();
    }

    private static WebArchive ofPlatform() {
        WebXml xml = new WebXml()
                .contextParam("playtcha.secret", StandIns.STEADY.secret())
                .contextParam("playtcha.base-url", StandIns.STEADY.baseUrl())
                .contextParam("playtcha.timeout", "20s")
                .contextParam("playtcha.connect-timeout", "10s")
                .contextParam("jakarta.faces.FACELETS_SKIP_COMMENTS", true)
                .guard("shown")
                .map("shown", "/faces.xhtml")
                .map("shown", "/prime.xhtml")
                .map("shown", "/file.xhtml")
                .guard("moved", "failure-path", "/denied.html")
                .map("moved", "/faces-moved.xhtml")
                .map("moved", "/prime-moved.xhtml")
                .map("moved", "/file-moved.xhtml")
                .servlet("pages", "jakarta.faces.webapp.FacesServlet", "*.xhtml");
        return Wars.war("faces.war", xml)
                .addPackage("com.playtcha.jakarta.it.facesapp")
                .addAsLibraries(Wars.jars("it.primefaces"))
                .addAsWebInfResource(new StringAsset("""
                                <beans xmlns="https://jakarta.ee/xml/ns/jakartaee" version="4.0"
                                       bean-discovery-mode="annotated"/>
                                """), "beans.xml")
                .addAsWebResource(new StringAsset(page(FACES)), "faces.xhtml")
                .addAsWebResource(new StringAsset(page(FACES)), "faces-moved.xhtml")
                .addAsWebResource(new StringAsset(page(PRIME)), "prime.xhtml")
                .addAsWebResource(new StringAsset(page(PRIME)), "prime-moved.xhtml")
                .addAsWebResource(new StringAsset(page(FILE)), "file.xhtml")
                .addAsWebResource(new StringAsset(page(FILE)), "file-moved.xhtml")
                .addAsWebResource(new StringAsset(script()), "denied.js")
                .addAsWebResource(
                        new StringAsset("<!DOCTYPE html><html><head><title>Denied</title></head><body></body></html>"),
                        "denied.html");
    }

    private static WebArchive withEverythingInside() {
        return Wars.withCdi(ofPlatform()).addAsLibraries(Wars.jars("it.myfaces"));
    }

    private static String page(String button) {
        return """
                <!DOCTYPE html>
                <html xmlns="http://www.w3.org/1999/xhtml" xmlns:h="jakarta.faces.html" xmlns:f="jakarta.faces.core" xmlns:p="primefaces">
                <h:head><title>Note</title></h:head>
                <h:body>
                <h:form id="form" prependId="false" enctype="%s">
                  <h:inputText id="text" value="#{note.text}"/>
                  <input type="text" id="token" name="playtcha-response"/>
                  %s
                  <h:outputText id="sent" value="#{note.sent}"/>
                </h:form>
                <div id="denied" role="alert"></div>
                <script src="denied.js"></script>
                <script>
                function renewWidget() {
                  document.getElementById("token").value = "";
                }
                </script>
                </h:body>
                </html>
                """.formatted(button.equals(FILE) ? "multipart/form-data" : "application/x-www-form-urlencoded", button);
    }

    /** As it stands in the recipe. */
    private static String script() {
        try {
            String recipe = Files.readString(Path.of(Objects.requireNonNull(System.getProperty("it.servers")))
                    .resolveSibling("recipes/denials.md"));
            return Pattern.compile("(?s)```js\n(.*?)```")
                    .matcher(recipe)
                    .results()
                    .map((MatchResult block) -> block.group(1))
                    .filter(block -> block.contains("faces.ajax"))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
