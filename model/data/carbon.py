"""How much CO2 an asset captures per unit of activity, whatever the origin of the carbon (formulation H4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from model.scenario import Scenario


def carbon_contents(carriers: pd.DataFrame) -> pd.Series:
    """All CO2 of a carrier when burnt, t/MWh (index carrier): the table's figure, else its fossil emission factor."""
    return carriers["carbon_content"].fillna(carriers["emission_factor"]).fillna(0.0).astype(float)


def with_capture(
    asset_years: pd.DataFrame, assets: pd.DataFrame, flows: pd.DataFrame, carriers: pd.DataFrame, scenario: Scenario
) -> pd.DataFrame:
    """Add the column `captured`, t/MWh of activity: capture_rate × carbon of what is taken, of processes and of air.

    Args:
        asset_years: figures over (asset, year).
        assets: index asset; kind and technology.
        flows: coefficients over (asset, carrier, year), negative where taken.
        carriers: index carrier.
        scenario: whether captured CO2 has a network.

    Raises:
        InputError: a part of a store captures or uses CO2, which has no activity; or a technology uses captured CO2
            where the scenario has no network that could bring it.
    """
    taken = (-flows["coefficient"]).clip(lower=0.0)
    content = carbon_contents(carriers).reindex(flows.index.get_level_values("carrier")).to_numpy()
    carbon = (taken * content).groupby(level=["asset", "year"]).sum().reindex(asset_years.index).fillna(0.0)
    captured = (
        asset_years["capture_rate"] * carbon.to_numpy() + asset_years["process_capture"] + asset_years["air_capture"]
    )
    _refuse(asset_years, assets, captured, scenario)
    return asset_years.assign(captured=captured.astype(float))


def _refuse(asset_years: pd.DataFrame, assets: pd.DataFrame, captured: pd.Series, scenario: Scenario) -> None:
    owners = assets.reindex(asset_years.index.get_level_values("asset"))
    idle = ~owners["kind"].isin(["conversion", "reactor"]).to_numpy()
    uses = asset_years["carbon_use"].to_numpy() > 0.0
    technology = owners["technology"].to_numpy()
    file, column = "technology_parameters.csv", "technology"
    acts = (captured.to_numpy() > 0.0) | uses
    found = [(name, "no capture or use of CO2 by a part of a store: it has no activity") for name in
             np.unique(technology[idle & acts].astype(str))]  # fmt: skip
    if not scenario.detail.carbon_network:
        found += [(name, "detail.carbon_network: true, or no carbon_use: nothing brings it captured CO2") for name in
                  np.unique(technology[uses & ~idle].astype(str))]  # fmt: skip
    if found:
        raise InputError([Problem(file, "", column, name, expected) for name, expected in found])
