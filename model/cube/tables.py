"""The case's tables as labelled variables, so that a result can be read, drawn and checked without the inputs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from model.cube.metadata import CAPACITY_UNIT, SIGN_OF_SUPPLY

DECLARED_IN = "model/data"


class Described(NamedTuple):
    """A column of a table: its unit and its sentence."""

    column: str
    units: str
    long_name: str


NODES = (
    Described("name", "text", "Name of the node"),
    Described("kind", "text", "Level of the bus: transmission, regional or site"),
    Described("parent", "text", "Bus above the node"),
    Described("region", "text", "Region in which the node lies"),
    Described("latitude", "degree_north", "Latitude of the node"),
    Described("longitude", "degree_east", "Longitude of the node"),
)
CARRIERS = (
    Described("name", "text", "Name of the carrier"),
    Described("kind", "text", "Form of the carrier: electricity, heat, hydrogen or fuel"),
    Described("emission_factor", "t/MWh", "Fossil CO2 when burnt, on lower heating value"),
    Described("value_of_lost_load", "EUR/MWh", "Price of demand that is not served"),
    Described("delivery_temperature", "degC", "Temperature at which heat is delivered"),
    Described("colour", "text", "Colour of the carrier in pictures"),
)
TECHNOLOGIES = (
    Described("name", "text", "Name of the technology"),
    Described("kind", "text", "How the model treats the technology"),
    Described("group", "text", "Group of the technology in pictures"),
    Described("capacity_unit", "text", "Unit of the technology's capacity"),
    Described("earliest_year", "year", "First year in which it can be built, with the delay of the scenario"),
    Described("capture_rate", "share", "Share of the fuel's carbon that is captured"),
    Described("colour", "text", "Colour of the technology in pictures"),
)
ASSETS = (
    Described("technology", "text", "Technology of the asset"),
    Described("node", "text", "Node of the asset"),
    Described("region", "text", "Region of the asset"),
    Described("vintage", "text", "Build year of the asset where vintages are told apart, else all"),
    Described("potential", CAPACITY_UNIT, "Largest capacity of the asset"),
    Described("availability_profile", "text", "Hourly profile that bounds the asset's activity"),
)
CORRIDORS = (
    Described("carrier", "text", "Carrier of the corridor"),
    Described("kind", "text", "Kind of the corridor: ac, dc or pipe"),
    Described("from_node", "text", "Node where the corridor starts; flow is positive from here"),
    Described("to_node", "text", "Node where the corridor ends"),
    Described("voltage", "kV", "Voltage of the corridor"),
    Described("circuits", "1", "Circuits of the corridor"),
    Described("length", "km", "Length of the corridor"),
    Described("security_factor", "share", "Part of the thermal capacity that may be used"),
    Described("reactance", "ohm", "Reactance of the whole corridor"),
    Described("efficiency", "share", "Part of the flow that arrives"),
)
STORES = (
    Described("node", "text", "Node of the store"),
    Described("carrier", "text", "Carrier that is stored"),
    Described("energy_asset", "text", "Asset that is the vessel"),
    Described("charge_asset", "text", "Asset that charges"),
    Described("discharge_asset", "text", "Asset that discharges"),
    Described("linking", "text", "short: cyclic in a period; long: linked over the calendar"),
    Described("charge_efficiency", "share", "Stored per unit taken"),
    Described("discharge_efficiency", "share", "Given per unit released"),
    Described("standing_loss", "share/hour", "Share of the content lost in an hour"),
)
DEVICES = (
    Described("node", "text", "Node of the device"),
    Described("group", "text", "Group of the device in tables and pictures"),
    Described("standing", "MW", "Capacity of the device that stands; absent where it has no limit or is a decision"),
)
RESERVOIRS = (
    Described("node", "text", "Node of the reservoir"),
    Described("group", "text", "Group of the reservoir in tables and pictures"),
)
INTERCONNECTORS = (
    Described("node", "text", "Node where the interconnector lands"),
    Described("zone", "text", "Neighbouring zone"),
)
REACTORS = (
    Described("kind", "text", "Kind of the reactor: smr, large or existing"),
    Described("efficiency", "MW_e/MW_th", "Net electric efficiency without heat extraction"),
    Described("unit_size_e", "MW_e", "Electric size of one unit"),
    Described("unit_size_th", "MW_th", "Thermal size of one unit"),
    Described("name", "text", "Name of the design"),
    Described("construction_time", "year", "Time over which a unit is built"),
    Described("lead_time", "year", "Time from the decision on a first unit in the country to its operation"),
    Described("reference_year", "year", "First year of operation of the design's first plant anywhere"),
    Described("status", "text", "How far a design is"),
)
REGIONS = (
    Described("name", "text", "Name of the region"),
    Described("latitude", "degree_north", "Latitude of the region"),
    Described("longitude", "degree_east", "Longitude of the region"),
)
PERIODS = (
    Described("start", "text", "Start of the period, UTC"),
    Described("hours", "h", "Length of the period"),
    Described("count", "1/year", "Times a year that the period stands for"),
    Described("label", "text", "Name of the period"),
    Described("kind", "text", "Kind of the period: typical, peak or spell"),
)
OUTLINES = (
    Described("region", "text", "Region of a point of an outline"),
    Described("ring", "1", "Ring of a point of an outline"),
    Described("sequence", "1", "Place of a point in its ring"),
    Described("longitude", "degree_east", "Longitude of a point of an outline"),
    Described("latitude", "degree_north", "Latitude of a point of an outline"),
)


def case_tables(case: Any) -> dict[str, xr.DataArray]:
    """Nodes, carriers, technologies, assets, corridors, stores, neighbours, outlines, periods and the yearly series."""
    variables: dict[str, xr.DataArray] = {}
    variables |= columns(case.nodes, "node", NODES)
    variables |= columns(case.carriers, "carrier", CARRIERS)
    variables |= columns(case.technologies, "technology", TECHNOLOGIES)
    variables |= columns(case.assets, "asset", ASSETS)
    variables |= columns(case.corridors, "corridor", CORRIDORS)
    variables |= columns(case.stores, "store", STORES)
    devices = case.given.devices
    standing = devices["capacity"].where(~devices["expandable"] & np.isfinite(devices["capacity"]))
    variables |= columns(devices.assign(standing=standing), "device", DEVICES)
    variables |= columns(case.given.reservoirs, "reservoir", RESERVOIRS)
    variables |= columns(case.reactors, "design", REACTORS)
    if len(case.interconnectors):
        by_name = case.interconnectors.groupby(level="interconnector", sort=True).first()
        variables |= columns(by_name, "interconnector", INTERCONNECTORS)
    variables |= columns(case.time.periods, "period", PERIODS)
    regions = case.tables.get("regions")
    if regions is not None:
        variables |= columns(regions.set_index("region"), "region", REGIONS)
    outlines = case.tables.get("outlines")
    if outlines is not None and len(outlines):
        ordered = outlines.sort_values(["region", "ring", "sequence"]).reset_index(drop=True)
        variables |= columns(ordered.rename_axis("outline_point"), "outline_point", OUTLINES, prefix="outline")
    variables |= series(case)
    variables |= flows(case)
    return variables


def columns(
    table: pd.DataFrame, dim: str, described: Iterable[Described], prefix: str | None = None
) -> dict[str, xr.DataArray]:
    """The described columns that a table has, one variable each, named `<dim>_<column>`."""
    if not len(table):
        return {}
    labels = {dim: plain(table.index.to_numpy())}
    return {
        f"{prefix or dim}_{column}": xr.DataArray(
            plain(table[column].to_numpy()),
            coords=labels,
            dims=[dim],
            attrs={"units": units, "long_name": long_name, "declared_in": DECLARED_IN},
        )
        for column, units, long_name in described
        if column in table.columns
    }


def series(case: Any) -> dict[str, xr.DataArray]:
    """Yearly figures: prices of fuel and CO2, the cap, capacities of corridors and interconnectors, hosting limits."""
    found = {
        "existing_capacity": (case.existing, CAPACITY_UNIT, "Capacity of today that still stands"),
        "fuel_price": (case.fuel_price, "EUR/MWh", "Price of a fuel on lower heating value"),
        "carbon_price": (case.carbon_price, "EUR/t", "Price of CO2 of the price path"),
        "carbon_cap": (case.carbon_cap, "t/year", "Most CO2 that may be emitted"),
        "hosting": (case.hosting, "MW", "Hosting limit between regional and transmission grid before reinforcement"),
        "year_span": (case.year_span, "year", "Years that a milestone stands for"),
        "corridor_capacity": (
            case.corridor_years["capacity"] if len(case.corridor_years) else None,
            "MW",
            "Thermal capacity of a corridor before expansion",
        ),
    }
    for column in ("import_capacity", "export_capacity"):
        table = case.interconnectors
        text = f"{column.split('_')[0].capitalize()} capacity of an interconnector"
        found[f"interconnector_{column}"] = (table[column] if len(table) else None, "MW", text)
    return {
        f"case_{name}": unstacked(values, {"units": units, "long_name": text, "declared_in": DECLARED_IN})
        for name, (values, units, text) in found.items()
        if values is not None and len(values)
    }


def flows(case: Any) -> dict[str, xr.DataArray]:
    """What a unit of activity takes and gives, and the name of its hourly multiplier."""
    if not len(case.flows):
        return {}
    coefficient = {
        "units": "MWh/MWh",
        "long_name": "Given (positive) or taken (negative) per unit of activity",
        "sign": SIGN_OF_SUPPLY,
        "declared_in": DECLARED_IN,
    }
    profile = {"units": "text", "long_name": "Hourly multiplier of a coefficient", "declared_in": DECLARED_IN}
    names = case.flows["profile"].fillna("").groupby(level=["asset", "carrier"], sort=False).first()
    return {
        "case_flow_coefficient": unstacked(case.flows["coefficient"], coefficient),
        "case_flow_profile": unstacked(names, profile),
    }


def unstacked(values: pd.Series, attributes: dict[str, str]) -> xr.DataArray:
    """A series as a labelled array on the levels of its index; cells that it lacks are NaN, or empty text."""
    array = values.to_xarray()
    if array.dtype == object:
        array = array.copy(data=plain(array.values))
    return array.assign_attrs(attributes)


def plain(values: np.ndarray) -> np.ndarray:
    """Values that NetCDF can hold: numbers and times stay, flags become integers, all else text, missing text empty."""
    array = np.asarray(values)
    if array.dtype.kind in "iuf":
        return array
    if array.dtype.kind == "M":
        return np.array([pd.Timestamp(value).isoformat() for value in array], dtype=object)
    if array.dtype.kind == "b":
        return array.astype(np.int8)
    return np.array(["" if is_missing(value) else str(value) for value in array.ravel()], dtype=object).reshape(
        array.shape
    )


def is_missing(value: Any) -> bool:
    """Whether a cell is empty."""
    return value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value))
