package com.playtcha.jakarta.it.cdionly;

import com.playtcha.jakarta.PlaytchaVerifier;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;

/** Needs the default guard. */
@RequestScoped
public class InjectsVerifier {
    @Inject
    PlaytchaVerifier verifier;
}
