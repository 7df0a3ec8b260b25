"""What heat and power of small reactors change in the need for subsidy and in its cash: two runs, held side by side.

Need: what a run builds, up to a milestone year, of the technologies that categories of the scheme serve, with the cost
dispersion of candidates and the claims of the round's rules.  No ceiling and no hekje: a need may take many rounds.
Prices: electricity, capture prices and corrections of each run itself, so that reactors act on both sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.cube import open_run
from model.data.build import build_case
from model.errors import InputError, Problem
from model.sdepp.applications import applications_from
from model.sdepp.prices import load_prices
from model.sdepp.tender import hold
from model.studies.sdepp_candidates import ABOVE, BELOW, Candidates, candidates
from model.studies.sdepp_costs import EnergyPrices, unit_costs
from model.studies.sdepp_paid import paid
from model.studies.sdepp_questions import MILLION, Answer
from model.studies.sdepp_signal import SCENARIO, Signal, load_imbalance, signal_of

if TYPE_CHECKING:
    import xarray as xr

    from model.data.case import Case
    from model.sdepp.cash import Scheme
    from model.sdepp.outcome import Outcome
    from model.sdepp.rounds import Round
    from model.studies.sdepp_projects import ProjectTables

PIECES = 12
"""Projects into which what a run builds of a category at a place is cut: enough for the dispersion of costs."""
NO_CEILING = 1e15
CHOOSE_HOURS = ("e_boiler", "e_boiler_thermal_storage", "electrolysis_hydrogen")
"""Techniques that buy in the cheapest hours of the run."""
SMALLEST = 0.01
"""MW or t/h that a run builds below this is dust of an interior solution."""
WITH, WITHOUT, CHANGE = "with", "without", "change"


@dataclass(frozen=True)
class Need:
    """What one run needs of the scheme.

    Attributes:
        name: of the scenario.
        power: electric capacity of small reactors, MW.
        electricity, heat: what they give, TWh a year.
        signal: prices of the run.
        found: what it builds, as projects.
        outcome: all of them held without a ceiling.
        paid: payments by technique and year, million EUR.
    """

    name: str
    power: float
    electricity: float
    heat: float
    signal: Signal
    found: Candidates
    outcome: Outcome
    paid: pd.DataFrame


def reactor_effect(
    files: Sequence[Path],
    held: Round,
    categories: pd.DataFrame,
    tables: ProjectTables,
    scheme: Scheme,
    milestone: int | None = None,
    seed: int = 1,
    folder: Path | None = None,
    data: Path | None = None,
) -> Answer:
    """Compare the need for subsidy and the cash of a run with small reactors and one without.

    Args:
        files: result files, with and without.
        held: the round whose rules and amounts hold.
        categories: its categories.
        tables: what serves which category.
        scheme: tables of payment.
        milestone: milestone year up to which is built; by default the first in which the first run has small reactors.
        seed: of the dispersion of costs, the same in both runs.
        folder: folder of the scheme's tables; by default those that ship.
        data: folder of the data set; by default that of each run's scenario.

    Raises:
        InputError: no result file, no such year in both, no small reactors in the first run, or other data.
    """
    opened = [_opened(path, data) for path in files]
    shared = sorted(set(opened[0][1].years) & set(opened[1][1].years))
    known = [year for year in shared if _reactors(*opened[0], year)["power"] > 1.0]
    problems = []
    if not known:
        problems.append(Problem(str(files[0]), "", "small reactors", "none", "a run in which small reactors stand"))
    if milestone is not None and milestone not in shared:
        expected = "a milestone year of both runs: " + ", ".join(map(str, shared))
        problems.append(Problem("--milestone", "", "", str(milestone), expected))
    if problems:
        raise InputError(problems)
    year = milestone or known[0]
    needs = {
        name: _need(cube, case, year, held, categories, tables, scheme, seed, folder)
        for name, (cube, case) in zip((WITH, WITHOUT), opened, strict=True)
    }
    return _answer(needs, year, seed)


def _opened(path: Path, data: Path | None) -> tuple[xr.DataTree, Case]:
    """Open a run and read its case again."""
    import yaml

    from model.scenario import Scenario

    cube = open_run(path)
    scenario = Scenario.model_validate(yaml.safe_load(cube["run"].attrs["scenario_yaml"]))
    return cube, build_case(scenario, data)


def _capacity(cube: xr.DataTree) -> pd.Series:
    return cube["results"]["capacity"].transpose("asset", "year").to_series().dropna()


def _reactors(cube: xr.DataTree, case: Case, year: int) -> dict[str, float]:
    """Electric capacity (MW), electricity and heat (TWh a year) of small reactors."""
    small = case.reactors.loc[case.reactors["kind"] == "smr", "efficiency"].astype(float).to_dict()
    of = {str(name): str(design) for name, design in case.assets["technology"].items() if str(design) in small}
    standing = _capacity(cube).xs(year, level="year")
    power = sum(float(value) * small[of[str(name)]] for name, value in standing.items() if str(name) in of)
    energy = cube["ledgers"]["annual_energy"].sel(year=year).to_series().dropna()
    kinds = case.carriers["kind"].to_dict()
    given = dict.fromkeys(("electricity", "heat"), 0.0)
    for key, value in energy.items():
        labels = dict(zip(energy.index.names, key if isinstance(key, tuple) else (key,), strict=True))
        kind = kinds.get(labels["carrier"], "")
        if str(labels["asset"]) in of and kind in given and value > 0:
            given[kind] += float(value)
    return {"power": power, **given}


def _need(
    cube: xr.DataTree,
    case: Case,
    year: int,
    held: Round,
    categories: pd.DataFrame,
    tables: ProjectTables,
    scheme: Scheme,
    seed: int,
    folder: Path | None,
) -> Need:
    standing = _capacity(cube)
    balance: Any = cube["duals"]["carrier_balance"]
    signal = signal_of(case, balance, standing, load_prices(folder), imbalance=load_imbalance(folder))
    prices = _energy_prices(case, signal, categories, year)
    costs, _ = unit_costs(case, categories, tables, prices, year)
    offers = _built(case, costs, standing, year)
    # Awards are realised in the milestone year, so its prices hold from then on.
    found = candidates(
        case, held, categories, tables, seed, prices, offers=offers, milestone=year, pieces=PIECES, reserving=False
    )
    free = held.but(ceiling=NO_CEILING, hekjes={}, caps=())
    outcome = hold(applications_from(found.applications), free, categories, transport_indication=())
    flow = paid(
        outcome,
        replace(scheme, prices=signal.scenario(scheme.prices), built_share={}),
        SCENARIO,
        begins=year,
        folder=folder,
    )
    about = _reactors(cube, case, year)
    return Need(
        case.scenario.run_name,
        about["power"],
        about["electricity"],
        about["heat"],
        signal,
        found,
        outcome,
        flow.by_technique,
    )


def _energy_prices(case: Case, signal: Signal, categories: pd.DataFrame, year: int) -> EnergyPrices:
    """What projects pay for electricity in a run: its base price, or that of its cheapest hours, EUR/MWh."""
    regions = [str(name) for name in case.nodes["region"].unique()]
    base = float(signal.levels["electricity_base"].to_dict()[year]) * 1000.0
    chosen = categories[categories["open"].astype(bool) & categories["technique"].isin(CHOOSE_HOURS)]
    cheap = {
        str(name): signal.cheapest(float(hours), year) * 1000.0 for name, hours in chosen["full_load_hours"].items()
    }
    of_category = {(name, region): price for name, price in cheap.items() for region in regions}
    return EnergyPrices(dict.fromkeys(regions, base), of_category)


def _built(case: Case, costs: pd.DataFrame, standing: pd.Series, year: int) -> pd.DataFrame:
    """What a run builds beyond what stands already, MW or t/h by category and asset, split as the offers are."""
    before: dict[Any, float] = {key: float(value) for key, value in case.existing.items()}
    after: dict[Any, float] = {key: float(value) for key, value in standing.items()}
    rows = costs[["category", "asset", "offered", "per_award"]].copy()
    new = [max(0.0, after.get((name, year), 0.0) - before.get((name, year), 0.0)) for name in rows["asset"]]
    share = rows["offered"] / rows.groupby("asset")["offered"].transform("sum")
    rows["offered"] = np.array(new) * share.to_numpy(float) / rows["per_award"].to_numpy(float)
    return rows[rows["offered"] > SMALLEST][["category", "asset", "offered"]]


def _answer(needs: dict[str, Need], year: int, seed: int) -> Answer:
    total = pd.DataFrame({name: _sums(need, year) for name, need in needs.items()})
    by_technique = pd.concat({name: _by_technique(need) for name, need in needs.items()}, axis=1).fillna(0.0)
    columns = ["capacity", "claim_million", "paid_million"]
    for column in columns:
        by_technique[CHANGE, column] = by_technique[WITH, column] - by_technique[WITHOUT, column]
    by_technique.columns = pd.Index([f"{key[1]}_{key[0]}" for key in by_technique.columns.to_list()])
    by_year = pd.DataFrame({name: need.paid.sum() for name, need in needs.items()}).fillna(0.0).rename_axis("year")
    for table in (total, by_year):
        table[CHANGE] = table[WITH] - table[WITHOUT]
    return Answer(
        "smr",
        f"What do heat and power of small reactors change in the need for SDE++ and in its cash, by {year}?",
        tuple(_said(needs, total, by_technique, year)),
        (
            f"Need: all that a run builds up to {year} of what categories serve, also what was built without subsidy "
            "or in earlier rounds; rules and amounts of the round hold for all of it, without a ceiling.",
            f"Costs vary as candidate_projects.csv assumes (seed {seed}, {PIECES} projects per category and place); a "
            "project asks its cost; what no phase pays, and what needs no subsidy, is not in the claim.",
            f"All begin in {year}; payments at the prices of each run, over the terms of categories; none falls away.",
            "Where a technology serves several categories, what is built is split as the offers of "
            "category_technologies.csv and candidate_projects.csv are.",
        ),
        {"total": total, "by_technique": by_technique, "paid_million_by_year": by_year},
    )


def _sums(need: Need, year: int) -> dict[str, float]:
    """Figures of one run."""
    reasons = need.found.projects.groupby("reason")["capacity"].sum()
    levels = need.signal.levels
    return {
        "small_reactors_mw": need.power,
        "small_reactors_electricity_twh": need.electricity,
        "small_reactors_heat_twh": need.heat,
        "base_price_eur_per_mwh": float(levels["electricity_base"].to_dict()[year]) * 1e3,
        "sun_price_eur_per_mwh": float(levels["electricity_solar"].to_dict()[year]) * 1e3,
        "wind_price_eur_per_mwh": float(levels["electricity_wind"].to_dict()[year]) * 1e3,
        "built_mw_and_t_per_h": float(need.found.projects["capacity"].sum()),
        "needs_subsidy": float(reasons.get("", 0.0)),
        "needs_none": float(reasons.get(BELOW, 0.0)),
        "no_phase_pays": float(reasons.get(ABOVE, 0.0)),
        "claim_million": need.outcome.asked / MILLION,
        "paid_million": float(need.paid.to_numpy().sum()),
        "co2_mt": float(need.outcome.applications["co2"].sum()) / MILLION,
    }


def _by_technique(need: Need) -> pd.DataFrame:
    rows = need.outcome.applications.groupby("technique")[["capacity", "claim"]].sum()
    rows["claim_million"] = rows.pop("claim") / MILLION
    rows["paid_million"] = need.paid.sum(axis=1)
    return rows


def _said(needs: dict[str, Need], total: Any, by_technique: Any, year: int) -> list[str]:
    """Sentences on what differs."""
    first = needs[WITH]
    claim, money = total.loc["claim_million"], total.loc["paid_million"]
    sentences = [
        f"{first.name} has {first.power / 1e3:,.1f} GW_e of small reactors in {year}, giving {first.electricity:,.1f} "
        f"TWh of electricity and {first.heat:,.1f} TWh of heat; {needs[WITHOUT].name} has "
        f"{needs[WITHOUT].power / 1e3:,.1f} GW_e.",
        f"Need of claims: {claim[WITHOUT] / 1e3:,.1f} bn EUR without, {claim[WITH] / 1e3:,.1f} with: "
        f"{claim[CHANGE] / 1e3:+,.1f} bn EUR.",
        f"Cash over all years: {money[WITHOUT] / 1e3:,.1f} bn EUR without, {money[WITH] / 1e3:,.1f} with: "
        f"{money[CHANGE] / 1e3:+,.1f} bn EUR.",
    ]
    change = by_technique["claim_million_change"]
    moved = change[change.abs() > 1].sort_values(key=lambda values: -values.abs()).head(4)
    if len(moved):
        words = ", ".join(f"{name} {value:+,.0f}" for name, value in moved.items())
        sentences.append(f"Most of the change in claims (million EUR): {words}.")
    return sentences
