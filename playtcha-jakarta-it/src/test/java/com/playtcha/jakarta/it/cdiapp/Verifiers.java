package com.playtcha.jakarta.it.cdiapp;

import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.annotation.PlaytchaGuard;
import jakarta.enterprise.context.SessionScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;

/** A session's verifiers, which go with it to another node. */
@SessionScoped
public class Verifiers implements Serializable {
    private static final long serialVersionUID = 1L;

    @Inject
    PlaytchaVerifier standard;

    @Inject
    @PlaytchaGuard("signup")
    PlaytchaVerifier signup;

    @Inject
    @Any
    Instance<PlaytchaVerifier> any;

    /** By the guard's name: injected, or looked up. */
    public PlaytchaVerifier of(String guard) {
        return switch (guard) {
            case "default" -> standard;
            case "signup" -> signup;
            default -> any.select(PlaytchaGuard.Literal.of(guard)).get();
        };
    }

    /** The same after a journey. */
    public PlaytchaVerifier moved(String guard) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(of(guard));
        }
        ClassLoader classes = Thread.currentThread().getContextClassLoader();
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())) {
            @Override
            protected Class<?> resolveClass(ObjectStreamClass type) throws IOException, ClassNotFoundException {
                return Class.forName(type.getName(), false, classes);
            }
        }) {
            return (PlaytchaVerifier) in.readObject();
        }
    }
}
