"""The doctor names what is wrong: here, or in environments that are broken on purpose.

What the doctor reads from variables, or asks of what is installed, is altered in the
Python of these tests.  Where the Python itself or its packages are at fault, it is an
environment of its own, with links to the packages of this one, so nothing is
installed; the commands that the doctor prints are run where that needs no network.
"""

import ast
import io
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from conftest import ROOT, often
from nbclient import NotebookClient
from notebooks import PROJECT
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from methods3 import commands, doctor

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
    return {file.parts[0] for file in metadata.distribution(name).files}


def settings(folder):
    """Variables of a computer that has git, and knows nothing else of this one."""
    homes = dict.fromkeys(["HOME", "USERPROFILE", "APPDATA"], str(folder))
    return homes | {
        "PATH": os.path.dirname(shutil.which("git")),
        "GIT_CONFIG_GLOBAL": str(folder / "gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
    }


def introduce(folder, name, email):
    """Tell git who works here."""
    text = f"[user]\nname = {name}\nemail = {email}\n"
    (folder / "gitconfig").write_text(text, "utf-8")


def environment(folder):
    """Make an environment without packages; return its Python."""
    venv.create(folder, symlinks=os.name != "nt")
    return commands.python_in(folder)


def register(kernels, program):
    """Let Jupyter know a Python."""
    argv = [str(program), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Methods 3", "language": "python"}
    (kernels / "methods3").mkdir(parents=True, exist_ok=True)
    (kernels / "methods3/kernel.json").write_text(json.dumps(spec), "utf-8")


class Patient:
    """What the doctor is asked about: ``ask`` gives the exit status, and the lines."""

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


class Computer(Patient):
    """An environment in which everything works, until a test breaks it."""

    def __init__(self, folder, without=(), course=ROOT):
        self.folder = folder
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(TELLING)}
        self.env |= settings(folder)
        introduce(folder, "Æ Ø Å", "you@example.org")
        self.python = environment(folder / "an environment")
        self.packages = self.link_packages(without)
        (self.packages / "course.pth").write_text(str(course), "utf-8")
        self.kernels = folder / "an environment/share/jupyter/kernels"
        register(self.kernels, self.python)

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

    def ask(self, python=None, **env):
        """Ask the doctor: exit status, and lines."""
        done = subprocess.run(
            [python or self.python, "-m", "methods3.doctor"],
            env={**self.env, "PYTHONIOENCODING": "utf-8", **env},
            cwd=self.folder,
            capture_output=True,
            encoding="utf-8",
        )
        assert done.stderr == ""
        return done.returncode, done.stdout.splitlines()


class Here(Patient):
    """The Python of these tests, as a computer on which everything works."""

    def __init__(self, folder, monkeypatch, capsys):
        self.folder, self.monkeypatch, self.capsys = folder, monkeypatch, capsys
        for name in filter(lambda name: name.startswith(TELLING), [*os.environ]):
            monkeypatch.delenv(name)
        for name, value in settings(folder).items():
            monkeypatch.setenv(name, value)
        introduce(folder, "Æ Ø Å", "you@example.org")
        monkeypatch.setattr(doctor, "COURSE", folder)
        self.kernels = folder / "kernels"
        monkeypatch.setattr(
            "jupyter_client.kernelspec.jupyter_path", lambda *_: [str(self.kernels)]
        )
        register(self.kernels, sys.executable)

    @property
    def env(self):
        """Variables of a terminal."""
        return {**os.environ}

    def ask(self, **env):
        """Ask the doctor: exit status, and lines."""
        with self.monkeypatch.context() as patched:
            for name, value in env.items():
                patched.setenv(name, value)
            wrong = doctor.examine()
        return int(wrong > 0), self.capsys.readouterr().out.splitlines()

    def has(self, versions):
        """Let packages have other versions, or None where they are not installed."""

        def version(name, known=metadata.version):
            found = versions[name] if name in versions else known(name)
            if found is None:
                raise metadata.PackageNotFoundError(name)
            return found

        self.monkeypatch.setattr(metadata, "version", version)


@pytest.fixture
def here(tmp_path, monkeypatch, capsys):
    return Here(tmp_path, monkeypatch, capsys)


@pytest.fixture
def computer(tmp_path):
    return Computer(tmp_path)


@pytest.fixture
def copied(tmp_path):
    """A computer with a course of its own, whose files a test may alter."""
    for package in ("mlm", "methods3"):
        shutil.copytree(ROOT / package, tmp_path / "my course" / package)
    return Computer(tmp_path, course=tmp_path / "my course")


def test_all_is_well(computer):
    status, lines = computer.ask()
    assert lines[-1] == "Everything works."
    assert [line.split(":")[0] for line in lines[:-1]] == [f"ok  {w}" for w in WELL]
    assert status == 0


@pytest.mark.parametrize("name", NEEDED)
def test_missing_package_is_named(here, name):
    here.has({name: None})
    (mend,) = here.wrong("packages", f": {name} is not installed")
    assert mend.startswith(commands.quoted(sys.executable))
    assert mend.endswith(f' -m pip install --upgrade "{NEEDED[name].split(";")[0]}"')


def test_all_missing_packages_are_named_at_once(tmp_path):
    (mend,) = Computer(tmp_path, without=NEEDED).wrong("packages", *NEEDED)
    for line in NEEDED.values():
        assert f'"{line.split(";")[0]}"' in mend


def test_doctor_speaks_where_mlm_cannot_be_imported(tmp_path):
    computer = Computer(tmp_path, without=["scipy"])
    asked = [computer.python, "-c", "import mlm"]
    done = subprocess.run(asked, env=computer.env, capture_output=True, text=True)
    assert "ModuleNotFoundError: No module named 'scipy'" in done.stderr
    computer.wrong("packages", "scipy is not installed")


def test_old_package_is_named_with_both_versions(here):
    here.has({"numpy": "1.26.4"})
    (mend,) = here.wrong("packages", "numpy is 1.26.4, but 2.0 or newer is needed")
    assert mend.endswith(' -m pip install --upgrade "numpy>=2.0"')


@pytest.mark.parametrize("name", often(["numpy"], ["scipy"]))
def test_broken_package_is_named_and_not_those_that_need_it(computer, name):
    (computer.packages / name).unlink()
    (computer.packages / name).mkdir()
    lines = ["try: import _dll", "except Exception as e: raise ImportError from e"]
    text = "\n".join(lines)
    (computer.packages / name / "__init__.py").write_text(text, "utf-8")
    said = f": {name} is installed, but broken: No module named '_dll'"
    (mend,) = computer.wrong("packages", said)
    assert mend.endswith(f'--force-reinstall "{NEEDED[name]}"')


def test_course_that_is_not_installed_is_named(here):
    here.has({"mlm": None})
    (mend,) = here.wrong("packages", "not installed")
    assert "pip install --editable" in mend
    assert "[live]" in mend
    (here.folder / "scripts").mkdir()
    (here.folder / "scripts/students.txt").touch()
    packages, course = here.wrong("packages", "not installed")
    assert packages.endswith("students.txt")
    assert " -m pip install --require-hashes -r " in packages
    assert " -m pip install --no-deps --no-build-isolation -e " in course


def test_unregistered_kernel_is_named_and_registered(computer):
    shutil.rmtree(computer.kernels)
    computer.obey(computer.wrong("kernel", "not registered as a kernel"))


def test_kernel_of_another_python_does_not_count(here):
    # A link to the same program: only its folder tells that it is another Python.
    register(here.kernels, environment(here.folder / "another"))
    here.wrong("kernel", "not registered as a kernel")


@pytest.mark.parametrize("jupyter", [True, False], ids=["here", "elsewhere"])
def test_kernel_with_a_bare_name_is_the_python_of_jupyter(here, monkeypatch, jupyter):
    register(here.kernels, "python")
    if jupyter:
        assert here.ask()[0] == 0
    else:
        monkeypatch.setitem(sys.modules, "jupyter_server", None)
        here.wrong("kernel", "not registered as a kernel")


def test_missing_ipykernel_is_named(here, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipykernel", None)
    (mend,) = here.wrong("kernel", "notebooks cannot run", "ipykernel")
    assert mend.endswith("-m pip install ipykernel jupyterlab")


def test_python_of_another_environment_is_named(here):
    other = environment(here.folder / "another")
    folder = str(here.folder / "another")
    said = [f"{folder} is activated", sys.executable]
    (mend,) = here.wrong("environment", *said, VIRTUAL_ENV=folder)
    assert mend == f"{commands.quoted(other)} -m methods3.doctor"


def test_python_of_the_course_beside_another_environment_is_named(here):
    """Then it is the other that should be left, or is a folder that is gone."""
    gone = str(here.folder / "gone")
    assert here.wrong("environment", gone, VIRTUAL_ENV=gone) == ["deactivate"]


def test_activated_environment_is_no_fault(here):
    assert here.ask(VIRTUAL_ENV=sys.prefix, CONDA_PREFIX="/opt/conda")[0] == 0


def test_environment_of_conda_activated_in_another_is_no_fault(here):
    environment(here.folder / "another")
    another = str(here.folder / "another")
    assert here.ask(VIRTUAL_ENV=another, CONDA_PREFIX=sys.prefix)[0] == 0


def test_conda_below_an_environment_is_no_fault(here):
    base = here.folder / "conda"
    base.mkdir()
    assert here.ask(CONDA_PREFIX=str(base))[0] == 0


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
    own = environment(course / ".venv")
    (mend,) = copied.wrong("environment", "not installed", base, python=base, **env)
    assert mend == f"{commands.quoted(own)} -m methods3.doctor"


def test_old_python_is_named(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "OLDEST_PYTHON", (4, 2))
    doctor.check_setup()
    first, mend, *_, last = capsys.readouterr().out.splitlines()
    assert first.startswith("!!  interpreter: Python 3.")
    assert mend.strip() != commands.python("methods3.doctor"), "what was just typed"
    assert first.endswith("is too old: 4.2 or newer is needed")
    assert last.startswith("1 thing to mend")


def test_oldest_python_is_that_of_the_package():
    oldest = ".".join(map(str, doctor.OLDEST_PYTHON))
    assert SpecifierSet(PROJECT["requires-python"]) == SpecifierSet(f">={oldest}")


@pytest.mark.parametrize("name", ["__init__", "doctor", "commands", "installed"])
def test_old_python_can_read_the_doctor(name):
    source = (ROOT / f"methods3/{name}.py").read_text("utf-8")
    ast.parse(source, feature_version=(3, 8))


def test_missing_git_is_named(here):
    nothing = here.folder / "nothing"
    nothing.mkdir()
    (mend,) = here.wrong("git", "git is not installed", PATH=str(nothing))
    assert mend == commands.install("git")


def test_git_that_knows_nobody_is_introduced(here):
    (here.folder / "gitconfig").write_text("", "utf-8")
    here.obey(here.wrong("git", "user.name and user.email"))


def test_altered_data_are_named_and_restored(copied):
    course = copied.folder / "my course"
    for words in ["init --quiet", "add .", "commit --quiet --message Course"]:
        command = ["git", "-C", course, *words.split()]
        subprocess.run(command, env=copied.env, check=True)
    file = course / "mlm/datasets/sleepstudy.csv"
    file.write_text(file.read_text("utf-8").replace("249.56", "294.56"), "utf-8")
    (course / "mlm/datasets/cake.csv").unlink()
    copied.obey(copied.wrong("data", "cake.csv", "sleepstudy.csv"))


def test_altered_data_of_a_course_without_git_come_from_where_it_came(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(commands, "COURSE", tmp_path)
    mend = "Get the course again, from where you got it."
    assert commands.restore("mlm/datasets") == mend


def test_altered_data_of_a_wheel_come_from_its_address_and_with_its_hash(
    monkeypatch, tmp_path
):
    """pip has noted both, and compares the hash again."""
    told = {"url": "https://example.org/mlm.whl"}
    told["archive_info"] = {"hash": "sha256=12ab", "hashes": {"sha256": "12ab"}}
    noted = {"direct_url.json": json.dumps(told)}
    installed = {"mlm": SimpleNamespace(read_text=noted.get)}
    monkeypatch.setattr(metadata, "distribution", installed.get)
    monkeypatch.setattr(commands, "COURSE", tmp_path)
    mend = commands.restore("mlm/datasets")
    assert mend.endswith("--no-deps https://example.org/mlm.whl#sha256=12ab")


def test_altered_library_is_named(copied):
    file = copied.folder / "my course/mlm/results/fitted.py"
    file.write_text("oops " + file.read_text("utf-8"), "utf-8")
    copied.wrong("fit", "SyntaxError")


def test_other_numbers_than_those_of_lme4_are_named(copied):
    file = copied.folder / "my course/mlm/fit/linear.py"
    text = file.read_text("utf-8")
    file.write_text(text.replace("reml=True", "reml=False"), "utf-8")
    # lme4's deviance of the same model, fitted by maximum likelihood
    copied.wrong("fit", "1751.939", "where lme4 has 1743.628")


def test_notebook_says_the_same(computer, monkeypatch):
    cell = "from methods3.doctor import check_setup\ncheck_setup()"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    monkeypatch.setenv("JUPYTER_PATH", str(computer.kernels.parent))
    client = NotebookClient(notebook, kernel_name="methods3")
    client.execute(env=computer.env, cwd=str(computer.folder))
    texts = [output["text"] for output in notebook.cells[0].outputs]
    assert "".join(texts).splitlines() == computer.ask()[1]
    assert texts[-1].endswith("Everything works.\n")


def test_notebook_in_another_environment_than_jupyter_is_no_fault(here):
    environment(here.folder / "another")
    other = {"VIRTUAL_ENV": str(here.folder / "another"), "JPY_PARENT_PID": "1"}
    assert here.ask(**other)[0] == 0


def test_service_looks_after_its_own(here):
    """On Colab, nobody registers a kernel or introduces themselves to git."""
    shutil.rmtree(here.kernels)
    (here.folder / "gitconfig").write_text("", "utf-8")
    status, lines = here.ask(COLAB_RELEASE_TAG="release")
    assert (status, lines[-1]) == (0, "Everything works.")
    assert sum(line.startswith("--") for line in lines) == 3


def test_service_installs_from_a_cell(here):
    here.has({"scipy": None})
    mend = here.wrong("packages", "scipy", COLAB_RELEASE_TAG="release")
    assert mend == [f'%pip install --upgrade "{NEEDED["scipy"]}"']


def test_terminal_without_the_letter_gets_another(here, monkeypatch):
    terminal = io.TextIOWrapper(io.BytesIO(), "ascii")
    monkeypatch.setattr(sys, "stdout", terminal)
    assert doctor.examine() == 0
    lines = terminal.buffer.getvalue().decode("ascii").splitlines()
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


def test_page_shows_what_the_doctor_says(here):
    """But for what differs from computer to computer."""
    page = ROOT.joinpath("lectures/week01/setting_up.md").read_text("utf-8")
    shown = page.split("```text\n")[1].split("```")[0].splitlines()
    said = here.ask()[1]
    assert [line.split(":")[0] for line in shown] == [s.split(":")[0] for s in said]
    for line, own in zip(shown, said, strict=True):
        if line.startswith(("ok  data", "ok  fit", "Everything")):
            assert line == own
    assert f"python -m {doctor.REGISTER}\n" in page
