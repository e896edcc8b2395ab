// Small SVG charts. A chart is drawn at the width of its figure, so text keeps its size on a phone.

const SVG = "http://www.w3.org/2000/svg";

export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

export function html(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

const drawn = new Map();
const resized = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const chart = drawn.get(target);
    if (chart && Math.round(target.clientWidth) !== chart.width) {
      paint(target, chart);
    }
  }
});

/** Draws into a figure now and whenever its width changes; `draw(width)` gives its children. */
export function show(figure, draw) {
  const chart = { draw, width: 0 };
  drawn.set(figure, chart);
  paint(figure, chart);
  resized.observe(figure);
}

export function clear(figure, ...children) {
  drawn.delete(figure);
  figure.replaceChildren(...children);
}

function paint(figure, chart) {
  chart.width = Math.round(figure.clientWidth);
  if (chart.width > 0) {
    figure.replaceChildren(...chart.draw(chart.width));
  }
}

export function scale(from, to, start, end) {
  const factor = (end - start) / ((to - from) || 1);
  return (value) => start + (value - from) * factor;
}

/** Round numbers from `from` to `to`, about `count` of them. */
export function ticks(from, to, count = 5) {
  const raw = (to - from) / count || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((f) => f * power).find((s) => s >= raw);
  const result = [];
  for (let i = Math.ceil(from / step); i * step <= to + step * 1e-6; i++) {
    result.push(Number((i * step).toPrecision(12)));
  }
  return result;
}

export function path(points) {
  return points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}

/** A plot with a scale on the left; `paint(x, y, layer)` draws what it shows. */
export function plot({ width, height, label, x: [x0, x1], y: [y0, y1], xTicks, yFormat = String, left = 38, paint: draw, readouts }) {
  const box = { left, right: width - 8, top: 10, bottom: height - 24 };
  const x = scale(x0, x1, box.left, box.right);
  const y = scale(y0, y1, box.bottom, box.top);
  const root = svg("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img", "aria-label": label });
  for (const tick of ticks(y0, y1, height / 50)) {
    root.append(
      svg("line", { class: tick === 0 ? "zero" : "rule", x1: box.left, x2: box.right, y1: y(tick), y2: y(tick) }),
      svg("text", { x: box.left - 7, y: y(tick) + 4, "text-anchor": "end" }, yFormat(tick)));
  }
  let free = -Infinity;
  for (const { at, text } of xTicks) {
    const middle = x(at);
    const half = text.length * 3.4;
    if (middle - half > free && middle + half < width + 6) {
      root.append(svg("text", { x: middle, y: height - 6, "text-anchor": "middle" }, text));
      free = middle + half + 6;
    }
  }
  draw(x, y, root, box);
  if (!readouts) {
    return [root];
  }
  return [root, ...explore(root, box, x, readouts, label)];
}

// Pointing at a place, or arrow keys, tell the numbers there.
function explore(root, box, x, readouts, label) {
  const guide = svg("line", { class: "guide", y1: box.top, y2: box.bottom, visibility: "hidden" });
  const output = html("output", { class: "readout" });
  const hit = svg("rect", {
    class: "hit", x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top,
    tabindex: 0, role: "slider", "aria-label": label + ": move through the values",
    "aria-valuemin": 0, "aria-valuemax": readouts.length - 1, "aria-valuenow": 0, "aria-valuetext": readouts[0].text,
  });
  let current = 0;
  const point = (index) => {
    current = Math.max(0, Math.min(readouts.length - 1, index));
    const { at, text } = readouts[current];
    guide.setAttribute("x1", x(at));
    guide.setAttribute("x2", x(at));
    guide.setAttribute("visibility", "visible");
    output.textContent = text;
    hit.setAttribute("aria-valuenow", current);
    hit.setAttribute("aria-valuetext", text);
  };
  hit.addEventListener("pointermove", (event) => {
    const scaleX = root.viewBox.baseVal.width / root.getBoundingClientRect().width;
    const place = (event.clientX - root.getBoundingClientRect().left) * scaleX;
    let best = 0;
    readouts.forEach(({ at }, i) => {
      if (Math.abs(x(at) - place) < Math.abs(x(readouts[best].at) - place)) {
        best = i;
      }
    });
    point(best);
  });
  hit.addEventListener("pointerleave", () => guide.setAttribute("visibility", "hidden"));
  hit.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (step) {
      event.preventDefault();
      point(current + step);
    }
  });
  root.setAttribute("role", "group");
  root.append(guide, hit);
  return [output];
}

/** A legend of [shape, class, text]. */
export function legend(...entries) {
  return html("ul", { class: "legend" }, ...entries.map(([shape, style, text]) => {
    const mark = {
      line: () => svg("line", { class: style, x1: 0, x2: 22, y1: 5, y2: 5 }),
      area: () => svg("rect", { class: style, width: 22, height: 10, rx: 2 }),
      dot: () => svg("circle", { class: style, cx: 11, cy: 5, r: 3 }),
    }[shape]();
    return html("li", {}, svg("svg", { viewBox: "0 0 22 10", "aria-hidden": "true" }, mark), text);
  }));
}
