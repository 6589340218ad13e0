package com.playtcha.jakarta.internal.json;

/** Text that is not the JSON that was asked for. The message never quotes the text. */
public class JsonReadException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Says what is wrong.
     *
     * @param message without any of the text that was read
     */
    public JsonReadException(String message) {
        super(message);
    }
}
