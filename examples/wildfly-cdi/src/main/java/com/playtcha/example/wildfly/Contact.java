package com.playtcha.example.wildfly;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Named;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;

/** What is behind {@code contact.xhtml}. The filter that the guard {@code contact} registers has verified the request. */
@Named
@RequestScoped
public class Contact {
    @NotBlank(message = "Please write something.")
    @Size(max = 2000, message = "Please write at most 2,000 characters.")
    private String message;

    private boolean sent;

    /** The button's action; your application sends or stores the message here. */
    public void send() {
        message = null;
        sent = true;
    }

    public boolean isSent() {
        return sent;
    }

    public String getMessage() {
        return message;
    }

    public void setMessage(String message) {
        this.message = message;
    }
}
