"""Data sets: the file recorded, the dtypes promised, the facts told."""

import hashlib
import tomllib
from importlib.resources import files
from importlib.util import module_from_spec, spec_from_file_location

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from matplotlib.path import Path
from record_data import record

import mlm

RECORDS = tomllib.loads(
    files("mlm.datasets").joinpath("provenance.toml").read_text("utf-8")
)


@pytest.mark.parametrize("name", RECORDS)
def test_file_and_record_agree(name):
    record = RECORDS[name]
    content = files("mlm.datasets").joinpath(record["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == record["sha256"]
    load = f"load_{name}"
    assert load in mlm.__all__, f"write {load} in mlm/datasets, name it in mlm/__init__"
    data = getattr(mlm, load)()
    assert data.shape == (record["rows"], len(record["columns"]))
    assert list(data.columns) == list(record["columns"])
    missing = data.isna().sum()
    assert missing[missing > 0].to_dict() == record.get("missing", {})


@pytest.mark.parametrize("name", RECORDS)
def test_nothing_is_left_open_in_a_record(name):
    """What scripts/record_data.py cannot know somebody has written."""
    texts = [*RECORDS[name]["pitfalls"], *RECORDS[name]["columns"].values()]
    texts += [text for text in RECORDS[name].values() if isinstance(text, str)]
    assert [text for text in texts if text.startswith("?")] == []


@pytest.mark.parametrize("name", ["sleepstudy", "simulated_politeness", "insteval"])
def test_what_a_file_says_is_recorded_by_script(name):
    """Compressed or not, with missing values or without."""
    recorded = RECORDS[name]
    path = ROOT / "mlm/datasets" / recorded["file"]
    found = tomllib.loads(record(path))[path.name.split(".")[0]]
    assert list(found["columns"]) == list(recorded["columns"])
    for key in ("file", "sha256", "rows"):
        assert found[key] == recorded[key]
    assert found.get("missing") == recorded.get("missing")
    assert found.keys() - {"missing"} <= recorded.keys()


def test_every_file_has_a_record():
    names = {
        p.name
        for p in files("mlm.datasets").iterdir()
        if p.name.endswith((".csv", ".xz"))
    }
    assert names == {record["file"] for record in RECORDS.values()}


def test_sleepstudy():
    data = mlm.load_sleepstudy()
    assert isinstance(data["Subject"].dtype, pd.CategoricalDtype)
    assert list(data["Subject"].cat.categories[:2]) == ["308", "309"]
    assert (
        data.groupby("Subject", observed=True)["Days"].agg(list).map(tuple)
        == tuple(range(10))
    ).all()
    # Read off the data in lme4.
    assert data.loc[data["Reaction"].idxmin()].tolist() == [194.3322, 1, "310"]
    assert data.loc[data["Reaction"].idxmax()].tolist() == [466.3535, 9, "308"]
    assert data["Reaction"].mean() == pytest.approx(298.5079, abs=5e-5)


@pytest.mark.slow
def test_simulated_data_come_from_the_script(tmp_path, monkeypatch):
    spec = spec_from_file_location("simulate", ROOT / "scripts/simulate_data.py")
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "FOLDER", tmp_path)
    script.main()
    for name in (name for name in RECORDS if name.startswith("simulated")):
        content = (tmp_path / RECORDS[name]["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == RECORDS[name]["sha256"]


def test_simulated_politeness_is_of_the_published_shape():
    """Speakers say each scenario in both attitudes; a speaker has one gender."""
    data = mlm.load_simulated_politeness()
    cells = data.groupby(["subject", "scenario", "attitude"], observed=True).size()
    assert cells.tolist() == [1] * (16 * 7 * 2)
    genders = data.groupby("subject", observed=True)["gender"].unique()
    assert genders.str.len().max() == 1
    assert genders.str[0].value_counts().to_dict() == {"F": 9, "M": 7}
    assert data["scenario"].dtype.kind == "i"
    assert data["f0mn"].min() > 55, "a voice"


def test_simulated_politeness_is_near_what_is_published():
    """Its own estimates: within two thirds of a standard error, or a fifth."""
    data = mlm.load_simulated_politeness().dropna()
    pitch = mlm.lmer("f0mn ~ attitude * gender + (1 | subject) + (1 | scenario)", data)
    off = (pitch.fixef - [255.6, -17.2, -118.2, 5.5]) / np.sqrt(np.diag(pitch.vcov))
    assert off.abs().max() < 2 / 3
    sds = [pitch.varcorr.std_dev(group).iloc[0] for group in ("subject", "scenario")]
    assert [*sds, pitch.sigma] == pytest.approx([24.2, 10.3, 29.8], rel=0.1)
    time = mlm.lmer("total_duration ~ f0mn + (1 | scenario) + (1 | subject)", data)
    assert time.fixef.tolist() == pytest.approx([32.1, -0.039], rel=0.1)
    sds = [time.varcorr.std_dev(group).iloc[0] for group in ("scenario", "subject")]
    assert [*sds, time.sigma] == pytest.approx([22.9, 7.5, 9.1], rel=0.2)


# The order of labels decides which is the reference, and what a table has rows for.
# As levels() says in R 4.2.2; ordered factors keep their order, not their contrasts.
LEVELS = {
    ("cbpp", "period"): ["1", "2", "3", "4"],
    ("contraception", "livch"): ["0", "1", "2", "3+"],
    ("grouseticks", "YEAR"): ["95", "96", "97"],
    ("insurance", "Age"): ["<25", "25-29", "30-35", ">35"],
    ("insurance", "Group"): ["<1l", "1-1.5l", "1.5-2l", ">2l"],
    ("quine", "Lrn"): ["AL", "SL"],
    ("titanic", "survived"): ["no", "yes"],
    ("titanic", "passengerClass"): ["1st", "2nd", "3rd"],
    ("toenail", "outcome"): ["none or mild", "moderate or severe"],
    ("toenail", "treatment"): ["itraconazole", "terbinafine"],
    ("warpbreaks", "tension"): ["L", "M", "H"],
}


@pytest.mark.parametrize(("name", "column"), LEVELS)
def test_labels_are_in_the_order_of_r(name, column):
    data = getattr(mlm, f"load_{name}")()
    assert data[column].cat.categories.tolist() == LEVELS[name, column]
    assert data[column].notna().all()


def test_ratings_add_up_whoever_it_is():
    """Each has 48 trials a task, as designed; a staircase never leaves [0, 1]."""
    trials = mlm.load_simulated_pas()
    counts = trials.groupby(["subject", "task", "pas"], observed=False).size()
    assert counts.groupby(["subject", "task"], observed=True).sum().unique() == [48]
    assert mlm.load_simulated_staircase()["contrast"].between(0, 1).all()


def test_radon_has_both_transforms():
    """Estimates of lme4 by the one and the other (R 4.2.2, lme4 1.1-31)."""
    radon = mlm.load_radon()
    for response, mu, sd in (
        ("log_radon", 1.3125758, 0.3095382),
        ("log_radon_plus01", 1.3498302, 0.2976670),
    ):
        fit = mlm.lmer(f"{response} ~ 1 + (1 | county)", radon)
        assert fit.fixef.iloc[0] == pytest.approx(mu, abs=1e-6)
        assert fit.varcorr.std_dev("county").iloc[0] == pytest.approx(sd, abs=1e-6)


@pytest.mark.slow
def test_outlines_of_minnesota_are_closed_and_around_its_cities():
    """Duluth lies in St Louis county, and Minneapolis in Hennepin."""
    outlines = mlm.load_minnesota()
    corners = dict(list(outlines.groupby("county", observed=True)))
    for own in corners.values():
        own = own[["longitude", "latitude"]].to_numpy()
        np.testing.assert_array_equal(own[0], own[-1])
    cities = {"ST LOUIS": (-92.11, 46.79), "HENNEPIN": (-93.27, 44.98)}
    for county, city in cities.items():
        around = [
            name
            for name, own in corners.items()
            if Path(own[["longitude", "latitude"]]).contains_point(city)
        ]
        assert around == [county]


def test_insteval_is_small():
    file = files("mlm.datasets").joinpath(RECORDS["insteval"]["file"])
    assert len(file.read_bytes()) < 300_000


def test_altered_file_is_refused(monkeypatch):
    record = RECORDS["sleepstudy"] | {"sha256": "0" * 64}
    monkeypatch.setattr("mlm.datasets.files.records", lambda: {"sleepstudy": record})
    with pytest.raises(mlm.DataError, match="SHA-256 differs"):
        mlm.load_sleepstudy()


def test_provenance_tells_what_the_course_needs():
    facts = mlm.provenance("sleepstudy")
    assert facts["rows × columns"] == "180 × 3"
    assert "(ms)" in facts["column Reaction"]
    for key in ("source", "licence", "citation", "sha256", "pitfall 1"):
        assert facts[key]
    with pytest.raises(mlm.DataError, match="'sleep'; there are: 'sleepstudy'"):
        mlm.provenance("sleep")


def test_labels_that_are_numbers_stand_in_their_order():
    students = mlm.load_insteval()["s"].cat.categories.astype(int)
    assert students[:3].tolist() == [1, 2, 3]
    assert students.is_monotonic_increasing
