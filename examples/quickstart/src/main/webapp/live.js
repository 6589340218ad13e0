// The live page, and on every page a line that says which fault Playtcha plays.
(() => {
  "use strict";
  const SECONDS = 60;
  const GROUPS = [
    ["verified", "verified", "--good"],
    ["degraded", "verified, degraded", "--accent"],
    ["unverified", "allowed unverified", "--notice"],
    ["denied", "denied", "--bad"],
    ["exempt", "exempt", "--soft"],
  ];
  const MEANING = {
    works: "It confirms each token once.",
    slow: "It answers after 1.5 seconds: within the deadline of two.",
    throttles: "It answers 429 with Retry-After: 5. All visitors are denied until that is over, and no call is made.",
    fails: "It answers 500. By default the guard fails open: visitors are allowed unverified, each token once.",
    proxy: "A page with status 200 comes instead of its answer. That opens nothing unnoticed: the log has an ERROR.",
    down: "No connection can be made. When 80 % of the last ten seconds' calls have failed, the circuit breaker opens, and no more calls are made for 5 seconds.",
  };
  const FAULT = {
    slow: "is slow", throttles: "throttles", fails: "answers 500", proxy: "is behind a broken proxy", down: "is down",
  };
  const byId = (id) => document.getElementById(id);
  const base = new URL(document.querySelector("a.home").href).pathname;
  const at = (path) => base + path;

  const showFault = (mode) => {
    const line = byId("fault");
    line.hidden = mode === "works";
    line.textContent = "Playtcha " + FAULT[mode] + ": switched so on the live page.";
  };

  const read = async (path, options) => {
    const response = await fetch(at(path), options);
    if (!response.ok) {
      throw new Error(path + " answered " + response.status);
    }
    return response.json();
  };

  if (!byId("chart")) {
    // Without the launcher there is no switch, and nothing to say.
    read("switch").then((state) => showFault(state.mode), () => {});
    return;
  }

  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const start = Date.now() / 1000 - SECONDS;
  const data = [Array.from({ length: SECONDS }, (_, i) => start + i), ...GROUPS.map(() => Array(SECONDS).fill(null)), Array(SECONDS).fill(null)];
  const outage = Array(SECONDS).fill(false);
  const trim = () => [...data, outage].forEach((column) => column.splice(0, column.length - SECONDS));
  let before = null;

  // A reload forgets nothing that is still within the chart.
  const MEMORY = "decisions";
  const recall = () => {
    const kept = JSON.parse(sessionStorage.getItem(MEMORY) || "null");
    const now = Date.now() / 1000;
    const recent = kept ? kept.data[0].flatMap((time, i) => (time > now - SECONDS && time <= now ? [i] : [])) : [];
    if (recent.length) {
      const older = data[0].filter((time) => time < kept.data[0][recent[0]]).length;
      [...data, outage].forEach((column) => column.splice(older));
      data.forEach((column, at) => column.push(...recent.map((i) => kept.data[at][i])));
      outage.push(...recent.map((i) => kept.outage[i]));
    }
    // What was decided since the last look is one second's, unless that was long ago.
    before = kept && now - kept.data[0].at(-1) < 3 ? kept.before : null;
    if (kept && !before) {
      data.forEach((column, at) => column.push(at ? null : now));
      outage.push(false);
    }
    trim();
  };
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

  const shade = (plot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.fillStyle = color("--bad-tint");
    for (let i = 0; i < outage.length; i++) {
      if (outage[i]) {
        const left = plot.valToPos(data[0][i] - 0.5, "x", true);
        const right = plot.valToPos(data[0][i] + 0.5, "x", true);
        const from = Math.max(left, bbox.left);
        ctx.fillRect(from, bbox.top, Math.min(right, bbox.left + bbox.width) - from, bbox.height);
      }
    }
    ctx.restore();
  };

  let plot;
  const draw = () => {
    const holder = byId("chart");
    holder.replaceChildren();
    const axis = { stroke: color("--soft"), grid: { stroke: color("--line"), width: 1 }, ticks: { stroke: color("--line"), width: 1 } };
    plot = new uPlot({
      width: holder.clientWidth,
      height: 240,
      cursor: { show: false },
      scales: { y: { range: (u, min, max) => [0, Math.max(5, max)] } },
      axes: [
        { ...axis, space: 90, values: (chart, times) => times.map((time) => clock.format(time * 1000)) },
        { ...axis, size: 36 },
      ],
      series: [
        { label: "time" },
        ...GROUPS.map(([, label, name]) => ({ label, stroke: color(name), width: 2, points: { show: false } })),
        { label: "in flight", stroke: color("--text"), width: 1, dash: [4, 4], points: { show: false } },
      ],
      hooks: { drawClear: [shade] },
    }, data, holder);
  };

  const badge = (id, text, tone) => {
    const element = byId(id);
    element.textContent = text;
    element.className = "status " + tone;
  };

  const row = (decision) => {
    const cells = [
      GROUPS.find(([name]) => name === decision.group)[1],
      decision.outcome,
      decision.reason,
      decision.milliseconds + " ms",
    ].map((text) => {
      const cell = document.createElement("td");
      cell.textContent = text;
      return cell;
    });
    cells[0].className = "group " + decision.group;
    cells[2].className = "reason";
    cells[3].className = "time";
    const line = document.createElement("tr");
    line.append(...cells);
    return line;
  };

  const tick = async () => {
    let activity, state;
    try {
      [activity, state] = await Promise.all([read("activity"), read("switch")]);
    } catch {
      return; // the application was stopped, say; the next second tries again
    }
    const counts = GROUPS.map(([name]) => activity.counts[name] || 0);
    data[0].push(Date.now() / 1000);
    counts.forEach((count, i) => data[i + 1].push(before && count >= before[i] ? count - before[i] : null));
    data[GROUPS.length + 1].push(state.inFlight);
    outage.push(state.mode !== "works");
    trim();
    before = counts;
    plot.setData(data);
    badge("breaker", activity.breaker.toLowerCase().replace("_", " "), activity.breaker === "CLOSED" ? "good" : "bad");
    badge("throttle", activity.throttled ? "no call is made" : "none", activity.throttled ? "notice" : "good");
    badge("in-flight", String(state.inFlight), "plain");
    if (activity.last.length) {
      byId("last").replaceChildren(...activity.last.map(row));
    }
    show(state.mode);
  };

  const show = (mode) => {
    for (const button of byId("switches").children) {
      button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
    }
    byId("meaning").textContent = MEANING[mode];
  };

  for (const button of byId("switches").children) {
    button.addEventListener("click", async () => {
      show((await read("switch?mode=" + button.dataset.mode, { method: "POST" })).mode);
    });
  }

  let sending = null;
  let from = "signup";
  const visit = () => fetch(at(from), {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    // A form that shows no widget sends no token.
    body: from === "exempt" ? "name=Visitor"
      : "name=Visitor&playtcha-response=ok-" + crypto.getRandomValues(new Uint32Array(2)).join("-"),
  }).then((response) => response.text(), () => {});
  for (const button of byId("addresses").children) {
    button.addEventListener("click", () => {
      from = button.dataset.form;
      for (const each of byId("addresses").children) {
        each.setAttribute("aria-pressed", String(each === button));
      }
      byId("with-token").hidden = from === "exempt";
      byId("without-token").hidden = from !== "exempt";
    });
  }
  byId("visitors").addEventListener("click", (event) => {
    if (sending) {
      clearInterval(sending);
      sending = null;
    } else {
      sending = setInterval(visit, 250);
    }
    event.target.setAttribute("aria-pressed", String(sending !== null));
    event.target.textContent = sending ? "Stop sending" : "Send four a second";
  });

  recall();
  draw();
  addEventListener("pagehide", () => sessionStorage.setItem(MEMORY, JSON.stringify({ data, outage, before })));
  addEventListener("resize", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  tick();
  setInterval(tick, 1000);
})();
