"""What a scenario may say: one class per section, a sentence and a unit per key.

The sentences become the JSON Schema (`python -m model schema`) and the scenario page of the documentation.
Checks that need more than one key stand at the end of the section that they concern.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from model.scenario.detail import Detail
from model.scenario.sdepp import Sdepp
from model.scenario.section import (
    Fault,
    Name,
    NotNegative,
    Positive,
    Section,
    WeatherYear,
    Week,
    Year,
    distinct,
    increasing,
)
from model.scenario.settings_grid import Grid

DataSet = Annotated[str, Field(pattern=r"^([A-Za-z0-9][A-Za-z0-9_.-]*|[./].*|[A-Za-z]:.*)$")]
ReactorMode = Literal["base_load", "behind_the_meter", "flexible", "coproduction"]


class Time(Section):
    """Which hours of a year are in the model, and what each stands for."""

    mode: Literal["full", "representative", "sample", "snapshots"] = "representative"
    """full: every hour; representative: typical periods found by clustering; sample: named weeks; snapshots: the steps
    of the table snapshots, without weather."""
    periods: int = Field(default=10, ge=1, le=366)
    """Typical periods per weather year (representative); the forced peak and spell periods come on top."""
    period_hours: int = Field(default=24, ge=1, le=8784)
    """Length of a typical period, hours."""
    step_hours: Literal[1, 2, 3, 4, 6] = 1
    """Length of a time step, hours; values inside a step are averaged."""
    spell_days: int = Field(default=3, ge=1, le=31)
    """Length of the Dunkelflaute spell (the days on end with least wind and sun), days."""
    spell_forced: bool = True
    """Keep the Dunkelflaute spell as consecutive days beside the typical periods."""
    peak_forced: bool = True
    """Keep the period with the highest electricity load beside the typical periods."""
    cold_forced: bool = False
    """Keep the period with the highest demand for heat outside the spell; it stands for all that are more like it than
    like a typical period, so that cold weeks keep their place in the calendar and heat stores their limits."""
    weeks: Annotated[list[Week], AfterValidator(increasing)] = []
    """ISO weeks taken in mode sample; each stands for an equal part of the year."""

    def faults(self) -> Iterator[Fault]:
        """Check steps against periods, and the weeks of mode sample."""
        if self.period_hours % self.step_hours:
            expected = f"a divisor of period_hours ({self.period_hours})"
            yield ("step_hours",), self.step_hours, expected, (("period_hours",),)
        if self.mode == "representative" and self.periods * self.period_hours > 8784:
            most = f"at most {8784 // self.period_hours} periods of {self.period_hours} h"
            yield ("periods",), self.periods, most, (("period_hours",), ("mode",))
        if self.mode == "sample" and not self.weeks:
            yield ("weeks",), self.weeks, "at least one ISO week (1 to 53) in mode sample", (("mode",),)
        if self.mode != "sample" and self.weeks:
            expected = f"no weeks in mode {self.mode} (they belong to mode sample)"
            yield ("weeks",), self.weeks, expected, (("mode",),)


class Demand(Section):
    """How much energy is asked for."""

    scenario: str = "reference"
    """Column demand_scenario of the table demand: reference, low or high."""
    factor: dict[str, NotNegative] = {}
    """Factor per carrier on the demand of all years, e.g. {electricity: 1.1}."""


class Prices(Section):
    """Which price paths of the tables fuel_prices and carbon_prices hold."""

    fuel: str = "tyndp_nt"
    """price_scenario of the table fuel_prices."""
    carbon: str = "tyndp_nt"
    """price_scenario of the table carbon_prices; used only where carbon.price is true."""


class Finance(Section):
    """How money of different years is added up; all rates are real, per year."""

    discount_rate: float = Field(default=0.0225, ge=0, le=0.2)
    """Social discount rate between years, share per year."""
    wacc: float = Field(default=0.06, ge=0, le=0.3)
    """Cost of capital of technologies that do not state their own, share per year."""
    price_year: Literal[2025] = 2025
    """Price year of all money; the tables that ship are in EUR of this year."""


class Carbon(Section):
    """What emitting CO2 costs or may not exceed."""

    cap: str | None = "net_zero_2050"
    """Path of the table carbon_caps (Mt per year), or null for none."""
    price: bool = False
    """Charge the price path prices.carbon on emissions, EUR/t."""
    backstop_cost: NotNegative = 1000.0
    """Price at which a tonne above the cap may be bought off, EUR/t; reported apart from all other cost."""


class Reactors(Section):
    """Which reactors may be built, where, and how they may run."""

    enabled: bool = True
    """False: no new reactors; what stands today stays."""
    designs: Annotated[list[Name], AfterValidator(distinct)] = []
    """Designs of the table reactors that may be built; an empty list means all of them."""
    modes: Annotated[list[ReactorMode], AfterValidator(distinct)] = [
        "base_load",
        "behind_the_meter",
        "flexible",
        "coproduction",
    ]
    """Ways of use that small reactors may have: base_load (at the grid, flat out), flexible (at the grid, following
    load), behind_the_meter (at industrial sites), coproduction (heat from the turbine)."""
    target: dict[Year, NotNegative] = {}
    """Small reactors that must stand in a year at least, MW_e per year, e.g. {2040: 1500}."""
    cost_factor: Positive = 1.0
    """Factor on the investment cost of all reactors."""
    earliest_year_delay: int = Field(default=0, ge=0, le=50)
    """Years by which all reactors come later than their table says, years."""
    commitment: Literal["none", "ramp", "linear"] = "ramp"
    """How reactors follow load.  none: between minimum load and what is available; ramp: no faster than their ramp
    either; linear: units start and stop (relaxed), with minimum down time, start cost and a yearly budget of cycles."""
    refuelling: Literal["availability", "decided"] = "availability"
    """availability: outages of both kinds as one share of every hour; decided: refuelling is placed in the year by the
    model, and only forced outages are a share of every hour."""
    late_cycle: bool = False
    """Hold units to a higher minimum load in the last part of each fuel cycle; needs commitment: linear."""
    units: dict[Name, dict[Year, NotNegative]] = {}
    """Units of a design that stand in a year, no more and no less, e.g. {cls_large: {2040: 1, 2050: 4}}; a year without
    a number is free."""
    integer_modules: bool = False
    """Build whole modules only: a mixed-integer program, solved within solver.mip_gap. false: capacity is continuous
    and the number of units is reported."""
    site_limits: bool = False
    """Hold reactors to the cooling water (m3/s) and land (ha) of their place in the table reactor_sites; without
    it their use is reported against these limits only."""
    sites: Literal["named", "all"] = "named"
    """named: reactors stand where the table of potentials names a place; all: every industrial site may have the small
    designs that any site may have, within the limits that its region shares."""
    new_site_max: NotNegative | None = None
    """Most that the sites opened by `sites: all` may have together in a region without a shared limit, MW_e; blank: no
    limit."""

    def allows(self, design: str) -> bool:
        """Tell whether a design may be built."""
        return self.enabled and (not self.designs or design in self.designs)

    def faults(self) -> Iterator[Fault]:
        """Check that there is a way to use reactors, and reactors to meet a target."""
        if self.enabled and not self.modes:
            yield ("modes",), self.modes, "at least one mode, or reactors.enabled: false", (("enabled",),)
        for design, numbers in self.units.items():
            if any(numbers.values()) and not self.allows(design):
                others: tuple[tuple[str, ...], ...] = (("enabled",), ("designs",))
                yield ("units", design), numbers, "no units, or a design that may be built", others
        for design, numbers in self.units.items() if self.integer_modules else ():
            if any(units != round(units) for units in numbers.values()):
                yield ("units", design), numbers, "whole numbers, or integer_modules: false", (("integer_modules",),)
        if self.late_cycle and self.commitment != "linear":
            yield ("late_cycle",), True, "false, or commitment: linear (it holds what is online)", (("commitment",),)
        if self.new_site_max is not None and self.sites == "named":
            yield ("new_site_max",), self.new_site_max, "blank, or sites: all", (("sites",),)
        if not self.enabled and any(self.target.values()):
            yield ("target",), self.target, "no target where reactors.enabled is false", (("enabled",),)


class Technologies(Section):
    """Changes to the technology tables, by technology name."""

    exclude: Annotated[list[Name], AfterValidator(distinct)] = []
    """Technologies that may not be built."""
    cost_factor: dict[str, Positive] = {}
    """Factor per technology on its investment cost, e.g. {solar_rooftop: 0.8}."""
    potential_factor: dict[str, NotNegative] = {}
    """Factor per technology on its potentials at all nodes, e.g. {wind_onshore: 0.5}."""


class Sites(Section):
    """Industrial sites behind one grid connection."""

    contracts: bool = True
    """Hold the contracted import and export of each site."""
    tariffs: Literal["transfer", "cost"] = "transfer"
    """transfer: grid tariffs move money and are reported only; cost: the sites' tariffs are in the objective."""
    objective: Literal["social", "private"] = "social"
    """Which ledger is minimised for sites: social (tariffs, taxes and subsidies move money, nothing more) or private
    (the sites pay tariffs and energy tax, receive subsidies, and borrow at their own cost of capital)."""
    wacc: float = Field(default=0.08, ge=0, le=0.3)
    """Cost of capital of sites without their own in the table sites, real, share per year (private ledger)."""
    contract_classes: Annotated[list[Name], Field(min_length=1), AfterValidator(distinct)] = ["firm"]
    """Contract classes that sites may choose from: firm (today's contract and its growth) and names of the table
    contract_classes, where site_contracts offers them. Any beside firm need tariffs as costs."""
    whole_connection: dict[Name, Name] = {}
    """Class that holds for the whole connection of a site, e.g. {RM_ZH: reserve_600h}: split by capacity, the 600 h
    class is a lower bound on cost."""
    n_minus_1: bool = False
    """Hold that every site serves its critical power and heat with its largest module out, in every hour."""
    modules: dict[Name, Annotated[list[Name], AfterValidator(distinct)]] = {}
    """Reactor designs that stand at a site for sure, from their first possible year, at least one unit each, with N-1
    or without; with it other designs may be built in part there, and N-1 is a lower bound for them."""
    backup: Annotated[list[Name], AfterValidator(distinct)] = []
    """Technologies that may be built at every site as own backup, such as gas_ocgt; they count in N-1."""
    direct_lines: Annotated[list[Name], AfterValidator(distinct)] = []
    """Lines of the table direct_lines that may be built from a generator to a site, past the public grid."""
    agreements: Annotated[list[Name], AfterValidator(distinct)] = []
    """Power purchase agreements of the table power_purchase_agreements that hold; they settle in the private ledger."""
    steam_contracts: bool = False
    """Hold the steam contracts of the table steam_contracts until their last year."""
    subsidy: dict[Name, NotNegative] = {}
    """Fixed subsidy per technology at sites, EUR/MWh of its activity; an income of the private ledger."""

    @property
    def pays_tariffs(self) -> bool:
        """Whether tariffs of sites are in the objective."""
        return self.tariffs == "cost" or self.objective == "private"

    def faults(self) -> Iterator[Fault]:
        """Check that a choice of contracts has a price, and that limits exist where contracts are counted on."""
        chosen = sorted({*self.contract_classes, *self.whole_connection.values()} - {"firm"})
        if chosen and not self.pays_tariffs:
            expected = "firm alone, or sites.tariffs: cost (without a price no contract is better than another)"
            yield ("contract_classes",), chosen, expected, (("tariffs",), ("objective",))
        if (chosen or self.n_minus_1) and not self.contracts:
            expected = "true where contract classes or N-1 count on contracted power"
            yield ("contracts",), False, expected, (("contract_classes",), ("n_minus_1",))


class Investment(Section):
    """How fast and how freely the system may change."""

    build_rates: bool = True
    """Hold the yearly build rates per country and site."""
    stock_year: Year = 2025
    """Year whose stock the existing capacities describe: build rates of the first milestone count from it."""
    early_retirement: bool = False
    """Allow plants to close before their year of retirement and save their fixed cost."""


class Dispatch(Section):
    """Operate capacities that another run has chosen, on the hours of `time`, instead of choosing them."""

    design: Time | None = None
    """Hours on which the same scenario chooses its capacities before (keys as in time); its result is written beside
    and used again while it holds. null: nothing is chosen before."""
    capacities_of: str | None = None
    """Result file (.nc) of a run whose capacities are held; null: none."""
    years: Annotated[list[Year], AfterValidator(increasing)] = []
    """Milestone years whose hours are in the model; an empty list means all. Money counts as in the whole path."""

    @property
    def holds(self) -> bool:
        """Whether capacities are held."""
        return self.design is not None or self.capacities_of is not None

    def faults(self) -> Iterator[Fault]:
        """Check that capacities come from one place, and that a choice of years has capacities to go by."""
        if self.design is not None and self.capacities_of is not None:
            expected = "null beside dispatch.design (capacities come from one place)"
            yield ("capacities_of",), self.capacities_of, expected, (("design",),)
        if self.years and not self.holds:
            expected = "no years without dispatch.design or dispatch.capacities_of"
            yield ("years",), self.years, expected, ()


class Solver(Section):
    """How HiGHS solves the program."""

    preset: Literal["auto", "hipo", "ipx", "simplex", "pdlp", "hipdlp"] = "auto"
    """Algorithm; auto takes the measured choice for the size of the program."""
    crossover: bool = False
    """Go on from the interior point to a vertex: slower, and the duals are those of a vertex."""
    threads: int = Field(default=2, ge=1, le=256)
    """Threads that HiGHS may use."""
    time_limit: Positive | None = None
    """Time that HiGHS may take, s; null: no limit."""
    tolerance: float = Field(default=1e-7, gt=0, le=1e-2)
    """Relative optimality and feasibility tolerance."""
    mip_gap: float = Field(default=1e-4, ge=0, le=0.5)
    """Gap between cost and bound at which a program with whole modules counts as solved, share of the cost."""


class Output(Section):
    """What the result file holds."""

    hourly: bool = True
    """Write hourly results; false: annual sums, capacities, prices and cost only."""


class Scenario(Section):
    """One question to the model: a base, overlays and switches."""

    name: Name
    """Name of the scenario; results go to results/<name>/. Without it, the name of the file."""
    title: str = ""
    """One line for headings and pictures."""
    description: str = ""
    """What the scenario asks and what to keep in mind when reading its answer."""
    variant: list[str] = []
    """Overlays and settings laid over the file when it was loaded; filled in by the loader."""
    data: DataSet = "nl"
    """Data set: a folder of inputs/, or a path that begins with . or / (seen from the scenario file)."""
    years: Annotated[list[Year], Field(min_length=1), AfterValidator(increasing)] = [2030, 2040, 2050]
    """Milestone years; each stands for the years up to the next one. They lie between the first and the last year of
    the demand, and not before investment.stock_year."""
    foresight: Literal["perfect", "myopic"] = "perfect"
    """perfect: all milestone years are decided together; myopic: one after another, each seeing itself alone and
    holding what the years before have built. Capacities that `dispatch` takes over are held in either case."""
    last_year_span: int = Field(default=10, ge=1, le=50)
    """Years that the last milestone year stands for, years."""
    weather_years: Annotated[list[WeatherYear], Field(min_length=1), AfterValidator(increasing)] = [2017]
    """Weather years of the data set; several are weighted against each other."""
    weather_weights: list[Positive] | None = None
    """Weight per weather year; null: all the same. They are scaled to add up to 1."""
    time: Time = Time()
    demand: Demand = Demand()
    prices: Prices = Prices()
    finance: Finance = Finance()
    carbon: Carbon = Carbon()
    reactors: Reactors = Reactors()
    technologies: Technologies = Technologies()
    detail: Detail = Detail()
    grid: Grid = Grid()
    sites: Sites = Sites()
    sdepp: Sdepp = Sdepp()
    investment: Investment = Investment()
    dispatch: Dispatch = Dispatch()
    solver: Solver = Solver()
    output: Output = Output()

    @property
    def run_name(self) -> str:
        """Name of a run, safe as a file name: the scenario and what was laid over it."""
        plain = (re.sub(r"[\s\[\]{}'\"]+", "", part) for part in (self.name, *self.variant))
        name = "+".join(re.sub(r"[^A-Za-z0-9_.,=-]+", "-", part) for part in plain)
        if len(name) <= 120:
            return name
        # Too long for some file systems: cut, and told apart by what was cut.
        return f"{name[:110]}+{hashlib.sha256(name.encode()).hexdigest()[:8]}"

    def faults(self) -> Iterator[Fault]:
        """Check what refers to the years."""
        weights = self.weather_weights
        if weights is not None and len(weights) != len(self.weather_years):
            expected = f"one weight per weather year ({len(self.weather_years)})"
            yield ("weather_weights",), weights, expected, (("weather_years",),)
        for year, target in self.reactors.target.items():
            if year not in self.years:
                yield ("reactors", "target", str(year)), target, f"a milestone year ({self.years})", (("years",),)
        if self.sdepp.mode != "off" and self.foresight == "myopic":
            expected = "perfect where sdepp.mode is cooptimise (a round is shared by what all years build)"
            yield ("foresight",), self.foresight, expected, (("sdepp", "mode"),)
        if not set(self.dispatch.years) <= set(self.years):
            expected = f"some of the milestone years ({self.years})"
            yield ("dispatch", "years"), self.dispatch.years, expected, (("years",),)

    @property
    def modelled_years(self) -> list[int]:
        """Milestone years whose hours are in the model."""
        return self.dispatch.years or self.years

    def to_yaml(self) -> str:
        """Write the whole scenario, defaults included, as YAML that loads to the same settings."""
        import yaml

        return yaml.safe_dump(self.model_dump(), sort_keys=False, allow_unicode=True, width=100)
