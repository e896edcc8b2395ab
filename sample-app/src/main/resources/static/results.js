// The results of the analysis: tiles, charts and tables.

import { clear, html, legend, path, plot, scale, show, svg } from "./charts.js";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const $ = (id) => document.getElementById(id);

export const number = (value, digits = 1) => {
  const text = value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return text.replace("-", "−");
};
const signed = (value, digits = 2) => (value > 0 ? "+" : "") + number(value, digits);

export function day(iso) {
  const [year, month, date] = iso.split("-").map(Number);
  return `${date} ${MONTHS[month - 1]} ${year}`;
}

function monthName(iso) {
  const [year, month] = iso.split("-").map(Number);
  return `${MONTHS[month - 1]} ${year}`;
}

// Months on a scale of years, the middle of January 2012 at 2012 + 1/24.
const monthPlace = (iso) => Number(iso.slice(0, 4)) + (Number(iso.slice(5, 7)) - 0.5) / 12;

function yearTicks(months) {
  const years = [...new Set(months.map(({ month }) => Number(month.slice(0, 4))))];
  return years.length > 1
    ? years.map((year) => ({ at: year + 0.5, text: String(year) }))
    : months.map(({ month }) => ({ at: monthPlace(month), text: MONTHS[Number(month.slice(5)) - 1] }));
}

function span(months) {
  return [monthPlace(months[0].month) - 1 / 24, monthPlace(months.at(-1).month) + 1 / 24];
}

export function showSummary(summary) {
  const tiles = [
    ["Days", summary.days.toLocaleString("en"), summary.missing_days ? `${summary.missing_days} missing` : "none missing"],
    ["Mean temperature", number(summary.temp_mean) + " °C", `${day(summary.first)} – ${day(summary.last)}`],
    ["Warmest", number(summary.warmest.value) + " °C", day(summary.warmest.date)],
    ["Coldest", number(summary.coldest.value) + " °C", day(summary.coldest.date)],
    ["Wettest day", number(summary.wettest.value) + " mm", day(summary.wettest.date)],
    ["Wet days", number(100 * summary.wet_days / summary.days, 0) + " %", `${summary.wet_days} with 1 mm or more`],
    ["Longest dry spell", summary.longest_dry_spell + " days", "each under 1 mm"],
  ];
  $("summary").replaceChildren(...tiles.map(([name, value, more]) =>
    html("div", {}, html("dt", {}, name), html("dd", {}, value, html("small", {}, more)))));
}

export function showTemperature(months) {
  const low = Math.min(...months.map((m) => m.coldest));
  const high = Math.max(...months.map((m) => m.warmest));
  show($("temperature"), (width) => [
    ...plot({
      width, height: 270, label: "Temperature by month", x: span(months), y: [low - 1, high + 1], xTicks: yearTicks(months),
      readouts: months.map((m) => ({
        at: monthPlace(m.month),
        text: `${monthName(m.month)}: ${number(m.temp_min)} to ${number(m.temp_max)} °C, mean ${number(m.temp_mean)}, extremes ${number(m.coldest)} and ${number(m.warmest)}`,
      })),
      paint(x, y, root) {
        const top = months.map((m) => [x(monthPlace(m.month)), y(m.temp_max)]);
        const bottom = months.map((m) => [x(monthPlace(m.month)), y(m.temp_min)]).reverse();
        root.append(svg("path", { class: "band", d: path([...top, ...bottom]) + "Z" }));
        for (const m of months) {
          root.append(svg("line", { class: "whisker", x1: x(monthPlace(m.month)), x2: x(monthPlace(m.month)), y1: y(m.coldest), y2: y(m.warmest) }));
        }
        root.append(svg("path", { class: "mean", d: path(months.map((m) => [x(monthPlace(m.month)), y(m.temp_mean)])) }));
      },
    }),
    legend(["area", "band", "mean minimum to mean maximum"], ["line", "mean", "mean"], ["line", "whisker", "coldest to warmest"]),
  ]);
}

export function showPrecipitation(months) {
  const high = Math.max(10, ...months.map((m) => m.precipitation));
  show($("precipitation"), (width) => plot({
    width, height: width < 420 ? 250 : 330, label: "Precipitation by month", x: span(months), y: [0, high * 1.05], xTicks: yearTicks(months),
    readouts: months.map((m) => ({
      at: monthPlace(m.month), text: `${monthName(m.month)}: ${number(m.precipitation)} mm on ${m.wet_days} wet days`,
    })),
    paint(x, y, root) {
      const bar = Math.max(1.5, (x(1 / 12) - x(0)) * 0.72);
      for (const m of months) {
        root.append(svg("rect", {
          class: "rainbar", x: x(monthPlace(m.month)) - bar / 2, y: y(m.precipitation), width: bar,
          height: y(0) - y(m.precipitation), rx: Math.min(2, bar / 3),
        }));
      }
    },
  }));
}

export function showTrend(trend, bootstrap) {
  const { months, slope_per_year: slope } = trend;
  const interval = bootstrap?.interval;
  const text = $("trend-text");
  text.replaceChildren(html("strong", {}, `${signed(slope)} °C a year`));
  if (interval) {
    text.append(` with ${number(100 * interval.level, 0)} % between ${signed(interval.low)} and ${signed(interval.high)}`
      + ` (${interval.resamples.toLocaleString("en")} resamples in blocks of ${bootstrap.block_days} days).`);
  }
  text.append(` ${number(trend.years)} years tell of weather, not of climate.`);
  const size = Math.max(1, ...months.flatMap((m) => [Math.abs(m.anomaly), Math.abs(m.fitted)])) * 1.1;
  const [first, last] = span(months);
  const middle = (first + last) / 2;
  show($("trend"), (width) => [
    ...plot({
      width, height: 250, label: "Monthly means without the season, and the trend", x: [first, last], y: [-size, size], xTicks: yearTicks(months),
      yFormat: (tick) => (tick > 0 ? "+" : "") + String(tick).replace("-", "−"),
      readouts: months.map((m) => ({
        at: monthPlace(m.month), text: `${monthName(m.month)}: ${signed(m.anomaly, 1)} °C, trend ${signed(m.fitted, 1)}`,
      })),
      paint(x, y, root) {
        const line = (s) => [[x(first), y(s * (first - middle))], [x(last), y(s * (last - middle))]];
        if (interval) {
          const [a, b] = line(interval.low);
          const [c, d] = line(interval.high);
          const centre = [x(middle), y(0)];
          root.append(svg("path", { class: "spread", d: `${path([a, centre, c])}Z${path([b, centre, d])}Z` }));
        }
        for (const m of months) {
          root.append(svg("circle", { class: "dot", cx: x(monthPlace(m.month)), cy: y(m.anomaly), r: 3 }));
        }
        root.append(svg("path", { class: "fit", d: path(line(slope)) }));
      },
    }),
    legend(["dot", "dot", "month"], ["line", "fit", "trend"], ...(interval ? [["area", "spread", "bootstrap interval"]] : [])),
  ]);
}

export function showForecast(backtest) {
  const { days } = backtest;
  const better = 100 * (1 - backtest.error / backtest.persistence_error);
  $("forecast-text").replaceChildren(
    html("strong", {}, `${number(backtest.error, 2)} °C off on average`),
    `: the ${backtest.neighbours} most similar of ${backtest.past_days.toLocaleString("en")} earlier days say how it goes on. `
    + (better >= 0 ? `${number(better, 0)} % better than saying “like today”.` : `${number(-better, 0)} % worse than saying “like today”.`));
  const all = days.flatMap((d) => [d.actual, d.forecast]);
  const xTicks = days.flatMap(({ date }, i) => (date.endsWith("-15") ? [{ at: i, text: MONTHS[Number(date.slice(5, 7)) - 1] }] : []));
  show($("forecast"), (width) => [
    ...plot({
      width, height: 260, label: "Forecast and actual daily maximum", x: [0, days.length - 1], y: [Math.min(...all) - 1, Math.max(...all) + 1], xTicks,
      readouts: days.map((d, i) => ({
        at: i, text: `${day(d.date)}: forecast ${number(d.forecast)} °C, came ${number(d.actual)}, usual ${number(d.climatology)}`,
      })),
      paint(x, y, root) {
        const line = (style, value) => root.append(svg("path", { class: style, d: path(days.map((d, i) => [x(i), y(value(d))])) }));
        line("climate", (d) => d.climatology);
        line("actual", (d) => d.actual);
        line("predicted", (d) => d.forecast);
      },
    }),
    legend(["line", "predicted", "forecast the day before"], ["line", "actual", "actual"], ["line", "climate", "usual for the season"]),
  ]);
  const rows = [
    ["Forecast", backtest.error, "errorbar ours"],
    ["Like today", backtest.persistence_error, "errorbar"],
    ["Usual for the season", backtest.climatology_error, "errorbar"],
  ];
  show($("errors"), (width) => {
    const left = 138;
    const x = scale(0, Math.max(...rows.map(([, error]) => error)), 0, width - left - 60);
    const label = "Mean absolute error: " + rows.map(([name, error]) => `${name} ${number(error, 2)} °C`).join(", ");
    const root = svg("svg", { viewBox: `0 0 ${width} 86`, height: 86, role: "img", "aria-label": label });
    rows.forEach(([name, error, style], i) => root.append(
      svg("text", { x: left - 8, y: 28 + i * 24, "text-anchor": "end" }, name),
      svg("rect", { class: style, x: left, y: 16 + i * 24, width: Math.max(1, x(error)), height: 16, rx: 3 }),
      svg("text", { class: "strong", x: left + x(error) + 6, y: 28 + i * 24 }, number(error, 2) + " °C")));
    return [html("p", { class: "muted" }, "Mean absolute error"), root];
  });
}

export function showExtremes({ best, worst }) {
  fill($("best"), best);
  fill($("worst"), worst);
}

function fill(table, days) {
  const head = ["Day", "Score", "Max °C", "Rain mm", "Wind m/s", "Weather"];
  table.replaceChildren(
    html("thead", {}, html("tr", {}, ...head.map((name) => html("th", { scope: "col" }, name)))),
    html("tbody", {}, ...days.map((d) => html("tr", {},
      ...[day(d.date), number(d.score), number(d.temp_max), number(d.precipitation), number(d.wind), d.weather].map((text) => html("td", {}, text))))));
}

/** In place of a result that this dataset is too short for. */
export function showMissing(id, why) {
  clear($(id), html("p", { class: "muted" }, why));
}

/** Which context ran which chunk when. */
export function showLanes(result) {
  const lanes = result.contexts;
  const end = Math.max(...result.chunks.map((c) => c.ended));
  show($("lanes"), (width) => {
    const left = 74;
    const row = 30;
    const height = lanes * row + 24;
    const x = scale(0, end, left, width - 4);
    const label = `${result.chunks.length} chunks of work on ${lanes} context${lanes === 1 ? "" : "s"} in ${Math.round(end)} milliseconds`;
    const root = svg("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img", "aria-label": label });
    for (let lane = 0; lane < lanes; lane++) {
      root.append(
        svg("text", { x: 0, y: lane * row + 19 }, `Worker ${lane + 1}`),
        svg("rect", { class: "lanerow", x: left, y: lane * row + 3, width: width - 4 - left, height: row - 8, rx: 4 }));
    }
    for (const chunk of result.chunks) {
      root.append(svg("rect", {
        class: `lane-${chunk.context % 6}`, x: x(chunk.started) + 0.5, y: chunk.context * row + 3,
        width: Math.max(1, x(chunk.ended) - x(chunk.started) - 1), height: row - 8, rx: 2,
      }, svg("title", {}, `Chunk ${chunk.chunk}: ${Math.round(chunk.ended - chunk.started)} ms`)));
    }
    root.append(
      svg("text", { x: left, y: height - 6 }, "0"),
      svg("text", { x: width - 4, y: height - 6, "text-anchor": "end" }, `${Math.round(end)} ms`));
    return [root];
  });
}
