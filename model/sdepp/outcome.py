"""What a round came to: sums by domain, technique, reason and hekje, and what hekjes cost in cost-effectiveness."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from model.sdepp.categories import DOMAINS
from model.sdepp.rounds import Round
from model.sdepp.switches import Switches

MARGIN = 0.15
"""Most loss of cost-effectiveness by hekjes that the European Commission allows (Kamerstuk 31 239 nr. 387)."""


@dataclass(frozen=True)
class Outcome:
    """A round as it was held.

    Args:
        applications: one row per application in order of ranking, as `prepare` gives them, with `rank`, `awarded`,
            `reason` ("" where awarded), `explanation`, `free` (EUR open to it when tested; nan where it was not),
            `from_reserve` and `from_general` (EUR).
        round: the round.
        switches: the readings of the text.
    """

    applications: pd.DataFrame
    round: Round
    switches: Switches

    @property
    def awards(self) -> pd.DataFrame:
        """The applications that were awarded, in order."""
        return self.applications[self.applications["awarded"]]

    @property
    def asked(self) -> float:
        """Sum of all claims, EUR."""
        return float(self.applications["claim"].sum())

    @property
    def awarded(self) -> float:
        """Sum of the awarded claims, EUR."""
        return float(self.awards["claim"].sum())

    @property
    def intensity(self) -> float:
        """EUR of awarded claim per t CO2 over the terms; nan without awards."""
        avoided = float(self.awards["co2"].sum())
        return self.awarded / avoided if avoided else float("nan")

    def by(self, *keys: str) -> pd.DataFrame:
        """Sum up by columns of the applications, such as `domain`, `technique`, `phase`, `region`.

        Returns:
            Per group: applications and awards (numbers), asked, awarded and refused (EUR), capacity_awarded (MW or
            t/h), co2 (t over the terms of awards), intensity (EUR/t of awards).
        """
        rows = self.applications.assign(
            claim_awarded=self.applications["claim"].where(self.applications["awarded"], 0.0),
            capacity_awarded=self.applications["capacity"].where(self.applications["awarded"], 0.0),
            co2_awarded=self.applications["co2"].where(self.applications["awarded"], 0.0),
        )
        grouped = rows.groupby(list(keys), sort=True)
        summed = pd.DataFrame(
            {
                "applications": grouped.size(),
                "awards": grouped["awarded"].sum(),
                "asked": grouped["claim"].sum(),
                "awarded": grouped["claim_awarded"].sum(),
                "capacity_awarded": grouped["capacity_awarded"].sum(),
                "co2": grouped["co2_awarded"].sum(),
            }
        )
        summed.insert(4, "refused", summed["asked"] - summed["awarded"])
        summed["intensity"] = summed["awarded"] / summed["co2"].where(summed["co2"] > 0)
        return summed

    def by_domain(self) -> pd.DataFrame:
        """Sum up by domain, those without a hekje first; domains without an application are left out."""
        found = self.by("domain")
        return found.loc[[name for name in DOMAINS if name in found.index]]

    def by_reason(self) -> pd.DataFrame:
        """Account for every euro: number of applications and claim (EUR) awarded, and refused by reason."""
        named = self.applications["reason"].where(~self.applications["awarded"], "awarded")
        grouped = self.applications.groupby(named)
        table = pd.DataFrame({"applications": grouped.size(), "claim": grouped["claim"].sum()})
        table.index.name = "outcome"
        return table.sort_values("claim", ascending=False, kind="stable")

    def hekjes(self) -> pd.DataFrame:
        """Give per hekje, in EUR: reserve, valid demand, awarded, of which from the reserve, and released (unused)."""
        tested = self.applications[self.applications["free"].notna()]
        rows = []
        for name, reserve in self.round.hekjes.items():
            own = tested[tested["hekje"] == name]
            won = own[own["awarded"]]
            used = float(won["from_reserve"].sum())
            demand, awarded = float(own["claim"].sum()), float(won["claim"].sum())
            rows.append((name, reserve, demand, awarded, used, reserve - used))
        columns = ["hekje", "reserve", "demand", "awarded", "from_reserve", "released"]
        return pd.DataFrame(rows, columns=columns).set_index("hekje")


@dataclass(frozen=True)
class HekjeCost:
    """What hekjes do to the cost-effectiveness of a round.

    Args:
        with_hekjes: the round as it is.
        without_hekjes: the same applications in the same round without reserves.
        loss: relative rise of EUR per t CO2; nan where nothing was awarded.
        allowed: the most that is allowed, 0.15.
        gained: ids that win with hekjes only, in order.
        lost: ids that win without hekjes only, in order.
    """

    with_hekjes: Outcome
    without_hekjes: Outcome
    loss: float
    allowed: float
    gained: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def within(self) -> bool:
        """Whether the loss stays within what is allowed."""
        return not self.loss > self.allowed


def hekje_cost(with_hekjes: Outcome, without_hekjes: Outcome) -> HekjeCost:
    """Compare a round with the same round without hekjes."""
    first, second = list(with_hekjes.awards["application"]), list(without_hekjes.awards["application"])
    return HekjeCost(
        with_hekjes,
        without_hekjes,
        loss=with_hekjes.intensity / without_hekjes.intensity - 1,
        allowed=MARGIN,
        gained=tuple(name for name in first if name not in set(second)),
        lost=tuple(name for name in second if name not in set(first)),
    )
