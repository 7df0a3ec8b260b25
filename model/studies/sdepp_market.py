"""The market of a round as the model's own candidates make it: costs, bids at the prices of a system, applications.

Candidates (`model.studies.sdepp_candidates`) bring sizes and costs; prices of the system say what they earn and pay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from model.core.cells import number
from model.errors import InputError, Problem
from model.sdepp.applications import applications_from
from model.sdepp.prices import CategoryCorrections, Prices, corrections_of
from model.sdepp.realisation import load_practice
from model.sdepp.terms import load_boiler_hours, payment_terms
from model.studies.sdepp_bids import required_amount
from model.studies.sdepp_candidates import APPLICATION, BELOW, Candidates, candidates
from model.studies.sdepp_costs import EnergyPrices, output_of, unit_costs
from model.studies.sdepp_own_use import ROOFS
from model.studies.sdepp_projects import SERVED, load_assumptions, load_project_tables
from model.studies.sdepp_signal import SCENARIO, Signal

if TYPE_CHECKING:
    from model.data.case import Case
    from model.sdepp.rounds import Round

MWH = 1000.0
"""EUR/kWh to EUR/MWh."""
CHOOSE_HOURS = ("e_boiler", "e_boiler_thermal_storage", "electrolysis_hydrogen")
"""Techniques that run in the cheapest hours; others buy at the base price times `electricity_price_factor`."""


@dataclass(frozen=True)
class ModelMarket:
    """Candidates of the model's own potentials and costs in a round; made by `model_market`.

    Attributes:
        case: the energy system.
        round: the round that is held.
        categories: its categories.
        keys: (asset, build year) of what awards may build: the first milestone year.
        prices: tables of corrections.
        folder: folder of the scheme's tables; None: those that ship.
        scale: factor on all offers.
        terms: terms of payment by category.
        per_award: capacity units of an asset per MW or t/h of award, by (category, asset).
        own_use: part of what roofs produce that is used on site: it saves `retail` and is not subsidised.
        retail: what a kWh of own use saves, EUR.
    """

    case: Case
    round: Round
    categories: pd.DataFrame
    keys: pd.MultiIndex
    prices: Prices
    folder: Path | None
    scale: float
    terms: pd.DataFrame
    per_award: pd.Series
    own_use: float = 0.0
    retail: float = 0.0

    @property
    def years(self) -> np.ndarray:
        """Calendar years in which a grant of this round may run, from the first possible one."""
        first = int(self.round.round) + int(self.terms["realisation_years"].min())
        last = int(self.round.round) + int((self.terms["realisation_years"] + self.terms["term"]).max())
        return np.arange(first, last)

    def applications(self, signal: Signal, seed: int) -> pd.DataFrame:
        """Give the applications at the prices of a system; see `model.studies.sdepp_equilibrium.Market`.

        Beside the columns of applications: asset, build_year, capacity_per_award, cost, capture_price and correction
        (EUR/unit: mean over the term of what the project earns on its market, and of what is taken off the amount).
        """
        view, found = self._drawn(signal, seed)
        told = found.projects[found.projects["phase"] > 0].reset_index(drop=True)
        rows = applications_from(found.applications[APPLICATION])
        places = told.set_index("application").loc[rows["application"]].reset_index()
        pairs = pd.MultiIndex.from_frame(places[["category", "asset"]])
        earned, taken_off = view.income(places)
        return rows.assign(
            asset=places["asset"].to_numpy(),
            build_year=self.case.years[0],
            capacity_per_award=self.per_award.reindex(pairs).to_numpy(),
            cost=places["cost"].to_numpy(),
            capture_price=earned,
            correction=taken_off,
        )

    def unsubsidised(self, signal: Signal, seed: int) -> pd.DataFrame:
        """Give the projects whose market covers their cost; see `model.studies.sdepp_loop.Market`."""
        _, found = self._drawn(signal, seed)
        rows = found.projects[found.projects["reason"] == BELOW].reset_index(drop=True)
        pairs = pd.MultiIndex.from_frame(rows[["category", "asset"]])
        return rows[["application", "category", "asset", "capacity"]].assign(
            technique=rows["category"].map(self.categories["technique"]).to_numpy(),
            build_year=self.case.years[0],
            capacity_per_award=self.per_award.reindex(pairs).to_numpy(),
        )

    def _drawn(self, signal: Signal, seed: int) -> tuple[_View, Candidates]:
        view = _View(self, signal)
        tables = load_project_tables(self.categories, self.folder)
        prices = view.energy_prices()
        return view, candidates(
            self.case, self.round, self.categories, tables, seed, prices, self.scale, ask=view.asked
        )


def model_market(
    case: Case,
    held: Round,
    categories: pd.DataFrame,
    prices: Prices,
    folder: Path | None = None,
    scale: float = 1.0,
    own_use: float | None = None,
) -> ModelMarket:
    """Make the market of a case.

    Args:
        case: the energy system.
        held: the round.
        categories: its categories, as `load_categories` gives them.
        prices: tables of corrections.
        folder: folder of the scheme's tables; by default those that ship.
        scale: factor on all offers.
        own_use: part of what roofs produce that is used on site; by default that of operation.csv.

    Raises:
        InputError: faults in the tables, or no share.
    """
    tables = load_project_tables(categories, folder)
    assumed = load_assumptions(folder)
    share = usual_own_use(folder) if own_use is None else own_use
    if not 0 <= share <= assumed["own_use_max"]:
        expected = f"a share from 0 to {assumed['own_use_max']:g}"
        raise InputError([Problem("--own-use", "", "", f"{share:g}", expected)])
    regions = {str(name): 0.0 for name in case.nodes["region"].unique()}
    costs, _ = unit_costs(case, categories, tables, EnergyPrices(regions))
    year = case.years[0]
    services = tables.services[tables.services["role"] == SERVED].set_index(["category", "technology"])
    per_award = {}
    columns = [costs[name].astype(str) for name in ("category", "technology", "asset")]
    for category, technology, asset in zip(*columns, strict=True):
        service = services.loc[(category, technology)]
        given = output_of(case, asset, str(service["paid_output"]))
        per_award[category, asset] = float(service["capacity_per_award"]) / given
    assets = sorted(costs["asset"].unique())
    opened = categories[categories["open"].astype(bool)]
    return ModelMarket(
        case,
        held,
        categories,
        pd.MultiIndex.from_tuples([(asset, year) for asset in assets], names=["asset", "build_year"]),
        prices,
        folder,
        scale,
        payment_terms(opened, load_boiler_hours(folder, opened)),
        pd.Series(per_award).rename_axis(["category", "asset"]),
        share,
        assumed["retail_price"],
    )


@dataclass(frozen=True)
class Rounds:
    """Several rounds of one system, held one after another at the same prices.

    Attributes:
        parts: the market of each round, in order; every one draws candidates of its own.
    """

    parts: tuple[ModelMarket, ...]

    @property
    def round(self) -> Round:
        """The first round."""
        return self.parts[0].round

    @property
    def categories(self) -> pd.DataFrame:
        """Categories of the first round."""
        return self.parts[0].categories

    @property
    def keys(self) -> pd.MultiIndex:
        """What the awards of any of them may build."""
        every = sorted({key for part in self.parts for key in part.keys})
        return pd.MultiIndex.from_tuples(every, names=["asset", "build_year"])

    def applications(self, signal: Signal, seed: int) -> pd.DataFrame:
        """Applications of the first round; `respond_to` asks each part for its own."""
        return self.parts[0].applications(signal, seed)

    def unsubsidised(self, signal: Signal, seed: int) -> pd.DataFrame:
        """Those of the first round that need no subsidy."""
        return self.parts[0].unsubsidised(signal, seed)


def usual_own_use(folder: Path | None = None) -> float:
    """Part of what panels produce that is used on site, as operation.csv assumes for the cash table."""
    return float(load_practice(folder).production(["solar_pv"])[1][0])


class _View:
    """How projects see the prices of a system over the years of their terms."""

    def __init__(self, market: ModelMarket, signal: Signal) -> None:
        self.market, self.signal = market, signal
        self.years = market.years
        self.opened = market.categories[market.categories["open"].astype(bool)]
        prices = signal.scenario(market.prices)
        self.corrections: CategoryCorrections = corrections_of(prices, self.opened, SCENARIO, self.years)
        self.rows = {name: place for place, name in enumerate(self.corrections.categories)}
        self.weights = self._weights()

    def _weights(self) -> np.ndarray:
        """Part of a term's discounted production in each year, by (category, year)."""
        terms = self.market.terms.loc[list(self.corrections.categories)]
        first = int(self.market.round.round) + terms["realisation_years"].to_numpy(float)
        last = first + terms["term"].to_numpy(float)
        inside = (self.years >= first[:, None]) & (self.years < last[:, None])
        rate = float(self.market.case.scenario.finance.wacc)
        discounted = inside / (1.0 + rate) ** (self.years - self.years[0])
        return np.asarray(discounted / discounted.sum(axis=1, keepdims=True), dtype=float)

    def over_years(self, by_milestone: Sequence[float]) -> np.ndarray:
        """Figures of the milestone years on a line between them, level outside."""
        return np.interp(self.years, list(self.market.case.years), list(by_milestone))

    def energy_prices(self) -> EnergyPrices:
        """What projects pay for electricity: the mean over their terms, EUR/MWh."""
        milestones = list(self.market.case.years)
        base = (
            float(self.over_years([number(self.signal.levels, y, "electricity_base") for y in milestones]).mean()) * MWH
        )
        regions = [str(name) for name in self.market.case.nodes["region"].unique()]
        chosen = self.opened[self.opened["technique"].isin(CHOOSE_HOURS)]
        of_category: dict[tuple[str, str], float] = {}
        for name, hours in chosen["full_load_hours"].items():
            cheap = self.over_years([self.signal.cheapest(float(hours), year) for year in milestones])
            mean = float(self.weights[self.rows[str(name)]] @ cheap) * MWH
            of_category |= {(str(name), region): mean for region in regions}
        return EnergyPrices(dict.fromkeys(regions, base), of_category)

    def asked(self, projects: pd.DataFrame) -> np.ndarray:
        """What each project must ask, EUR/unit; infinite where nothing covers it."""
        earned, taken_off, weight = self._figures(projects)
        whole = self.weights[self._place(projects)]
        cost, market = projects["cost"].to_numpy(float), (earned * whole).sum(axis=1)
        return required_amount(cost, market, taken_off, weight, self.settled(projects, weight))

    def settled(self, projects: pd.DataFrame, weight: np.ndarray) -> np.ndarray:
        """Excess profit that is settled with the subsidy, mean over the term, EUR/unit (art. 89, see payments)."""
        place = self._place(projects)
        threshold = self.market.terms["threshold"].reindex(projects["category"]).fillna(np.inf).to_numpy(float)
        revenue = self.corrections.final["price"][place] + self.corrections.final["gvo"][place]
        above = np.maximum(0.0, np.where(np.isfinite(threshold)[:, None], revenue - threshold[:, None], 0.0))
        return np.asarray((above * weight).sum(axis=1), dtype=float)

    def income(self, projects: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Mean over the term of what a project earns, and of what is taken off the amount, EUR/unit."""
        earned, taken_off, _ = self._figures(projects)
        whole = self.weights[self._place(projects)]
        return (earned * whole).sum(axis=1), (taken_off * whole).sum(axis=1)

    def _place(self, projects: pd.DataFrame) -> np.ndarray:
        return projects["category"].map(self.rows).to_numpy(int)

    def _figures(self, projects: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Earned, taken off, and weight of what is subsidised, over (project, year)."""
        place = self._place(projects)
        parts = {name: values[place] for name, values in self.corrections.final.items()}
        terms = self.market.terms.loc[projects["category"]]
        floor = terms["floor"].to_numpy(float)[:, None]
        beside = parts["ets"] + parts["other"]
        on_price = np.maximum(parts["price"], floor) + beside
        on_sum = np.maximum(parts["price"] + beside, floor)
        taken_off = np.where(terms["floor_on_sum"].to_numpy(bool)[:, None], on_sum, on_price) + parts["gvo"]
        price, negative = self._own(projects, parts["price"])
        subsidised = 1.0 - np.where(terms["stops_when_negative"].to_numpy(bool)[:, None], negative, 0.0)
        earned = price + beside + parts["gvo"]
        own = np.where(projects["category"].str.startswith(ROOFS).to_numpy(bool), self.market.own_use, 0.0)[:, None]
        earned = (1.0 - own) * earned + own * self.market.retail
        return earned, taken_off, self.weights[place] * subsidised * (1.0 - own)

    def _own(self, projects: pd.DataFrame, price: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Price that a project earns itself, and its share at negative prices: of plants with a profile their own."""
        keys = pd.MultiIndex.from_frame(projects[["technology", "region"]])
        milestones = list(self.market.case.years)
        own, negative = price.copy(), np.zeros_like(price)
        for key in sorted(set(keys) & set(self.signal.capture.index)):
            rows = np.array([other == key for other in keys])
            own[rows] = self.over_years(self.signal.capture.loc[key, milestones].to_list())
            negative[rows] = self.over_years(self.signal.negative.loc[key, milestones].to_list())
        sells_power = (projects["category"].map(self.opened["domain"]) == "renewable_electricity").to_numpy(bool)
        return np.where(sells_power[:, None], own, price), np.where(sells_power[:, None], negative, 0.0)
