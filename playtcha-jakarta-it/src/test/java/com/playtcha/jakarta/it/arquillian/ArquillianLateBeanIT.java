package com.playtcha.jakarta.it.arquillian;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.LateApplication;
import com.playtcha.jakarta.it.server.LateWar;
import com.playtcha.jakarta.it.server.StandIns;
import com.playtcha.jakarta.testkit.Reply;
import java.net.URL;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Late results that a bean takes, by the server's own CDI. */
@Tag("lean")
@Covers(Feature.LATE)
@ExtendWith(ArquillianExtension.class)
class ArquillianLateBeanIT {
    @ArquillianResource
    private URL url;

    @Deployment(testable = false)
    static WebArchive application() {
        return LateWar.BEAN.war();
    }

    @BeforeEach
    void forget() {
        StandIns.reset();
    }

    private LateApplication late() {
        return new LateApplication(ManagedServer.current().application(url));
    }

    private String circumstances(String id) {
        return late().awaitEffect(id).get("circumstances." + id);
    }

    @Test
    void beanHearsOfResultsThatAreCalledBackEachInARequestOfItsOwn() {
        String first = LateApplication.id("first");
        String second = LateApplication.id("second");

        assertThat(late().callBack(first, "code").status()).isEqualTo(200);
        assertThat(circumstances(first)).startsWith("bean ").contains("loader=own", "naming=works", "call=1");
        assertThat(late().callBack(second, "code").status()).isEqualTo(200);
        assertThat(circumstances(second)).startsWith("bean ").contains("loader=own", "naming=works", "call=1");
    }

    @Test
    void beanHearsOfVerdictsOnWhomAnOutageLetIn() {
        StandIns.LATE.always(Reply.error(500, "db_error", "Down."));
        String id = late().signUp("ok", "server-error");

        StandIns.LATE.always(null);

        late().awaitEffect(id, "VERIFIED", null);
        assertThat(circumstances(id)).startsWith("bean ");
    }
}
