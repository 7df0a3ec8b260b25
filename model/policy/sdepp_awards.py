"""SDE++ awards inside the optimum: ceiling, hekjes, caps, and what may be built with an award (formulation S2).

Awards are divisible decisions per category, region and round.  `demand` of a domain, the claims offered in a round, is
data, so the release of an unused reserve is exact: each domain with a hekje has a pot, at least its awards' claims and
at least the smaller of its reserve and its demand; pots and the claims outside them share the ceiling.  The scheme
moves money from the State to those who build: no cost of the system, so nothing here is in the objective.  It works
through what may be built: where nothing is built without an award, the ceiling has a price.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.core.registry import constraint, index_set, indexed_set, parameter, reported, variable

if TYPE_CHECKING:
    from model.core.sets import SetValues
    from model.data.case import Case

Offer = tuple[str, str, str, int]
MILLION = 1e6


def _offers(case: Case) -> dict[Offer, Any]:
    """Offers by (round, category, region, build year)."""
    if case.sdepp is None:
        return {}
    return {(r, k, g, int(row["build_year"])): row for (r, k, g), row in case.sdepp.offers.iterrows()}


def _builds(case: Case) -> dict[Offer, Any]:
    """What an award serves, by (round, category, asset, build year)."""
    if case.sdepp is None:
        return {}
    return {(r, k, a, int(row["build_year"])): row for (r, k, a), row in case.sdepp.supports.iterrows()}


def _column(rows: dict[Offer, Any], keys: Any, name: str) -> list[float]:
    return [float(rows[key][name]) for key in keys]


@index_set(dims=("round", "category", "region", "build_year"))
def sdepp_offer(case: Case) -> list[Offer]:
    """Categories that are offered in a round and region, and the year in which their awards are built."""
    return list(_offers(case))


@index_set(dims=("round", "category", "asset", "build_year"))
def sdepp_build(case: Case) -> list[Offer]:
    """Builds that an award may serve."""
    return list(_builds(case))


@index_set(dims=("round",))
def sdepp_round(case: Case, sets: SetValues) -> set[str]:
    """Rounds in which anything is offered."""
    return {offer[0] for offer in sets["sdepp_offer"]}


@index_set(dims=("round", "hekje"))
def sdepp_hekje(case: Case, sets: SetValues) -> list[tuple[str, str]]:
    """Domains with a reserve (hekje), by round."""
    if case.sdepp is None:
        return []
    return [
        (str(name), str(hekje)) for name, hekje in case.sdepp.reserves.index if name in sets.positions("sdepp_round")
    ]


@index_set(dims=("round", "cap"))
def sdepp_cap(case: Case) -> set[tuple[str, str]]:
    """Caps on techniques in a round of which something is offered."""
    return set() if case.sdepp is None else {(str(key[0]), str(key[1])) for key in case.sdepp.caps.index}


@index_set(dims=("round", "cap", "category", "region", "build_year"))
def sdepp_capped_offer(case: Case, sets: SetValues) -> list[tuple[str, str, str, str, int]]:
    """Offers under a cap."""
    return [(r, cap, k, g, v) for (r, cap), keys in sets.family("sdepp_offers_under_cap").items() for k, g, v in keys]


@indexed_set(over="sdepp_round", dims=("hekje",))
def sdepp_hekjes_of(case: Case, sets: SetValues) -> dict[str, list[str]]:
    """Domains with a reserve in a round."""
    found: dict[str, list[str]] = {}
    for name, hekje in sets["sdepp_hekje"]:
        found.setdefault(name, []).append(hekje)
    return found


@indexed_set(over="sdepp_round", dims=("category", "region", "build_year"))
def sdepp_offers_in_no_hekje(case: Case, sets: SetValues) -> dict[str, list[tuple[str, str, int]]]:
    """Offers of domains without a reserve."""
    found: dict[str, list[tuple[str, str, int]]] = {}
    for (name, category, region, build), row in _offers(case).items():
        if not row["hekje"]:
            found.setdefault(name, []).append((category, region, build))
    return found


@indexed_set(over="sdepp_hekje", dims=("category", "region", "build_year"))
def sdepp_offers_in_hekje(case: Case, sets: SetValues) -> dict[tuple[str, str], list[tuple[str, str, int]]]:
    """Offers of a domain with a reserve."""
    found: dict[tuple[str, str], list[tuple[str, str, int]]] = {}
    for (name, category, region, build), row in _offers(case).items():
        if row["hekje"]:
            found.setdefault((name, row["hekje"]), []).append((category, region, build))
    return found


@indexed_set(over="sdepp_cap", dims=("category", "region", "build_year"))
def sdepp_offers_under_cap(case: Case, sets: SetValues) -> dict[tuple[str, str], list[tuple[str, str, int]]]:
    """Offers of the techniques under a cap."""
    found: dict[tuple[str, str], list[tuple[str, str, int]]] = {}
    if case.sdepp is None:
        return found
    for name, cap, category, region in case.sdepp.caps.index:
        build = int(case.sdepp.offers.at[(name, category, region), "build_year"])
        found.setdefault((name, cap), []).append((category, region, build))
    return found


@indexed_set(over="sdepp_offer", dims=("asset",))
def sdepp_assets_of(case: Case, sets: SetValues) -> dict[Offer, list[str]]:
    """Assets in a region that an offer serves."""
    found: dict[Offer, list[str]] = {}
    for (name, category, asset, build), row in _builds(case).items():
        found.setdefault((name, category, str(row["region"]), build), []).append(asset)
    return found


@index_set(dims=("asset", "build_year"))
def sdepp_needing_build(case: Case) -> list[tuple[str, int]]:
    """Builds that need an award: some category serves them in a round, and none lets them be built without."""
    return [] if case.sdepp is None else list(case.sdepp.needing)


@index_set(dims=("asset", "build_year"))
def sdepp_free_build(case: Case, sets: SetValues) -> set[tuple[str, int]]:
    """Builds that an award may serve and that may do without."""
    needing = sets.positions("sdepp_needing_build")
    return {(asset, build) for _, _, asset, build in sets["sdepp_build"] if (asset, build) not in needing}


@indexed_set(over="asset_build", dims=("round", "category"))
def sdepp_awards_for(case: Case, sets: SetValues) -> dict[tuple[str, int], list[tuple[str, str]]]:
    """Rounds and categories that serve a build."""
    found: dict[tuple[str, int], list[tuple[str, str]]] = {}
    for name, category, asset, build in sets["sdepp_build"]:
        found.setdefault((asset, build), []).append((name, category))
    return found


@index_set(dims=("round", "category", "region", "build_year"))
def sdepp_project(case: Case, sets: SetValues) -> list[Offer]:
    """Offers that are awarded in whole projects, where the scenario asks for them."""
    return list(sets["sdepp_offer"]) if case.scenario.sdepp.whole_projects else []


@parameter(over=("sdepp_offer",), unit="award unit", minimum=0, source="formulation.md S2")
def sdepp_offered(case: Case, sets: SetValues) -> list[float]:
    """What is offered in a round: part of what may still be built, less what falls away before the decision."""
    return _column(_offers(case), sets["sdepp_offer"], "offered")


@parameter(over=("sdepp_offer",), unit="million EUR/award unit", minimum=0, source="sdepp/rules.md section 4")
def sdepp_claim_rate(case: Case, sets: SetValues) -> list[float]:
    """Claim on the ceiling per unit of award: (amount asked - floor) x full-load hours x term."""
    return [value / MILLION for value in _column(_offers(case), sets["sdepp_offer"], "claim")]


@parameter(over=("sdepp_offer",), unit="1", minimum=0, maximum=1)
def sdepp_realised_share(case: Case, sets: SetValues) -> list[float]:
    """Share of awards that is built, by technique (attrition)."""
    return _column(_offers(case), sets["sdepp_offer"], "realised_share")


@parameter(over=("sdepp_project",), unit="award unit", minimum=0)
def sdepp_project_size(case: Case, sets: SetValues) -> list[float]:
    """Award of one project."""
    return _column(_offers(case), sets["sdepp_project"], "project_size")


@parameter(over=("sdepp_build",), unit="capacity unit/award unit", minimum=0)
def sdepp_capacity_per_award(case: Case, sets: SetValues) -> list[float]:
    """Capacity that a unit of award stands for: one over the output that is paid, times what the category asks for."""
    return _column(_builds(case), sets["sdepp_build"], "capacity_per_award")


@parameter(over=("sdepp_round",), unit="million EUR", minimum=0, source="sdepp/rules.md section 1")
def sdepp_ceiling_value(case: Case, sets: SetValues) -> list[float]:
    """Ceiling of a round (subsidieplafond)."""
    if case.sdepp is None:
        return []
    ceilings = case.sdepp.rounds["ceiling"]
    return [float(ceilings[name]) / MILLION for name in sets["sdepp_round"]]


@parameter(over=("sdepp_hekje",), unit="million EUR", minimum=0, source="sdepp/rules.md section 4")
def sdepp_reserve(case: Case, sets: SetValues) -> list[float]:
    """What is kept for a domain: the hekje, or the claims offered where they are less."""
    if case.sdepp is None:
        return []
    reserves = case.sdepp.reserves["reserve"]
    return [float(reserves[key]) / MILLION for key in sets["sdepp_hekje"]]


@parameter(over=("sdepp_capped_offer",), unit="cap unit/award unit", minimum=0)
def sdepp_cap_use(case: Case, sets: SetValues) -> list[float]:
    """What a unit of award uses of a cap."""
    if case.sdepp is None:
        return []
    use = case.sdepp.caps["use"]
    return [float(use[key[:4]]) for key in sets["sdepp_capped_offer"]]


@parameter(over=("sdepp_cap",), unit="cap unit", minimum=0, source="sdepp/rules.md section 0")
def sdepp_cap_value(case: Case, sets: SetValues) -> list[float]:
    """Most that a cap lets through: GWh over the term for advanced fuels."""
    if case.sdepp is None:
        return []
    limits = case.sdepp.caps["limit"].groupby(level=["round", "cap"]).first()
    return [float(limits[key]) for key in sets["sdepp_cap"]]


variable(
    "sdepp_award",
    over=("sdepp_offer",),
    unit="award unit",
    upper="sdepp_offered",
    doc="Award of a category in a region and round: MW of paid output (of panels: peak), or t CO2 per hour.",
    source="formulation.md S2",
    investment=True,
)
variable(
    "sdepp_built",
    over=("sdepp_build",),
    unit="award unit",
    doc="What is built with an award, in units of the award.",
    investment=True,
)
variable(
    "sdepp_pot",
    over=("sdepp_hekje",),
    unit="million EUR",
    doc="What a domain with a hekje takes of the ceiling: its claims, or its reserve where that is more.",
    investment=True,
)
variable(
    "sdepp_projects",
    over=("sdepp_project",),
    unit="1",
    doc="Projects awarded, a whole number.",
    investment=True,
    integer=True,
)


@constraint(over=("sdepp_round",), unit="million EUR", source="formulation.md S2")
def sdepp_ceiling(m: Any, r: str) -> Any:
    """Claims outside the hekjes and the pots of the domains stay within the ceiling."""
    return (
        sum(m.sdepp_claim_rate[r, k, g, v] * m.sdepp_award[r, k, g, v] for k, g, v in m.sdepp_offers_in_no_hekje[r])
        + sum(m.sdepp_pot[r, d] for d in m.sdepp_hekjes_of[r])
        <= m.sdepp_ceiling_value[r]
    )


@constraint(over=("sdepp_hekje",), unit="million EUR", source="formulation.md S2")
def sdepp_pot_claims(m: Any, r: str, d: str) -> Any:
    """The pot of a domain holds the claims of its awards."""
    return m.sdepp_pot[r, d] >= sum(
        m.sdepp_claim_rate[r, k, g, v] * m.sdepp_award[r, k, g, v] for k, g, v in m.sdepp_offers_in_hekje[r, d]
    )


@constraint(over=("sdepp_hekje",), unit="million EUR", source="formulation.md S2")
def sdepp_hekje_reserve(m: Any, r: str, d: str) -> Any:
    """The pot of a domain is no less than its hekje, or than its demand where that is less: others cannot use it."""
    return m.sdepp_pot[r, d] >= m.sdepp_reserve[r, d]


@constraint(over=("sdepp_cap",), unit="cap unit", source="sdepp/rules.md section 0")
def sdepp_cap_limit(m: Any, r: str, cap: str) -> Any:
    """Awards of the techniques under a cap stay within it: 10.6 TWh over the term for advanced fuels."""
    return (
        sum(
            m.sdepp_cap_use[r, cap, k, g, v] * m.sdepp_award[r, k, g, v] for k, g, v in m.sdepp_offers_under_cap[r, cap]
        )
        <= m.sdepp_cap_value[r, cap]
    )


@constraint(over=("sdepp_offer",), unit="award unit", source="formulation.md S2")
def sdepp_realised(m: Any, r: str, k: str, g: str, v: int) -> Any:
    """What is built with an award in the award years is no more than the awards that are realised."""
    return (
        sum(m.sdepp_built[r, k, a, v] for a in m.sdepp_assets_of[r, k, g, v])
        <= m.sdepp_realised_share[r, k, g, v] * m.sdepp_award[r, k, g, v]
    )


@constraint(over=("sdepp_needing_build",), unit="capacity unit", source="formulation.md S2")
def sdepp_built_with_award(m: Any, a: str, v: int) -> Any:
    """What needs an award is built with one."""
    return m.built[a, v] == sum(
        m.sdepp_capacity_per_award[r, k, a, v] * m.sdepp_built[r, k, a, v] for r, k in m.sdepp_awards_for[a, v]
    )


@constraint(over=("sdepp_free_build",), unit="capacity unit", source="formulation.md S2")
def sdepp_built_at_most(m: Any, a: str, v: int) -> Any:
    """No more is built with awards than is built."""
    return (
        sum(m.sdepp_capacity_per_award[r, k, a, v] * m.sdepp_built[r, k, a, v] for r, k in m.sdepp_awards_for[a, v])
        <= m.built[a, v]
    )


@constraint(over=("sdepp_project",), unit="award unit", source="formulation.md S2")
def sdepp_whole_projects(m: Any, r: str, k: str, g: str, v: int) -> Any:
    """An award is a whole number of projects."""
    return m.sdepp_award[r, k, g, v] == m.sdepp_project_size[r, k, g, v] * m.sdepp_projects[r, k, g, v]


@reported(over=("sdepp_offer",), unit="million EUR", source="sdepp/rules.md section 4")
def sdepp_claims(m: Any, r: str, k: str, g: str, v: int) -> Any:
    """Claim of an award on the ceiling."""
    return m.sdepp_claim_rate[r, k, g, v] * m.sdepp_award[r, k, g, v]
