package com.playtcha.example.wildfly;

import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.Verification;
import jakarta.enterprise.context.RequestScoped;
import jakarta.faces.application.FacesMessage;
import jakarta.faces.context.ExternalContext;
import jakarta.faces.context.FacesContext;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

/** What is behind {@code signup.xhtml}. */
@Named("signUp")
@RequestScoped
public class SignUpPage {
    @Inject
    Accounts accounts;

    @Inject
    Visitor visitor;

    @NotBlank(message = "Please enter your name.")
    @Size(max = 80, message = "Please enter at most 80 characters.")
    @Pattern(regexp = "\\P{Cntrl}*", message = "Please enter a name on one line.")
    private String name;

    @NotBlank(message = "Please enter your e-mail address.")
    @Email(message = "Please enter an e-mail address, such as ada@example.org.")
    private String email;

    /**
     * The button's action. What was typed in is valid by now, so no token is spent on a form with a mistake in it.
     *
     * @param token the field that the widget fills in
     * @return where to go; null stays on the page
     */
    public String send(String token) {
        try {
            visitor.setAccount(accounts.create(name, email, token));
        } catch (PlaytchaDeniedException denied) {
            explain(denied.getVerification());
            return null;
        }
        // Elsewhere, so that a reload does not send the form, and its spent token, once more.
        return "welcome?faces-redirect=true";
    }

    private void explain(Verification verification) {
        Denial denial = Denial.of(verification);
        FacesContext faces = FacesContext.getCurrentInstance();
        faces.addMessage(null, new FacesMessage(FacesMessage.SEVERITY_ERROR, denial.text(), null));
        ExternalContext response = faces.getExternalContext();
        response.setResponseStatus(denial.status());
        if (verification.getRetryAfter() != null) {
            long seconds = verification.getRetryAfter().plusMillis(999).toSeconds();
            response.setResponseHeader("Retry-After", Long.toString(seconds));
        }
    }

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name == null ? null : name.strip();
    }

    public String getEmail() {
        return email;
    }

    public void setEmail(String email) {
        this.email = email == null ? null : email.strip();
    }
}
