package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.Verification;
import java.io.Serializable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A verifier that uses a guard by its name. Serializable for sessions: on another node it uses that node's guard. */
public final class NamedVerifier implements PlaytchaVerifier, Serializable {
    private static final long serialVersionUID = 1L;

    private final String guard;
    private transient volatile @Nullable PlaytchaApplication application;

    public NamedVerifier(String guard, PlaytchaApplication application) {
        this.guard = guard;
        this.application = application;
    }

    private PlaytchaVerifier guard() {
        PlaytchaApplication resolved = application;
        if (resolved == null) {
            resolved = ApplicationRegistry.of(Thread.currentThread().getContextClassLoader());
            application = resolved;
        }
        return resolved.guard(guard);
    }

    @Override
    public Verification verify(@Nullable String token) {
        return guard().verify(token);
    }

    @Override
    public CompletionStage<Verification> verifyAsync(@Nullable String token) {
        try {
            return guard().verifyAsync(token);
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedStage(e);
        }
    }

    @Override
    public String toString() {
        return "PlaytchaVerifier[" + guard + "]";
    }
}
