// Subsidy rounds: claims on which something is built, what ceiling and hekjes are worth, tables.

function sdeppSection() {
  const section = byId("sdepp"), link = byId("sdepp-link"), data = DATA.sdepp;
  if (!data || !data.rounds) { section.remove(); link.remove(); return; }
  byId("sdepp-tables").replaceChildren(...data.sections.flatMap((one) => [
    make("h3", {}, one.title), table(one.head, one.rows), ...(one.note ? [make("p", { class: "muted" }, one.note)] : []),
  ]));
  drawing(() => {
    stackedBars(byId("sdepp-claims"), { title: "Claims on which something is built; the dashed line is the ceiling", unit: "billion EUR", categories: data.rounds,
      series: data.claims, marks: data.ceilings, markName: "Ceiling" });
    legend(byId("sdepp-legend"), data.claims.map((one) => [one.name, one.colour]), new Set(), () => {});
    lyingBars(byId("sdepp-worth"), { title: "What one EUR more of ceiling, or less of a hekje, saves", unit: "cent of system cost per EUR",
      rows: data.worth, series: [{ name: "saved", colour: "#0b6e99", values: Object.fromEntries(data.worth.map((one) => [one.id, 100 * one.value])) }] });
  });
}
