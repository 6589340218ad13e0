package com.playtcha.example.microprofile;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.UpstreamError;
import com.playtcha.jakarta.Verification;
import jakarta.inject.Inject;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Where {@code failure-path} leads: the page of a denial, in the visitor's words. A servlet, because a request of any
 * method may be denied. The filter has set the status already. Programs that ask for JSON do not come here.
 */
@WebServlet("/denied")
public class DeniedServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Inject
    private transient Verification verification;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getDispatcherType() != DispatcherType.FORWARD) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        String[] words = words(response.getStatus());
        response.setContentType(Page.TYPE);
        response.getWriter().write(Page.html(words[0], words[1], form(request), VerificationDetails.of(verification)));
    }

    private String[] words(int status) {
        UpstreamError error = verification.getError();
        String code = error == null || error.getCode() == null ? "" : error.getCode();
        if (status == HttpServletResponse.SC_INTERNAL_SERVER_ERROR) {
            // bad_secret and unknown_project: our mistake, so the visitor is not accused of anything.
            return new String[] {
                "Something is wrong on our side", "Nothing is wrong with what you entered. Please try again later."
            };
        }
        return switch (verification.getOutcome()) {
            case NO_TOKEN ->
                verification.getReason() == Reason.TOKEN_ABSENT
                        ? new String[] {"One step is missing", "Please let the check run before you send the form."}
                        : new String[] {"The check could not be read", "Please reload the form and try once more."};
            case THROTTLED, OVERLOADED ->
                new String[] {
                    "Many visitors at once", "Nothing is wrong with what you entered. Please try again in a moment."
                };
            case UNAVAILABLE ->
                new String[] {
                    "We cannot check this just now",
                    "Nothing is wrong with what you entered. Please try again in a minute."
                };
            default ->
                switch (code) {
                    case "already_redeemed" ->
                        new String[] {
                            "This form was sent already",
                            "If you pressed the button twice or reloaded the page, the first time may well have worked."
                        };
                    case "token_expired" ->
                        new String[] {
                            "That took a little long", "The check is good for five minutes. Please try once more."
                        };
                    default -> new String[] {"That did not work", "Please try once more."};
                };
        };
    }

    private static String form(HttpServletRequest request) {
        Object from = request.getAttribute(RequestDispatcher.FORWARD_SERVLET_PATH);
        Object within = request.getAttribute(RequestDispatcher.FORWARD_PATH_INFO);
        return switch ((String.valueOf(from) + within).replaceFirst("/$", "")) {
            case "/api/signup" -> "signup.html";
            case "/api/newsletter" -> "newsletter.html";
            default -> "message.html";
        };
    }
}
