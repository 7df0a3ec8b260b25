// The Netherlands: outlines of the provinces, corridors, hosting limits, reactors.

const METRICS = {
  loading_mean: ["Mean loading", "of the limit", (value) => value, "100 %"],
  congested_hours: ["Hours at the limit", "h a year (root scale)", (value) => Math.sqrt(value / 4380), "4,380"],
  value: ["Worth of one more MW", "EUR/MW a year (root scale)", (value) => Math.sqrt(value / 40000), "40,000"],
};
const ARROWS = { feed_in: ["Feed-in to transmission", "M-5,5L0,-5L5,5Z", -8], offtake: ["Off-take from transmission", "M-5,-5L0,5L5,-5Z", 8] };

function drawMap(parent, { year, metric, carrier }) {
  const points = DATA.regions.flatMap((region) => region.rings.flat()).concat(DATA.nodes.map((node) => node.at));
  const stretch = Math.cos((52.2 * Math.PI) / 180);
  const bounds = [0, 1].map((axis) => [Math.min(...points.map((p) => p[axis])), Math.max(...points.map((p) => p[axis]))]);
  const wide = (bounds[0][1] - bounds[0][0]) * stretch, tall = bounds[1][1] - bounds[1][0];
  const width = Math.max(280, parent.clientWidth), height = Math.min(760, (width * tall) / wide + 24);
  const scale = Math.min((width - 24) / wide, (height - 24) / tall);
  const across = (width - wide * scale) / 2;
  const place = ([lon, lat]) => [across + (lon - bounds[0][0]) * stretch * scale, 12 + (bounds[1][1] - lat) * scale];
  const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img" });
  parent.replaceChildren(svg);
  for (const region of DATA.regions) {
    for (const ring of region.rings) {
      const path = ring.map((point, k) => `${k ? "L" : "M"}${place(point).map((one) => one.toFixed(1)).join(",")}`).join("");
      svg.append(make("path", { d: `${path}Z`, fill: "var(--land)", stroke: "var(--border)" }, make("title", {}, region.name)));
    }
  }
  corridorLines(svg, place, year, metric, carrier);
  if (carrier === "electricity") hostingArrows(svg, place, year, metric);
  const circles = DATA.reactors.filter((one) => one.values[year] > 0.5 && nodeOf[one.node]).map((one) => place(nodeOf[one.node].at));
  for (const region of DATA.regions) {
    const [x, y] = place(region.at);
    let down = 30;
    while (down < 70 && circles.some(([cx, cy]) => Math.abs(cx - x) < 52 && Math.abs(cy - (y + down - 4)) < 20)) down += 8;
    svg.append(make("text", { x, y: y + down, "text-anchor": "middle", class: "soft halo", "pointer-events": "none" }, region.name));
  }
  reactorCircles(svg, place, year);
}

function corridorLines(svg, place, year, metric, carrier) {
  const lines = DATA.corridors.filter((one) => one.carrier === carrier && one.limit[year] > 0 && nodeOf[one.from] && nodeOf[one.to]);
  const largest = Math.max(1, ...lines.map((one) => one.limit[year]));
  const seen = {};
  for (const one of lines) {
    const pair = [one.from, one.to].sort().join("|");
    seen[pair] = (seen[pair] ?? 0) + 1;
    const bend = [0, 0, 22, -22, 40, -40][Math.min(5, seen[pair])];
    const [a, b] = [place(nodeOf[one.from].at), place(nodeOf[one.to].at)];
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
    const middle = [(a[0] + b[0]) / 2 - ((b[1] - a[1]) / length) * bend, (a[1] + b[1]) / 2 + ((b[0] - a[0]) / length) * bend];
    const path = `M${a}Q${middle} ${b}`;
    const width = 1.5 + 6 * Math.sqrt(one.limit[year] / largest);
    const colour = shade(METRICS[metric][2](one[metric][year] ?? 0));
    const about = hover(() => tipTable(one.id, limitRows(one, year)));
    svg.append(make("path", { d: path, fill: "none", stroke: colour, "stroke-width": width, "stroke-linecap": "round" }));
    svg.append(make("path", { d: path, fill: "none", stroke: "transparent", "stroke-width": Math.max(12, width), ...about }));
  }
}

function limitRows(one, year) {
  return [
    ["Limit", `${figure(one.limit[year], 0)} MW`],
    ["Mean loading", `${figure((one.loading_mean[year] ?? 0) * 100, 0)} %`],
    ["Highest loading", `${figure((one.loading_peak[year] ?? 0) * 100, 0)} %`],
    ["Hours at the limit", `${figure(one.congested_hours[year], 0)} h a year`],
    ...(one.price_peak ? [["Shadow price then, highest", `${figure(one.price_mean[year] ?? 0, 1)}, ${figure(one.price_peak[year] ?? 0, 1)} EUR/MWh`]] : []),
    ["Worth of one more MW", `${figure(one.value[year], 0)} EUR/MW a year`],
  ];
}

function hostingArrows(svg, place, year, metric) {
  for (const one of DATA.hosting) {
    if (one.limit[year] === null || !regionOf[one.region]) continue;
    const [x, y] = place(regionOf[one.region].at);
    const [name, shape, aside] = ARROWS[one.direction];
    svg.append(make("path", {
      d: shape, transform: `translate(${x + aside},${y + 11}) scale(1.15)`, fill: shade(METRICS[metric][2](one[metric][year] ?? 0)),
      stroke: "var(--paper)", "stroke-width": 1,
      ...hover(() => tipTable(`${regionOf[one.region].name}: ${name}`, limitRows(one, year))),
    }));
  }
}

function reactorCircles(svg, place, year) {
  const byNode = {};
  for (const one of DATA.reactors) {
    if (one.values[year] > 0.5 && nodeOf[one.node]) (byNode[one.node] ??= []).push(one);
  }
  for (const [node, units] of Object.entries(byNode)) {
    const total = units.reduce((sum, one) => sum + one.values[year], 0);
    const [x, y] = place(nodeOf[node].at);
    const radius = 3 + Math.sqrt(total) * 0.45;
    const small = units.some((one) => one.kind === "smr");
    const about = hover(() => tipTable(nodeOf[node].name, units.map((one) => [one.name, `${figure(one.values[year], 0)} MW_e`])));
    svg.append(make("circle", { cx: x, cy: y, r: radius, fill: small ? "#e4572e" : "#8d6cab", "fill-opacity": 0.78, stroke: "var(--paper)", "stroke-width": 1.5, ...about }));
    if (radius > 11) svg.append(make("text", { x, y: y + 4, "text-anchor": "middle", fill: "#fff", style: "fill:#fff;font-weight:600;font-size:11px", "pointer-events": "none" }, figure(total, 0)));
  }
}
