package com.playtcha.example.wildfly;

import jakarta.enterprise.context.SessionScoped;
import jakarta.inject.Named;
import java.io.Serializable;

/** Who has signed up, and who has logged in, in this session. */
@Named
@SessionScoped
public class Visitor implements Serializable {
    private static final long serialVersionUID = 1L;

    private Account account;
    private String user;

    public Account getAccount() {
        return account;
    }

    void setAccount(Account account) {
        this.account = account;
    }

    /** The name that has logged in; null before. */
    public String getUser() {
        return user;
    }

    void setUser(String user) {
        this.user = user;
    }

    /** Where {@code welcome.xhtml} leads somebody without an account. */
    public String check() {
        return account == null ? "signup?faces-redirect=true" : null;
    }
}
