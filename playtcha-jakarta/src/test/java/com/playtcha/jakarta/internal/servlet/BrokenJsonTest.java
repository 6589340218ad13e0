package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonWriter;
import jakarta.json.JsonWriterFactory;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonGenerator;
import jakarta.json.stream.JsonGeneratorFactory;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.Writer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.eclipse.parsson.JsonProviderImpl;
import org.junit.jupiter.api.Test;

/** An application with a JSON-P implementation that is broken: nobody gets past a guard because of it. */
class BrokenJsonTest {
    private static final String PROVIDER = "jakarta.json.provider";

    /** Throws what no parser may throw as soon as it has read the word "success". */
    public static final class BrokenProvider extends JsonProvider {
        private final JsonProvider works = new JsonProviderImpl();

        private static <T> T breaking(Class<T> type, T works) {
            return type.cast(Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
                        try {
                            Object result = method.invoke(works, args);
                            if ("success".equals(result)) {
                                throw new IllegalStateException("broken");
                            }
                            return result instanceof JsonParser parser ? breaking(JsonParser.class, parser) : result;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }));
        }

        @Override
        public JsonParserFactory createParserFactory(Map<String, ?> config) {
            return breaking(JsonParserFactory.class, works.createParserFactory(config));
        }

        @Override
        public JsonParser createParser(Reader reader) {
            return works.createParser(reader);
        }

        @Override
        public JsonParser createParser(InputStream in) {
            return works.createParser(in);
        }

        @Override
        public JsonGenerator createGenerator(Writer writer) {
            return works.createGenerator(writer);
        }

        @Override
        public JsonGenerator createGenerator(OutputStream out) {
            return works.createGenerator(out);
        }

        @Override
        public JsonGeneratorFactory createGeneratorFactory(Map<String, ?> config) {
            return works.createGeneratorFactory(config);
        }

        @Override
        public JsonReader createReader(Reader reader) {
            return works.createReader(reader);
        }

        @Override
        public JsonReader createReader(InputStream in) {
            return works.createReader(in);
        }

        @Override
        public JsonWriter createWriter(Writer writer) {
            return works.createWriter(writer);
        }

        @Override
        public JsonWriter createWriter(OutputStream out) {
            return works.createWriter(out);
        }

        @Override
        public JsonWriterFactory createWriterFactory(Map<String, ?> config) {
            return works.createWriterFactory(config);
        }

        @Override
        public JsonReaderFactory createReaderFactory(Map<String, ?> config) {
            return works.createReaderFactory(config);
        }

        @Override
        public JsonObjectBuilder createObjectBuilder() {
            return works.createObjectBuilder();
        }

        @Override
        public JsonArrayBuilder createArrayBuilder() {
            return works.createArrayBuilder();
        }

        @Override
        public JsonBuilderFactory createBuilderFactory(Map<String, ?> config) {
            return works.createBuilderFactory(config);
        }

        @Override
        public JsonObjectBuilder createObjectBuilder(JsonObject object) {
            return works.createObjectBuilder(object);
        }

        @Override
        public JsonArrayBuilder createArrayBuilder(JsonArray array) {
            return works.createArrayBuilder(array);
        }
    }

    @Test
    void guardThatFailsOpenAnswers500() {
        System.setProperty(PROVIDER, BrokenProvider.class.getName());
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start();
                TestApp app = TestApp.guarded(playtcha).start()) {
            assertThat(app.signUp("ok-1").statusCode()).isEqualTo(500);
            assertThat(app.signUp("db-error-1").statusCode())
                    .as("has no success")
                    .isEqualTo(200);
            assertThat(app.seen).containsExactly("/signup");
        } finally {
            System.clearProperty(PROVIDER);
        }
    }
}
