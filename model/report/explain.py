"""Why the price at a node is what it is in one step: who supplies, who uses, what binds, who sets the price."""

from __future__ import annotations

import difflib
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from model.errors import InputError, Problem
from model.report.marginal import marginal_suppliers
from model.report.price_parts import explained, part_table, sentences
from model.report.reading import SMALLEST_CAPACITY, group, text_of, years_of
from model.report.settings import run_label
from model.report.stationarity import Conditions, OtherProgram, Rebuilt
from model.report.tables import Report, Section

SMALLEST_POWER = 0.01
SMALLEST_PRICE = 0.01


def explain(
    cube: xr.DataTree,
    node: str,
    moment: int | str,
    year: int | None = None,
    rebuilt: Rebuilt | None = None,
    why_not: str = "it was not built again",
) -> Report:
    """Explain one step at one node.

    Args:
        cube: an opened run.
        node: label of a node, or of a region (then its transmission bus).
        moment: number of the step, or its start on the local or UTC clock, such as `2012-01-15T18`; `peak` is the step
            in which electricity at the node is dearest.
        year: milestone year; by default the last.
        rebuilt: the run's program, built again (`model.build`); with it prices are taken apart into costs and limits.
        why_not: where it is absent, the reason.

    Returns:
        A report that prints itself: price, suppliers and users of every carrier at the node, limits that bind there
        with their shadow prices, and what sets the price: parts that add up to it, and what one more MWh would set in
        motion; without the program the suppliers that could give a little more at the price.

    Raises:
        InputError: the run has no such node, step or year, or no hourly results.
    """
    place, at, step = known_place(cube, node, moment, year)
    parties = parties_of(cube, place, at, step)
    prices = prices_at(cube, place, at, step)
    inputs = group(cube, "inputs")
    when = inputs.isel(time=step)
    name, clock = text_of(cube, "node_name")[place], clock_text(when["local_time"].values)
    return Report(
        title=f"{name} ({place}), {at}, {clock} local time",
        facts={
            "run": run_label(cube),
            "step": f"{step}, stands for {float(when['weight']):,.0f} hours a year",
            "period": str(inputs["period_label"].sel(period=int(when["period_of_time"])).values),
            "UTC": clock_text(when["utc_time"].values),
            **{f"price of {carrier}": f"{price:,.2f} EUR/MWh" for carrier, price in prices.items()},
        },
        sections=[
            Section("Who supplies, MW", parties[parties["MW"] > 0].reset_index(drop=True)),
            Section("Who uses, MW", parties[parties["MW"] < 0].assign(MW=-parties["MW"]).reset_index(drop=True)),
            Section(
                "What binds here",
                binding_limits(cube, place, at, step),
                "Relaxing a limit by one unit in this step would lower the cost by so much.",
            ),
            *price_sections(cube, place, list(prices), at, step, rebuilt, why_not),
        ],
    )


def price_sections(
    cube: xr.DataTree, node: str, carriers: list[str], year: int, step: int, rebuilt: Rebuilt | None, why_not: str
) -> list[Section]:
    """What sets the prices: taken apart with the run's program, else the suppliers that could give more."""
    if rebuilt is not None:
        try:
            conditions = Conditions(cube, rebuilt)
        except OtherProgram as error:
            why_not = f"tables or code have changed since: {error}"
        else:
            return parts_sections(conditions, node, carriers, year, step)
    return [
        Section(
            "Who could give more at the price",
            marginal_suppliers(cube, node, year, step),
            "Between their bounds, here or where the price is the same, and one more MWh costs the price.\n"
            "Where none is listed, stored energy, a capacity, a yearly limit or the grid's loops set it.\n"
            f"(The price is not taken apart, since the program of the run is missing: {why_not})",
        )
    ]


def parts_sections(conditions: Conditions, node: str, carriers: list[str], year: int, step: int) -> list[Section]:
    """The prices as sums of costs and limits, in sentences and a table, and what one more MWh would set in motion."""
    found = explained(conditions, node, carriers, year, step)
    lines = sentences(conditions, found)
    if not conditions.is_same:
        lines.append("Tables or code have changed since the run: costs are those of today, and a rest may be left.")
    moves = pd.concat([one.changes for one in found], ignore_index=True) if found else pd.DataFrame()
    return [
        Section("What sets the price", part_table(conditions, found), "\n".join(lines)),
        Section(
            "What one more MWh here would set in motion",
            moves,
            "Only what is free to move does; negative: less of it, or the other way round.",
        ),
    ]


def fault(column: str, value: str, expected: str) -> InputError:
    """A wrong argument, as the command line reports it."""
    return InputError([Problem("explain", "", column, value, expected)])


def known_place(cube: xr.DataTree, node: str, moment: int | str, year: int | None) -> tuple[str, int, int]:
    """Node, year and step that the arguments of `explain` name.

    Raises:
        InputError: the run has no such node, step or year, or no hourly results.
    """
    if "supply" not in group(cube, "ledgers"):
        raise fault("--time", str(moment), "a run with hourly results (output.hourly: true)")
    place = known_node(cube, node)
    at = known_year(cube, year)
    return place, at, known_step(cube, place, at, moment)


def known_node(cube: xr.DataTree, node: str) -> str:
    """The node that a label names.

    Raises:
        InputError: no such node; the nearest labels are named.
    """
    regions = text_of(cube, "node_region")
    if node in regions.index:
        return node
    kinds = text_of(cube, "node_kind")
    buses = regions[(regions == node) & (kinds == "transmission")]
    if len(buses):
        return str(buses.index[0])
    near = difflib.get_close_matches(node, [str(label) for label in regions.index], n=3, cutoff=0.3)
    raise fault("--node", node, f"a node, such as {', '.join(near or list(map(str, regions.index[:3])))}")


def known_year(cube: xr.DataTree, year: int | None) -> int:
    """The year asked for, by default the last."""
    years = years_of(cube)
    if year is None:
        return years[-1]
    if year not in years:
        raise fault("--year", str(year), f"one of {', '.join(map(str, years))}")
    return year


def known_step(cube: xr.DataTree, node: str, year: int, moment: int | str) -> int:
    """Position of the step that a number, a clock time or `peak` names."""
    inputs = group(cube, "inputs")
    if moment == "peak":
        price = group(cube, "duals")["carrier_balance"].sel(node=node, year=year).dropna("carrier", how="all")
        kinds = text_of(cube, "carrier_kind")
        electric = [carrier for carrier in price["carrier"].values if kinds[carrier] == "electricity"]
        dearest = price.sel(carrier=electric) if electric else price
        return int(np.nanargmax(dearest.max("carrier").values))
    if isinstance(moment, int) or str(moment).isdigit():
        if int(moment) < inputs.sizes["time"]:
            return int(moment)
        raise fault("--time", str(moment), f"a step from 0 to {inputs.sizes['time'] - 1}")
    try:
        wanted = np.datetime64(str(moment), "s")
    except ValueError:
        raise fault("--time", str(moment), "a step, `peak`, or a clock time such as 2012-01-15T18") from None
    length = (inputs["length"].values * 3600).astype("timedelta64[s]")
    for clock in ("local_time", "utc_time"):
        start = inputs[clock].values.astype("datetime64[s]")
        inside = np.flatnonzero((start <= wanted) & (wanted < start + length))
        if len(inside):
            return int(inside[0])
    labels = ", ".join(str(label) for label in inputs["period_label"].values)
    raise fault("--time", str(moment), f"a time inside a period of the run ({labels})")


def clock_text(instant: Any) -> str:
    """An instant as day and hour."""
    return pd.Timestamp(instant).strftime("%Y-%m-%d %H:%M")


def parties_of(cube: xr.DataTree, node: str, year: int, step: int) -> pd.DataFrame:
    """Everybody who gives or takes a carrier at a node in a step, largest first."""
    ledgers = group(cube, "ledgers")
    names = text_of(cube, "technology_name").to_dict()
    here = (ledgers["term_node"].values == node) & (ledgers["term_year"].values == year)
    terms = ledgers.isel(term=np.flatnonzero(here), time=step)
    table = pd.DataFrame(
        {
            "carrier": terms["term_carrier"].values,
            "who": [
                member or family.replace("_", " ")
                for member, family in zip(terms["term_member"].values, terms["term_family"].values, strict=True)
            ],
            "as": [
                names.get(technology) or ("" if family == "demand" else text)
                for technology, family, text in zip(
                    terms["term_technology"].values,
                    terms["term_family"].values,
                    terms["term_sentence"].values,
                    strict=True,
                )
            ],
            "MW": terms["supply"].values,
        }
    )
    table = table[table["MW"].abs() > SMALLEST_POWER]
    return table.sort_values(["carrier", "MW"], ascending=[True, False]).reset_index(drop=True)


def prices_at(cube: xr.DataTree, node: str, year: int, step: int) -> dict[str, float]:
    """Price of every carrier that balances at the node."""
    price = group(cube, "duals")["carrier_balance"].sel(node=node, year=year).isel(time=step).to_series().dropna()
    return {str(carrier): float(value) for carrier, value in price.items()}


def binding_limits(cube: xr.DataTree, node: str, year: int, step: int) -> pd.DataFrame:
    """Limits with a shadow price in this step that touch the node, dearest first; of assets only those that stand."""
    touching = labels_touching(cube, node)
    capacity = group(cube, "results")["capacity"].sel(year=year).to_series()
    assets = touching.get("asset", [])
    touching["asset"] = [asset for asset in assets if capacity[asset] > SMALLEST_CAPACITY]
    rows = []
    for name, dual in group(cube, "duals").data_vars.items():
        dims = [str(dim) for dim in dual.dims if dim not in ("time", "year")]
        if "time" not in dual.dims or "relaxing" not in dual.attrs["sign"] or not set(dims) & set(touching):
            continue
        here = dual.sel(year=year) if "year" in dual.dims else dual
        here = here.isel(time=step).sel({dim: touching[dim] for dim in dims if dim in touching})
        series = here.to_series() if here.ndim else pd.Series([float(here)])
        for label, value in series[series > SMALLEST_PRICE].items():
            text = ", ".join(map(str, label)) if isinstance(label, tuple) else str(label)
            rows.append((str(name), text, float(value), dual.attrs["units"]))
    table = pd.DataFrame(rows, columns=["limit", "of", "worth", "unit"])
    return table.sort_values("worth", ascending=False).reset_index(drop=True)


def labels_touching(cube: xr.DataTree, node: str) -> dict[str, list[str]]:
    """Labels by dimension that belong to a node: its assets, stores, corridors, interconnectors, its region."""
    inputs = group(cube, "inputs")
    found: dict[str, list[str]] = {"node": [node]}
    for dim, columns in {
        "asset": ["asset_node"],
        "store": ["store_node"],
        "device": ["device_node"],
        "reservoir": ["reservoir_node"],
        "corridor": ["corridor_from_node", "corridor_to_node"],
        "interconnector": ["interconnector_node"],
    }.items():
        if columns[0] in inputs:
            touches = np.any([inputs[column].values == node for column in columns], axis=0)
            found[dim] = [str(label) for label in inputs[dim].values[touches]]
    if str(inputs["node_kind"].sel(node=node).values) != "site":
        found["region"] = [str(inputs["node_region"].sel(node=node).values)]
    labelled = {
        name: set(dual[name].values) for dual in [group(cube, "duals")] for name in found if name in dual.coords
    }
    return {dim: [label for label in labels if label in labelled.get(dim, set())] for dim, labels in found.items()}
