// The live panel: what the actuator says about Python, once a second.

import { html, path, scale, svg } from "./charts.js";

const HISTORY = 60;
const $ = (id) => document.getElementById(id);
const history = new Map();

/** Polls for ever; slower while the page is hidden or the server away. */
export async function watch() {
  for (;;) {
    let pause = 1000;
    if (!document.hidden) {
      const [python, health] = await Promise.all([ask("actuator/python"), ask("actuator/health")]);
      showHealth(health);
      showContexts(python);
      pause = python || health ? 1000 : 5000;
    }
    await new Promise((done) => setTimeout(done, pause));
  }
}

async function ask(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(4000), headers: { Accept: "application/json" } });
    return await response.json();
  } catch {
    return null;
  }
}

function showHealth(health) {
  const badge = $("health");
  const python = health?.components?.python ?? health;
  const status = python?.status ?? "UNREACHABLE";
  badge.textContent = status;
  badge.dataset.tone = status === "UP" ? "good" : status === "UNREACHABLE" || status === "DOWN" ? "bad" : "busy";
}

function showContexts(python) {
  const runtime = $("runtime");
  if (!python) {
    runtime.textContent = "The actuator does not answer.";
    $("contexts").replaceChildren();
    $("counters").textContent = "";
    return;
  }
  const pools = poolsOf(python);
  const facts = [
    python.runtime?.version && `CPython ${python.runtime.version}`,
    ...new Set(pools.map((pool) => pool.mode && `${pool.mode.toLowerCase()} mode`)),
    python.state?.toLowerCase(),
  ];
  runtime.textContent = facts.filter(Boolean).join(" · ") || "CPython";
  const contexts = pools.flatMap((pool) => (pool.contexts ?? []).map((context) => ({ pool: pool.name, ...context })));
  $("contexts").replaceChildren(...(contexts.length
    ? contexts.map((context, place) => card(context, place, pools.length > 1))
    : [html("li", {}, "There are no contexts.")]));
  $("counters").textContent = pools.map((pool) => totals(pool, pools.length > 1)).join(" — ");
}

// The actuator gives pools by name; a list of them or of contexts alone is understood as well.
function poolsOf(python) {
  if (Array.isArray(python.contexts)) {
    return [python];
  }
  return Array.isArray(python.pools) ? python.pools : Object.entries(python.pools ?? {}).map(([name, pool]) => ({ name, ...pool }));
}

function totals(pool, named) {
  const wanted = /(submitted|completed|failed|timed.?out|cancelled|rejected)$/i;
  const parts = Object.entries(pool.counters ?? {})
    .filter(([name, value]) => wanted.test(name) && typeof value === "number")
    .map(([name, value]) => `${wanted.exec(name)[1].replace(/timed.?out/i, "timed out").toLowerCase()} ${value.toLocaleString("en")}`);
  for (const [name, value] of [["in flight", pool.inFlight], ["waiting", pool.waiting]]) {
    if (typeof value === "number") {
      parts.push(`${name} ${value.toLocaleString("en")}`);
    }
  }
  return (named ? `${pool.name}: ` : "") + parts.join(" · ");
}

function card(context, place, named) {
  const name = `${named ? `${context.pool}, context` : "Context"} ${context.index ?? place}`;
  const state = String(context.state ?? "unknown");
  const requests = typeof context.requests === "number" ? context.requests : null;
  const queue = context.queueDepth ?? context.queue;
  const rates = record(name, requests);
  const numbers = [
    requests !== null && `${requests.toLocaleString("en")} requests`,
    rates.length && `${Math.round(rates.at(-1)).toLocaleString("en")}/s`,
    typeof queue === "number" && `queue ${queue}`,
    uptime(context.uptime),
    memory(context.memoryBytes),
  ].filter(Boolean);
  const badge = html("span", { class: "badge" }, state.replaceAll("_", " "));
  badge.dataset.tone = tone(state);
  return html("li", {}, html("span", { class: "name" }, name), badge, html("span", { class: "numbers" }, numbers.join(" · ")), spark(rates));
}

function tone(state) {
  if (/idle|ready|running|serving/i.test(state)) {
    return "good";
  }
  return /stuck|dead|lost|fail|down|stopped|broken/i.test(state) ? "bad" : "busy";
}

function record(name, requests) {
  if (requests === null) {
    return [];
  }
  const now = performance.now();
  const known = history.get(name) ?? { rates: [] };
  if (known.at !== undefined && requests >= known.requests) {
    known.rates.push((requests - known.requests) / ((now - known.at) / 1000));
    known.rates.splice(0, known.rates.length - HISTORY);
  } else {
    known.rates = [];
  }
  history.set(name, Object.assign(known, { at: now, requests }));
  return known.rates;
}

function spark(rates) {
  const y = scale(0, Math.max(1, ...rates), 21, 3);
  const points = rates.map((rate, i) => [200 - (rates.length - 1 - i) * (200 / (HISTORY - 1)), y(rate)]);
  return svg("svg", { viewBox: "0 0 200 24", height: 24, width: "100%", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("path", { class: "spark", d: path(points.length > 1 ? points : [[0, 21], [200, 21]]) }));
}

function uptime(value) {
  if (typeof value === "string") {
    const [, hours, minutes, seconds] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?$/.exec(value) ?? [];
    const parts = [hours && `${hours} h`, minutes && `${minutes} min`, !hours && seconds && `${seconds} s`].filter(Boolean);
    return parts.length ? "up " + parts.join(" ") : null;
  }
  return null;
}

function memory(bytes) {
  return typeof bytes === "number" && bytes > 0 ? `${(bytes / 1e6).toFixed(1)} MB` : null;
}
