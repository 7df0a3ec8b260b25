"""The scenarios and overlays that ship, and the schema that describes them."""

from __future__ import annotations

import json

import jsonschema
import pytest
import yaml

from model.scenario import Scenario, json_schema, list_overlays, list_scenarios, load_scenario

PROMISED = {"base", "quick", "no_smr", "smr_target", "behind_the_meter", "full_year_2050"}


def test_promised_scenarios_ship():
    assert set(list_scenarios()) >= PROMISED
    assert "quick_time" in list_overlays()


@pytest.mark.parametrize("name", sorted(list_scenarios()))
def test_scenario_loads_and_has_a_title(name):
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.title


@pytest.mark.parametrize("name", sorted(list_overlays()))
def test_overlay_changes_the_base(name):
    changed = load_scenario("base", overlays=[name])
    assert changed.model_copy(update={"variant": []}) != load_scenario("base")


@pytest.mark.parametrize("path", [*list_scenarios().values(), *list_overlays().values()], ids=lambda path: path.stem)
def test_files_follow_the_schema(path):
    data = json.loads(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8"))))
    jsonschema.validate(data, json_schema(), cls=jsonschema.Draft202012Validator)


def test_schema_refuses_unknown_keys():
    with pytest.raises(jsonschema.ValidationError, match="perods"):
        jsonschema.validate({"time": {"perods": 3}}, json_schema())


def test_every_key_is_described():
    def described(model):
        for name, field in model.model_fields.items():
            inner = field.annotation
            if isinstance(inner, type) and hasattr(inner, "model_fields"):
                assert inner.__doc__
                yield from described(inner)
            else:
                yield f"{model.__name__}.{name}", field.description

    assert [name for name, description in described(Scenario) if not description] == []


def test_what_the_scenarios_are_for():
    base, quick = load_scenario("base"), load_scenario("quick")
    assert base.years == [2030, 2040, 2050]
    assert base.time.mode == "representative" and base.time.peak_forced and base.time.spell_forced
    assert base.carbon.cap == "net_zero_2050" and base.carbon.backstop_cost > 0
    assert quick.time.periods < base.time.periods
    assert quick.model_copy(update={"name": "base", "title": base.title, "description": base.description}).model_dump(
        exclude={"time"}
    ) == base.model_dump(exclude={"time"})
    assert set(load_scenario("no_smr").reactors.designs) == {"cls_large", "borssele_extension"}
    assert "cls_lwr" in base.reactors.designs
    assert load_scenario("smr_target").reactors.target
    sites = load_scenario("behind_the_meter")
    assert sites.sites.tariffs == "cost" and "behind_the_meter" in sites.reactors.modes
    assert "base_load" not in sites.reactors.modes and "flexible" not in sites.reactors.modes
    full = load_scenario("full_year_2050")
    assert full.time.mode == "full" and full.dispatch.years == [2050]
    assert full.dispatch.design == base.time
