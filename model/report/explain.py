"""Why the price at a node is what it is in one step: who supplies, who uses, what binds, who sets the price."""

from __future__ import annotations

import difflib
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from model.errors import InputError, Problem
from model.report.marginal import marginal_suppliers
from model.report.reading import SMALLEST_CAPACITY, group, text_of, years_of
from model.report.tables import Report, Section

SMALLEST_POWER = 0.01
SMALLEST_PRICE = 0.01


def explain(cube: xr.DataTree, node: str, moment: int | str, year: int | None = None) -> Report:
    """Explain one step at one node.

    Args:
        cube: an opened run.
        node: label of a node, or of a region (then its transmission bus).
        moment: number of the step, or its start on the local or UTC clock, such as `2012-01-15T18`; `peak` is the step
            in which electricity at the node is dearest.
        year: milestone year; by default the last.

    Returns:
        A report that prints itself: price, suppliers and users of every carrier at the node, limits that bind there
        with their shadow prices, and the suppliers that could give a little more at the price.

    Raises:
        InputError: the run has no such node, step or year, or no hourly results.
    """
    if "supply" not in group(cube, "ledgers"):
        raise fault("--time", str(moment), "a run with hourly results (output.hourly: true)")
    place = known_node(cube, node)
    at = known_year(cube, year)
    step = known_step(cube, place, at, moment)
    parties = parties_of(cube, place, at, step)
    prices = prices_at(cube, place, at, step)
    inputs = group(cube, "inputs")
    when = inputs.isel(time=step)
    name, clock = text_of(cube, "node_name")[place], clock_text(when["local_time"].values)
    return Report(
        title=f"{name} ({place}), {at}, {clock} local time",
        facts={
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
            Section(
                "Who sets the price",
                marginal_suppliers(cube, place, at, step),
                "Between their bounds, here or where the price is the same, and one more MWh costs the price.\n"
                "Where none is listed, stored energy, a yearly limit or the grid's loops set it.",
            ),
        ],
    )


def fault(column: str, value: str, expected: str) -> InputError:
    """A wrong argument, as the command line reports it."""
    return InputError([Problem("explain", "", column, value, expected)])


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
        price = group(cube, "duals")["carrier_balance"].sel(node=node, year=year)
        return int(np.nanargmax(price.max("carrier").values))
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
    touching["asset"] = [asset for asset in touching["asset"] if capacity[asset] > SMALLEST_CAPACITY]
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
