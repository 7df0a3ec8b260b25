// One function per section: its choices, its pictures.

const yearName = () => DATA.years[state.year];
const sum = (values) => values.reduce((all, one) => all + (one ?? 0), 0);

function headlineSection() {
  byId("title").textContent = DATA.title || DATA.scenario;
  byId("subtitle").textContent = `Scenario ${DATA.scenario}. ${DATA.country === "the network" ? "A network" : `Energy system of ${DATA.country}`}, ${DATA.years.join(", ")}. ${DATA.run.facts.Objective}.`;
  byId("warnings").replaceChildren(...DATA.warnings.map((text) => make("p", {}, text)));
  byId("warnings").hidden = !DATA.warnings.length;
  drawing(() => byId("words").replaceChildren(...DATA.headline.words[state.year].map((text) => make("li", {}, text))));
  drawing(() => byId("tiles").replaceChildren(...DATA.headline.tiles.map((tile) => make("div", { class: "tile" },
    make("span", {}, tile.label), make("b", {}, figure(tile.values[state.year], tile.digits)),
    make("span", {}, `${tile.unit} in ${yearName()}`)))));
}

function gridSection() {
  const chosen = { metric: "loading_mean", carrier: "electricity" };
  const controls = byId("grid-controls");
  const carriers = [...new Set(DATA.corridors.map((one) => one.carrier))].sort();
  const draw = () => {
    drawMap(byId("map"), { year: state.year, ...chosen });
    const [, unit, , most] = METRICS[chosen.metric];
    scale.replaceChildren("0 ", ...[0, 0.25, 0.5, 0.75, 1].map((share) => make("span", { style: `display:inline-block;width:18px;height:10px;background:${shade(share)}` })), ` ${most} ${unit}`);
    byId("limits-title").textContent = `Limits where one more MW is worth most, ${yearName()}`;
    const named = DATA.hosting.map((one) => ({ ...one, id: `${regionOf[one.region]?.name ?? one.region}, ${ARROWS[one.direction][0].toLowerCase()}` }));
    const power = chosen.carrier === "electricity";
    const inside = [...DATA.corridors.filter((one) => one.carrier === chosen.carrier), ...(power ? [...named, ...DATA.crossings.filter((one) => one.kind !== "interconnector")] : [])];
    const abroad = power ? DATA.crossings.filter((one) => one.kind === "interconnector") : [];
    const dearest = (ones, most) => ones.filter((one) => (one.value[state.year] ?? 0) > 1).sort((a, b) => b.value[state.year] - a.value[state.year]).slice(0, most);
    const rows = (ones) => table(["", "MW", "h at limit", "EUR/MWh then", "EUR/MW a year"], ones.map((one) => [one.id, figure(one.limit[state.year], 0), figure(one.congested_hours[state.year], 0), figure(one.price_mean?.[state.year] ?? 0, 1), figure(one.value[state.year], 0)]));
    const limits = dearest(inside, 14), crossed = dearest(abroad, 6);
    byId("limits").replaceChildren(
      limits.length ? rows(limits) : make("p", { class: "muted" }, "No limit inside the country binds in this year."),
      ...(crossed.length ? [make("h3", { style: "margin-top:16px" }, "Interconnectors"), rows(crossed)] : []));
  };
  choice(controls, "Colour", Object.entries(METRICS).map(([key, [name]]) => [key, name]), chosen.metric, (value) => { chosen.metric = value; draw(); });
  if (carriers.length > 1) choice(controls, "Carrier", carriers.map((one) => [one, one]), chosen.carrier, (value) => { chosen.carrier = value; draw(); });
  const scale = controls.appendChild(make("span", { class: "label" }));
  drawing(draw);
}

function capacitySection() {
  const chosen = { view: DATA.capacity.views[0]?.id, places: "regions" };
  const hidden = new Set();
  const draw = () => {
    const view = DATA.capacity.views.find((one) => one.id === chosen.view);
    if (!view) return;
    const rows = DATA.capacity.rows.filter((row) => row.view === view.id);
    const parties = [...new Map(rows.map((row) => [row.what, row.colour]))];
    const shown = parties.filter(([name]) => !hidden.has(name));
    stackedBars(byId("capacity-years"), {
      title: `${view.name} of ${DATA.country === "the network" ? "the network" : "the country"}`, unit: view.unit.replace("MW", "GW"), categories: DATA.years,
      series: shown.map(([name, colour]) => ({ name, colour, values: DATA.years.map((_, k) => sum(rows.filter((row) => row.what === name).map((row) => row.values[k])) / 1000) })),
    });
    const placeOf = (row) => (chosen.places === "regions" ? nodeOf[row.node]?.region : row.node);
    const eligible = rows.filter((row) => chosen.places === "regions" || nodeOf[row.node]?.kind === "site");
    const series = shown.map(([name, colour]) => {
      const values = {};
      for (const row of eligible) if (row.what === name) values[placeOf(row)] = (values[placeOf(row)] ?? 0) + row.values[state.year];
      return { name, colour, values };
    });
    const places = chosen.places === "regions" ? DATA.regions : DATA.nodes.filter((node) => node.kind === "site");
    const total = (place) => sum(series.map((one) => one.values[place.id]));
    lyingBars(byId("capacity-places"), {
      title: `${view.name} by ${chosen.places === "regions" ? (DATA.country === "the network" ? "bus" : "province") : "industrial site"}, ${yearName()}`, unit: view.unit,
      rows: places.filter((place) => total(place) > 0.5).sort((a, b) => total(b) - total(a)), series,
    });
    legend(byId("capacity-legend"), parties, hidden, draw);
  };
  const controls = byId("capacity-controls");
  choice(controls, "", DATA.capacity.views.map((view) => [view.id, view.name]), chosen.view, (value) => { chosen.view = value; draw(); });
  if (DATA.nodes.some((node) => node.kind === "site")) {
    choice(controls, "By", [["regions", "province"], ["sites", "industrial site"]], chosen.places, (value) => { chosen.places = value; draw(); });
  }
  drawing(draw);
}

function picked(carrier, scope) {
  return DATA.hours.series.filter((one) => one.carrier === carrier && one.scope === scope && one.year === yearName());
}
function largestFirst(series) {
  const weight = (one) => sum(one.values);
  const steady = (one) => (/reactor/.test(one.name) ? 1e15 : /^(Wind|Solar)/.test(one.name) ? 1e12 : 0);
  return series.sort((a, b) => steady(b) + weight(b) - steady(a) - weight(a));
}
const drawn = (carrier, scope, hidden) => largestFirst(picked(carrier, scope).map((one) => ({ name: one.what, colour: one.colour, values: one.mw })))
  .filter((one) => !hidden?.has(one.name));

function dispatchSection() {
  const { windows, clock, length } = DATA.hours;
  if (!windows.length) { byId("dispatch").hidden = true; return; }
  const chosen = { carrier: "electricity", scope: "NL", window: "all" };
  const hidden = new Set();
  const total = windows.reduce((days, one) => days + one.days, 0);
  byId("dispatch-note").textContent = total > 300
    ? `The year is represented by ${windows.length} periods; each stands for many days (${windows.map((one) => `${one.label}: ${figure(one.days, one.days < 10 ? 1 : 0)} days`).join("; ")}).`
    : "Three weeks out of a full year of hours.";
  const controls = byId("dispatch-controls");
  const draw = () => {
    const shown = chosen.window === "all" ? windows : [windows[+chosen.window]];
    const all = drawn(chosen.carrier, chosen.scope);
    const series = all.filter((one) => !hidden.has(one.name));
    const place = chosen.scope === "NL" ? DATA.country : regionOf[chosen.scope]?.name ?? nodeOf[chosen.scope]?.name;
    const largest = Math.max(1, ...all.flatMap((one) => one.values.map(Math.abs)));
    const scale = largest > 5000 ? 1000 : 1;
    const carrier = DATA.hours.carriers.find((one) => one.id === chosen.carrier).name;
    stackedTime(byId("dispatch-chart"), { title: `${carrier} in ${place}, ${yearName()}: given above zero, taken below`, unit: scale === 1000 ? "GW" : "MW", scale, windows: shown, clock, length, series });
    const price = DATA.hours.price.find((one) => one.scope === chosen.scope && one.year === yearName());
    byId("dispatch-price").hidden = chosen.carrier !== "electricity" || !price;
    if (price && chosen.carrier === "electricity") lineTime(byId("dispatch-price"), { title: `Price of electricity in ${place}`, unit: "EUR/MWh", windows: shown, clock, values: price.eur });
    legend(byId("dispatch-legend"), all.map((one) => [one.name, one.colour]), hidden, draw);
  };
  const scopes = new Set(DATA.hours.series.filter((one) => one.carrier === "electricity").map((one) => one.scope));
  const fill = () => {
    controls.replaceChildren();
    dropdown(controls, "Carrier", [["", DATA.hours.carriers.filter((one) => DATA.hours.series.some((s) => s.carrier === one.id)).map((one) => [one.id, one.name])]], chosen.carrier,
      (value) => { chosen.carrier = value; if (value !== "electricity") chosen.scope = "NL"; fill(); draw(); });
    const places = chosen.carrier !== "electricity" ? [["", [["NL", DATA.country]]]] : [
      ["", [["NL", DATA.country]]],
      [DATA.country === "the network" ? "Buses" : "Provinces", DATA.regions.filter((one) => scopes.has(one.id)).map((one) => [one.id, one.name])],
      ["Industrial sites", DATA.nodes.filter((one) => one.kind === "site" && scopes.has(one.id)).map((one) => [one.id, one.name])],
    ];
    dropdown(controls, "Place", places.filter(([, options]) => options.length), chosen.scope, (value) => { chosen.scope = value; draw(); });
    dropdown(controls, "Time", [["", [["all", "all periods"], ...windows.map((one, k) => [String(k), one.label])]]], chosen.window, (value) => { chosen.window = value; draw(); });
  };
  fill();
  drawing(draw);
}

function spellSection() {
  const { windows, clock, length } = DATA.hours;
  const spell = windows.find((one) => one.kind === "spell");
  if (!spell) { byId("dunkelflaute").hidden = true; return; }
  const hidden = new Set();
  const draw = () => {
    const all = drawn("electricity", "NL");
    const energy = (one, sign) => sum(one.values.slice(spell.from, spell.to).map((v) => Math.max(0, v * sign))) * length / 1000;
    const given = all.map((one) => [one.name, energy(one, 1)]).filter(([, twh]) => twh > 0).sort((a, b) => b[1] - a[1]);
    const total = sum(given.map(([, twh]) => twh));
    const first = given.slice(0, 5).map(([name, gwh]) => `${name} ${figure((gwh / total) * 100, 0)} %`).join(", ");
    const prices = DATA.hours.price.find((one) => one.scope === "NL" && one.year === yearName())?.eur.slice(spell.from, spell.to) ?? [];
    byId("spell-words").textContent = `In ${yearName()}, ${spell.label}: ${figure(total, 0)} GWh of electricity come from ${first}.`
      + (prices.length ? ` Electricity costs ${figure(Math.min(...prices), 0)} to ${figure(Math.max(...prices), 0)} EUR/MWh.` : "");
    stackedTime(byId("spell-chart"), { title: `Electricity in ${DATA.country} in the spell, ${yearName()}`, unit: "GW", scale: 1000, windows: [spell], clock, length, series: all.filter((one) => !hidden.has(one.name)) });
    legend(byId("spell-legend"), all.map((one) => [one.name, one.colour]), hidden, draw);
  };
  drawing(draw);
}

function priceSection() {
  const kinds = [["transmission", "transmission buses"], ["regional", "regional buses"], ["site", "industrial sites"]]
    .filter(([kind]) => DATA.prices.some((one) => nodeOf[one.node]?.kind === kind));
  if (!kinds.length) { byId("prices").hidden = true; return; }
  const chosen = { kind: kinds[0][0] };
  const draw = () => {
    const rows = DATA.prices.filter((one) => nodeOf[one.node]?.kind === chosen.kind && one.mean[state.year] !== null)
      .map((one) => ({ name: nodeOf[one.node].name, mean: one.mean[state.year], low: one.low[state.year], high: one.high[state.year] }))
      .sort((a, b) => b.mean - a.mean);
    ranges(byId("price-chart"), { title: `Price of electricity by node, ${yearName()}, dearest first`, unit: "EUR/MWh", rows });
  };
  choice(byId("price-controls"), "", kinds, chosen.kind, (value) => { chosen.kind = value; draw(); });
  drawing(draw);
}

const COST_COLOURS = ["#4c78a8", "#72a0c1", "#f58518", "#b5651d", "#8c8c8c", "#54a24b", "#e45756", "#b279a2", "#ff9da6", "#9d755d", "#bab0ac", "#d4a72c", "#2a9d8f", "#7a5195", "#c94f7c", "#4b6043", "#1f5a7a", "#e9c46a"];
function costSection() {
  const { items, apart } = DATA.costs;
  const hidden = new Set();
  const parties = items.map((one, k) => ({ name: one.item, about: one.about, colour: COST_COLOURS[k % COST_COLOURS.length], values: one.values.map((v) => v / 1000) }))
    .filter((one) => one.values.some((v) => Math.abs(v) > 0.0005));
  const totals = DATA.years.map((_, k) => sum(items.map((one) => one.values[k])));
  const draw = () => {
    const series = parties.filter((one) => !hidden.has(one.name));
    stackedBars(byId("cost-chart"), { title: "Cost of one year by item; the dot is the sum", unit: "billion EUR a year", categories: DATA.years, series,
      dots: DATA.years.map((_, k) => sum(series.map((one) => one.values[k]))), dotName: "Sum" });
    legend(byId("cost-legend"), parties.map((one) => [one.name, one.colour]), hidden, draw);
  };
  const lines = (rows) => rows.map((one) => [one.item, ...one.values.map((v) => figure(v, 0))]);
  byId("cost-table").replaceChildren(
    make("h3", {}, "Million EUR a year"),
    table(["", ...DATA.years.map(String)], [...lines(items), ["sum", ...totals.map((v) => figure(v, 0))]], [items.length]),
    make("h3", { style: "margin-top:16px" }, "Reported apart: what is not met or not avoided inside the model"),
    table(["", ...DATA.years.map(String)], lines(apart)));
  drawing(draw);
}

function carbonSection() {
  const { rows, cap, backstop, price } = DATA.carbon;
  const hidden = new Set();
  const parties = rows.map((one) => ({ name: one.what, colour: one.colour, values: one.values }));
  const draw = () => {
    stackedBars(byId("carbon-chart"), { title: cap ? "CO2 by technology; the dashed line is the cap" : "CO2 by technology", unit: "Mt a year", categories: DATA.years,
      series: parties.filter((one) => !hidden.has(one.name)), marks: cap, markName: "Cap" });
    legend(byId("carbon-legend"), parties.map((one) => [one.name, one.colour]), hidden, draw);
    if (price) {
      stackedBars(byId("carbon-price"), { title: "Price of CO2: charged, and what the cap needs", unit: "EUR/t", categories: DATA.years,
        series: [{ name: "Price of CO2", colour: "#6c8ebf", values: price }], dots: price, dotName: "Price of CO2" });
    }
    if (backstop && backstop.some((v) => v > 0.005)) {
      byId("carbon-price").append(make("p", { class: "muted" }, `Left to the backstop, outside the model: ${DATA.years.map((y, k) => `${figure(backstop[k], 1)} Mt in ${y}`).join(", ")}.`));
    }
  };
  drawing(draw);
}

function provenanceSection() {
  byId("facts").replaceChildren(table(["", ""], Object.entries(DATA.run.facts)));
  byId("checks").replaceChildren(table(["Check", "Worst place", "Off by", "Allowed"], DATA.run.checks.map(([name, place, amount, allowed]) => [name, place, amount?.toExponential(1) ?? "–", allowed?.toExponential(1) ?? "any"])));
  byId("inputs").replaceChildren(table(["File", "SHA-256"], Object.entries(DATA.run.inputs)));
  byId("scenario").textContent = DATA.run.scenario;
  byId("log").textContent = DATA.run.log;
}
