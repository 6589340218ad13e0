// The page works without this. It asks for the parts that move and changes only what differs, so that the keyboard's
// focus and what is unfolded stay where they are. The server has escaped what it sends.
(() => {
  "use strict";

  // Parents whose rows were shown once: what comes to them later is worth a glance.
  const seen = new WeakSet();

  const key = (node) =>
    node.nodeType === Node.ELEMENT_NODE ? node.tagName + "\n" + (node.dataset.key || node.id || "") : "#" + node.nodeType;

  const change = (node, to) => {
    if (node.nodeType !== Node.ELEMENT_NODE) {
      if (node.data !== to.data) {
        node.data = to.data;
      }
      return;
    }
    // A form that somebody is setting, and what somebody has unfolded, are theirs.
    if (node.hasAttribute("data-set-once")) {
      return;
    }
    for (const { name, value } of to.attributes) {
      if (node.getAttribute(name) !== value) {
        node.setAttribute(name, value);
      }
    }
    for (const name of node.getAttributeNames()) {
      if (!to.hasAttribute(name) && name !== "open" && name !== "class") {
        node.removeAttribute(name);
      }
    }
    changeChildren(node, to);
  };

  const changeChildren = (parent, to) => {
    const known = new Map();
    for (const child of parent.childNodes) {
      const name = key(child);
      known.set(name, [...(known.get(name) || []), child]);
    }
    let place = parent.firstChild;
    for (const wanted of [...to.childNodes]) {
      const same = (known.get(key(wanted)) || []).shift();
      if (same) {
        change(same, wanted);
      }
      const child = same || wanted;
      if (!same && child.dataset && child.dataset.key && seen.has(parent)) {
        child.classList.add("arrived");
      }
      if (child === place) {
        place = place.nextSibling;
      } else {
        parent.insertBefore(child, place);
      }
    }
    for (const left of known.values()) {
      left.forEach((child) => child.remove());
    }
    seen.add(parent);
  };

  const problem = document.getElementById("problem");
  let heldUntil = 0;
  const say = (text, hold = 0) => {
    if (!text && Date.now() < heldUntil) {
      return;
    }
    heldUntil = Date.now() + hold;
    problem.hidden = !text;
    if (problem.textContent !== text) {
      problem.textContent = text;
    }
  };

  const refresh = async (part) => {
    try {
      const answer = await fetch(part.dataset.live, { headers: { Accept: "text/html" } });
      if (!answer.ok) {
        throw new Error("HTTP " + answer.status);
      }
      const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
      changeChildren(part, parsed.body);
      say("");
    } catch (error) {
      say("This page does not move: the application does not answer (" + error.message + ").");
    }
  };

  const parts = [...document.querySelectorAll("[data-live]")];
  for (const part of parts) {
    const again = async () => {
      if (!document.hidden) {
        await refresh(part);
      }
      setTimeout(again, Number(part.dataset.every));
    };
    again();
  }

  // Not each row that moves is worth a sentence, but what has changed since the last one is.
  const news = document.getElementById("news");
  setInterval(() => {
    const text = ["pending", "retrying", "dead", "delivered"]
      .map((id) => document.querySelector("#" + id + " h2").textContent.trim())
      .join(", ");
    if (news.textContent !== text) {
      news.textContent = text;
    }
  }, 15000);

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-query]");
    if (!link) {
      return;
    }
    event.preventDefault();
    const moving = document.getElementById("moving");
    moving.dataset.live = moving.dataset.live.split("?")[0] + link.dataset.query;
    history.replaceState(null, "", link.pathname + link.dataset.query);
    refresh(moving);
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    event.preventDefault();
    const button = event.submitter;
    if (button && button.dataset.ask && !confirm(button.dataset.ask)) {
      return;
    }
    const fields = new URLSearchParams(new FormData(form));
    const focused = button !== null && document.activeElement === button;
    if (button) {
      button.disabled = true;
    }
    try {
      const answer = await fetch(form.action, { method: "POST", body: fields, redirect: "manual" });
      // An answer that leads back to this page; 404: somebody was faster, which the page shows.
      if (answer.type !== "opaqueredirect" && answer.status !== 404) {
        throw new Error("HTTP " + answer.status);
      }
      await Promise.all(parts.map(refresh));
    } catch (error) {
      say("That did not work: " + error.message, 6000);
    } finally {
      if (button) {
        button.disabled = false;
      }
      // A button loses the focus while it is disabled. Whoever has moved on meanwhile is left there.
      if (focused && document.activeElement === document.body) {
        button.focus();
      }
    }
  });

  document.addEventListener("input", (event) => {
    if (event.target.type === "range") {
      event.target.nextElementSibling.textContent = event.target.value + " %";
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.form && ["range", "checkbox"].includes(event.target.type)) {
      event.target.form.requestSubmit();
    }
  });
  document.documentElement.classList.add("scripted");
})();
