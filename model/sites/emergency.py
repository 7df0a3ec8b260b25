"""Who is there in an emergency of a site: modules that may be lost, plants and contracts that remain (B3, F9).

Index sets only; what they must carry stands in n_minus_1.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.core.cells import number, text, value_at
from model.core.registry import index_set, indexed_set

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Key = tuple[str, str, int]


@index_set(dims=("lost_technology", "node", "year"))
def contingency(case: Case, sets: SetValues) -> set[Key]:
    """Kinds of module that a site may lose: reactors, and plants that stand today and give power."""
    return set(lost_assets(case, sets))


def lost_assets(case: Case, sets: SetValues) -> dict[Key, str]:
    """The asset behind every contingency."""
    if not case.scenario.sites.n_minus_1:
        return {}
    flows, electricity = case.flows["coefficient"], _electricity(case)
    found: dict[Key, str] = {}
    for asset, year in sets["running_asset_year"]:
        node, technology = text(case.assets, asset, "node"), text(case.assets, asset, "technology")
        reactor = text(case.assets, asset, "kind") == "reactor"
        stands = value_at(case.existing, (asset, year)) > 0 and value_at(flows, (asset, electricity, year)) > 0
        if node in case.sites.index and (reactor or stands):
            found[technology, node, year] = asset
    return found


def _electricity(case: Case) -> str:
    return str(case.carriers.index[case.carriers["kind"] == "electricity"][0])


def _assets_of(case: Case, sets: SetValues, reactors: bool) -> dict[Key, list[str]]:
    """Running assets at the site of every contingency that can help it: reactors, or plants for power and heat."""
    useful = {
        (asset, year)
        for asset, carrier, year in (sets["asset_flow"] if sets["contingency"] else ())
        if text(case.carriers, carrier, "kind") in ("electricity", "heat")
        and number(case.flows, (asset, carrier, year), "coefficient") > 0
    }
    at: dict[tuple[str, int], list[str]] = {}
    for asset, year in sets["running_asset_year"] if sets["contingency"] else []:
        kind = text(case.assets, asset, "kind")
        if (kind == "reactor") == reactors and (reactors or (asset, year) in useful):
            at.setdefault((text(case.assets, asset, "node"), year), []).append(asset)
    return {key: at[key[1], key[2]] for key in sets["contingency"] if (key[1], key[2]) in at}


@indexed_set(over="contingency", dims=("asset",))
def emergency_reactors(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """Reactors at the site, what is left of the lost kind included."""
    return _assets_of(case, sets, reactors=True)


@indexed_set(over="contingency", dims=("asset",))
def emergency_plants(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """Other plants at the site that give power or heat: combined heat and power, boilers, heat pumps, backup."""
    return _assets_of(case, sets, reactors=False)


@index_set(dims=("lost_technology", "asset", "year"))
def emergency_reactor(case: Case, sets: SetValues) -> list[Key]:
    """Reactors in every emergency state."""
    family = sets.family("emergency_reactors")
    return [(lost, asset, year) for (lost, _, year), assets in family.items() for asset in assets]


@index_set(dims=("lost_technology", "asset", "year"))
def emergency_refuelled(case: Case, sets: SetValues) -> list[Key]:
    """Those of which the model decides when they refuel."""
    planned = sets.positions("planned_reactor_year")
    return [key for key in sets["emergency_reactor"] if key[1:] in planned]


@index_set(dims=("lost_technology", "asset", "year"))
def emergency_average(case: Case, sets: SetValues) -> list[Key]:
    """Those of which outages are a share of every hour."""
    planned = sets.positions("planned_reactor_year")
    return [key for key in sets["emergency_reactor"] if key[1:] not in planned]


@index_set(dims=("lost_technology", "asset", "year"))
def emergency_plant(case: Case, sets: SetValues) -> list[Key]:
    """Other plants in every emergency state."""
    family = sets.family("emergency_plants")
    return [(lost, asset, year) for (lost, _, year), assets in family.items() for asset in assets]


@index_set(dims=("lost_technology", "asset", "carrier", "year"))
def emergency_reactor_heat(case: Case, sets: SetValues) -> list[tuple[str, str, str, int]]:
    """Heat grades that reactors may serve in an emergency."""
    grades = sets.family("grades_of_reactor")
    return [
        (lost, asset, carrier, year)
        for lost, asset, year in sets["emergency_reactor"]
        for carrier in grades.get((asset, year), [])
    ]


@indexed_set(over="emergency_reactor", dims=("carrier",))
def emergency_grades(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """Heat grades that a reactor may serve in an emergency."""
    found: dict[Key, list[str]] = {}
    for lost, asset, carrier, year in sets["emergency_reactor_heat"]:
        found.setdefault((lost, asset, year), []).append(carrier)
    return found


@indexed_set(over="contingency", dims=("asset", "carrier"))
def emergency_site_grades(case: Case, sets: SetValues) -> dict[Key, list[tuple[str, str]]]:
    """Reactors of a site and the heat grades that they may serve in an emergency."""
    found: dict[Key, list[tuple[str, str]]] = {}
    for lost, asset, carrier, year in sets["emergency_reactor_heat"]:
        found.setdefault((lost, text(case.assets, asset, "node"), year), []).append((asset, carrier))
    return found


@index_set(dims=("lost_technology", "node", "carrier", "year"))
def contingency_heat(case: Case, sets: SetValues) -> list[tuple[str, str, str, int]]:
    """Heat grades that are needed at the site of a contingency."""
    needed: dict[tuple[str, int], list[str]] = {}
    for node, carrier, year in sets["demand_node"] if sets["contingency"] else []:
        if case.carriers.at[carrier, "kind"] == "heat":
            needed.setdefault((node, year), []).append(carrier)
    return [
        (lost, node, carrier, year)
        for lost, node, year in sets["contingency"]
        for carrier in needed.get((node, year), [])
    ]


@indexed_set(over="contingency_heat", dims=("asset", "carrier"))
def emergency_heat_flows(case: Case, sets: SetValues) -> dict[Any, list[tuple[str, str]]]:
    """Plants and the grades that they give or take, at a grade or above it: capture needs heat to run."""
    present = set(sets["asset_flow"])
    return {
        (lost, node, grade, year): [
            (asset, carrier)
            for asset in sets.family("emergency_plants").get((lost, node, year), [])
            for carrier in grades_from(case, grade)
            if (asset, carrier, year) in present
        ]
        for lost, node, grade, year in sets["contingency_heat"]
    }


@indexed_set(over="contingency_heat", dims=("asset", "carrier"))
def emergency_reactor_grades(case: Case, sets: SetValues) -> dict[Any, list[tuple[str, str]]]:
    """Reactors and the grades that they may serve, at a grade or above it."""
    grades = sets.family("emergency_grades")
    return {
        (lost, node, grade, year): [
            (asset, carrier)
            for asset in sets.family("emergency_reactors").get((lost, node, year), [])
            for carrier in grades.get((lost, asset, year), [])
            if carrier in grades_from(case, grade)
        ]
        for lost, node, grade, year in sets["contingency_heat"]
    }


def grades_from(case: Case, grade: str) -> list[str]:
    """A heat grade and those of its cascade that are hotter."""
    own = case.carriers.loc[grade]
    if not own["cascade_group"]:
        return [grade]
    heat = case.carriers[case.carriers["cascade_group"] == own["cascade_group"]]
    return [str(name) for name in heat.index[heat["delivery_temperature"] >= own["delivery_temperature"]]]


@indexed_set(over="contingency", dims=("asset", "carrier"))
def emergency_power_flows(case: Case, sets: SetValues) -> dict[Key, list[tuple[str, str]]]:
    """Plants that give or take power in an emergency."""
    electricity, present = _electricity(case), set(sets["asset_flow"])
    return {
        key: [(asset, electricity) for asset in assets if (asset, electricity, key[2]) in present]
        for key, assets in sets.family("emergency_plants").items()
    }


def _at_site(case: Case, sets: SetValues, family: str) -> dict[Key, list[str]]:
    return {key: sets.family(family).get((key[1], key[2]), []) for key in sets["contingency"]}


@indexed_set(over="contingency", dims=("node",))
def emergency_firm(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """The site, where its firm contract is a decision."""
    decided = sets.positions("tariffed_site_year")
    return {key: [key[1]] for key in sets["contingency"] if (key[1], key[2]) in decided}


@indexed_set(over="contingency", dims=("contract_class",))
def emergency_reserve_classes(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """Contract classes of few hours of use at the site: an emergency is what they are for."""
    return _at_site(case, sets, "reserve_classes_of")


@indexed_set(over="contingency", dims=("contract_class",))
def emergency_timed_classes(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """Contract classes at the site that count in granted hours only."""
    return _at_site(case, sets, "timed_classes_of")


@index_set(dims=("lost_technology", "node", "year"))
def lost_reactor(case: Case, sets: SetValues) -> list[Key]:
    """Contingencies in which a module of a reactor is lost."""
    lost = lost_assets(case, sets)
    return [key for key in sets["contingency"] if text(case.assets, lost[key], "kind") == "reactor"]


@index_set(dims=("lost_technology", "node", "year"))
def lost_plant(case: Case, sets: SetValues) -> list[Key]:
    """Contingencies in which the largest plant of a kind that stands today is lost."""
    lost = lost_assets(case, sets)
    return [key for key in sets["contingency"] if text(case.assets, lost[key], "kind") != "reactor"]


@indexed_set(over="contingency", dims=("asset",))
def lost_from(case: Case, sets: SetValues) -> dict[Key, list[str]]:
    """The asset of which a module is lost."""
    return {key: [asset] for key, asset in lost_assets(case, sets).items()}


@index_set(dims=("lost_technology", "asset", "year"))
def emergency_back_pressure(case: Case, sets: SetValues) -> list[Key]:
    """Reactors with a back-pressure turbine, in every emergency state."""
    ratios = case.reactors["back_pressure_ratio"]
    return [key for key in sets["emergency_reactor"] if value_at(ratios, text(case.assets, key[1], "technology")) > 0]
