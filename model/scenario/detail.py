"""Which parts of the system a scenario models one by one."""

from __future__ import annotations

from model.scenario.section import Section


class Detail(Section):
    """Parts of the system that are modelled one by one only where a scenario asks for them: each costs rows and time.

    Technologies that belong to a part (column detail of the table technologies) exist only where it is on.
    """

    heat_sources: bool = False
    """Solar heat, residual heat, open and process-integrated heat pumps, and stores of hot heat."""
    heat_networks: bool = False
    """Heat networks lose heat, have a capacity that is built at a price and grow no faster than the table
    heat_networks says; buildings may be heated beside them."""
    gas_network: bool = False
    """Gas is balanced in every hour: natural gas and green gas feed one grid, with a limit on injection per node."""
    carbon_network: bool = False
    """Captured CO2 is balanced at every node and year, moved by pipes, stored within limits at a cost, or used.
    False: it is stored where it is caught, at the cost that is part of the variable cost of the technology."""
    process_emissions: bool = False
    """Count the CO2 of industrial processes (table process_emissions), which can be captured."""
    electrolyser_loads: bool = False
    """Electrolysers that could start within the hour keep what is online for a day, at its minimum load at least
    (minimum_load_day of the table technology_parameters); false: they start and stop from step to step."""
