"""Usual values of questions to a subsidy round; nothing is imported here, so that `--help` stays quick."""

from __future__ import annotations

CEILINGS = (8e9, 11.5e9, 12e9)
"""EUR: of 2023, of 2024, and the most at which competition was thought safe (Kamerstuk 31 239 nr. 387)."""
CEILINGS_OF_HEKJES = (8e9, 11.5e9)
"""EUR: at which hekjes are looked at."""
RESERVES = (0.0, 750e6, 1000e6)
"""EUR by domain with a hekje: none, of 2023, of 2024."""
SCENARIO = "quick"
OVERLAYS = ("heat_detail", "gas_network", "process_emissions")
"""Laid over the usual scenario, so that it knows the technologies of more categories."""
SHARES = (0.0, 0.2, 0.5, 0.8)
"""Part of the production of a roof that is used on site."""
FEED_IN_FACTORS = (1.0, 0.4)
"""On limits of feed-in, which are estimates for whole provinces."""
BRACKET = ("long_term", "floor")
"""Price scenarios of payments: the usual one, and the one in which most is paid."""
