package com.playtcha.jakarta.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.fuzz.FuzzTarget;
import com.playtcha.jakarta.internal.gate.UpstreamResult.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.SocketChannel;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;

/** Whatever a service sends is a response or a failure, and a success only where it is a complete one. */
class AnswerFuzzTest extends FuzzTarget {
    private static final int MAX_BODY = 64 * 1024;

    private final SocketChannel channel = SocketChannel.open();
    private final HttpUpstream upstream = Upstreams.open(URI.create("http://127.0.0.1:9"));

    AnswerFuzzTest() throws IOException {
        super(
                64 * 1024,
                200,
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 33\r\n\r\n"
                        + "{\"success\":true,\"degraded\":false}",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding:\n chunked\r\n\r\n8;a=b\rc\r\n{\"succes\r\n8\r\ns\":true}\r\n"
                        + "0\r\nX-T: y\r\n\r\n",
                "HTTP/1.1 200 OK\r\n\r\n{\"success\":false,\"a\":[{\"b\":null},\"\\u0041\\n\",-1.5e3],\"success2\":true}",
                "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 401 No\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
                "HTTP/1.1 409 Conflict\r\nContent-Length: 77\r\n\r\n{\"error\":{\"code\":\"already_redeemed\",\"message\":\""
                        + Upstreams.SECRET + "\"}}",
                "HTTP/1.1 429 Slow Down\r\nRetry-After: 120\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nKeep-Alive:"
                        + " timeout=5, max=100\r\nConnection: keep-alive, Upgrade\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.0 302 Found\r\nLocation: https://u:p@other.example:8443/x\r\nConnection: close\r\n\r\n{}");
    }

    @Override
    protected void read(byte[] input) throws Exception {
        Answer answer;
        try {
            UpstreamConnection connection = UpstreamConnection.sample(channel, input);
            ClassicHttpResponse head = connection.exchange(new byte[0]);
            RawResponse response = new RawResponse(head.getCode(), head, connection.readBody(head, MAX_BODY));
            HttpTransport.keepAlive(head);
            answer = upstream.read(response, Upstreams.SECRET, 0);
        } catch (IOException | HttpException e) {
            // A failure, as the network and the parser report it.
            return;
        }
        assertThat(answer.toString()).doesNotContain(Upstreams.SECRET);
        if (answer.reason() == Reason.SUCCESS && !StrictAnswer.isSuccess(input)) {
            throw new AssertionError("false VERIFIED");
        }
    }

    @Override
    public void close() throws Exception {
        upstream.close();
        channel.close();
    }
}
