"""A small world with a solution made by hand: provinces in a ring, wind, gas, reactors, corridors between them.

Every balance closes by construction (gas, then unserved or spilled power) and the objective is the sum of the costs, so
that whatever the cube says can be checked against plain arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from model.core.grammar import parse_rule
from model.core.registry import Meta, Registry
from model.data.given import Given
from model.engine.program import (
    IndexedSetDeclaration,
    MapDeclaration,
    ParameterDeclaration,
    Program,
    RowDeclaration,
    SetDeclaration,
    VariableDeclaration,
)
from model.scenario import Scenario

YEARS = [2030, 2040]
DISCOUNT = {2030: 9.0, 2040: 7.5}
FUEL_PRICE, GAS_EFFICIENCY, LOST_LOAD, WIND_COST = 30.0, 0.5, 3000.0, 100_000.0
PLACES = [
    ("GR", "Groningen", 53.22, 6.74), ("FR", "Fryslân", 53.1, 5.8), ("DR", "Drenthe", 52.9, 6.6),
    ("OV", "Overijssel", 52.45, 6.45), ("FL", "Flevoland", 52.5, 5.6), ("GE", "Gelderland", 52.05, 5.95),
    ("UT", "Utrecht", 52.08, 5.17), ("NH", "Noord-Holland", 52.6, 4.85), ("ZH", "Zuid-Holland", 52.0, 4.5),
    ("ZE", "Zeeland", 51.45, 3.85), ("NB", "Noord-Brabant", 51.55, 5.2), ("LI", "Limburg", 51.2, 5.95),
]  # fmt: skip


@dataclass
class Toy:
    """Everything that `assemble` takes."""

    case: Any
    program: Program
    registry: Registry
    solution: Any
    statistics: dict[str, Any] = field(default_factory=lambda: {"rows": 10, "columns": 12, "nonzeros": 30})


def activity_given(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """What assets at the node give of the carrier."""
    return sum(m.flow_coefficient[a, c, y] * m.activity[a, y, t] for a in m.assets_at[n, c, y])


def corridor_flow_taken(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """Flows that leave the node."""
    return -sum(m.flow[k, y, t] for k in m.corridors_from[n, c, y])


def corridor_flow_given(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """Flows that arrive at the node."""
    return sum(m.flow[k, y, t] for k in m.corridors_to[n, c, y])


def unserved_given(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """Unserved demand closes the balance."""
    return sum(m.unserved[i, c, y, t] for i in m.node_itself[n, c, y])


def spill_taken(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """Spilled supply leaves the balance."""
    return -sum(m.spill[i, c, y, t] for i in m.node_itself[n, c, y])


def carrier_balance(m: Any, n: str, c: str, y: int, t: int) -> Any:
    """What is given less what is taken equals demand.  Dual: the nodal price."""
    return m.demand[n, c, y, t]


def activity_limit(m: Any, a: str, y: int, t: int) -> Any:
    """No asset does more than its capacity."""
    return m.activity[a, y, t] <= m.capacity[a, y]


def carbon_cap(m: Any, y: int) -> Any:
    """Emissions stay below the cap."""
    return m.carbon_cap_value[y] >= m.carbon_cap_value[y]


def investment_cost(m: Any, a: str, y: int) -> Any:
    """Annuity of what stands."""
    return m.capacity[a, y]


def fuel_cost(m: Any, a: str, y: int) -> Any:
    """Fuel at its price."""
    return m.capacity[a, y]


def unserved_cost(m: Any, n: str, c: str, y: int) -> Any:
    """Unserved energy at the value of lost load."""
    return m.demand[n, c, y, 0]


def make_toy(provinces: int = 2, days: int = 1, seed: int = 1) -> Toy:
    """Build the toy world with so many provinces and representative days (each for an equal part of the year)."""
    places = PLACES[:provinces]
    random = np.random.default_rng(seed)
    steps = 24 * days
    case = make_case(places, days)
    nodes, assets, corridors = list(case.nodes.index), list(case.assets.index), list(case.corridors.index)
    balance = [(node, "electricity", year) for node in nodes for year in YEARS]
    asset_year = [(asset, year) for asset in assets for year in YEARS]
    corridor_year = [(corridor, year) for corridor in corridors for year in YEARS]
    wind = random.random((len(nodes), steps)) if provinces > 2 else np.tile(np.linspace(0, 1, steps), (len(nodes), 1))
    hour = np.arange(steps) % 24
    demand = np.array([1000 + 20 * (year - 2030) + 300 * np.sin((hour - 8) / 24 * 2 * np.pi) for _, _, year in balance])
    case.demand = pd.DataFrame(index=pd.MultiIndex.from_tuples(balance, names=["node", "carrier", "year"]))
    case.demand_series = demand
    capacity = np.array([{"wind": 900.0, "gas": 1200.0, "smr_one": 600.0}[a.split("@")[0]] for a, _ in asset_year])
    capacity *= np.array([1 + (year - 2030) / 20 for _, year in asset_year])
    flow = np.array([600 * np.sin(hour / 24 * 2 * np.pi + place) for place in range(len(corridor_year))]).clip(
        -500, 500
    )
    activity = np.zeros((len(asset_year), steps))
    unserved, spill = np.zeros_like(demand), np.zeros_like(demand)
    for row, (node, _, year) in enumerate(balance):
        net = demand[row].copy()
        for place, (corridor, at) in enumerate(corridor_year):
            if at == year:
                net += flow[place] * (case.corridors.at[corridor, "from_node"] == node)
                net -= flow[place] * (case.corridors.at[corridor, "to_node"] == node)
        for kind, available in (("smr_one", 0.9), ("wind", wind[nodes.index(node)]), ("gas", 1.0)):
            key = (f"{kind}@{node}", year)
            if key in asset_year:
                place = asset_year.index(key)
                efficiency = 0.33 if kind == "smr_one" else 1.0
                limit = np.broadcast_to(available, (steps,)) * capacity[place]
                activity[place] = np.clip(net / efficiency, 0, limit)
                net -= activity[place] * efficiency
        unserved[row], spill[row] = np.maximum(net, 0), np.maximum(-net, 0)
    solution = make_solution(case, balance, asset_year, corridor_year, activity, capacity, flow, unserved, spill)
    program = make_program(case, nodes, balance, asset_year, corridor_year, demand)
    return Toy(case, program, make_registry(program), solution)


def make_case(places: list[tuple[str, str, float, float]], days: int) -> Any:
    """The tables of the toy world."""
    nodes = pd.DataFrame(
        [(f"{label}_transmission", name, "transmission", "", label, lat, lon) for label, name, lat, lon in places],
        columns=["node", "name", "kind", "parent", "region", "latitude", "longitude"],
    ).set_index("node")
    carriers = pd.DataFrame(
        {"name": ["Electricity", "Natural gas"], "kind": ["electricity", "fuel"], "balanced": ["yes", "no"],
         "emission_factor": [np.nan, 0.2], "value_of_lost_load": [LOST_LOAD, np.nan], "balanced_as": ["", ""],
         "reference_fuel": ["", "yes"], "colour": ["#345", "#986"]},
        index=pd.Index(["electricity", "natural_gas"], name="carrier"),
    )  # fmt: skip
    technologies = pd.DataFrame(
        {"name": ["Wind", "Gas turbine", "Small reactor one"], "kind": ["conversion", "conversion", "reactor"],
         "group": ["wind", "gas", "small reactor"], "capacity_unit": ["MW_e", "MW_e", "MW_th"],
         "colour": ["#3b7dd8", "#a0785a", "#d95f02"]},
        index=pd.Index(["wind", "gas", "smr_one"], name="technology"),
    )  # fmt: skip
    rows = [(f"{kind}@{node}", kind, node) for node in nodes.index for kind in ("wind", "gas")]
    rows += [(f"smr_one@{node}", "smr_one", node) for node in nodes.index[1::3]]
    assets = pd.DataFrame(sorted(rows), columns=["asset", "technology", "node"]).set_index("asset")
    assets["region"] = nodes["region"].reindex(assets["node"]).to_numpy()
    assets["kind"] = technologies["kind"].reindex(assets["technology"]).to_numpy()
    assets["vintage"], assets["potential"], assets["availability_profile"] = "all", np.inf, ""
    ring = list(zip(nodes.index, [*nodes.index[1:], nodes.index[0]], strict=True))[: max(1, len(nodes) - 1)]
    corridors = pd.DataFrame(
        [(f"{a[:2]}-{b[:2]}", "electricity", "ac", a, b, 380.0, 2.0, 50.0, 0.7, 10.0, 1.0) for a, b in ring],
        columns=["corridor", "carrier", "kind", "from_node", "to_node", "voltage", "circuits", "length",
                 "security_factor", "reactance", "efficiency"],
    ).set_index("corridor")  # fmt: skip
    keys = [(asset, carrier, year) for asset in assets.index for carrier in carriers.index for year in YEARS]
    coefficient = {("wind", "electricity"): 1.0, ("gas", "electricity"): 1.0, ("smr_one", "electricity"): 0.33,
                   ("gas", "natural_gas"): -1 / GAS_EFFICIENCY}  # fmt: skip
    flows = pd.DataFrame(
        [(*key, coefficient[key[0].split("@")[0], key[1]], "") for key in keys
         if (key[0].split("@")[0], key[1]) in coefficient],
        columns=["asset", "carrier", "year", "coefficient", "profile"],
    ).set_index(["asset", "carrier", "year"])  # fmt: skip
    names = [label for label, *_ in places]
    outlines = pd.DataFrame(
        [(label, 0, corner, lon + dx, lat + dy) for label, _, lat, lon in places
         for corner, (dx, dy) in enumerate([(-0.3, -0.2), (0.3, -0.2), (0.3, 0.2), (-0.3, 0.2)])],
        columns=["region", "ring", "sequence", "longitude", "latitude"],
    )  # fmt: skip
    corridor_years = pd.DataFrame(
        {"capacity": 1000.0}, index=pd.MultiIndex.from_product([corridors.index, YEARS], names=["corridor", "year"])
    )
    limits = pd.MultiIndex.from_product([names, ["feed_in", "offtake"], YEARS], names=["region", "direction", "year"])
    return SimpleNamespace(
        scenario=Scenario(name="toy", title="A toy world", years=YEARS),
        given=Given(),
        tables={
            "regions": pd.DataFrame(places, columns=["region", "name", "latitude", "longitude"]),
            "outlines": outlines,
            "reactor_sites": pd.DataFrame(
                {"node": [nodes.index[1]], "cooling": ["once_through"], "cooling_water_max": [20.0], "land_max": [2.0]}
            ),
        },
        years=YEARS,
        discount_weight=pd.Series(DISCOUNT, name="year"),
        year_span=pd.Series({2030: 10.0, 2040: 10.0}).rename_axis("year"),
        time=make_time(days),
        nodes=nodes, carriers=carriers, technologies=technologies, assets=assets, corridors=corridors, flows=flows,
        stores=pd.DataFrame(index=pd.Index([], name="store", dtype=object)),
        reactors=pd.DataFrame(
            {"kind": ["smr"], "efficiency": [0.33], "unit_size_e": [200.0], "unit_size_th": [606.0],
             "burn_up": [50.0], "waste_fee": [0.7], "cooling_water_rise": [10.0], "tower_evaporation": [1.2],
             "land_use": [0.005], "domestic_share": [0.4], "decommissioning": [0.15], "dump_share_max": [0.1]},
            index=pd.Index(["smr_one"], name="design"),
        ),
        interconnectors=pd.DataFrame(),
        build_options=pd.DataFrame(index=pd.MultiIndex.from_tuples([], names=["asset", "build_year"])),
        corridor_years=corridor_years,
        asset_years=pd.DataFrame(
            {"capture_rate": 0.0, "own_emission": 0.0, "captured": 0.0, "availability": 1.0},
            index=pd.MultiIndex.from_product([assets.index, YEARS], names=["asset", "year"]),
        ),
        existing=pd.Series({("gas@GR_transmission", 2030): 500.0}).rename_axis(["asset", "year"]),
        fuel_price=pd.Series({("natural_gas", y): FUEL_PRICE for y in YEARS}).rename_axis(["carrier", "year"]),
        carbon_price=pd.Series({y: 80.0 for y in YEARS}).rename_axis("year"),
        carbon_cap=pd.Series({y: 1e6 for y in YEARS}).rename_axis("year"),
        hosting=pd.Series(500.0, index=limits),
        hourly={
            "profile": xr.DataArray(
                np.zeros((0, 24 * days)), dims=("profile", "time"), coords={"profile": np.array([], dtype=object)}
            )
        },
        checksums={"nodes.csv": "0" * 64},
    )  # fmt: skip


def make_time(days: int) -> Any:
    """Representative days; the last is the Dunkelflaute spell where there are several."""
    steps = 24 * days
    start = [np.datetime64("2012-01-15T00", "h") + np.timedelta64(24 * 30 * day, "h") for day in range(days)]
    kinds = ["typical"] * (days - 1) + ["spell"] if days > 1 else ["typical"]
    return SimpleNamespace(
        count=steps,
        weight=np.full(steps, 8760.0 / steps),
        length=np.ones(steps),
        period=np.repeat(np.arange(days), 24),
        previous=np.roll(np.arange(steps), 1),
        utc=np.concatenate([first + np.arange(24) for first in start]).astype("datetime64[s]"),
        weather_year=np.full(steps, 2012),
        periods=pd.DataFrame(
            {"start": np.array(start).astype("datetime64[s]"), "hours": 24, "count": 365 / days,
             "label": [f"day {day}" for day in range(days)], "kind": kinds},
            index=pd.RangeIndex(days, name="period"),
        ),
        runs=pd.DataFrame({"period": range(days), "repeats": 365.0 / days, "weather_year": 2012}),
    )  # fmt: skip


def make_program(
    case: Any, nodes: list[str], balance: Any, asset_year: Any, corridor_year: Any, demand: Any
) -> Program:
    """The declarations of the toy world, as the core would hand them over."""
    steps = case.time.count
    assets_at = {key: [a for a in case.assets.index if case.assets.at[a, "node"] == key[0]] for key in balance}
    ends = {
        column: {key: [k for k in case.corridors.index if case.corridors.at[k, column] == key[0]] for key in balance}
        for column in ("from_node", "to_node")
    }
    coefficients = [case.flows.at[(a, "electricity", y), "coefficient"] for a, y in asset_year]
    flow_keys = [(a, "electricity", y) for a, y in asset_year]
    limit = np.full((len(corridor_year), 1), 500.0)
    return Program(
        sets=[
            SetDeclaration("year", YEARS),
            SetDeclaration("time", range(steps)),
            SetDeclaration("node_carrier_year", balance, 3),
            SetDeclaration("asset_year", asset_year, 2),
            SetDeclaration("asset_flow", flow_keys, 3),
            SetDeclaration("corridor_year", corridor_year, 2),
        ],
        indexed_sets=[
            IndexedSetDeclaration("assets_at", ("node_carrier_year",), assets_at),
            IndexedSetDeclaration("corridors_from", ("node_carrier_year",), ends["from_node"]),
            IndexedSetDeclaration("corridors_to", ("node_carrier_year",), ends["to_node"]),
            IndexedSetDeclaration("node_itself", ("node_carrier_year",), {key: [key[0]] for key in balance}),
        ],
        parameters=[
            ParameterDeclaration("demand", ("node_carrier_year", "time"), demand),
            ParameterDeclaration("weight", ("time",), case.time.weight),
            ParameterDeclaration("flow_coefficient", ("asset_flow",), np.array(coefficients)),
            ParameterDeclaration("corridor_capacity", ("corridor_year",), np.full(len(corridor_year), 1000.0)),
            ParameterDeclaration("corridor_secure_share", ("corridor_year",), np.full(len(corridor_year), 0.5)),
            ParameterDeclaration("flow_max", ("corridor_year", "time"), np.broadcast_to(limit, (len(limit), steps))),
            ParameterDeclaration("flow_min", ("corridor_year", "time"), np.broadcast_to(-limit, (len(limit), steps))),
            ParameterDeclaration("carbon_cap_value", ("year",), np.full(2, 1e6)),
        ],
        maps=[MapDeclaration("previous_time", ("time",), "time", case.time.previous)],
        variables=[
            VariableDeclaration("capacity", ("asset_year",)),
            VariableDeclaration("activity", ("asset_year", "time")),
            VariableDeclaration("flow", ("corridor_year", "time"), "flow_min", "flow_max"),
            VariableDeclaration("unserved", ("node_carrier_year", "time")),
            VariableDeclaration("spill", ("node_carrier_year", "time")),
        ],
        rows=[
            RowDeclaration("carrier_balance", ("node_carrier_year", "time"), carrier_balance),
            RowDeclaration("activity_limit", ("asset_year", "time"), activity_limit),
            RowDeclaration("carbon_cap", ("year",), carbon_cap),
        ],
        costs=[
            RowDeclaration("investment_cost", ("asset_year",), investment_cost),
            RowDeclaration("fuel_cost", ("asset_year",), fuel_cost),
            RowDeclaration("unserved_cost", ("node_carrier_year",), unserved_cost),
        ],
    )


def make_solution(
    case: Any, balance: Any, asset_year: Any, corridor_year: Any, activity: Any, capacity: Any, flow: Any,
    unserved: Any, spill: Any,
) -> Any:  # fmt: skip
    """The solution: gas sets the price where it runs, unserved demand where there is any, else power is free."""
    weight = case.time.weight
    years = np.array([year for _, year in asset_year])
    discount = np.array([DISCOUNT[year] for year in years])
    is_gas = np.array([asset.startswith("gas@") for asset, _ in asset_year])
    price = np.zeros_like(unserved)
    for row, (node, _, year) in enumerate(balance):
        gas = activity[asset_year.index((f"gas@{node}", year))]
        price[row] = np.where(unserved[row] > 1e-6, LOST_LOAD, np.where(gas > 1e-6, FUEL_PRICE / GAS_EFFICIENCY, 0.0))
    scale = np.array([DISCOUNT[year] for _, _, year in balance])[:, None] * weight
    balance_discount = np.array([DISCOUNT[year] for _, _, year in balance])
    costs = {
        "investment_cost": discount * WIND_COST * capacity,
        "fuel_cost": discount * is_gas * (activity @ weight) * FUEL_PRICE / GAS_EFFICIENCY,
        "unserved_cost": balance_discount * LOST_LOAD * (unserved @ weight),
    }
    full = activity >= capacity[:, None] - 1e-9
    corridor_scale = np.array([DISCOUNT[year] for _, year in corridor_year])[:, None] * weight
    values = {"capacity": capacity, "activity": activity, "flow": flow, "unserved": unserved, "spill": spill}
    return SimpleNamespace(
        status="optimal",
        objective=float(sum(part.sum() for part in costs.values())),
        values=values,
        reduced_costs={"flow": -12.0 * corridor_scale * (flow >= 500) + 12.0 * corridor_scale * (flow <= -500)},
        duals={
            "carrier_balance": price * scale,
            "activity_limit": -5.0 * full * discount[:, None] * weight,
            "carbon_cap": np.array([-100.0 * DISCOUNT[year] for year in YEARS]),
        },
        cost_values=costs,
        reported_values={},
        seconds=1.5,
        method="by hand",
        held=frozenset(),
        dual_kind="vertex",
        options={"threads": 2},
        attempts=(("by hand", "optimal", 1.5),),
        quality={},
        log="line\n" * 100,
    )


def make_registry(program: Program) -> Registry:
    """The declarations' metadata, as feature files would give it."""
    registry = Registry()
    dims = {
        "year": ("year",), "time": ("time",), "node_carrier_year": ("node", "carrier", "year"),
        "asset_year": ("asset", "year"), "asset_flow": ("asset", "carrier", "year"),
        "corridor_year": ("corridor", "year"),
    }  # fmt: skip
    for name, names in dims.items():
        registry.add(Meta(name, "set", f"Set {name}.", "tests/toy.py", dims=names))
    for kind, declared in (("parameter", program.parameters), ("variable", program.variables)):
        for one in declared:
            unit = "t/year" if one.name == "carbon_cap_value" else "MW"
            registry.add(Meta(one.name, kind, f"The {one.name} of the toy.", "tests/toy.py", one.over, unit=unit))
    registry.add(
        Meta("carrier_balance", "balance", carrier_balance.__doc__ or "", "tests/toy.py", ("node_carrier_year", "time"),
             unit="MW", function=carrier_balance, parsed=parse_rule(carrier_balance, False), dual_unit="EUR/MWh")
    )  # fmt: skip
    for rule, unit in ((activity_limit, "MW"), (carbon_cap, "t/year")):
        registry.add(
            Meta(rule.__name__, "row", rule.__doc__ or "", "tests/toy.py", unit=unit, function=rule,
                 parsed=parse_rule(rule, True), dual_unit=f"EUR/({unit})" if unit == "MW" else "EUR/t")
        )  # fmt: skip
    for contribution in (activity_given, corridor_flow_taken, corridor_flow_given, unserved_given, spill_taken):
        registry.add(
            Meta(contribution.__name__, "contribution", contribution.__doc__ or "", "tests/toy.py",
                 function=contribution, parsed=parse_rule(contribution, False), balance="carrier_balance")
        )  # fmt: skip
    for rule, item, place, over in (
        (investment_cost, "investment", "asset", ("asset_year",)),
        (fuel_cost, "fuel", "asset", ("asset_year",)),
        (unserved_cost, "unserved", "node", ("node_carrier_year",)),
    ):
        registry.add(
            Meta(rule.__name__, "cost", rule.__doc__ or "", "tests/toy.py", over, unit="EUR", item=item, place=place,
                 technology="unserved" if place == "node" else "", function=rule)
        )  # fmt: skip
    return registry


def toy_cube(toy: Toy) -> xr.DataTree:
    """The assembled cube of a toy."""
    from model.cube import assemble

    return assemble(toy.case, toy.program, toy.registry, toy.solution, toy.statistics)
