package com.playtcha.example.springboot;

import com.playtcha.jakarta.BreakerChange;
import com.playtcha.jakarta.VerificationEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Every decision and every change of the breaker is an application event. */
@Component
class Audit {
    private static final Logger LOG = LoggerFactory.getLogger(Audit.class);

    @EventListener
    void decided(VerificationEvent event) {
        LOG.info("{}: {}", event.guard(), event.verification().getOutcome());
    }

    @EventListener
    void changed(BreakerChange change) {
        LOG.warn("Playtcha's breaker is {}", change.to());
    }
}
