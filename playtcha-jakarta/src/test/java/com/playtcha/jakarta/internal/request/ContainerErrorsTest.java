package com.playtcha.jakarta.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.eclipse.jetty.http.BadMessageException;
import org.junit.jupiter.api.Test;

/** Contract, section 5: a body that the container refuses to parse keeps the container's error code. */
class ContainerErrorsTest {

    /** As Tomcat 11 tells it. */
    public static class ErrorCode extends RuntimeException {
        public int getErrorCode() {
            return 413;
        }
    }

    /** Hidden, but with a public parent that declares the getter. */
    private static final class Hidden extends ErrorCode {}

    private static final class HiddenGetter extends RuntimeException {
        @SuppressWarnings("unused")
        public int getStatus() {
            return 413;
        }
    }

    /** A getter that fails itself. */
    public static class Failing extends RuntimeException {
        public int getCode() {
            throw new IllegalStateException();
        }
    }

    /** An error code of another trade. */
    public static class Vendor extends RuntimeException {
        public int getErrorCode() {
            return 1045;
        }

        public String getStatus() {
            return "404";
        }
    }

    @Test
    void theStatusIsFoundOnTheExceptionOrOnACause() {
        assertThat(ContainerErrors.status(new BadMessageException(431, "x"))).isEqualTo(431);
        assertThat(ContainerErrors.status(new ErrorCode())).isEqualTo(413);
        assertThat(ContainerErrors.status(new Hidden())).isEqualTo(413);
        assertThat(ContainerErrors.status(new HiddenGetter())).isEqualTo(413);
        assertThat(ContainerErrors.status(
                        new IOException(new IllegalStateException(new BadMessageException(408, "x")))))
                .isEqualTo(408);
    }

    @Test
    void otherExceptionsHaveNone() {
        assertThat(ContainerErrors.status(new IllegalStateException("x"))).isZero();
        assertThat(ContainerErrors.status(new Failing())).isZero();
        assertThat(ContainerErrors.status(new Vendor())).isZero();
    }

    @Test
    void causesThatRunInACircleEnd() {
        Exception one = new Exception("one");
        one.initCause(new Exception("two", one));
        assertThat(ContainerErrors.status(one)).isZero();
    }
}
