package com.playtcha.jakarta.internal.json;

/** Thrown for a text that is not the expected JSON. The message never quotes the text. */
public class JsonReadException extends Exception {
    private static final long serialVersionUID = 1L;

    public JsonReadException(String message) {
        super(message);
    }
}
