package com.playtcha.jakarta.it.facesapp;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Named;

/** A text that is sent by Ajax. */
@Named
@RequestScoped
public class Note {
    private String text = "";
    private String sent = "";

    /** The button's action. */
    public void send() {
        if (text.equals("fail")) {
            throw new IllegalStateException("a text for developers");
        }
        sent = "sent: " + text;
    }

    /** Empty before it was sent. */
    public String getSent() {
        return sent;
    }

    /** What the visitor typed in. */
    public String getText() {
        return text;
    }

    /** Called by Faces. */
    public void setText(String text) {
        this.text = text;
    }
}
