package com.playtcha.jakarta.internal.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.IntConsumer;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.io.HttpMessageParser;
import org.apache.hc.core5.http.io.HttpMessageParserFactory;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.util.CharArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the head of an answer. Tells the status as soon as its line has come, since a refusal counts whatever becomes of
 * the rest; and takes a head that ends with the connection for cut off, which the client's own parser does not.
 */
final class HeadParser extends DefaultHttpResponseParser {
    private final State state;

    /** What a connection and its parser share. */
    static final class State implements HttpMessageParserFactory<ClassicHttpResponse> {
        private final Http1Config config;
        private volatile @Nullable IntConsumer onStatus;
        private volatile boolean ended;

        State(Http1Config config) {
            this.config = config;
        }

        /** Who hears of a final status; null for nobody. */
        void onStatus(@Nullable IntConsumer listener) {
            onStatus = listener;
        }

        /** The end of the stream was read. */
        void ended() {
            ended = true;
        }

        @Override
        public HttpMessageParser<ClassicHttpResponse> create(Http1Config ignored) {
            return create();
        }

        @Override
        public HttpMessageParser<ClassicHttpResponse> create() {
            return new HeadParser(config, this);
        }
    }

    private HeadParser(Http1Config config, State state) {
        super(config);
        this.state = state;
    }

    @Override
    protected ClassicHttpResponse createMessage(CharArrayBuffer line) throws IOException, HttpException {
        ClassicHttpResponse response = super.createMessage(line);
        IntConsumer listener = state.onStatus;
        if (listener != null && response.getCode() >= 200) {
            listener.accept(response.getCode());
        }
        return response;
    }

    @Override
    public ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream in) throws IOException, HttpException {
        ClassicHttpResponse response = super.parse(buffer, in);
        if (state.ended) {
            throw new ConnectionClosedException("the head of the answer was cut off");
        }
        return response;
    }
}
