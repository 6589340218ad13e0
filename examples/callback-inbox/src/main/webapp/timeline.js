// The timeline: what happened in each second since the page was opened in this tab. The counts come from /state.json.
(() => {
  "use strict";
  const SECONDS = 90;
  const holder = document.getElementById("timeline-chart");
  if (!holder) {
    return;
  }
  const LINES = [
    ["results that arrived", "--accent", (state) => counter(state, "accepted") + counter(state, "spooled")],
    ["calls of the handler", "--notice", (state) => state.calls],
    ["effects", "--good", (state) => (state.databaseWorks ? state.effects : null)],
  ];
  const counter = (state, name) => state.figures["counter." + name] || 0;
  const color = (name) => getComputedStyle(holder).getPropertyValue(name).trim();
  // light-dark() is resolved where a color is used, and a canvas has no color scheme.
  const resolved = (name) => {
    const probe = document.createElement("span");
    probe.style.color = color(name);
    holder.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  };

  const start = Date.now() / 1000 - SECONDS;
  const data = [Array.from({ length: SECONDS }, (_, i) => start + i), ...LINES.map(() => Array(SECONDS).fill(null))];
  const outages = Array(SECONDS).fill("");
  let before = null;
  let plot;

  // A reload forgets nothing that is still within the chart.
  const MEMORY = "timeline";
  const recall = () => {
    const kept = JSON.parse(sessionStorage.getItem(MEMORY) || "null");
    const now = Date.now() / 1000;
    const recent = kept ? kept.data[0].flatMap((time, i) => (time > now - SECONDS && time <= now ? [i] : [])) : [];
    if (recent.length) {
      const older = data[0].filter((time) => time < kept.data[0][recent[0]]).length;
      [...data, outages].forEach((column) => column.splice(older));
      data.forEach((column, at) => column.push(...recent.map((i) => kept.data[at][i])));
      outages.push(...recent.map((i) => kept.outages[i]));
    }
    // What happened since the last look is one second's, unless that was long ago.
    before = kept && now - kept.data[0].at(-1) < 3 ? kept.before : null;
    if (kept && !before) {
      data.forEach((column, at) => column.push(at ? null : now));
      outages.push("");
    }
    [...data, outages].forEach((column) => column.splice(0, column.length - SECONDS));
  };
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

  const shade = (chart) => {
    const { ctx, bbox } = chart;
    ctx.save();
    for (let i = 1; i < outages.length; i++) {
      if (outages[i]) {
        ctx.fillStyle = outages[i] === "down" ? resolved("--line") : resolved("--bad-tint");
        const from = Math.max(chart.valToPos(data[0][i - 1], "x", true), bbox.left);
        const to = Math.min(chart.valToPos(data[0][i], "x", true), bbox.left + bbox.width);
        ctx.fillRect(from, bbox.top, to - from, bbox.height);
      }
    }
    ctx.restore();
  };

  const draw = () => {
    holder.replaceChildren();
    const axis = {
      stroke: resolved("--soft"),
      grid: { stroke: resolved("--line"), width: 1 },
      ticks: { stroke: resolved("--line"), width: 1 },
    };
    plot = new uPlot({
      width: holder.clientWidth,
      height: 220,
      cursor: { show: false },
      scales: { y: { range: (chart, min, max) => [0, Math.max(4, max)] } },
      axes: [
        { ...axis, space: 90, values: (chart, times) => times.map((time) => clock.format(time * 1000)) },
        { ...axis, size: 36 },
      ],
      series: [
        { label: "time" },
        ...LINES.map(([label, name]) => ({ label, stroke: resolved(name), width: 2, points: { show: false } })),
      ],
      hooks: { drawClear: [shade] },
    }, data, holder);
  };

  const tick = async () => {
    let state = null;
    try {
      const answer = await fetch(holder.dataset.state);
      state = answer.ok ? await answer.json() : null;
    } catch {
      // The application was stopped or killed; it may come back.
    }
    const counts = state && LINES.map(([, , read]) => read(state));
    data[0].push(Date.now() / 1000);
    LINES.forEach((line, i) => {
      // Counters begin at zero after a restart.
      const known = counts && before && counts[i] !== null && before[i] !== null && counts[i] >= before[i];
      data[i + 1].push(known ? counts[i] - before[i] : null);
    });
    outages.push(state === null ? "down" : state.databaseWorks ? "" : "away");
    [...data, outages].forEach((column) => column.splice(0, column.length - SECONDS));
    if (counts) {
      // While the database is away, the last known number of effects stays, so that none is skipped.
      before = counts.map((count, i) => (count === null && before ? before[i] : count));
    }
    plot.setData(data);
  };

  recall();
  draw();
  addEventListener("pagehide", () => sessionStorage.setItem(MEMORY, JSON.stringify({ data, outages, before })));
  addEventListener("resize", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  const next = async () => {
    await tick();
    setTimeout(next, 1000);
  };
  next();
})();
