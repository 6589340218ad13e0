package com.playtcha.jakarta.internal.late.callback;

import com.playtcha.jakarta.internal.request.ContainerErrors;
import com.playtcha.jakarta.internal.request.MediaTypes;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Reads a callback's body, to a bounded size and for a bounded time. */
final class CallbackBody {
    /** A result of 64 KiB is three times as long when every byte of it is percent-encoded; there is more around it. */
    static final int MOST_BYTES = 512 * 1024;

    private static final long MOST_NANOS = Duration.ofSeconds(20).toNanos();
    /** For who has not shown a key yet. A body mostly comes with its head, in one packet. */
    private static final long MOST_NANOS_OF_STRANGERS = Duration.ofSeconds(5).toNanos();
    /** The largest result, percent-encoded throughout, and as much again as anybody needs for the rest. */
    static final int MOST_BYTES_OF_STRANGERS = 256 * 1024;

    private CallbackBody() {}

    /** The request has a body from which nothing can be taken. */
    static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int status;
        private final boolean tooLarge;

        private UnreadableException(int status, boolean tooLarge) {
            super("unreadable: " + status, null, false, false);
            this.status = status;
            this.tooLarge = tooLarge;
        }

        /** From 400 to 499. */
        int status() {
            return status;
        }

        /** Whether the fields are those of a beginning that was as long as may be, and the rest was not read. */
        boolean isTooLarge() {
            return tooLarge;
        }
    }

    /** Whether fields of ours may be in the body. */
    static boolean isForm(HttpServletRequest request) {
        return request.getMethod().equals("POST")
                && MediaTypes.isUrlEncodedForm(MediaTypes.essence(request.getContentType()));
    }

    /**
     * Whether a request says of itself that it is too large.
     *
     * @param stranger whether it has not shown a key yet
     */
    static boolean isAnnouncedTooLarge(HttpServletRequest request, boolean stranger) {
        return request.getContentLengthLong() > (stranger ? MOST_BYTES_OF_STRANGERS : MOST_BYTES);
    }

    /**
     * Adds the fields of the body to those of the query.
     *
     * @param request with a form in its body
     * @param form gets them
     * @param stranger whether it has not shown a key yet: then it gets less time, and less room
     * @param nanoTime what time it is
     * @throws UnreadableException where it is too large, too slow, or ends before its time; where it is too large, the form
     *     has the fields that stood in its beginning
     */
    static void read(HttpServletRequest request, CallbackForm form, boolean stranger, LongSupplier nanoTime)
            throws UnreadableException {
        int mostBytes = stranger ? MOST_BYTES_OF_STRANGERS : MOST_BYTES;
        byte[] body;
        try {
            body = bytes(request, mostBytes, stranger ? MOST_NANOS_OF_STRANGERS : MOST_NANOS, nanoTime);
            if (body.length == 0 && request.getContentLengthLong() != 0) {
                // A filter before this asked for a parameter: the container has the fields of query and body.
                form.addParameters(request.getParameterMap());
            }
        } catch (IOException e) {
            int status = ContainerErrors.status(e);
            throw new UnreadableException(status == 408 ? 408 : 400, false);
        } catch (RuntimeException e) {
            if (ContainerErrors.status(e) == 0) {
                throw e;
            }
            throw new UnreadableException(400, false);
        }
        if (body.length > mostBytes) {
            form.addBeginning(body);
            throw new UnreadableException(400, true);
        }
        form.addEncoded(body);
    }

    /** Stops after the first packet that goes beyond the most that is read. */
    private static byte[] bytes(HttpServletRequest request, int mostBytes, long mostNanos, LongSupplier nanoTime)
            throws IOException, UnreadableException {
        long start = nanoTime.getAsLong();
        InputStream in = request.getInputStream();
        byte[] buffer = new byte[8 * 1024];
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            bytes.write(buffer, 0, n);
            if (bytes.size() > mostBytes) {
                break;
            }
            if (nanoTime.getAsLong() - start > mostNanos) {
                throw new UnreadableException(408, false);
            }
        }
        return bytes.toByteArray();
    }
}
