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
  if (!python) {
    $("runtime").textContent = "The actuator does not answer.";
    $("contexts").replaceChildren();
    $("counters").textContent = "";
    return;
  }
  const runtime = python.runtime ?? python;
  const version = first(runtime, "version", "pythonVersion");
  $("runtime").textContent = [version && `CPython ${text(version)}`, text(runtime.mode), text(runtime.state)].filter(Boolean).join(" · ") || "CPython";
  const contexts = contextsOf(python);
  $("contexts").replaceChildren(...(contexts.length ? contexts.map(card) : [html("li", {}, "The actuator lists no contexts.")]));
  const counters = Object.entries(python.counters ?? {}).filter(([, value]) => typeof value === "number");
  const wanted = counters.filter(([name]) => /^(submitted|completed|failed|timed.?out|cancelled|rejected|in.?flight)$/i.test(name));
  $("counters").textContent = wanted
    .map(([name, value]) => `${name.replace(/[-_]|(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase()} ${value.toLocaleString("en")}`).join(" · ");
}

// One list, or a list in each pool.
function contextsOf(python) {
  if (Array.isArray(python.contexts)) {
    return python.contexts;
  }
  const pools = Array.isArray(python.pools) ? python.pools : Object.entries(python.pools ?? {}).map(([name, pool]) => ({ name, ...pool }));
  return pools.flatMap((pool) => (Array.isArray(pool?.contexts) ? pool.contexts.map((context) => ({ pool: pool.name, ...context })) : []));
}

function card(context, place) {
  const name = [pools() && text(context.pool), `Context ${text(first(context, "index", "id", "context")) ?? place}`].filter(Boolean).join(" ");
  const state = text(context.state ?? context.status) ?? "unknown";
  const requests = count(first(context, "requests", "completed", "calls"));
  const rates = record(name, requests);
  const numbers = [
    requests !== null && `${requests.toLocaleString("en")} requests`,
    rates.length && `${Math.round(rates.at(-1)).toLocaleString("en")}/s`,
    count(first(context, "queue", "queued", "queueDepth")) !== null && `queue ${count(first(context, "queue", "queued", "queueDepth"))}`,
    uptime(context.uptime),
    memory(first(context, "memory", "memoryBytes")),
  ].filter(Boolean);
  const badge = html("span", { class: "badge" }, state.replaceAll("_", " "));
  badge.dataset.tone = /idle|ready|running|up|serving/i.test(state) ? "good" : /stuck|dead|lost|fail|down|stopped/i.test(state) ? "bad" : "busy";
  return html("li", {}, html("span", { class: "name" }, name), badge, html("span", { class: "numbers" }, numbers.join(" · ")), spark(rates));

  function pools() {
    return context.pool && context.pool !== "default";
  }
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

function first(object, ...names) {
  return names.map((name) => object?.[name]).find((value) => value !== undefined && value !== null);
}

function text(value) {
  return typeof value === "string" || typeof value === "number" ? String(value) : value?.name ?? value?.version;
}

// A number, or numbers by kind whose sum is meant.
function count(value) {
  if (typeof value === "number") {
    return value;
  }
  if (value && typeof value === "object") {
    const parts = Object.values(value).filter((part) => typeof part === "number");
    return parts.length ? (value.total ?? value.completed ?? parts.reduce((sum, part) => sum + part, 0)) : null;
  }
  return null;
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
