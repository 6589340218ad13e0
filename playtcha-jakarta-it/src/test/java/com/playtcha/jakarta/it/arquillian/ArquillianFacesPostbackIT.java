package com.playtcha.jakarta.it.arquillian;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.FacesWar;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 5: a postback of Faces is guarded whatever its method, as far as the container reads its parameters. */
@Tag("wildfly")
@Tag("tomcat")
@Covers(Feature.FACES)
@ExtendWith(ArquillianExtension.class)
class ArquillianFacesPostbackIT {

    @ArquillianResource
    private URL url;

    @Deployment(testable = false)
    static WebArchive application() {
        return FacesWar.forServer(ManagedServer.current().has(ManagedServer.Trait.HAS_PLATFORM));
    }

    /** Undertow, WildFly's, reads a body into parameters whatever the method, and where its type only begins like a form's. */
    @ParameterizedTest
    @CsvSource({
        "GET,     application/x-www-form-urlencoded",
        "GET,     application/x-www-form-urlencodedx",
        "OPTIONS, 'application/x-www-form-urlencoded,text/html'",
        "GET,     multipart/form-datax; boundary=b",
    })
    void aPostbackWithASafeMethodNeedsAToken(String method, String type) throws Exception {
        String name = "jakarta.faces.ViewState";
        String body = type.startsWith("multipart")
                ? "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n1\r\n--b--\r\n"
                : name + "=1";
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "faces.xhtml"))
                .header("Content-Type", type)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();

        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());

        boolean isParsed = ManagedServer.current().has(ManagedServer.Trait.HAS_PLATFORM);
        assertThat(answer.statusCode()).isEqualTo(isParsed ? 400 : 200);
    }
}
