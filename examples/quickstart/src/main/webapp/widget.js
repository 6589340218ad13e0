// The page works without this. It shows what would be sent, and keeps a form from being sent twice.
(() => {
  "use strict";
  const quoted = (text) => "'" + text.replaceAll("'", "'\\''") + "'";

  const form = document.getElementById("signup");
  if (form) {
    const url = new URL(form.getAttribute("action"), location.href);
    const show = () => {
      const token = new FormData(form).get("playtcha-response") || "";
      const data = token ? "-d " + quoted("playtcha-response=" + token) : "-d name=Ada";
      document.getElementById("curl-text").textContent = "curl -s -o /dev/null -w '%{http_code}\\n' " + data + " " + url;
    };
    form.addEventListener("change", show);
    show();
    document.getElementById("curl").hidden = false;
  }

  for (const each of document.querySelectorAll("form[method=post]")) {
    each.addEventListener("submit", () => {
      each.querySelector("button").disabled = true;
      const waiting = document.getElementById("waiting");
      if (waiting) {
        waiting.textContent = "Verifying…";
      }
    });
  }

  // Back from the next page, the browser may show this one as it was left.
  addEventListener("pageshow", (event) => {
    if (event.persisted) {
      location.reload();
    }
  });
})();
