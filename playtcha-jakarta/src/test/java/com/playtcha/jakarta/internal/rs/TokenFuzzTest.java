package com.playtcha.jakarta.internal.rs;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.fuzz.FuzzTarget;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.TestSettings;
import com.playtcha.jakarta.internal.gate.PresentedToken;
import com.playtcha.jakarta.internal.request.BodyBudget;
import com.playtcha.jakarta.internal.request.TokenReader;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import org.glassfish.jersey.internal.MapPropertiesDelegate;
import org.glassfish.jersey.server.ContainerRequest;

/**
 * Any header, form or JSON body has a token of the right format or none. The lines of an input are the content type and the
 * header; what follows is the body.
 */
class TokenFuzzTest extends FuzzTarget {
    private static final URI BASE = URI.create("http://127.0.0.1/");

    private final BodyBudget bodies = new BodyBudget();
    private final GuardSettings settings = TestSettings.guard(Map.of(
            "secret", "sk_live_0123456789",
            "base-url", "https://api.example",
            "token-json-pointer", "/form/tokens/1",
            "max-token-length", "20"));

    TokenFuzzTest() {
        super(
                256 * 1024,
                60,
                "application/json\n\n{\"form\":{\"a\":[1.5e3,true],\"tokens\":[null,\"tok-1\\u0041\"]},\"b\":\"\\n\"}",
                "application/problem+json;charset=utf-16\n\n\u0000{\u0000}",
                "application/x-www-form-urlencoded; charset=UTF-8\n\na=b&playtcha-response=tok%2D1&playtcha%2Dresponse=tok-1",
                "application/x-www-form-urlencoded\n\nplaytcha-response=%zz&playtcha-response=a+b&&=",
                "text/plain\ntok-1\nbody",
                "text/plain\n01234567890123456789x\nbody");
    }

    @Override
    protected void read(byte[] input) throws Exception {
        ContainerRequest request = new ContainerRequest(BASE, BASE, "POST", null, new MapPropertiesDelegate(), null);
        request.header("Content-Type", line(input, 0));
        if (!line(input, 1).isEmpty()) {
            request.header("X-Playtcha-Token", line(input, 1));
        }
        int body =
                Math.min(input.length, line(input, 0).length() + line(input, 1).length() + 2);
        request.setEntityStream(new ByteArrayInputStream(Arrays.copyOfRange(input, body, input.length)));
        PresentedToken token =
                TokenReader.read(new RestTokenRequest(RestCaller.of(request), settings, bodies), settings);
        RestTokenRequest.release(request);
        if (token.problem() == null) {
            assertThat(token.value()).matches("[!-~]{1,20}");
        }
    }
}
