package com.playtcha.example.springboot;

import com.playtcha.jakarta.PlaytchaAttributes;
import com.playtcha.jakarta.spring.PlaytchaAuthenticationException;
import java.security.Principal;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.WebAttributes;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.SessionAttribute;

/** The log-in page, and what is behind it. Spring Security handles the POST, after the guard. */
@Controller
class LogInController {

    @GetMapping("/login")
    String page(
            @RequestAttribute(PlaytchaAttributes.REQUIRED) boolean required,
            @RequestParam(required = false) String error,
            @SessionAttribute(name = WebAttributes.AUTHENTICATION_EXCEPTION, required = false)
                    AuthenticationException failure,
            Model model) {
        model.addAttribute("required", required);
        if (error != null) {
            model.addAttribute(
                    "problem",
                    failure instanceof PlaytchaAuthenticationException denied
                            ? denied.getMessage()
                            : "Name or password is wrong.");
        }
        return "login";
    }

    @GetMapping("/account")
    String account(Principal user, Model model) {
        model.addAttribute("name", user.getName());
        return "account";
    }
}
