package com.playtcha.jakarta.internal.http;

import static com.playtcha.jakarta.internal.http.HttpUpstreamTest.failure;
import static com.playtcha.jakarta.internal.http.HttpUpstreamTest.reply;
import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.DnsResolver;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Name look-ups that hang where nothing can interrupt them, and names with several addresses (contract, section 3). */
class HttpUpstreamNamesTest {

    /** A look-up as the operating system makes it: deaf to interrupts until it is answered. */
    private static final class Stuck implements DnsResolver {
        final CountDownLatch answered = new CountDownLatch(1);
        final AtomicInteger stuck = new AtomicInteger();

        @Override
        public InetAddress[] resolve(String host) {
            stuck.incrementAndGet();
            boolean interrupted = false;
            while (true) {
                try {
                    answered.await();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            stuck.decrementAndGet();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }

    @Test
    void callsShareALookUpThatHangsAndLeaveOneThreadBehind() {
        Stuck names = new Stuck();
        try (PlaytchaStandIn playtcha =
                        PlaytchaStandIn.builder().secret(Upstreams.SECRET).start();
                HttpUpstream upstream = Upstreams.open(
                        names,
                        URI.create("http://localhost:" + playtcha.port()),
                        "timeout",
                        "60ms",
                        "max-concurrent",
                        "3")) {
            for (int i = 0; i < 10; i++) {
                assertThat(failure(upstream.call("t")).reason()).isEqualTo(Reason.TIMEOUT);
            }
            assertThat(names.stuck).hasValue(1);

            names.answered.countDown();
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> upstream.call("ok-" + System.nanoTime()).status() > 0);
            assertThat(playtcha.requests())
                    .as("those given up sent nothing")
                    .allSatisfy(request -> assertThat(request.token()).startsWith("ok-"));
        }
    }

    @Test
    void theNextAddressIsTriedWhenOneRefuses() throws Exception {
        // Nobody listens on the second loopback address.
        InetAddress[] addresses = {InetAddress.getByName("127.0.0.2"), InetAddress.getByName("127.0.0.1")};
        try (PlaytchaStandIn playtcha =
                        PlaytchaStandIn.builder().secret(Upstreams.SECRET).start();
                HttpUpstream upstream =
                        Upstreams.open(resolver(addresses), URI.create("http://localhost:" + playtcha.port()))) {
            assertThat(reply(upstream.call("ok-1")).success()).isTrue();
        }
    }

    @Test
    void aNameWithoutAnAddressIsADnsFailure() {
        try (HttpUpstream upstream = Upstreams.open(resolver(null), URI.create("http://localhost:1"))) {
            assertThat(failure(upstream.call("t")).reason()).isEqualTo(Reason.DNS);
        }
    }

    private static DnsResolver resolver(InetAddress[] addresses) {
        return new DnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                if (addresses == null) {
                    throw new UnknownHostException(host);
                }
                return addresses;
            }

            @Override
            public String resolveCanonicalHostname(String host) {
                return host;
            }
        };
    }
}
