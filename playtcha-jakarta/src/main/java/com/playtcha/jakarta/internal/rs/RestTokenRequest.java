package com.playtcha.jakarta.internal.rs;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.request.BodyBudget;
import com.playtcha.jakarta.internal.request.FormField;
import com.playtcha.jakarta.internal.request.MediaTypes;
import com.playtcha.jakarta.internal.request.TokenRequest;
import com.playtcha.jakarta.internal.request.UnusableBodyException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request's sources of a token. A form or JSON body is buffered and can be read again as an entity. */
record RestTokenRequest(RestCaller caller, GuardSettings settings, BodyBudget bodies) implements TokenRequest {
    private static final String ROOM = BodyBudget.Room.class.getName();

    private ContainerRequestContext request() {
        return caller.request();
    }

    @Override
    public @Nullable String contentType() {
        return request().getHeaderString(HttpHeaders.CONTENT_TYPE);
    }

    @Override
    public List<String> header(String name) {
        return request().getHeaders().getOrDefault(name, List.of());
    }

    @Override
    public List<String> parameter(String name) throws IOException, UnusableBodyException {
        List<String> values =
                new ArrayList<>(request().getUriInfo().getQueryParameters().getOrDefault(name, List.of()));
        if (MediaTypes.isUrlEncodedForm(MediaTypes.essence(contentType()))) {
            Charset charset = MediaTypes.charset(
                    contentType(), settings.get(Setting.ENCODING).orElse(StandardCharsets.UTF_8));
            byte[] form = body();
            // The container may have read the body for an earlier servlet filter, which leaves the entity empty.
            values.addAll(form.length > 0 ? field(form, charset, name) : caller.parameter(name));
        }
        return values;
    }

    private List<String> field(byte[] form, Charset charset, String name) throws UnusableBodyException {
        try {
            return FormField.values(form, charset, name, settings.get(Setting.MAX_TOKEN_LENGTH));
        } catch (IllegalArgumentException notDecodable) {
            throw new UnusableBodyException(Reason.TOKEN_MALFORMED);
        }
    }

    @Override
    public byte[] body() throws IOException, UnusableBodyException {
        ContainerRequestContext request = caller.request();
        InputStream entity = request.getEntityStream();
        if (entity instanceof BufferedEntity buffered && buffered.isUnread()) {
            return buffered.bytes();
        }
        int max = settings.get(Setting.MAX_BODY);
        // What an earlier guard has read ends its own room once it is read again.
        release(request);
        BodyBudget.Room room = bodies.reserve(request.getLength(), max);
        request.setProperty(ROOM, room);
        byte[] bytes;
        try {
            bytes = entity.readNBytes(max + 1);
        } catch (IOException e) {
            // The bytes before are lost: in monitor mode the application gets no part of the body.
            request.setEntityStream(new BrokenEntity(e));
            throw e;
        }
        BufferedEntity again = new BufferedEntity(bytes, room);
        boolean isWhole = bytes.length <= max;
        // In monitor mode the application still reads the whole body.
        request.setEntityStream(isWhole ? again : new SequenceInputStream(again, entity));
        room.resize(bytes.length);
        if (!isWhole) {
            throw new UnusableBodyException(Reason.BODY_TOO_LARGE);
        }
        return bytes;
    }

    /** Releases the memory of a body once its request has ended. */
    static void release(ContainerRequestContext request) {
        if (request.getProperty(ROOM) instanceof BodyBudget.Room room) {
            room.release();
        }
    }

    /** A body that broke off. */
    private static final class BrokenEntity extends InputStream {
        private final IOException failure;

        BrokenEntity(IOException failure) {
            this.failure = failure;
        }

        @Override
        public int read() throws IOException {
            throw failure;
        }
    }

    /** A buffered body. Memory ends with its last read, since not every implementation reports the end of a request. */
    private static final class BufferedEntity extends ByteArrayInputStream {
        private final BodyBudget.Room room;

        BufferedEntity(byte[] bytes, BodyBudget.Room room) {
            super(bytes);
            this.room = room;
        }

        /** Whether it is whole, so that a second guard of the request need not copy it. */
        synchronized boolean isUnread() {
            return pos == 0;
        }

        byte[] bytes() {
            return buf;
        }

        /** Memory that was released with the last read could not be read again after a reset. */
        @Override
        public boolean markSupported() {
            return false;
        }

        @Override
        public synchronized int read() {
            int read = super.read();
            return read < 0 ? end() : read;
        }

        @Override
        public synchronized int read(byte[] target, int offset, int length) {
            int read = super.read(target, offset, length);
            return read < 0 ? end() : read;
        }

        @Override
        public void close() {
            end();
        }

        private synchronized int end() {
            buf = new byte[0];
            pos = count = 0;
            room.release();
            return -1;
        }
    }
}
