"""The list of faults that `make mutants` tries is one that it can try."""

import mutants
import pytest

FAULTS = mutants.read_list()


def test_there_are_many_faults_in_every_room():
    assert len(FAULTS) >= 60
    rooms = {fault["file"].split("/")[0] for fault in FAULTS}
    assert {
        "datasets",
        "demonstrations",
        "design",
        "engine",
        "formula",
        "ground",
        "plots",
        "replicates",
        "results",
        "studies",
    } <= rooms


def test_no_fault_stands_there_twice():
    changes = {(f["file"], f["before"], f["after"]) for f in FAULTS}
    assert len(changes) == len(FAULTS)


def obstacle(fault):
    """Why a fault cannot be tried, or nothing."""
    try:
        compile(mutants.altered(fault), fault["file"], "exec")
        tests = [mutants.address_of_test(name) for name in fault["tests"]]
    except (ValueError, SyntaxError) as error:
        return f"{fault['file']}: {error}"
    if "\n" in fault["before"] + fault["after"]:
        return f"{fault['file']}: {fault['before']!r} is more than one line"
    return "" if tests else f"{fault['file']}: {fault['before']!r} has no tests"


def test_faults_can_be_put_in_and_have_their_tests():
    """Each that cannot is named."""
    assert [said for said in map(obstacle, FAULTS) if said] == []


def test_obstacles_are_seen():
    fault = {"file": "fit/linear.py", "before": "reml=True", "after": "reml=("}
    assert obstacle(fault | {"tests": ["test_fit"]}).startswith("fit/linear.py: ")
    assert obstacle(FAULTS[0]) == ""
    assert obstacle(FAULTS[0] | {"tests": []}).endswith("has no tests")


@pytest.mark.parametrize(
    ("before", "count"), [("no such line", 0), ("import", 2)], ids=["none", "several"]
)
def test_a_text_that_is_not_there_once_is_refused(tmp_path, before, count):
    (tmp_path / "mlm").mkdir()
    (tmp_path / "mlm" / "a.py").write_text("import re\nimport sys\n", "utf-8")
    fault = {"file": "a.py", "before": before, "after": "pass"}
    with pytest.raises(ValueError, match=rf"a\.py has '{before}' {count} times"):
        mutants.altered(fault, tmp_path)


@pytest.mark.parametrize("name", ["test_nothing", "test_mutants::test_nothing"])
def test_tests_that_are_not_there_are_refused(name):
    with pytest.raises(ValueError, match=name):
        mutants.address_of_test(name)
