"""A scenario file becomes typed settings: every key known, every value in range, all faults in one report.

`load_scenario` reads a YAML file by name or path and lays overlays and single settings over it; `Scenario` is what the
other rooms read (`scenario.grid.kirchhoff`); `json_schema` describes the files for editors.
"""

from model.scenario.reading import data_folder, inputs_folder, list_overlays, list_scenarios, load_scenario
from model.scenario.schema import json_schema
from model.scenario.settings import (
    Carbon,
    Demand,
    Finance,
    Investment,
    Output,
    Prices,
    Reactors,
    Scenario,
    Sites,
    Solver,
    Technologies,
    Time,
)
from model.scenario.settings_grid import Grid

__all__ = [
    "Carbon",
    "Demand",
    "Finance",
    "Grid",
    "Investment",
    "Output",
    "Prices",
    "Reactors",
    "Scenario",
    "Sites",
    "Solver",
    "Technologies",
    "Time",
    "data_folder",
    "inputs_folder",
    "json_schema",
    "list_overlays",
    "list_scenarios",
    "load_scenario",
]
