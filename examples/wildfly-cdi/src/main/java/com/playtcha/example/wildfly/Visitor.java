package com.playtcha.example.wildfly;

import jakarta.enterprise.context.SessionScoped;
import jakarta.inject.Named;
import java.io.Serializable;

/** Who has signed up in this session. */
@Named
@SessionScoped
public class Visitor implements Serializable {
    private static final long serialVersionUID = 1L;

    private Account account;

    public Account getAccount() {
        return account;
    }

    void setAccount(Account account) {
        this.account = account;
    }

    /** Where {@code welcome.xhtml} leads somebody without an account. */
    public String check() {
        return account == null ? "signup?faces-redirect=true" : null;
    }
}
