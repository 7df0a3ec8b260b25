"""PyPSA networks with everything that the import carries over, made up for tests."""

from __future__ import annotations

import logging
import warnings

import numpy as np
import pandas as pd
import pypsa


def rich_network(seed: int = 0, steps: int = 12) -> pypsa.Network:
    """Two AC islands and a DC one, transformers with shift and taps, multi-output links, stores, limits and series."""
    random = np.random.default_rng(seed)
    n = pypsa.Network()
    n.set_snapshots(pd.date_range("2015-03-01", periods=steps, freq="3h"))
    n.snapshot_weightings["objective"] = random.uniform(1.0, 4.0, steps)
    n.snapshot_weightings["stores"] = 3.0
    n.snapshot_weightings["generators"] = random.uniform(1.0, 4.0, steps)
    for carrier, co2 in (
        ("gas", 0.2),
        ("coal", 0.34),
        ("wind", 0.0),
        ("battery", 0.0),
        ("AC", 0.0),
        ("DC", 0.0),
        ("H2", 0.0),
        ("heat", 0.0),
        ("low voltage", 0.0),
        ("hydro", 0.05),
    ):
        n.add("Carrier", carrier, co2_emissions=co2)
    for bus in "ABCDEF":
        n.add("Bus", bus, v_nom=380.0, carrier="AC", x=random.uniform(3, 7), y=random.uniform(51, 53))
    for bus in ("dc1", "dc2", "dc3"):
        n.add("Bus", bus, v_nom=200.0, carrier="DC")
    n.add("Bus", "low", v_nom=110.0, carrier="low voltage")
    n.add("Bus", "hydrogen", carrier="H2")
    n.add("Bus", "warm", carrier="heat")
    lines = ("AB", "BC", "CA", "AB", "CD", "DB", "EF", "EF")
    for number, (start, end) in enumerate(lines):
        grows = number in (1, 4)
        n.add(
            "Line",
            f"line {number}",
            bus0=start,
            bus1=end,
            x=random.uniform(5, 40),
            r=1.0,
            s_nom=random.uniform(80, 200),
            s_nom_extendable=grows,
            s_nom_min=20.0 if number == 4 else 0.0,
            s_nom_max=400.0,
            capital_cost=9.0,
            s_max_pu=0.7 if number == 0 else 1.0,
            length=100.0,
            carrier="AC",
            v_ang_max=3.0 if number == 5 else np.inf,
        )
    n.lines_t.s_max_pu["line 2"] = random.uniform(0.6, 1.3, steps)
    for number, (start, end) in enumerate((("dc1", "dc2"), ("dc2", "dc3"), ("dc3", "dc1"))):
        n.add("Line", f"direct {number}", bus0=start, bus1=end, r=random.uniform(1, 5), x=0.1, s_nom=90.0, carrier="DC")
    n.add("Transformer", "trafo", bus0="A", bus1="low", x=0.1, s_nom=100.0, tap_ratio=1.02, phase_shift=1.0)
    n.add(
        "Transformer",
        "shifter",
        bus0="B",
        bus1="low",
        x=0.12,
        s_nom=90.0,
        phase_shift_min=-5.0,
        phase_shift_max=3.0,
        v_ang_max=8.0,
    )
    n.add("Link", "cable", bus0="A", bus1="dc1", p_nom=80.0, p_min_pu=-1.0, carrier="DC")
    n.add(
        "Link",
        "converter",
        bus0="dc2",
        bus1="E",
        p_nom_extendable=True,
        p_nom_max=150.0,
        capital_cost=20.0,
        efficiency=0.97,
        p_min_pu=-0.8,
        carrier="DC",
        length=50.0,
        marginal_cost=0.01,
    )
    n.add(
        "Link",
        "electrolyser",
        bus0="C",
        bus1="hydrogen",
        bus2="warm",
        p_nom_extendable=True,
        capital_cost=5.0,
        p_nom_max=60.0,
        efficiency=0.6,
        efficiency2=0.2,
        carrier="H2",
        marginal_cost=0.5,
        ramp_limit_up=0.4,
    )
    n.add("Link", "pump", bus0="low", bus1="warm", p_nom=40.0, carrier="heat", marginal_cost=0.1)
    n.links_t.efficiency["pump"] = random.uniform(2.5, 4.0, steps)
    for number, bus in enumerate("ACDEF"):
        n.add(
            "Generator",
            f"gas {bus}",
            bus=bus,
            p_nom=random.uniform(100, 300),
            carrier="gas",
            efficiency=0.5,
            marginal_cost=random.uniform(40, 80),
            p_min_pu=0.05,
            p_max_pu=0.95,
            ramp_limit_up=0.3 if number == 0 else np.nan,
            ramp_limit_down=0.25 if number == 1 else np.nan,
        )
    n.add(
        "Generator",
        "coal",
        bus="B",
        p_nom_extendable=True,
        p_nom=50.0,
        p_nom_min=30.0,
        p_nom_max=300.0,
        carrier="coal",
        efficiency=0.4,
        capital_cost=50.0,
        marginal_cost=25.0,
        e_sum_max=6000.0,
        p_init=20.0,
        ramp_limit_up=0.3,
    )
    for bus in ("A", "E"):
        n.add(
            "Generator",
            f"wind {bus}",
            bus=bus,
            p_nom_extendable=True,
            carrier="wind",
            capital_cost=90.0,
            p_nom_max=500.0,
            marginal_cost=0.1,
        )
        n.generators_t.p_max_pu[f"wind {bus}"] = random.uniform(0, 1, steps)
    n.generators_t.marginal_cost["gas C"] = random.uniform(30, 90, steps)
    n.generators_t.p_min_pu["gas D"] = random.uniform(0, 0.2, steps)
    n.add("Generator", "held", bus="F", p_nom=50.0, carrier="gas", marginal_cost=10.0, p_set=12.0)
    n.add("Generator", "industry", bus="D", p_nom=30.0, sign=-1.0, marginal_cost=-70.0, carrier="AC")
    n.add("Generator", "not there", bus="A", p_nom=1e4, marginal_cost=-10.0, active=False)
    for bus in (*"ABCDEF", "low", "dc3"):
        n.add("Load", f"load {bus}", bus=bus, p_set=random.uniform(20, 120, steps))
    n.add("Load", "heat", bus="warm", p_set=random.uniform(20, 60, steps))
    n.add("Load", "hydrogen", bus="hydrogen", p_set=6.0)
    n.add(
        "StorageUnit",
        "battery",
        bus="C",
        p_nom_extendable=True,
        p_nom=5.0,
        p_nom_max=80.0,
        max_hours=4.0,
        capital_cost=30.0,
        efficiency_store=0.93,
        efficiency_dispatch=0.95,
        standing_loss=0.01,
        marginal_cost=0.3,
        cyclic_state_of_charge=True,
        carrier="battery",
        marginal_cost_storage=0.01,
    )
    n.add(
        "StorageUnit",
        "reservoir",
        bus="D",
        p_nom=60.0,
        max_hours=20.0,
        p_min_pu=0.0,
        efficiency_dispatch=0.9,
        state_of_charge_initial=300.0,
        carrier="hydro",
        inflow=random.uniform(0, 30, steps),
        spill_cost=0.5,
    )
    held = pd.Series(np.nan, n.snapshots)
    held.iloc[steps // 2] = 250.0
    n.storage_units_t.state_of_charge_set["reservoir"] = held
    n.add(
        "Store",
        "cavern",
        bus="hydrogen",
        e_nom_extendable=True,
        e_nom_max=400.0,
        e_cyclic=True,
        capital_cost=1.0,
        standing_loss=0.001,
        carrier="H2",
    )
    n.add("Store", "tank", bus="warm", e_nom=80.0, e_initial=40.0, e_min_pu=0.1, carrier="heat", marginal_cost=0.02)
    n.stores_t.e_max_pu["tank"] = random.uniform(0.7, 1.0, steps)
    n.add(
        "GlobalConstraint", "co2", type="primary_energy", carrier_attribute="co2_emissions", sense="<=", constant=3200.0
    )
    n.add("GlobalConstraint", "gas budget", type="operational_limit", carrier_attribute="gas", sense="<=", constant=9e3)
    n.add(
        "GlobalConstraint",
        "wind sites",
        type="tech_capacity_expansion_limit",
        carrier_attribute="wind",
        sense="<=",
        constant=600.0,
    )
    n.add(
        "GlobalConstraint",
        "new lines",
        type="transmission_volume_expansion_limit",
        carrier_attribute="AC, DC",
        sense="<=",
        constant=15000.0,
    )
    return n


def total_cost(network: pypsa.Network) -> float:
    """PyPSA's own optimum, capital cost of what stands and can be expanded included."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        try:
            status, condition = network.optimize(
                solver_name="highs",
                solver_options={"output_flag": False},
                include_objective_constant=False,
                log_to_console=False,
            )
        finally:
            logging.disable(logging.NOTSET)
    assert status == "ok", condition
    return float(network.objective)
