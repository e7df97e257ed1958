"""The doctor names what is wrong, in environments that are broken on purpose.

Each is an environment of its own, with links to the packages of this one, so nothing
is installed; the commands that the doctor prints are run where that needs no network.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import distribution
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT
from nbclient import NotebookClient
from notebooks import PROJECT
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from mlm import commands, doctor

PACKAGES = Path(sysconfig.get_path("purelib"))
NEEDED = {
    Requirement(line).name: line
    for line in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["live"]]
}
# What would tell the doctor of the environment that runs the tests.
TELLING = ("VIRTUAL_ENV", "CONDA", "PYTHON", "JUPYTER", "JPY_", "GIT_")
WELL = ["interpreter", "environment", "kernel", "packages", "data", "fit", "git"]


def files_of(name):
    """Names in site-packages that belong to a package."""
    return {file.parts[0] for file in distribution(name).files}


class Computer:
    """An environment in which everything works, until a test breaks it."""

    def __init__(self, folder, without=(), course=ROOT):
        self.folder = folder
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(TELLING)}
        self.env |= dict.fromkeys(["HOME", "USERPROFILE", "APPDATA"], str(folder))
        self.env["PATH"] = os.path.dirname(shutil.which("git"))
        self.env["GIT_CONFIG_GLOBAL"] = str(folder / "gitconfig")
        self.env["GIT_CONFIG_NOSYSTEM"] = "1"
        self.introduce("Æ Ø Å", "you@example.org")
        self.python = self.environment("an environment")
        self.packages = self.link_packages(without)
        (self.packages / "course.pth").write_text(str(course), "utf-8")
        self.kernels = folder / "an environment/share/jupyter/kernels"
        self.register()

    def introduce(self, name, email):
        text = f"[user]\nname = {name}\nemail = {email}\n"
        (self.folder / "gitconfig").write_text(text, "utf-8")

    def environment(self, name):
        """Make an environment without packages; return its Python."""
        venv.create(self.folder / name, symlinks=os.name != "nt")
        return commands.python_in(self.folder / name)

    def link_packages(self, without):
        base = str(self.folder / "an environment")
        names = {"base": base, "platbase": base}
        packages = Path(sysconfig.get_path("purelib", "venv", vars=names))
        left_out = set().union(*map(files_of, without))
        for entry in PACKAGES.iterdir():
            if entry.name not in left_out and entry.suffix != ".pth":
                try:
                    (packages / entry.name).symlink_to(entry)
                except OSError:  # Windows, unless in its developer mode
                    pytest.skip("this system does not let its users make links")
        return packages

    def register(self):
        argv = [str(self.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec = {"argv": argv, "display_name": "Methods 3", "language": "python"}
        (self.kernels / "methods3").mkdir(parents=True)
        text = json.dumps(spec)
        (self.kernels / "methods3/kernel.json").write_text(text, "utf-8")

    def ask(self, python=None, **env):
        """Ask the doctor: exit status, and lines."""
        done = subprocess.run(
            [python or self.python, "-m", "mlm.doctor"],
            env={**self.env, "PYTHONIOENCODING": "utf-8", **env},
            cwd=self.folder,
            capture_output=True,
            encoding="utf-8",
        )
        assert done.stderr == ""
        return done.returncode, done.stdout.splitlines()

    def wrong(self, check, *said, **asked):
        """Assert that one check alone finds something wrong; return what mends it."""
        status, lines = self.ask(**asked)
        assert status == 1
        assert lines[-1].startswith("1 thing to mend")
        (i,) = (i for i, line in enumerate(lines) if line.startswith("!!"))
        assert lines[i].startswith(f"!!  {check}: ")
        for words in said:
            assert words in lines[i]
        mend = [line for line in lines[i + 1 :] if line.startswith(" ")]
        assert mend
        return [line.strip() for line in mend]

    def obey(self, mend):
        """Do in a terminal what the doctor says."""
        for command in mend:
            subprocess.run(command, shell=True, env=self.env, check=True)
        assert self.ask()[0] == 0


@pytest.fixture
def computer(tmp_path):
    return Computer(tmp_path)


@pytest.fixture
def copied(tmp_path):
    """A computer with a course of its own, whose files a test may alter."""
    shutil.copytree(ROOT / "mlm", tmp_path / "my course/mlm")
    return Computer(tmp_path, course=tmp_path / "my course")


def test_all_is_well(computer):
    status, lines = computer.ask()
    assert lines[-1] == "Everything works."
    assert [line.split(":")[0] for line in lines[:-1]] == [f"ok  {w}" for w in WELL]
    assert status == 0


@pytest.mark.parametrize("name", NEEDED)
def test_missing_package_is_named(tmp_path, name):
    computer = Computer(tmp_path, without=[name])
    (mend,) = computer.wrong("packages", f": {name} is not installed")
    assert mend.startswith(commands.quoted(computer.python))
    assert mend.endswith(f' -m pip install --upgrade "{NEEDED[name].split(";")[0]}"')


def test_all_missing_packages_are_named_at_once(tmp_path):
    (mend,) = Computer(tmp_path, without=NEEDED).wrong("packages", *NEEDED)
    for line in NEEDED.values():
        assert f'"{line.split(";")[0]}"' in mend


def test_mlm_says_when_it_is_used_that_a_package_is_missing(tmp_path):
    computer = Computer(tmp_path, without=["scipy"])
    code = "import mlm; print(hasattr(mlm, 'nonsense')); mlm.lmer"
    asked = [computer.python, "-c", code]
    done = subprocess.run(asked, env=computer.env, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
    assert "ImportError: mlm cannot be used in this Python: No mod" in done.stderr
    assert "'scipy'" in done.stderr
    assert "check_setup()" in done.stderr


def test_old_package_is_named_with_both_versions(tmp_path):
    computer = Computer(tmp_path)
    (info,) = computer.packages.glob("numpy-*.dist-info")
    info.unlink()
    old = computer.packages / "numpy-1.26.4.dist-info"
    old.mkdir()
    (old / "METADATA").write_text("Name: numpy\nVersion: 1.26.4\n", "utf-8")
    (mend,) = computer.wrong("packages", "numpy is 1.26.4, but 2.0 or newer is needed")
    assert mend.endswith(' -m pip install --upgrade "numpy>=2.0"')


@pytest.mark.parametrize("name", ["numpy", "scipy"])
def test_broken_package_is_named_and_not_those_that_need_it(computer, name):
    (computer.packages / name).unlink()
    (computer.packages / name).mkdir()
    lines = ["try: import _dll", "except Exception as e: raise ImportError from e"]
    text = "\n".join(lines)
    (computer.packages / name / "__init__.py").write_text(text, "utf-8")
    said = f": {name} is installed, but broken: No module named '_dll'"
    (mend,) = computer.wrong("packages", said)
    assert mend.endswith(f'--force-reinstall "{NEEDED[name]}"')


def test_course_that_is_not_installed_is_named(tmp_path):
    (mend,) = Computer(tmp_path, without=["mlm"]).wrong("packages", "not installed")
    assert "pip install --editable" in mend
    assert "[live]" in mend


def test_unregistered_kernel_is_named_and_registered(computer):
    shutil.rmtree(computer.kernels)
    computer.obey(computer.wrong("kernel", "not registered as a kernel"))


def test_kernel_of_another_python_does_not_count(computer):
    file = computer.kernels / "methods3/kernel.json"
    spec = json.loads(file.read_text("utf-8"))
    # A link to the same program: only its folder tells that it is another Python.
    spec["argv"][0] = str(computer.environment("another"))
    file.write_text(json.dumps(spec), "utf-8")
    computer.wrong("kernel", "not registered as a kernel")


@pytest.mark.parametrize("here", [True, False], ids=["here", "elsewhere"])
def test_kernel_with_a_bare_name_is_the_python_of_jupyter(tmp_path, here):
    computer = Computer(tmp_path, without=[] if here else ["jupyter_server"])
    file = computer.kernels / "methods3/kernel.json"
    spec = json.loads(file.read_text("utf-8"))
    spec["argv"][0] = "python"
    file.write_text(json.dumps(spec), "utf-8")
    if here:
        assert computer.ask()[0] == 0
    else:
        computer.wrong("kernel", "not registered as a kernel")


def test_missing_ipykernel_is_named(tmp_path):
    computer = Computer(tmp_path, without=["ipykernel"])
    (mend,) = computer.wrong("kernel", "No module named 'ipykernel'")
    assert mend.endswith("-m pip install ipykernel jupyterlab")


def test_python_of_another_environment_is_named(copied):
    other = copied.environment("another")
    folder = str(copied.folder / "another")
    said = [f"{folder} is activated", str(copied.python)]
    (mend,) = copied.wrong("environment", *said, VIRTUAL_ENV=folder)
    assert mend == f"{commands.quoted(other)} -m mlm.doctor"


def test_python_of_the_course_beside_another_environment_is_named(copied):
    """Then it is the other that should be left, or is a folder that is gone."""
    gone = str(copied.folder / "gone")
    assert copied.wrong("environment", gone, VIRTUAL_ENV=gone) == ["deactivate"]


def test_activated_environment_is_no_fault(computer):
    active = str(computer.folder / "an environment")
    assert computer.ask(VIRTUAL_ENV=active, CONDA_PREFIX="/opt/conda")[0] == 0


def test_environment_of_conda_activated_in_another_is_no_fault(computer):
    computer.environment("another")
    env = {"VIRTUAL_ENV": "another", "CONDA_PREFIX": "an environment"}
    assert computer.ask(**{k: str(computer.folder / v) for k, v in env.items()})[0] == 0


def test_conda_below_an_environment_is_no_fault(computer):
    base = computer.folder / "conda"
    base.mkdir()
    assert computer.ask(CONDA_PREFIX=str(base))[0] == 0


@pytest.fixture
def base():
    """Python outside any environment."""
    if sys._base_executable == sys.executable:
        pytest.skip("the tests run in no environment, so there is no Python outside it")
    return sys._base_executable


def test_python_in_no_environment_is_no_fault_where_the_course_is(copied, base):
    """As in a container, or where a service brings it."""
    paths = [str(copied.folder / "my course"), str(copied.packages)]
    lines = copied.ask(base, PYTHONPATH=os.pathsep.join(paths))[1]
    assert lines[1].startswith("ok  environment: none; packages are those of")


def test_python_outside_the_environment_of_the_course_is_named(copied, base):
    """As where someone forgets to activate it, in the folder of the course."""
    course = copied.folder / "my course"
    env = {"PYTHONPATH": str(course)}
    (mend,) = copied.wrong("environment", "not installed", base, python=base, **env)
    assert mend == f"{base} -m venv " + commands.quoted(course / ".venv")
    own = copied.environment("my course/.venv")
    (mend,) = copied.wrong("environment", "not installed", base, python=base, **env)
    assert mend == f"{commands.quoted(own)} -m mlm.doctor"


def test_old_python_is_named(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "OLDEST_PYTHON", (4, 2))
    doctor.check_setup()
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first.startswith("!!  interpreter: Python 3.")
    assert first.endswith("is too old: 4.2 or newer is needed")
    assert last.startswith("1 thing to mend")


def test_oldest_python_is_that_of_the_package():
    oldest = ".".join(map(str, doctor.OLDEST_PYTHON))
    assert SpecifierSet(PROJECT["requires-python"]) == SpecifierSet(f">={oldest}")


@pytest.mark.parametrize("name", ["__init__", "doctor", "commands", "installed"])
def test_old_python_can_read_the_doctor(name):
    source = (ROOT / f"mlm/{name}.py").read_text("utf-8")
    ast.parse(source, feature_version=(3, 8))


def test_missing_git_is_named(computer):
    nothing = computer.folder / "nothing"
    nothing.mkdir()
    (mend,) = computer.wrong("git", "git is not installed", PATH=str(nothing))
    assert mend == commands.install("git")


def test_git_that_knows_nobody_is_introduced(computer):
    (computer.folder / "gitconfig").write_text("", "utf-8")
    computer.obey(computer.wrong("git", "user.name and user.email"))


def test_altered_data_are_named_and_restored(copied):
    course = copied.folder / "my course"
    for words in ["init --quiet", "add .", "commit --quiet --message Course"]:
        command = ["git", "-C", course, *words.split()]
        subprocess.run(command, env=copied.env, check=True)
    file = course / "mlm/datasets/sleepstudy.csv"
    file.write_text(file.read_text("utf-8").replace("249.56", "294.56"), "utf-8")
    (course / "mlm/datasets/cake.csv").unlink()
    copied.obey(copied.wrong("data", "cake.csv", "sleepstudy.csv"))


def test_altered_data_of_a_course_without_git_come_from_where_it_came(copied):
    (copied.folder / "my course/mlm/datasets/cake.csv").unlink()
    (mend,) = copied.wrong("data", "cake.csv")
    assert mend == "Get the course again, from where you got it."


def test_altered_data_of_a_wheel_come_from_its_address_and_with_its_hash(copied):
    """pip has noted both, and compares the hash again."""
    (link,) = copied.packages.glob("mlm-*.dist-info")
    told = {"url": "https://example.org/mlm.whl"}
    told["archive_info"] = {"hash": "sha256=12ab", "hashes": {"sha256": "12ab"}}
    source = link.resolve()
    link.unlink()
    shutil.copytree(source, link)
    (link / "direct_url.json").write_text(json.dumps(told), "utf-8")
    (copied.folder / "my course/mlm/datasets/cake.csv").unlink()
    (mend,) = copied.wrong("data", "cake.csv")
    assert mend.endswith("--no-deps https://example.org/mlm.whl#sha256=12ab")


def test_altered_library_is_named(copied):
    file = copied.folder / "my course/mlm/model.py"
    file.write_text("oops " + file.read_text("utf-8"), "utf-8")
    copied.wrong("fit", "SyntaxError")


def test_other_numbers_than_those_of_lme4_are_named(copied):
    file = copied.folder / "my course/mlm/fit.py"
    text = file.read_text("utf-8")
    file.write_text(text.replace("reml=True", "reml=False"), "utf-8")
    # lme4's deviance of the same model, fitted by maximum likelihood
    copied.wrong("fit", "1751.939", "where lme4 has 1743.628")


def test_notebook_says_the_same(computer, monkeypatch):
    cell = "from mlm.doctor import check_setup\ncheck_setup()"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    monkeypatch.setenv("JUPYTER_PATH", str(computer.kernels.parent))
    client = NotebookClient(notebook, kernel_name="methods3")
    client.execute(env=computer.env, cwd=str(computer.folder))
    texts = [output["text"] for output in notebook.cells[0].outputs]
    assert "".join(texts).splitlines() == computer.ask()[1]
    assert texts[-1].endswith("Everything works.\n")


def test_notebook_in_another_environment_than_jupyter_is_no_fault(computer):
    computer.environment("another")
    other = {"VIRTUAL_ENV": str(computer.folder / "another"), "JPY_PARENT_PID": "1"}
    assert computer.ask(**other)[0] == 0


def test_service_looks_after_its_own(computer):
    """On Colab, nobody registers a kernel or introduces themselves to git."""
    shutil.rmtree(computer.kernels)
    (computer.folder / "gitconfig").write_text("", "utf-8")
    status, lines = computer.ask(COLAB_RELEASE_TAG="release")
    assert (status, lines[-1]) == (0, "Everything works.")
    assert sum(line.startswith("--") for line in lines) == 3


def test_service_installs_from_a_cell(tmp_path):
    computer = Computer(tmp_path, without=["scipy"])
    mend = computer.wrong("packages", "scipy", COLAB_RELEASE_TAG="release")
    assert mend == [f'%pip install --upgrade "{NEEDED["scipy"]}"']


def test_terminal_without_the_letter_gets_another(computer):
    status, lines = computer.ask(PYTHONIOENCODING="ascii")
    assert status == 0
    assert lines[-2].endswith("for ? ? ?")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/home/you/.venv/bin/python", "/home/you/.venv/bin/python"),
        ("/home/Ann B/bin/python", '/home/"Ann B"/bin/python'),
        (r"C:\Users\Ann B\m3[live]", r'C:\Users\"Ann B"\"m3[live]"'),
    ],
)
def test_only_parts_of_a_path_are_quoted(path, said):
    """PowerShell takes a line that begins with a quote for a text, not a command."""
    assert commands.quoted(path) == said


def test_page_shows_what_the_doctor_says(computer):
    """But for what differs from computer to computer."""
    page = ROOT.joinpath("lectures/week01/setting_up.md").read_text("utf-8")
    shown = page.split("```text\n")[1].split("```")[0].splitlines()
    said = computer.ask()[1]
    assert [line.split(":")[0] for line in shown] == [s.split(":")[0] for s in said]
    for line, own in zip(shown, said, strict=True):
        if line.startswith(("ok  data", "ok  fit", "Everything")):
            assert line == own
    assert f"python -m {doctor.REGISTER}\n" in page
