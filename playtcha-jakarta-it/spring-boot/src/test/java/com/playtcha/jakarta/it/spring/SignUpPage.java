package com.playtcha.jakarta.it.spring;

import com.playtcha.jakarta.PlaytchaVerifier;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Controller;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The recipe of docs/recipes/validate-first.md. */
@Controller
class SignUpPage {
    private final PlaytchaVerifier verifier;

    SignUpPage(@Qualifier("signup") PlaytchaVerifier verifier) {
        this.verifier = verifier;
    }

    record Form(String email) {}

    @PostMapping("/signup")
    String signUp(
            @ModelAttribute("form") Form form,
            BindingResult errors,
            @RequestParam(name = "playtcha-response", required = false) String token) {
        if (form.email() == null || !form.email().contains("@")) {
            errors.rejectValue("email", "email", "Please check your e-mail address.");
        }
        if (!errors.hasErrors() && !verifier.verify(token).isAllowed()) {
            errors.reject("check", "Please run the check again.");
        }
        if (errors.hasErrors()) {
            return "signup";
        }
        // create the account
        return "redirect:/welcome";
    }
}
