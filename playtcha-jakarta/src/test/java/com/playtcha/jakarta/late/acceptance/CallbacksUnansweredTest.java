package com.playtcha.jakarta.late.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Callbacks whose sender does not wait for the answer for as long as the server takes. */
class CallbacksUnansweredTest extends AcceptanceFixture {

    @Override
    Duration callbackTimeout() {
        return Duration.ofSeconds(2);
    }

    @Test
    void theServerDoesNotAnswerInTimeAndHasNotTakenIt() {
        start(callbacks());
        String id = task();
        CountDownLatch never = new CountDownLatch(1);
        front((request, response, chain) -> {
            hold(never);
            ((HttpServletResponse) response).setStatus(503);
        });

        service.complete(id, "done");
        untilItIsTaken(id);
        awaitAnswer(id, 0);
        assertThat(effects.all()).isEmpty();
        front((request, response, chain) -> chain.doFilter(request, response));
        never.countDown();

        awaitEffect(id, "done");
    }

    @Test
    void theServerHasTakenItAndDoesNotAnswerInTime() {
        start(callbacks());
        String id = task();
        CountDownLatch never = new CountDownLatch(1);
        front((request, response, chain) -> {
            chain.doFilter(request, new Unsent((HttpServletResponse) response));
            hold(never);
        });

        service.complete(id, "done");
        untilItIsTaken(id);
        awaitAnswer(id, 0);
        awaitEffect(id, "done");
        never.countDown();
        awaitAnswer(id, 200);

        assertThat(effects.of(id)).containsExactly("done");
        assertThat(acknowledged()).isGreaterThan(1);
    }

    /** What was answered gets no further. */
    private static final class Unsent extends HttpServletResponseWrapper {
        Unsent(HttpServletResponse response) {
            super(response);
        }

        @Override
        public void setContentLength(int length) {
            // Of what is not sent.
        }

        @Override
        public ServletOutputStream getOutputStream() {
            return new ServletOutputStream() {
                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setWriteListener(WriteListener listener) {
                    throw new UnsupportedOperationException();
                }

                @Override
                public void write(int b) {
                    // As it says.
                }
            };
        }
    }

    private static void hold(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
