"""The study of the near-optimal range, in words, tables and pictures."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from model.data.shared_potentials import shared_limits
from model.studies.framework.page import Answer, Chapter, described, facts_of, money_held, region_names
from model.studies.framework.pictures import Line, Range, figure, lines, ranges
from model.studies.smr_range import REGION_SLACK, SmrRange

UNITS = {
    "question": ("text", "What was asked: least cost, least or most within a budget, or a forced amount"),
    "region": ("text", "Region of the question; empty: the whole country"),
    "slack": ("share", "Budget of the question, share of least cost on top of it"),
    "target": ("GW_e", "Forced amount of small reactors"),
    "status": ("text", "End of the solver; known: the answer follows from another point"),
    "capacity": ("GW_e", "Electric capacity of small reactors in the region of the question, or in the country"),
    "cost": ("EUR", "System cost of the point, discounted over all years"),
    "extra_cost": ("share", "Cost above least cost, share of least cost"),
    "marginal": (
        "EUR/kW_e/year",
        "What one more kW of the forced amount costs in the milestone year; below zero: saves",
    ),
    "seconds": ("s", "Time of the solve and its check"),
    "capacity_by_region": ("GW_e", "Electric capacity of small reactors by region"),
}


def answer_of(found: SmrRange, region_slack: float = REGION_SLACK) -> Answer:
    """Put the study into words, tables and pictures."""
    names = region_names(found.built.case)
    national = span_table(found, "")
    regional = span_table(found, "by region", region_slack)
    regional.index = regional.index.map(lambda region: names.get(region, region))
    curve = curve_table(found)
    facts = {**facts_of(found.built.case), **{f"check of {name}": "; ".join(f) for name, f in found.findings.items()}}
    chapters = [
        Chapter(
            "How much small nuclear the system can take",
            [*summary(found, national), limits_words(found)],
            [
                (
                    f"Small reactors in {found.year}, GW_e, within some percent of least cost",
                    ranges(
                        bars_of(national, "within "),
                        "GW_e",
                        found.optimum,
                        f"least cost: {figure(found.optimum)}",
                    ),
                )
            ],
            national,
        ),
        Chapter(
            f"Where it may stand, within {region_slack:.0%} of least cost",
            [
                "Least and most in one region while everything else, the other regions included, is free. "
                "The figures of several regions do not add up."
            ],
            [
                (
                    f"Small reactors by region in {found.year}, GW_e",
                    ranges(bars_of(regional), "GW_e"),
                )
            ],
            regional,
        ),
        Chapter(
            "What a target costs",
            [
                "The amount is forced exactly. Left of the optimum the curve says what it costs to have less; "
                "a target of at least so much costs nothing up to the optimum, and what the curve says beyond it.",
                f"An amount above {figure(found.highest)} GW_e is infeasible. {limits_words(found)}",
            ],
            curve_pictures(found, curve),
            curve,
        ),
        Chapter("Every point", [], [], found.points.set_index("point"), folded=True),
    ]
    return Answer(
        name="smr_range",
        title=f"How much small nuclear: the near-optimal range in {found.year}",
        subtitle=f"{found.built.scenario.run_name}: {found.built.scenario.title}",
        held_equal=[
            *money_held(found.built.scenario),
            "One program for all points: tables, hours, limits and costs are those of the scenario; "
            "only the objective, the budget and the forced amount change.",
            f"The budget is discounted system cost over all years, unserved energy and CO2 backstop included; "
            f"the capacity is that of {found.year}, other years are free.",
            "Every other choice is free at every point: a point is the best the system can do around that amount.",
        ],
        chapters=chapters,
        table=pd.concat([found.points, found.by_region.rename(columns=names).add_prefix("GW_e in ")], axis=1),
        dataset=dataset_of(found, facts),
        facts=facts,
        warnings=found.warnings,
    )


def bars_of(table: pd.DataFrame, before: str = "") -> list[Range]:
    """A table of least and most as bars."""
    return [
        Range(f"{before}{label}", float(least), float(most), str(remark))
        for label, least, most, remark in zip(table.index, table["least"], table["most"], table["remark"], strict=True)
    ]


def span_table(found: SmrRange, which: str, slack: float | None = None) -> pd.DataFrame:
    """Least and most by budget (country) or by region (at one budget), GW_e."""
    points = found.points[found.points["question"].isin(["least", "most"])]
    if which:
        points, key = points[points["region"] != ""], "region"
    else:
        points, key = points[points["region"] == ""], "slack"
    table = points.pivot(index=key, columns="question", values="capacity")[["least", "most"]]
    status = points.groupby(key)["status"].agg(lambda found: ", ".join(sorted(set(found) - {"optimal", "known"})))
    table["remark"] = status.reindex(table.index)
    if not which:
        table.index = pd.Index([f"{share:.0%}" for share in table.index], name="budget")
    return table.rename_axis(columns=None)


def curve_table(found: SmrRange) -> pd.DataFrame:
    """The cost curve: forced amount, cost and its difference to least cost, marginal cost, a target's cost."""
    points = found.points[found.points["question"] == "target"].sort_values("target")
    extra = (points["cost"] - found.least_cost) / 1e9
    least = np.where(points["target"] <= found.optimum, 0.0, extra)
    return pd.DataFrame(
        {
            "forced, GW_e": points["target"].to_numpy(),
            "status": points["status"].to_numpy(),
            "extra cost, billion EUR": extra.to_numpy(),
            "extra cost, %": (points["extra_cost"] * 100).to_numpy(),
            "as a target of at least so much, billion EUR": np.where(points["status"] == "optimal", least, np.nan),
            "one more kW, EUR/kW/year": points["marginal"].to_numpy(),
        }
    )


def curve_pictures(found: SmrRange, curve: pd.DataFrame) -> list[tuple[str, str]]:
    """Extra cost and marginal cost over the forced amount."""
    amount = curve["forced, GW_e"]
    extra = Line("extra cost", list(zip(amount, curve["extra cost, %"], strict=True)))
    marginal = Line("one more kW", list(zip(amount, curve["one more kW, EUR/kW/year"], strict=True)))
    mark = (found.optimum, f"least cost: {figure(found.optimum)} GW")
    return [
        ("Extra cost of a forced amount, % of least cost", lines([extra], "GW_e forced", "%", *mark)),
        (
            "What one more kW costs (above zero) or saves (below), in the milestone year",
            lines([marginal], "GW_e forced", "EUR/kW/year", *mark),
        ),
    ]


def summary(found: SmrRange, national: pd.DataFrame) -> list[str]:
    """The answer in sentences."""
    words = [
        f"At least cost {figure(found.optimum)} GW_e of small reactors stand in {found.year}; "
        f"{figure(found.highest)} GW_e is the most that sites, potentials and build rates allow."
    ]
    spans = zip(national.index, national["least"].astype(float), national["most"].astype(float), strict=True)
    words += [
        f"Within {budget} of least cost anything from {figure(least)} to {figure(most)} GW_e is possible."
        for budget, least, most in spans
        if math.isfinite(least) and math.isfinite(most)
    ]
    failed = found.points[~found.points["status"].isin(["optimal", "known"])]
    if len(failed):
        listed = "; ".join(f"{row.point}: {row.status}" for row in failed.itertuples())
        words.append(f"Points without an answer: {listed}.")
    return words


def limits_words(found: SmrRange) -> str:
    """What holds the most that can stand: limits of places, whose judgement they are, and that it is no physics."""
    case, names = found.built.case, region_names(found.built.case)
    limits = shared_limits(case)
    small = set(case.reactors.index[case.reactors["kind"] == "smr"])
    members = case.tables["shared_potentials"]
    table = case.tables["shared_potential_limits"]
    electric = set(table.loc[table["unit"] == "MW_e", "group"])
    members = members[members["technology"].isin(small) & members["group"].isin(electric)]
    regions = members["node"].map(case.nodes["region"]).map(names)
    places = {
        str(group): (", ".join(sorted(set(here))), limits[str(group), found.year] / 1e3)
        for group, here in regions.groupby(members["group"])
        if (str(group), found.year) in limits
    }
    if not places:
        return "The most that can stand follows from the potentials and build rates of the tables."
    judged = table[table["group"].isin(places)]["provenance"].map(str)
    sum_ = sum(limit for _, limit in places.values())
    listed = "; ".join(f"{place} {figure(limit)}" for place, limit in places.values())
    source = "estimated" if judged.str.startswith("estimated").all() else "partly estimated"
    words = (
        f"Behind the most that can stand are {source} caps by province (table "
        "reactor_shared_potential_limits), a judgement of what may be "
        f"sited and no physics: {listed}; together {figure(sum_)} GW_e in {found.year}."
    )
    if found.highest < 0.995 * sum_:
        words += f" Build rates and potentials of single places hold the sum to {figure(found.highest)} GW_e."
    return words


def dataset_of(found: SmrRange, facts: dict[str, str]) -> xr.Dataset:
    """All points as one dataset with units."""
    table = found.points
    dataset = xr.Dataset(
        {name: ("point", table[name].to_numpy()) for name in table.columns if name != "point"},
        coords={"point": table["point"].to_numpy(dtype=object), "of_region": list(found.by_region.columns)},
    )
    dataset["capacity_by_region"] = (("point", "of_region"), found.by_region.to_numpy(dtype=float))
    attributes: dict[str, Any] = {
        **facts,
        "study": "smr-range",
        "year": found.year,
        "least_cost": found.least_cost,
        "optimum": found.optimum,
        "most_that_can_stand": found.highest,
    }
    return described(dataset, UNITS, attributes)
