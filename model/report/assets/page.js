// Start: sections, the choice of the year, redrawing when the width changes.

choice(byId("year"), "", DATA.years.map((year, place) => [place, String(year)]), state.year, (place) => { state.year = place; redrawAll(); });
for (const section of [headlineSection, gridSection, capacitySection, dispatchSection, spellSection, priceSection, costSection, carbonSection, sdeppSection, themesSection, provenanceSection]) section();
redrawAll();
let lastWidth = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === lastWidth) return;
  lastWidth = innerWidth;
  redrawAll();
});
