package com.playtcha.jakarta.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An odd response ends as a response or as a failure of the network or the parser, and never as a bug. */
class HostileResponsesTest {
    private static void receive(byte[] bytes) throws IOException {
        try (SocketChannel channel = SocketChannel.open()) {
            UpstreamConnection connection = UpstreamConnection.sample(channel, bytes);
            ClassicHttpResponse head = connection.exchange(new byte[0]);
            byte[] body = connection.readBody(head, 64 * 1024);
            RawResponse response = new RawResponse(head.getCode(), head, body);
            assertThat(response.retryAfter()).isPositive();
            HttpTransport.keepAlive(head);
        } catch (IOException | HttpException e) {
            // A failure, as the network and the parser report it.
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 0 X",
                "HTTP/1.1 00 X",
                "HTTP/1.1 99 X",
                "HTTP/1.1 1000 X",
                "HTTP/1.1 2147483648 X",
                "HTTP/1.1 -1 X",
                "HTTP/9.9 200 X",
                "HTTP/1.99999999999 200 X",
                "HTTP/ 200 X"
            })
    void anOddStatusLineIsNoBug(String line) throws Exception {
        receive((line + "\r\nContent-Length: 0\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }
}
