package com.playtcha.example.wildfly;

import com.playtcha.jakarta.Failures;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.Verification;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.RequestScoped;
import jakarta.faces.context.Flash;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.servlet.http.HttpServletRequest;

/** What is behind {@code login.xhtml}. The filter that the guard {@code login} registers counts what is recorded here. */
@Named
@RequestScoped
public class LogIn {
    @Inject
    HttpServletRequest request;

    @Inject
    Visitor visitor;

    /** What the next request of this visitor finds, after a redirect. */
    @Inject
    Flash flash;

    private String user;
    private String password;
    private boolean failed;

    @PostConstruct
    void keepName() {
        user = (String) flash.get("user");
    }

    /**
     * The button's action.
     *
     * @return where to go. After a failure this is a new request for the form, so that {@code playtcha.required} is about
     *     the next attempt and not about the one that failed
     */
    public String send() {
        PlaytchaGuards guards = (PlaytchaGuards) request.getServletContext().getAttribute(PlaytchaGuards.ATTRIBUTE);
        Failures failures = guards.failures();
        if (!passwordMatches()) {
            failures.record(request.getRemoteAddr(), user);
            flash.put("user", user);
            return "login?faces-redirect=true&failed=true";
        }
        failures.clear(request.getRemoteAddr(), user);
        request.changeSessionId();
        visitor.setUser(user);
        return "login?faces-redirect=true";
    }

    /** Why the guard denied the request that this page answers, in the visitor's words. */
    public String explain(Verification denied) {
        return Denial.of(denied).text();
    }

    /** Your application looks the user up here. */
    private boolean passwordMatches() {
        return user != null && "enigma".equals(password);
    }

    public String getUser() {
        return user;
    }

    public void setUser(String user) {
        this.user = user == null ? null : user.strip();
    }

    public String getPassword() {
        return password;
    }

    public void setPassword(String password) {
        this.password = password;
    }

    public boolean isFailed() {
        return failed;
    }

    public void setFailed(boolean failed) {
        this.failed = failed;
    }
}
