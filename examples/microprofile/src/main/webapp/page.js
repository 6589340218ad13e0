// The forms work without this, each token once; the message, which is sent as JSON, does not.
(() => {
  "use strict";
  // A token is single-use, so each load of a page makes its own. The real widget does that by itself.
  const unique = () => "-" + Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
  const radios = document.querySelectorAll("input[name=playtcha-response]");
  const kinds = new Map([...radios].map((radio) => [radio, radio.value]));
  const renew = () => kinds.forEach((kind, radio) => {
    radio.value = kind && kind + unique();
  });
  renew();
  // Back from the next page, the browser may show this one as it was left: with what was entered, and a spent token.
  addEventListener("pageshow", (event) => event.persisted && renew());

  const form = document.querySelector("form[data-send=json]");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = new FormData(form);
    const answer = document.getElementById("answer");
    try {
      const response = await fetch(form.action, {
        method: "POST",
        headers: {"Content-Type": "application/json", Accept: "application/json"},
        body: JSON.stringify({text: fields.get("text"), playtchaToken: fields.get("playtcha-response")}),
      });
      answer.textContent = response.status + " " + JSON.stringify(await response.json(), null, 2);
    } catch (problem) {
      answer.textContent = String(problem);
    }
    renew();
  });
})();
