package com.playtcha.example.springboot;

import com.playtcha.jakarta.Verification;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestParam;

/** The pages. A POST to /signup or /newsletter arrives here only if the guard of its path allowed it. */
@Controller
class SignUpController {

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
}
