// Reactors under the five themes of the programme letter: tables per theme, three pictures.

function themesSection() {
  const { themes, firm, given, spending, limits } = DATA.themes;
  const some = (series) => series.some((one) => one.values.some((value) => Math.abs(value) > 1e-6));
  byId("theme-tables").replaceChildren(...themes.map((theme, place) => {
    const parts = theme.sections.filter((section) => section.rows.length).flatMap((section) => [
      make("h4", {}, section.title[0].toUpperCase() + section.title.slice(1)),
      table(section.head, section.rows),
      ...(section.note ? [make("p", { class: "muted" }, section.note)] : []),
    ]);
    const heading = make("summary", {}, make("b", {}, `${place + 1} ${theme.name}`), ` (${theme.dutch})`);
    return make("details", { open: place === 0 ? "" : null }, heading, ...(parts.length ? parts : [make("p", { class: "muted" }, "Nothing to report: no reactors stand in this run.")]));
  }));
  drawing(() => {
    if (firm && some(firm.series)) {
      stackedBars(byId("theme-firm"), { title: "Firm capacity in the worst week; the dashed line is the residual load", unit: "GW", categories: DATA.years,
        series: firm.series, marks: firm.needed, markName: "Residual load, mean of the week" });
      legend(byId("theme-firm-legend"), firm.series.map((one) => [one.name, one.colour]), new Set(), () => {});
    }
    if (some(given)) {
      const shown = given.filter((one) => !one.name.startsWith("Hydrogen"));
      const gas = given.find((one) => one.name.startsWith("Hydrogen"));
      const line = gas && some([gas]);
      stackedBars(byId("theme-given"), { title: `Power and heat from reactors${line ? "; the dashed line is hydrogen made of that power" : ""}`, unit: "TWh a year", categories: DATA.years,
        series: shown, marks: line ? gas.values : null, markName: "Hydrogen" });
      legend(byId("theme-given-legend"), shown.map((one) => [one.name, one.colour]), new Set(), () => {});
    }
    byId("theme-limits").replaceChildren();
    for (const what of ["land", "cooling water"]) {
      const rows = limits.filter((one) => one.what === what && one.values[state.year] > 0.1).sort((a, b) => b.values[state.year] - a.values[state.year]);
      if (!rows.length) continue;
      lyingBars(byId("theme-limits").appendChild(make("div")), { title: `Share of the ${what} that a place has for reactors, ${yearName()}`, unit: "% of the limit",
        rows, series: [{ name: what, colour: rows[0].colour, values: Object.fromEntries(rows.map((one) => [one.id, one.values[state.year]])) }] });
    }
    if (some(spending)) {
      stackedBars(byId("theme-spending"), { title: "Overnight cost of what is built in each milestone", unit: "billion EUR", categories: DATA.years, series: spending });
      legend(byId("theme-spending-legend"), spending.map((one) => [one.name, one.colour]), new Set(), () => {});
    }
  });
}
