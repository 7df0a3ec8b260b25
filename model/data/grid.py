"""Corridors, hosting limits and interconnectors of a scenario, by year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.data.finance import annuity
from model.data.parameters import at_year, empty_index, points_by, series_at_years
from model.data.tables import bare

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from model.data.case import Case
    from model.scenario import Scenario

EXPANSION_LIFETIME = 40.0
"""Life of added corridor capacity where the table gives none, years (as the data dictionary says)."""


def corridor_tables(table: pd.DataFrame, scenario: Scenario) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Corridors with the annuity of one more MW, and their capacity by year.

    Returns:
        `corridors` (index corridor): the table's columns, blanks as numbers (expansion_max inf, expansion_fixed_om 0,
        expansion_first_year -inf), and `expandable` (bool), `expansion_annuity` (EUR/MW/year at the scenario's WACC),
        `angle_per_power` (mrad/MW, see `angle_per_power`; NaN: not ac), `loss_per_power` (loss over flow squared,
        1/MW), `shift_min` and `shift_max` (mrad; the same
        where the shift is fixed), `difference_min` and `difference_max` (of the angle, mrad; endless: no limit);
        `corridor_years` (corridor, year): capacity (MW, thermal, zero while it does not stand), stands (bool), and the
        columns of `with_held_expansion` with nothing held. A corridor that never stands, cannot be expanded and is not
        always meshed is left out.
    """
    import pandas as pd

    frame = bare(table).set_index("corridor").sort_index()
    frame["expandable"] = frame["expansion_cost"].notna() & scenario.grid.expansion
    blanks = {
        "expansion_fixed_om": 0.0,
        "expansion_lifetime": EXPANSION_LIFETIME,
        "expansion_max": np.inf,
        "expansion_first_year": -np.inf,
    }
    frame = frame.fillna(blanks)
    frame["expansion_annuity"] = [
        annuity(cost, scenario.finance.wacc, life) if expandable else np.nan
        for cost, life, expandable in zip(
            frame["expansion_cost"], frame["expansion_lifetime"], frame["expandable"], strict=True
        )
    ]
    frame = with_ac_form(frame, scenario)
    rows = []
    for corridor, row in frame.iterrows():
        for year in scenario.years:
            after = not year < row["first_year"]
            stands = after and not year > row["last_year"] and row["capacity"] > 0
            rows.append((corridor, year, row["capacity"] if stands else 0.0, stands))
    years = pd.DataFrame(rows, columns=["corridor", "year", "capacity", "stands"]).set_index(["corridor", "year"])
    ever = years["stands"].groupby(level="corridor").any() if len(years) else pd.Series(dtype=bool)
    meshed = frame["always_meshed"] == "yes"
    keep = [c for c in frame.index if ever[c] or frame.at[c, "expandable"] or meshed[c]]
    frame, years = frame.loc[keep], years[years.index.get_level_values("corridor").isin(keep)]
    return frame, with_held_expansion(frame, years.astype({"capacity": float}), {})


def with_held_expansion(
    corridors: pd.DataFrame, years: pd.DataFrame, held: Mapping[tuple[str, int], float]
) -> pd.DataFrame:
    """Corridors by year with the part of their expansion that their reactance and circuits already count.

    Added capacity is taken for more circuits of the same kind: with `strength` times the capacity there are as many
    times the circuits, and reactance and resistance are divided by it.  A corridor without capacity has the reactance
    of the table when `expansion_max` is built (at any size, where that is endless).

    Args:
        corridors: as `corridor_tables` gives them.
        years: over (corridor, year): capacity, stands.
        held: expansion that counts by (corridor, year), MW; what is absent is nothing.

    Returns:
        `years` with held_expansion (MW), strength (1), angle_per_power (mrad/MW, NaN: not ac) and meshed (bool: in the
        cycles of Kirchhoff's law).
    """
    import pandas as pd

    counted = pd.Series({key: float(held.get(key, 0.0)) for key in years.index}, index=years.index, dtype=float)
    labels = years.index.get_level_values("corridor")
    of = corridors.reindex(labels).set_axis(years.index)
    ac = of["kind"] == "ac"
    counted = counted.where(ac, 0.0)
    whole = years["capacity"].where(years["capacity"] > 0, of["expansion_max"])
    strength = ((years["capacity"] + counted) / whole).where((counted > 0) & np.isfinite(whole), 1.0)
    return years.assign(
        held_expansion=counted,
        strength=strength.astype(float),
        angle_per_power=(of["angle_per_power"] / strength).astype(float),
        meshed=(ac & ((years["capacity"] + counted > 0) | (of["always_meshed"] == "yes"))).astype(bool),
    )


def with_ac_form(frame: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Corridors with what the form of power flow makes of reactance, taps, shifts and angle limits; blanks as numbers.

    In the form `powermodels` no corridor has a phase shift.
    """
    shift = np.deg2rad(frame["phase_shift"].fillna(0.0)) * 1000.0
    lowest = (np.deg2rad(frame["phase_shift_min"]) * 1000.0).fillna(shift)
    highest = (np.deg2rad(frame["phase_shift_max"]) * 1000.0).fillna(shift)
    counts = 1.0 if scenario.grid.convention == "matpower" else 0.0
    return frame.assign(
        angle_per_power=angle_per_power(frame, scenario.grid.convention),
        loss_per_power=frame["resistance"].fillna(0.0) / frame["reactance_base"].fillna(frame["voltage"] ** 2),
        shift_min=lowest * counts,
        shift_max=highest * counts,
        difference_min=(np.deg2rad(frame["angle_min"]) * 1000.0).fillna(-np.inf),
        difference_max=(np.deg2rad(frame["angle_max"]) * 1000.0).fillna(np.inf),
        standing_cost=frame["standing_cost"].fillna(0.0),
    )


def angle_per_power(frame: pd.DataFrame, convention: str) -> pd.Series:
    """Angle difference per unit of flow, mrad/MW: 1000 x / V2 from ohm and kV, 1000 x / base from per unit and MVA.

    Args:
        frame: corridors; reactance, resistance, voltage, reactance_base, tap_ratio.
        convention: `matpower`: x stands for reactance times tap ratio; `powermodels`: for (r2 + x2) / x.
    """
    reactance, resistance = frame["reactance"], frame["resistance"].fillna(0.0)
    if convention == "matpower":
        effective = reactance * frame["tap_ratio"].fillna(1.0)
    else:
        effective = (resistance**2 + reactance**2) / reactance.where(reactance != 0.0)
    return 1000.0 * effective / frame["reactance_base"].fillna(frame["voltage"] ** 2)


def secure_share(case: Case, key: tuple[str, int]) -> float:
    """Share of the thermal capacity that may be used: the security margin, and loop flows on AC.

    The margin stands for outages.  Where rows say what outages do (`contingencies.py`), lines in the cycles have none.
    """
    explicit = case.scenario.grid.n_minus_1 != "none" and bool(case.corridor_years.at[key, "meshed"])
    given: Any = case.corridors.at[key[0], "security_factor"]
    factor = 1.0 if explicit else float(given)
    is_ac = case.corridors.at[key[0], "kind"] == "ac"
    return factor * (float(case.scenario.grid.loop_flow_factor) if is_ac else 1.0)


def hosting_limits(table: pd.DataFrame, scenario: Scenario) -> pd.Series:
    """Firm exchange by region, direction and year as the table gives it, MW (`grid.hosting_factor` is not applied)."""
    points = points_by(table, ["region", "direction"], "capacity")
    return series_at_years(points, scenario.years, ["region", "direction"])


def interconnector_table(table: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Interconnectors by year: node, zone, import_capacity, export_capacity (MW), loss (share).

    Capacities are interpolated between the years of the table. Before its first dated row an interconnector does not
    stand. Empty where the scenario switches trade off.
    """
    import pandas as pd

    columns = ["node", "zone", "import_capacity", "export_capacity", "loss"]
    rows: dict[tuple[str, int], list[object]] = {}
    for name, part in table.groupby("interconnector"):
        first = part["year"].min()
        for year in scenario.years:
            if year < first:
                continue
            figures = [at_year(points_by(part, ["interconnector"], column)[name], year) for column in columns[2:]]
            if figures[0] > 0 or figures[1] > 0:
                rows[str(name), year] = [part["node"].iloc[0], part["zone"].iloc[0], *figures]
    if not rows or not scenario.grid.interconnectors:
        return pd.DataFrame(columns=columns, index=empty_index(["interconnector", "year"]))
    index = pd.MultiIndex.from_tuples(sorted(rows), names=["interconnector", "year"])
    return pd.DataFrame([rows[key] for key in sorted(rows)], columns=columns, index=index)
