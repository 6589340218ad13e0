package com.playtcha.jakarta;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A listener that {@code META-INF/services} names in tests. */
public final class NamedListener implements VerificationListener {
    public static final List<String> SEEN = new CopyOnWriteArrayList<>();

    @Override
    public void onVerification(String guard, Verification verification) {
        SEEN.add(guard + " " + verification.getOutcome());
    }

    /** A listener that cannot be created. */
    public static final class Broken implements VerificationListener {
        public Broken() {
            throw new IllegalStateException("an audit log that is not there");
        }

        @Override
        public void onVerification(String guard, Verification verification) {
            throw new IllegalStateException();
        }
    }
}
