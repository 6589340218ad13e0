package com.playtcha.example.springboot;

import com.playtcha.jakarta.PlaytchaVerifier;
import com.playtcha.jakarta.Verification;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;

/** The pages. A POST to /signup or /newsletter arrives here only if the guard of its path allowed it. */
@Controller
class SignUpController {
    private final PlaytchaVerifier verifier;

    SignUpController(PlaytchaVerifier verifier) {
        this.verifier = verifier;
    }

    @GetMapping({"/", "/signup"})
    String form() {
        return "signup";
    }

    @PostMapping("/signup")
    String signUp(
            @RequestParam(defaultValue = "") String name,
            @RequestAttribute("playtcha") Verification verification,
            Model model) {
        model.addAttribute("name", name);
        model.addAttribute("verification", verification);
        return "welcome";
    }

    @PostMapping("/newsletter")
    String subscribe(@RequestParam(defaultValue = "") String name, Model model) {
        model.addAttribute("name", name);
        return "welcome";
    }

    /** The same check without a filter, where only the code knows whether a token is needed. */
    @PostMapping("/login")
    @ResponseBody
    ResponseEntity<String> logIn(
            @RequestParam(defaultValue = "0") int failures,
            @RequestParam(name = "playtcha-response", required = false) String token) {
        if (failures >= 3 && !verifier.verify(token).isAllowed()) {
            return ResponseEntity.status(HttpStatus.FORBIDDEN).body("Please solve the challenge.");
        }
        return ResponseEntity.ok("Welcome back.");
    }
}
