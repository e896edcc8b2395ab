// The page: loads a dataset's results, runs the bootstrap, takes uploads.

import { html } from "./charts.js";
import { watch } from "./contexts.js";
import {
  number, showExtremes, showForecast, showLanes, showMissing, showPrecipitation, showSummary, showTemperature, showTrend,
} from "./results.js";

const $ = (id) => document.getElementById(id);
let dataset = "seattle";
let trend = null;
let runs = {};

async function api(name, parameters = {}) {
  const query = new URLSearchParams({ dataset, ...parameters });
  return answer(await fetch(`api/weather/${name}?${query}`));
}

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw Object.assign(new Error(body.detail ?? `The server answered ${response.status}`), { status: response.status, body });
  }
  return body;
}

async function load() {
  const shown = dataset;
  trend = null;
  runs = {};
  $("notice").hidden = true;
  for (const id of ["trend-text", "forecast-text", "ran"]) {
    $(id).textContent = "";
  }
  showMissing("errors", "");
  showMissing("lanes", "");
  await Promise.all([
    part("summary", {}, showSummary),
    part("months", {}, (months) => {
      showTemperature(months);
      showPrecipitation(months);
    }),
    part("extremes", { count: 8 }, showExtremes),
    part("forecast", {}, showForecast, "forecast"),
    part("trend", {}, (result) => {
      trend = result;
      showTrend(trend);
    }, "trend"),
  ]);
  if (trend && shown === dataset) {
    await run(4000, 1, true);
  }

  async function part(name, parameters, use, figure) {
    try {
      const result = await api(name, parameters);
      if (shown === dataset) {
        use(result);
      }
    } catch (error) {
      if (shown === dataset) {
        if (figure && error.status === 422) {
          showMissing(figure, `No result: ${error.message}.`);
        } else {
          tell(error);
        }
      }
    }
  }
}

function tell(error) {
  $("notice").textContent = error.message;
  $("notice").hidden = false;
}

async function run(resamples, seed, spread) {
  const shown = dataset;
  const buttons = $("bootstrap").querySelectorAll("button");
  buttons.forEach((button) => { button.disabled = true; });
  $("ran").textContent = `Drawing ${resamples.toLocaleString("en")} resamples …`;
  try {
    const result = await api("bootstrap", { resamples, seed, spread });
    if (shown === dataset) {
      report(result, spread);
    }
  } catch (error) {
    $("ran").textContent = `No result: ${error.message}`;
  } finally {
    buttons.forEach((button) => { button.disabled = false; });
  }
}

function report(result, spread) {
  showLanes(result);
  if (trend) {
    showTrend(trend, result);
  }
  const { resamples } = result.interval;
  runs = { ...runs, [`${resamples} ${spread}`]: result.elapsed };
  const all = runs[`${resamples} true`];
  const one = runs[`${resamples} false`];
  const contexts = result.contexts === 1 ? "one context" : `${result.contexts} contexts`;
  const parts = [
    html("strong", {}, `${number(result.elapsed, 0)} ms`), ` for ${resamples.toLocaleString("en")} resamples on ${contexts}, `,
    html("strong", {}, `${number(result.cpu / result.elapsed, 2)} cores`), " busy on average.",
  ];
  if (all && one) {
    parts.push(" All contexts against one: ", html("strong", {}, `${number(one / all, 2)} times as fast`), ".");
  }
  $("ran").replaceChildren(...parts);
}

async function listDatasets() {
  const all = await answer(await fetch("api/weather/datasets"));
  $("dataset").replaceChildren(...all.map(({ id, name, days }) =>
    html("option", { value: id, ...(id === dataset ? { selected: "" } : {}) }, `${name} (${days.toLocaleString("en")} days)`)));
}

async function upload(form) {
  const place = $("uploaded");
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const info = await answer(await fetch("api/weather/datasets", { method: "POST", body: new FormData(form) }));
    place.replaceChildren(html("p", { class: "good" }, `${info.name}: ${info.days.toLocaleString("en")} days, shown above.`));
    dataset = info.id;
    form.reset();
    await listDatasets();
    await load();
  } catch (error) {
    const problems = error.body?.problems ?? [];
    place.replaceChildren(
      html("p", { class: "bad" }, error.body?.title ?? error.message),
      html("ul", { class: "problems" }, ...(problems.length
        ? problems.map(({ row, column, message }) => html("li", {}, `Row ${row}${column ? `, column ${column}` : ""}: ${message}`))
        : [html("li", {}, error.message)])));
  } finally {
    button.disabled = false;
  }
}

// Without a choice of its own the page follows the system. A browser may forbid storage.
const root = document.documentElement;
const remember = (theme) => {
  try {
    theme ? localStorage.setItem("theme", theme) : root.dataset.theme = localStorage.getItem("theme") ?? "";
  } catch {
    // The choice lasts as long as the page.
  }
};
remember();
$("theme").addEventListener("click", () => {
  const dark = root.dataset.theme === "dark" || (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "light" : "dark";
  remember(root.dataset.theme);
});
$("dataset").addEventListener("change", (event) => {
  dataset = event.target.value;
  load();
});
$("bootstrap").addEventListener("submit", (event) => {
  event.preventDefault();
  const { resamples, seed } = event.target.elements;
  run(Number(resamples.value), Number(seed.value), event.submitter?.value !== "false");
});
$("upload").addEventListener("submit", (event) => {
  event.preventDefault();
  upload(event.target);
});
watch();
listDatasets().then(load).catch(tell);
