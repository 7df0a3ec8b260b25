// Pictures on axes: stacked areas over time, stacked bars upright and lying, ranges, lines.  Units stand on every axis.

function canvas(parent, height) {
  const width = Math.max(280, parent.clientWidth);
  const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img" });
  parent.replaceChildren(svg);
  return { svg, width };
}

function rules(svg, box, low, high, unit, y, count = 5) {
  for (const tick of ticks(low, high, count)) {
    svg.append(make("line", { x1: box.left, x2: box.right, y1: y(tick), y2: y(tick), class: tick === 0 ? "zero" : "rule" }));
    svg.append(make("text", { x: box.left - 6, y: y(tick) + 4, "text-anchor": "end", class: "soft" }, figure(tick, tick % 1 ? 1 : 0)));
  }
  svg.append(make("text", { x: 0, y: box.top - 10, class: "soft" }, unit));
}

// Steps over time, gaps between windows; positive parts stacked above zero, negative ones below.
function stackedTime(parent, { title, unit, scale, windows, clock, length, series }) {
  const height = 340;
  const { svg, width } = canvas(parent, height);
  const box = { left: 52, right: width - 4, top: 46, bottom: height - 42 };
  const gap = windows.length > 1 ? 10 : 0;
  const total = windows.reduce((sum, one) => sum + one.to - one.from, 0);
  const step = (box.right - box.left - gap * (windows.length - 1)) / Math.max(1, total);
  const values = series.map((one) => one.values.map((value) => value / scale));
  const above = clock.map((_, t) => values.reduce((sum, one) => sum + Math.max(0, one[t]), 0));
  const below = clock.map((_, t) => values.reduce((sum, one) => sum + Math.min(0, one[t]), 0));
  const inside = windows.flatMap((one) => Array.from({ length: one.to - one.from }, (_, k) => one.from + k));
  const high = Math.max(1e-9, ...inside.map((t) => above[t])) * 1.03;
  const low = Math.min(0, ...inside.map((t) => below[t])) * 1.03;
  const y = (value) => box.bottom - ((value - low) / (high - low)) * (box.bottom - box.top);
  svg.append(make("text", { x: 0, y: 14, class: "title" }, title));
  rules(svg, box, low, high, unit, y, 6);
  let left = box.left;
  for (const window of windows) {
    const count = window.to - window.from;
    const x = (t) => left + (t - window.from) * step;
    const up = new Float64Array(count), down = new Float64Array(count);
    series.forEach((one, place) => {
      for (const [edge, keep] of [[up, (v) => Math.max(0, v)], [down, (v) => Math.min(0, v)]]) {
        let outer = "", inner = "", any = false;
        for (let k = 0; k < count; k += 1) {
          const start = edge[k];
          edge[k] += keep(values[place][window.from + k]);
          any = any || edge[k] !== start;
          const a = (left + k * step).toFixed(1), b = (left + (k + 1) * step).toFixed(1);
          outer += `${k ? "L" : "M"}${a},${y(edge[k]).toFixed(1)}L${b},${y(edge[k]).toFixed(1)}`;
          inner = `L${b},${y(start).toFixed(1)}L${a},${y(start).toFixed(1)}${inner}`;
        }
        if (any) svg.append(make("path", { d: `${outer}${inner}Z`, fill: one.colour }));
      }
    });
    svg.append(make("line", { x1: left, x2: left + count * step, y1: y(0), y2: y(0), class: "zero" }));
    timeLabels(svg, box, window, clock, length, x, step);
    const cursor = make("rect", { y: box.top, height: box.bottom - box.top, width: step, fill: "currentColor", opacity: 0 });
    const start = left;
    svg.append(cursor, make("rect", {
      x: left, y: box.top, width: count * step, height: box.bottom - box.top, fill: "transparent",
      onpointerleave: () => { cursor.setAttribute("opacity", 0); hideTip(); },
      onpointermove: (event) => {
        const at = (event.clientX - svg.getBoundingClientRect().left) * (width / svg.getBoundingClientRect().width);
        const k = Math.min(count - 1, Math.max(0, Math.floor((at - start) / step)));
        cursor.setAttribute("x", start + k * step);
        cursor.setAttribute("opacity", 0.14);
        const rows = series.map((one, place) => [one.name, values[place][window.from + k], one.colour])
          .filter(([, value]) => Math.abs(value) >= high / 500).sort((a, b) => b[1] - a[1]);
        showTip(event, ...tipTable(`${clock[window.from + k]}, ${unit}`, rows.map(([name, value, colour]) => [name, figure(value), colour])));
      },
    }));
    left += count * step + gap;
  }
}

function timeLabels(svg, box, window, clock, length, x, step) {
  const count = window.to - window.from;
  const width = count * step;
  const letters = Math.floor(width / 6.6);
  const label = window.label.length <= letters ? window.label : window.label.replace(/^.*?(\d{4}-\d{2}-\d{2}).*$/, "$1");
  if (label.length <= letters) {
    svg.append(make("text", { x: x(window.from) + width / 2, y: box.bottom + 34, "text-anchor": "middle", class: "soft" }, label));
  }
  const every = Math.max(1, Math.round((count * length > 96 ? 24 : 6) / length));
  for (let k = 0; k < count; k += 1) {
    const hour = +clock[window.from + k].slice(11, 13);
    const isDay = count * length > 96;
    if (k % every || every * step < (isDay ? 60 : 22)) continue;
    const text = isDay ? clock[window.from + k].slice(5, 10) : `${hour}h`;
    svg.append(make("text", { x: x(window.from + k), y: box.bottom + 17, class: "soft" }, text));
  }
}

// A stepped line over the same windows as the areas above it.
function lineTime(parent, { title, unit, windows, clock, values }) {
  const height = 150;
  const { svg, width } = canvas(parent, height);
  const box = { left: 52, right: width - 4, top: 42, bottom: height - 8 };
  const gap = windows.length > 1 ? 10 : 0;
  const total = windows.reduce((sum, one) => sum + one.to - one.from, 0);
  const step = (box.right - box.left - gap * (windows.length - 1)) / Math.max(1, total);
  const inside = windows.flatMap((one) => values.slice(one.from, one.to));
  const high = Math.max(1, ...inside) * 1.04, low = Math.min(0, ...inside);
  const y = (value) => box.bottom - ((value - low) / (high - low)) * (box.bottom - box.top);
  svg.append(make("text", { x: 0, y: 14, class: "title" }, title));
  rules(svg, box, low, high, unit, y, 3);
  let left = box.left;
  for (const window of windows) {
    let path = "";
    for (let t = window.from; t < window.to; t += 1) {
      const a = left + (t - window.from) * step, b = a + step;
      path += `${path ? "L" : "M"}${a.toFixed(1)},${y(values[t]).toFixed(1)}L${b.toFixed(1)},${y(values[t]).toFixed(1)}`;
      svg.append(make("rect", { x: a, y: box.top, width: step, height: box.bottom - box.top, fill: "transparent",
        ...hover(() => tipTable(clock[t], [[title, `${figure(values[t])} ${unit}`]])) }));
    }
    svg.insertBefore(make("path", { d: path, fill: "none", stroke: "var(--accent)", "stroke-width": 1.8 }), svg.lastChild);
    left += (window.to - window.from) * step + gap;
  }
}

// Upright stacked bars; `dots` marks a value on each bar, `marks` a dashed level.
function stackedBars(parent, { title, unit, categories, series, dots, marks, dotName, markName }) {
  const height = 330;
  const { svg, width } = canvas(parent, height);
  const box = { left: 56, right: width - 8, top: 46, bottom: height - 26 };
  const sum = (place, keep) => series.reduce((all, one) => all + keep(one.values[place] ?? 0), 0);
  const high = Math.max(1e-9, ...categories.map((_, k) => Math.max(sum(k, (v) => Math.max(0, v)), marks?.[k] ?? 0))) * 1.06;
  const low = Math.min(0, ...categories.map((_, k) => sum(k, (v) => Math.min(0, v)))) * 1.1;
  const y = (value) => box.bottom - ((value - low) / (high - low)) * (box.bottom - box.top);
  const each = (box.right - box.left) / categories.length;
  const bar = Math.min(90, each * 0.6);
  svg.append(make("text", { x: 0, y: 14, class: "title" }, title));
  rules(svg, box, low, high, unit, y);
  categories.forEach((category, k) => {
    const x = box.left + each * (k + 0.5) - bar / 2;
    let up = 0, down = 0;
    for (const one of series) {
      const value = one.values[k] ?? 0;
      const from = value >= 0 ? up : down;
      if (value >= 0) up += value; else down += value;
      const edges = [y(from), y(from + value)];
      if (Math.abs(edges[0] - edges[1]) < 0.05) continue;
      svg.append(make("rect", { x, width: bar, y: Math.min(...edges), height: Math.abs(edges[0] - edges[1]), fill: one.colour,
        ...hover(() => tipTable(`${one.name}, ${category}`, [["", `${figure(value)} ${unit}`], ...(one.about ? [[one.about, ""]] : [])])) }));
    }
    if (dots) {
      svg.append(make("circle", { cx: x + bar / 2, cy: y(dots[k]), r: 5, fill: "var(--paper)", stroke: "var(--ink)", "stroke-width": 2,
        ...hover(() => tipTable(`${dotName}, ${category}`, [["", `${figure(dots[k])} ${unit}`]])) }));
      svg.append(make("text", { x: x + bar + 6, y: y(dots[k]) + 4 }, figure(dots[k])));
    }
    if (marks && marks[k] !== null) {
      svg.append(make("line", { x1: x - 8, x2: x + bar + 8, y1: y(marks[k]), y2: y(marks[k]), stroke: "var(--ink)", "stroke-width": 2, "stroke-dasharray": "5 3",
        ...hover(() => tipTable(`${markName}, ${category}`, [["", `${figure(marks[k])} ${unit}`]])) }));
    }
    svg.append(make("text", { x: x + bar / 2, y: height - 6, "text-anchor": "middle" }, String(category)));
  });
}

// Lying stacked bars, one per place.
function lyingBars(parent, { title, unit, rows, series }) {
  const line = 24;
  const height = 60 + rows.length * line;
  const { svg, width } = canvas(parent, height);
  const names = Math.min(190, width * 0.36);
  const box = { left: names, right: width - 62, top: 44 };
  const total = (row) => series.reduce((sum, one) => sum + (one.values[row.id] ?? 0), 0);
  const high = Math.max(1e-9, ...rows.map(total));
  const x = (value) => box.left + (value / high) * (box.right - box.left);
  svg.append(make("text", { x: 0, y: 14, class: "title" }, title), make("text", { x: box.left, y: 34, class: "soft" }, unit));
  rows.forEach((row, k) => {
    const top = box.top + k * line;
    svg.append(make("text", { x: 0, y: top + 14 }, short(row.name, names / 6.6)));
    let from = 0;
    for (const one of series) {
      const value = one.values[row.id] ?? 0;
      if (value <= 0) continue;
      svg.append(make("rect", { x: x(from), width: Math.max(0.3, x(from + value) - x(from)), y: top + 2, height: line - 7, fill: one.colour,
        ...hover(() => tipTable(row.name, [[one.name, `${figure(value, 0)} ${unit}`, one.colour], ["Together", `${figure(total(row), 0)} ${unit}`]])) }));
      from += value;
    }
    svg.append(make("text", { x: x(from) + 6, y: top + 14, class: "soft" }, figure(total(row), 0)));
  });
}
const short = (text, letters) => (text.length <= letters ? text : `${text.slice(0, Math.max(1, Math.floor(letters) - 1))}…`);

// A range with a dot per place.
function ranges(parent, { title, unit, rows }) {
  const line = 22;
  const height = 70 + rows.length * line;
  const { svg, width } = canvas(parent, height);
  const names = Math.min(300, width * 0.4);
  const box = { left: names + 14, right: width - 20, top: 54 };
  const least = Math.min(...rows.flatMap((row) => [row.low, row.mean])), most = Math.max(...rows.flatMap((row) => [row.high, row.mean]));
  const low = least - (most - least) * 0.04 - 0.5, high = most + (most - least) * 0.04 + 0.5;
  const x = (value) => box.left + ((value - low) / (high - low)) * (box.right - box.left);
  svg.append(make("text", { x: 0, y: 14, class: "title" }, title));
  for (const tick of ticks(low, high, 6)) {
    svg.append(make("line", { x1: x(tick), x2: x(tick), y1: box.top - 6, y2: height - 12, class: tick === 0 ? "zero" : "rule" }));
    svg.append(make("text", { x: x(tick), y: box.top - 12, "text-anchor": "middle", class: "soft" }, figure(tick, 0)));
  }
  svg.append(make("text", { x: 0, y: box.top - 12, class: "soft" }, unit));
  rows.forEach((row, k) => {
    const middle = box.top + k * line + line / 2;
    const about = hover(() => tipTable(row.name, [["Mean", `${figure(row.mean, 1)} ${unit}`], ["One hour in ten below", figure(row.low, 1)], ["One hour in ten above", figure(row.high, 1)]]));
    svg.append(make("text", { x: 0, y: middle + 4 }, short(row.name, names / 6.7)));
    svg.append(make("rect", { x: x(row.low), y: middle - 5, width: Math.max(1, x(row.high) - x(row.low)), height: 10, rx: 5, fill: "var(--accent)", opacity: 0.3, ...about }));
    svg.append(make("circle", { cx: x(row.mean), cy: middle, r: 5, fill: "var(--accent)", ...about }));
  });
}
