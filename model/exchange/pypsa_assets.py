"""Conversion technologies and stores as PyPSA Generators, Links and Stores."""

from __future__ import annotations

from typing import Any

import numpy as np

from model.exchange.pypsa_sizes import Export, NominalRow, number

CARBON_BUS = "carbon dioxide"


def emission_rate(export: Export, asset: str) -> float:
    """CO2 per unit of activity, t/MWh: fossil carbon of the fuels taken and its own, less what it captures."""
    case = export.case
    factors = case.carriers["emission_factor"].fillna(0.0)
    captured = number(case.asset_years, (asset, export.year), "captured")
    own = number(case.asset_years, (asset, export.year), "own_emission")
    return (
        own
        - captured
        + sum(
            -coefficient * float(factors[carrier])
            for carrier, coefficient, _ in _flows(export, asset)
            if case.carriers.at[carrier, "balanced"] != "yes"
        )
    )


def _flows(export: Export, asset: str) -> list[tuple[str, float, str]]:
    """Carrier, coefficient and profile of what an asset takes (negative) and gives."""
    flows = export.case.flows
    if asset not in flows.index.get_level_values("asset"):
        return []
    own: Any = flows.xs((asset, export.year), level=("asset", "year"))
    return [(str(row.Index), float(row.coefficient), str(row.profile)) for row in own.itertuples()]


def running_assets(export: Export) -> list[str]:
    """Assets with an hourly activity."""
    return sorted(asset for asset, _ in export.sets["running_asset_year"])


def add_conversion(export: Export) -> None:
    """Add every running asset: a Generator where it only gives one carrier, otherwise a Link.

    A Link's power is that of its reference flow: the largest input, one with a steady coefficient where there is one.
    Where the coefficient of the reference varies (a heat pump's power per heat), so do limits, efficiencies and cost.
    """
    for asset in running_assets(export):
        kind = export.case.assets.at[asset, "kind"]
        ports = _reactor_ports(export, asset) if kind == "reactor" else _ports(export, asset)
        rate = emission_rate(export, asset)
        cost = _activity_cost(export, asset, rate)
        if rate and _capped(export):
            ports.append((CARBON_BUS, rate))
        if len(ports) == 1 and np.all(np.asarray(ports[0][1]) >= 0):
            _add_generator(export, asset, ports[0], cost)
        else:
            _add_link(export, asset, ports, cost)


def _capped(export: Export) -> bool:
    return export.case.carbon_cap is not None


def _ports(export: Export, asset: str) -> list[tuple[str, Any]]:
    """Bus and coefficient of each flow, the reference first."""
    case, node = export.case, str(export.case.assets.at[asset, "node"])
    found = []
    for carrier, coefficient, profile in _flows(export, asset):
        balanced = case.carriers.at[carrier, "balanced"] == "yes"
        bus = export.bus(node, carrier) if balanced else carrier
        order = (coefficient > 0, bool(profile), -abs(coefficient), bus)
        found.append((order, bus, coefficient * export.profile(profile)))
    return [(bus, coefficient) for _, bus, coefficient in sorted(found, key=lambda port: port[0])]


def _reactor_ports(export: Export, asset: str) -> list[tuple[str, Any]]:
    """A reactor without heat extraction gives power: reactor heat × efficiency."""
    case = export.case
    electricity = str(case.carriers.index[case.carriers["kind"] == "electricity"][0])
    place: Any = case.assets.loc[asset]
    return [(export.bus(place["node"], electricity), number(case.reactors, place["technology"], "efficiency"))]


def _activity_cost(export: Export, asset: str, rate: float) -> float:
    """Cost per unit of activity but for fuel bought at a bus, EUR/MWh."""
    figures: Any = export.case.asset_years.loc[(asset, export.year)]
    price = float(export.case.carbon_price[export.year]) if export.case.scenario.carbon.price else 0.0
    return float(figures["variable_om"]) + float(np.nan_to_num(figures["fuel_cost"])) + price * rate


def _limits(export: Export, asset: str, reference: Any) -> dict[str, Any]:
    """Availability and minimum load of the reference flow, as shares of nominal power, and the ramp."""
    figures: Any = export.case.asset_years.loc[(asset, export.year)]
    profile = export.profile(str(export.case.assets.at[asset, "availability_profile"]))
    available = float(figures["availability"]) * profile * reference
    found = {
        "p_max_pu": available,
        "p_min_pu": float(figures["minimum_load"]) * available,
    }
    step = float(np.min(export.case.time.length))
    ramp = float(figures["ramp"]) * step
    if np.isfinite(ramp) and ramp < 1.0 - float(figures["minimum_load"]):
        found |= {"ramp_limit_up": ramp, "ramp_limit_down": ramp}
    return found


def _note(export: Export, asset: str, component: str, per_unit: float, limits: dict[str, Any]) -> None:
    export.units[asset] = (component, asset, per_unit)
    if "ramp_limit_up" in limits:
        export.cyclic_ramps.setdefault(component, {})[asset] = limits["ramp_limit_up"]


def _add_generator(export: Export, asset: str, port: tuple[str, Any], cost: float) -> None:
    bus, coefficient = port
    scale, shape = _split(coefficient)
    limits = _limits(export, asset, shape)
    per_flow: Any = cost / scale
    if _varies(shape):
        per_flow = np.divide(cost, shape, out=np.zeros_like(shape), where=shape > 0)
    export.add(
        "Generator", asset, bus=bus, carrier=export.case.assets.at[asset, "technology"],
        marginal_cost=per_flow, **limits, **export.sizes[asset].nominal(scale),
    )  # fmt: skip
    _note(export, asset, "Generator", scale, limits)


def _add_link(export: Export, asset: str, ports: list[tuple[str, Any]], cost: float) -> None:
    bus, coefficient = ports[0]
    scale, shape = _split(-np.asarray(coefficient) if _varies(coefficient) else -coefficient)
    limits = _limits(export, asset, shape)
    attributes: dict[str, Any] = {}
    for place, (other, given) in enumerate(ports[1:], start=1):
        attributes[f"bus{place}"] = other
        attributes["efficiency" if place == 1 else f"efficiency{place}"] = given / (scale * shape)
    export.add(
        "Link", asset, bus0=bus, carrier=export.case.assets.at[asset, "technology"],
        marginal_cost=cost / (scale * shape), **attributes, **limits,
        **export.sizes[asset].nominal(scale),
    )  # fmt: skip
    _note(export, asset, "Link", scale, limits)


def _varies(value: Any) -> bool:
    return isinstance(value, np.ndarray)


def _split(coefficient: Any) -> tuple[float, Any]:
    """A coefficient as a size and an hourly shape: nominal power is the size, limits and costs follow the shape."""
    return (1.0, coefficient) if _varies(coefficient) else (float(coefficient), 1.0)


def add_fuels(export: Export) -> None:
    """Add each priced carrier as a bus with a Generator that sells it, up to what there is of it in a year."""
    case = export.case
    for carrier in sorted({carrier for _, carrier, _ in export.sets["fuel_use"]}):
        export.add("Bus", carrier, carrier=carrier, unit="MWh")
        limit = float(case.fuel_limit.get((carrier, export.year), np.inf))
        export.add(
            "Generator", f"{carrier} bought", bus=carrier, carrier=carrier, p_nom=np.inf, e_sum_max=limit,
            marginal_cost=float(case.fuel_price[carrier, export.year]),
        )  # fmt: skip


def add_stores(export: Export) -> None:
    """Add each store as a Store on a bus of its own, with a charging and a discharging Link."""
    case = export.case
    paid = case.asset_years["variable_om"]
    for label, _ in export.sets["store_year"]:
        row: Any = case.stores.loc[label]
        export.add("Bus", label, carrier=f"{row['carrier']} stored", unit="MWh")
        outside = export.bus(row["node"], row["carrier"])
        energy, charge = row["energy_asset"], row["charge_asset"]
        charging = paid[charge, export.year] + row["charge_efficiency"] * paid[energy, export.year]
        export.add(
            "Store", energy, bus=label, carrier=case.assets.at[energy, "technology"], e_cyclic=True,
            standing_loss=row["standing_loss"], **export.sizes[energy].nominal(prefix="e_nom"),
        )  # fmt: skip
        export.units[energy] = ("Store", energy, 1.0)
        export.add(
            "Link", charge, bus0=outside, bus1=label, carrier=case.assets.at[charge, "technology"],
            efficiency=row["charge_efficiency"], marginal_cost=charging, **export.sizes[charge].nominal(),
        )  # fmt: skip
        export.units[charge] = ("Link", charge, 1.0)
        _add_discharge(export, label, outside)
        _add_durations(export, label)


def _add_discharge(export: Export, label: str, outside: str) -> None:
    """The discharging Link; where the charger also discharges, one row ties the two capacities together."""
    row: Any = export.case.stores.loc[label]
    charge, discharge = row["charge_asset"], row["discharge_asset"]
    shared = charge == discharge
    name = f"{discharge} discharging" if shared else discharge
    per_unit = 1.0 / row["discharge_efficiency"]
    size = export.sizes[discharge].nominal(per_unit)
    paid = 0.0 if shared else float(export.case.asset_years["variable_om"][discharge, export.year])
    if shared:
        size["capital_cost"] = 0.0
        if export.sizes[discharge].extendable:
            terms = (("Link", name, 1.0 / per_unit), ("Link", charge, -1.0))
            export.rows.append(NominalRow(f"one power for charge and discharge {label}", terms, "==", 0.0))
    else:
        export.units[discharge] = ("Link", discharge, per_unit)
    export.add(
        "Link", name, bus0=label, bus1=outside, carrier=export.case.assets.at[discharge, "technology"],
        efficiency=row["discharge_efficiency"], marginal_cost=paid * row["discharge_efficiency"], **size,
    )  # fmt: skip


def _add_durations(export: Export, label: str) -> None:
    """Hours of discharge that the energy part must or may hold."""
    row: Any = export.case.stores.loc[label]
    parts = (("Store", row["energy_asset"], 1.0), ("Link", row["discharge_asset"], 1.0))
    sizes = [export.sizes[part] for _, part, _ in parts]
    for hours, sense in ((row["duration_min"], ">="), (row["duration_max"], "<=")):
        if (sense == ">=" and hours <= 0) or not np.isfinite(hours):
            continue
        terms, constant = [], 0.0
        for (component, part, _), size, factor in zip(parts, sizes, (1.0, -float(hours)), strict=True):
            if size.extendable:
                terms.append((component, part, factor / export.units[part][2]))
            else:
                constant -= factor * size.standing
        export.rows.append(NominalRow(f"duration {label} {sense} {hours:g} h", tuple(terms), sense, constant))
