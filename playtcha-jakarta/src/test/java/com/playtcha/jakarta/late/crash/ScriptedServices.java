package com.playtcha.jakarta.late.crash;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.gate.CallResult;
import com.playtcha.jakarta.internal.gate.TestResults;
import com.playtcha.jakarta.internal.gate.VerdictClient;
import com.playtcha.jakarta.internal.late.engine.Poll;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Playtcha, and a service that works on tasks, as far as a worker needs them. A token is redeemed by making a file of
 * its name, which one of all processes can do, and which outlives them.
 */
final class ScriptedServices implements VerdictClient {
    private static final int SLOWEST_MS = 30;

    private final Path redeemed;
    private final Said said;

    ScriptedServices(Path redeemed, Said said) {
        this.redeemed = redeemed;
        this.said = said;
    }

    /** Lets a random time pass, in which a kill may come. */
    static void takeTime(int atMostMillis) {
        LockSupport.parkNanos(
                TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextInt(atMostMillis)));
    }

    @Override
    public CallResult callForLateVerdict(String token) {
        int chance = ThreadLocalRandom.current().nextInt(100);
        if (chance < 2) {
            return TestResults.failure(Reason.CONNECT, "refused", false);
        }
        takeTime(SLOWEST_MS);
        if (chance < 3) {
            return error(500, "db_error");
        }
        boolean first = redeem(token);
        if (chance < 5) {
            said.say("lost " + token);
            return TestResults.failure(Reason.TIMEOUT, "reset", true);
        }
        takeTime(SLOWEST_MS);
        if (!first) {
            return error(409, "already_redeemed");
        }
        boolean human = Facts.isHuman(token);
        return TestResults.answer(200, Map.of("success", human));
    }

    private static CallResult error(int status, String code) {
        Map<String, String> error = Map.of("code", code, "message", "scripted", "request_id", "r-1");
        return TestResults.answer(status, Map.of("error", error));
    }

    private boolean redeem(String token) {
        try {
            Files.createFile(redeemed.resolve(token));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Poll poll(String id) {
        int chance = ThreadLocalRandom.current().nextInt(100);
        takeTime(SLOWEST_MS);
        if (chance < 2) {
            return Poll.failure("scripted", null, Poll.Scope.SERVICE);
        }
        if (chance < 20) {
            return new Poll.NotReady();
        }
        return Facts.fails(id) ? Poll.permanent("failed") : Poll.ready(Facts.code("polled", id));
    }
}
