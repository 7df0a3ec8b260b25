"use strict";
// Helpers shared by all pictures: elements, numbers, tooltip, choices, state.

const SVG = "http://www.w3.org/2000/svg";
const byId = (id) => document.getElementById(id);

function make(name, attributes = {}, ...children) {
  const isSvg = /^(svg|g|path|rect|line|circle|text|polygon|title)$/.test(name);
  const element = isSvg ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

function figure(value, digits) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  const shown = digits ?? (size >= 100 ? 0 : size >= 10 ? 1 : 2);
  const text = value.toLocaleString("en-US", { minimumFractionDigits: shown, maximumFractionDigits: shown });
  return /^-[0.,]*$/.test(text) ? text.slice(1) : text;
}

function ticks(low, high, count = 5) {
  const span = high - low || 1;
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= raw);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k += 1) found.push(+(k * step).toPrecision(12));
  return found;
}

// ---- tooltip
function showTip(event, ...content) {
  const tip = byId("tip");
  tip.replaceChildren(...content);
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const left = event.clientX + 16 + width > innerWidth ? event.clientX - width - 12 : event.clientX + 16;
  tip.style.left = `${Math.max(4, left)}px`;
  tip.style.top = `${Math.min(Math.max(4, event.clientY + 14), innerHeight - height - 6)}px`;
}
function hideTip() { byId("tip").hidden = true; }
function tipTable(heading, rows) {
  const body = rows.map(([name, value, colour]) => {
    const cell = make("td");
    if (colour) cell.append(make("i", { style: `background:${colour}` }));
    cell.append(name);
    return make("tr", {}, cell, make("td", {}, value));
  });
  return [make("b", {}, heading), make("table", {}, ...body)];
}
const hover = (content) => ({ onpointermove: (event) => showTip(event, ...content()), onpointerleave: hideTip });

// ---- choices
function choice(parent, label, options, current, change) {
  const group = make("div", { class: "choice", role: "group", "aria-label": label || null });
  for (const [value, text] of options) {
    group.append(make("button", { type: "button", "aria-pressed": String(value === current), onclick: (event) => {
      for (const button of group.children) button.setAttribute("aria-pressed", String(button === event.currentTarget));
      change(value);
    } }, text));
  }
  parent.append(make("span", { class: "labelled" }, ...(label ? [make("span", { class: "label" }, label)] : []), group));
}
function dropdown(parent, label, groups, current, change) {
  const select = make("select", { "aria-label": label, onchange: (event) => change(event.target.value) });
  for (const [heading, options] of groups) {
    const target = heading ? select.appendChild(make("optgroup", { label: heading })) : select;
    for (const [value, text] of options) {
      target.append(make("option", { value, selected: value === current ? "" : null }, text));
    }
  }
  parent.append(make("span", { class: "labelled" }, make("span", { class: "label" }, label), select));
}
function legend(parent, entries, hidden, redraw) {
  parent.replaceChildren(...entries.map(([name, colour]) => make("button", {
    type: "button", "aria-pressed": String(!hidden.has(name)), title: "Show or hide",
    onclick: () => { if (!hidden.delete(name)) hidden.add(name); redraw(); },
  }, make("i", { style: `background:${colour}` }), name)));
}

// ---- tables
function table(head, rows, sums = []) {
  const cells = (kind, row) => row.map((one) => make(kind, {}, one));
  return make("div", { class: "scroll" }, make("table", {},
    make("thead", {}, make("tr", {}, ...cells("th", head))),
    make("tbody", {}, ...rows.map((row, place) => make("tr", { class: sums.includes(place) ? "sum" : null }, ...cells("td", row))))));
}

// ---- state: the year for all pictures, redrawn on change of year or width
const state = { year: DATA.years.length - 1 };
const drawings = [];
function drawing(draw) { drawings.push(draw); }
function redrawAll() { hideTip(); for (const draw of drawings) draw(); }

const nodeOf = Object.fromEntries(DATA.nodes.map((node) => [node.id, node]));
const regionOf = Object.fromEntries(DATA.regions.map((region) => [region.id, region]));
const shade = (share) => {
  const stops = [[143, 163, 178], [244, 162, 89], [214, 40, 57]];
  const place = Math.min(1, Math.max(0, share)) * 2;
  const low = Math.min(1, Math.floor(place));
  return `rgb(${stops[low].map((one, k) => Math.round(one + (stops[low + 1][k] - one) * (place - low))).join(",")})`;
};
