"""What is paid for of an award: output per unit of activity, COP, hours that count and rates from given prices (S5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.data.finance import year_spans
from model.data.sdepp_tables import CAPTURED, SdeppTables
from model.sdepp.payments import Corrections, subsidy_rate
from model.sdepp.prices import corrections_of
from model.sdepp.terms import payment_terms

if TYPE_CHECKING:
    from model.data.case import Case

SUPPORT = ["round", "category", "asset"]
Frame = Any
"""A DataFrame; its labels and cells are what the docstrings say, which types of pandas cannot know."""


def paid_per_activity(case: Case, asset: str, output: str, year: int) -> float:
    """What an asset gives of the output that is paid, per unit of activity: MWh/MWh, or t/MWh of captured CO2."""
    if output == CAPTURED:
        return float(case.asset_years["captured"].get((asset, year), 0.0))
    return max(0.0, float(case.flows["coefficient"].get((asset, output, year), 0.0)))


def cop(case: Case, asset: str, output: str, year: int) -> float:
    """Output per electricity over the year, hours weighed alike; infinite where it takes none."""
    power = str(case.carriers.index[case.carriers["kind"] == "electricity"][0])
    if (asset, power, year) not in case.flows.index:
        return float("inf")
    flows: Any = case.flows
    taken = -float(flows.at[(asset, power, year), "coefficient"])
    profile = str(flows.at[(asset, power, year), "profile"])
    weight = np.asarray(case.time.weight, dtype=float)
    if profile:
        values = case.hourly["profile"].sel(profile=profile).to_numpy()
        taken *= float(values @ weight / weight.sum())
    return paid_per_activity(case, asset, output, year) / taken if taken > 0.0 else float("inf")


def paid_terms(case: Case, tables: SdeppTables, supports: Frame, offers: Frame) -> Frame:
    """Hours that are paid and the rate, for every support and year of the case in its term."""
    spans = year_spans(case.scenario.years, case.scenario.last_year_span)
    rows = []
    rates: dict[tuple[str, str, float], Any] = {}
    for (name, category, asset), support in supports.iterrows():
        key, build = (name, category, support["region"]), int(support["build_year"])
        offer = offers.loc[key]
        last = build + int(offer["term"]) - 1
        known = (str(name), str(category), float(offer["amount"]))
        if known not in rates:
            rates[known] = rate_by_year(tables, *known, build, last, case.scenario.sdepp.prices)
        scale = float(tables.categories[str(name)].loc[category]["units_per_capacity"])
        limits = tables.boiler_hours.get(str(category), {})
        options: Any = case.build_options
        alive = options.at[(asset, build), "alive_years"]
        for year in case.years:
            paid = [y for y in range(year, year + int(spans[year])) if y <= last]
            if year in alive and paid:
                hours = sum(min(float(offer["hours"]), limits.get(y, np.inf)) for y in paid) / spans[year]
                given = paid_per_activity(case, str(asset), support["paid_output"], year)
                rows.append((name, category, asset, year, hours, scale * float(rates[known][paid].mean()), given))
    frame = pd.DataFrame(rows, columns=[*SUPPORT, "year", "hours", "rate", "paid_per_activity"])
    frame = frame.set_index([*SUPPORT, "year"])
    return frame.astype(float)


def rate_by_year(
    tables: SdeppTables, name: str, category: str, amount: float, first: int, last: int, prices: str
) -> Any:
    """Payment in EUR per unit by calendar year, from given prices (art. 89-92): never from those of the program."""
    table = tables.categories[name].loc[[category]]
    terms = payment_terms(table, tables.boiler_hours)
    years = np.arange(first, last + 1)
    corrections = corrections_of(tables.prices, table, prices, years)
    given = Corrections.of((1, len(years)), **corrections.final)
    floor, on_sum = terms["floor"].to_numpy(float), terms["floor_on_sum"].to_numpy(bool)
    return pd.Series(subsidy_rate(np.array([amount]), floor, on_sum, given)[0], index=years)
