package com.playtcha.jakarta.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.internal.http.RunningCall.End;
import com.playtcha.jakarta.internal.threads.DaemonThreads;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Each call ends at its own deadline (contract, section 3). */
class CallWatchdogTest {

    /** A call that has waited for its secret's file is due before calls that were added earlier. */
    @Test
    void aCallThatIsDueBeforeEarlierOnesIsEndedFirst() throws Exception {
        Duration timeout = Duration.ofHours(1);
        DaemonThreads threads = new DaemonThreads("test", CallWatchdogTest.class.getClassLoader());
        CallWatchdog watchdog = new CallWatchdog(timeout, new ConnectionPool(2), threads);
        RunningCall earlier = new RunningCall(timeout);
        RunningCall due = new RunningCall(Duration.ofSeconds(1));
        watchdog.add(earlier);
        watchdog.add(due);

        Awaitility.await().until(() -> due.ended() == End.TIMEOUT);
        assertThat(earlier.ended()).isNull();
        watchdog.stop();
        assertThat(threads.awaitEnd(Duration.ofSeconds(10))).isZero();
    }
}
