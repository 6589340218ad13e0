package com.playtcha.jakarta.internal.late.callback;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.fuzz.FuzzTarget;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Map;

/** Any callback has an id and a code that can be kept, or is refused. The lines of an input are query and key; its body follows. */
class CallbackFuzzTest extends FuzzTarget {
    CallbackFuzzTest() {
        super(
                32 * 1024,
                200,
                "id=task-1&key=a%20key\n\ncode=%7b%22a%22%3a1%7D",
                "\na key\u00c3\u00a4\nid=t%C3%A4sk+1&code=x&code=x&other",
                "id=a&id=b\n\n&&=&%zz=%f",
                "\n\n" + "\u00ff=&".repeat(60) + "a&".repeat(60),
                "\n\n" + "key=%&".repeat(100));
    }

    private static HttpServletRequest request(byte[] body) {
        ServletInputStream stream = new ServletInputStream() {
            private final ByteArrayInputStream bytes = new ByteArrayInputStream(body);

            @Override
            public boolean isFinished() {
                return bytes.available() == 0;
            }

            @Override
            public boolean isReady() {
                return true;
            }

            @Override
            public void setReadListener(ReadListener listener) {
                throw new IllegalStateException();
            }

            @Override
            public int read() {
                return bytes.read();
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return bytes.read(target, offset, length);
            }
        };
        return (HttpServletRequest) Proxy.newProxyInstance(
                CallbackFuzzTest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getContentLengthLong" -> (long) body.length;
                    case "getInputStream" -> stream;
                    case "getParameterMap" -> Map.of();
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    @Override
    protected void read(byte[] input) {
        CallbackForm form = new CallbackForm();
        form.addQuery(line(input, 0));
        form.addKeyHeader(line(input, 1));
        int body =
                Math.min(input.length, line(input, 0).length() + line(input, 1).length() + 2);
        String problem = form.addBody(request(Arrays.copyOfRange(input, body, input.length)));
        if (problem == null && form.problem() == null) {
            assertThat(form.id()).isNotBlank().hasSizeLessThanOrEqualTo(200).doesNotContainPattern("\\p{Cntrl}");
        }
    }
}
