"""Places for reactors beyond those that the table of potentials names: every industrial site.

With the scenario key `reactors.sites: all` a study can ask what a reactor would do anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from model.scenario import Scenario

    Tables = dict[str, pd.DataFrame]

POTENTIALS = ("potentials", "shared_potentials", "shared_potential_limits")


def with_every_site(scenario: Scenario, tables: Tables) -> Tables:
    """Tables in which every site may have the small designs that any site may have.

    A new place has no limit of its own.  It shares the limits in which its region already takes part with that design;
    in a region without one, the new sites of the region together share `reactors.new_site_max` in MW_e, if it is given
    and the design counts in a shared limit anywhere.

    Args:
        scenario: only `reactors.sites` and `reactors.new_site_max` are read.
        tables: checked tables; potentials, shared_potentials and shared_potential_limits gain rows.
    """
    if scenario.reactors.sites == "named":
        return tables
    nodes = tables["nodes"].set_index("node")
    potentials, members = tables["potentials"], tables["shared_potentials"]
    sites = nodes.index[nodes["kind"] == "site"]
    small = set(tables["reactors"].loc[tables["reactors"]["kind"] == "smr", "design"])
    offered = potentials[potentials["node"].isin(sites) & potentials["technology"].isin(small)]
    named = set(zip(offered["node"], offered["technology"], strict=True))
    region_of_member = members["node"].map(nodes["region"])
    places, joined, caps = [], [], set()
    for design, pattern in offered.drop_duplicates("technology").set_index("technology", drop=False).iterrows():
        alike = members[members["technology"] == design]
        for site in [site for site in sites if (site, design) not in named]:
            region = str(nodes.at[site, "region"])
            places.append({**pattern, "node": site, "capacity_max": float("nan")})
            shared = alike[region_of_member[alike.index] == region].drop_duplicates("group")
            joined += [{**row, "node": site} for _, row in shared.iterrows()]
            if shared.empty and scenario.reactors.new_site_max is not None:
                group = f"new_sites_{region}"
                joined += [{**row, "group": group, "node": site} for _, row in alike.iloc[:1].iterrows()]
                caps.add(group)
    most = {"capacity_max": scenario.reactors.new_site_max, "unit": "MW_e", "_file": "scenario", "_row": 0}
    added = (places, joined, [{"group": group, **most} for group in sorted(caps)])
    return {**tables, **{name: _with_rows(tables[name], rows) for name, rows in zip(POTENTIALS, added, strict=True)}}


def _with_rows(table: pd.DataFrame, rows: list[dict[Any, Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.concat([table, pd.DataFrame(rows, columns=table.columns)], ignore_index=True) if rows else table
