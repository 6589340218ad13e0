package com.playtcha.jakarta.it.contract;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;
import com.playtcha.jakarta.it.server.StandIns;
import org.junit.jupiter.api.BeforeEach;

/** Everything that holds of the guarded application, in whatever server it runs. */
@Covers(Feature.WEB_XML)
public interface GuardContract
        extends OutcomeContract,
                FaultContract,
                ThrottleContract,
                TokenSourceContract,
                OncePerRequestContract,
                DispatchContract,
                DenialContract,
                ModeContract,
                ChallengeContract,
                LoadContract,
                LogContract {

    /** Every test begins with stand-ins that know nothing. */
    @BeforeEach
    default void forget() {
        StandIns.reset();
    }
}
