"""What a clever student would try, in the sandbox; once more as another user."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import handed_in
import psutil
import pytest
from conftest import ROOT, often
from handed_in import ATTEMPTS, RIGHT, SIZES, grade, hand_in, heights, notebook, of

from methods3.grade import runner, sandbox

SECRET = "token-4711"
MARK = "mlm-grade-survivor"
pytestmark = pytest.mark.usefixtures("bubblewrap")

# Each line must fail in the sandbox; `libc` is the system's C library.
REFUSED = """
from methods3.check import QUESTIONS
from methods3.check.lectures.pooling import QUESTIONS
del sys.modules["methods3.check"], methods3.check; import methods3.check.compare
importlib.reload(importlib.import_module("methods3.check.compare"))
assert everything("likelihood.py", "levels_of_measurement.py", "from_r_to_python.py")
assert everything("levels_of_measurement.ipynb", "pooling.ipynb", ".git")
assert [path for path in everything() if path.endswith(".whl") and "mlm" in path]
open({answers!r}).read()
open("/proc/1/root" + {answers!r}).read()
open("/proc/self/root" + {answers!r}).read()
open({neighbour!r}).read()
os.open({neighbour!r}[1:], os.O_RDONLY, dir_fd=os.open("/", os.O_RDONLY))
os.open("../" * 20 + {neighbour!r}[1:], os.O_RDONLY)
assert libc.open({neighbour!r}.encode(), 0) > 0
os.stat(os.path.dirname(os.path.dirname({neighbour!r})))
open({file!r}).read()
open("leak").read()
os.symlink({file!r}, "link"); open("link").read()
os.link({file!r}, "hard")
open("/etc/passwd").read()
open("/etc/hostname").read()
open("/etc/shadow").read()
os.listdir("/home")
assert set(os.listdir({home!r})) - {{".pyenv", ".local"}}
assert {secret!r} in str(os.environ)
assert {secret!r}.encode() in quietly("/proc/*/environ")
assert {secret!r}.encode() in quietly("/proc/*/cmdline")
open("/proc/{grader}/mem", "rb").read(1)
open("/proc/{grader}/environ", "rb").read()
os.kill({grader}, 0)
assert libc.ptrace(16, {grader}, 0, 0) == 0
assert len([name for name in os.listdir("/proc") if name.isdigit()]) > 5
socket.create_connection(("192.0.2.1", 80), 1)
socket.create_connection(("127.0.0.1", {port}), 1)
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 9))
socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b"x", ("2001:db8::1", 9))
socket.getaddrinfo("example.org", 80)
assert [name for _, name in socket.if_nameindex() if name != "lo"]
socket.socket(socket.AF_UNIX).connect({socket!r})
socket.socket(socket.AF_UNIX).connect("\\0" + {abstract!r})
socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
open({file!r}, "w")
os.remove({file!r})
os.mkdir({new!r})
open("/graded/handed_in/week09/heights.ipynb", "a")
os.chmod("/graded/handed_in", 0o777)
open("/graded/course/methods3/grade/new.py", "w")
open("/graded/new", "w")
open("/new", "w")
open("/dev/new", "w")
open(np.__file__, "a")
open(os.path.dirname(os.path.dirname(np.__file__)) + "/new.py", "w")
open("/proc/sys/kernel/core_pattern", "w").write("x")
open("/proc/sysrq-trigger", "w").write("x")
os.mknod("device", 0o60666, os.makedev(8, 0)); open("device", "rb").read(1)
os.setuid(0)
os.setgroups([0])
os.chroot(".")
assert libc.mount(b"none", b"/graded/place", b"tmpfs", 0, None) == 0
assert libc.umount(b"/graded/course") == 0
assert libc.setns(os.open("/proc/1/ns/net", os.O_RDONLY), 0) == 0
assert libc.reboot(0) == 0
resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
resource.setrlimit(resource.RLIMIT_NPROC, (-1, -1))
bytearray(5 * 2**30)
open("large", "wb").write(bytes(120 * 2**20))
[open("/tmp/" + n, "wb").write(bytes(90 * 2**20)) for n in "abcd"]
[open("/dev/shm/" + n, "wb").write(bytes(90 * 2**20)) for n in "abcd"]
[open("/graded/place/" + n, "wb").write(bytes(90 * 2**20)) for n in "abcd"]
input()
""".strip().splitlines()
TRY = """import ctypes, functools, glob, importlib, methods3, os, resource, socket, sys
libc = ctypes.CDLL(None)

@functools.cache
def walked():
    found = []
    for folder, below, files in os.walk("/"):
        found += [os.path.join(folder, name) for name in [*below, *files]]
        if folder == "/":
            below.remove("proc")
    return found

def everything(*names):
    found = walked()
    return [f for f in found if not names or os.path.basename(f) in names]

def quietly(pattern):
    text = b""
    for path in glob.glob(pattern):
        try:
            text += open(path, "rb").read()
        except OSError:
            pass
    return text
"""
ONE = """try:
    {attempt}
    said = "done"
except BaseException:
    said = "refused"
for place in "/tmp", "/dev/shm", "/graded/place":
    for name in "abcd":
        if os.path.isfile(place + "/" + name):
            os.remove(place + "/" + name)
sys.modules["methods3.check"] = methods3.check = sys.modules[check.__module__]
check({name!r}, said)
"""
NAMES = dict(zip(ATTEMPTS, REFUSED, strict=False))
PROGRAM = """import json, sys
sys.path[:0] = [{tests!r}, {root!r}]
from handed_in import grade
print(json.dumps(grade({folder!r}, 120, {{"attempts": dict.fromkeys({names!r}, 1)}})))
"""


def another_user():
    """Command that goes on as a user without rights, where this one has them all."""
    home, needed = Path.home(), [Path(sys.base_prefix), ROOT]
    command = ["bwrap", "--dev-bind", "/", "/", "--perms", "0755", "--tmpfs", home]
    below = [path for path in needed if path.is_relative_to(home)]
    parents = [q for path in below for q in path.parents if q.is_relative_to(home)]
    for path in sorted({q for q in parents if q != home}):
        command += ["--perms", "0755", "--dir", path]
    for path in below:
        command += ["--ro-bind", path, path]
    rights = "--clear-groups --no-new-privs --bounding-set=-all env HOME=/tmp"
    command += f"setpriv --reuid 4711 --regid 4711 {rights}".split()
    return [str(part) for part in command]


@pytest.fixture(scope="module", params=often(["this user"], ["another user"]))
def attacked(request, tmp_path_factory):
    """What was said to each attempt, and the folder of the class."""
    prefix = []
    if request.param == "another user":
        if os.getuid() != 0 or shutil.which("setpriv") is None:
            pytest.skip("this user has no rights already")
        prefix = another_user()
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        unix = stack.enter_context(socket.socket(socket.AF_UNIX))
        hidden = stack.enter_context(socket.socket(socket.AF_UNIX))
        unix.bind(str(place / "socket"))
        hidden.bind("\0" + place.name)
        unix.listen(), hidden.listen()
        outside, folder = place / "outside", place / "class"
        outside.mkdir()
        outside.joinpath("file").write_text("as it was", "utf-8")
        given = {
            "answers": f"{ROOT}/methods3/check/lectures/pooling.py",
            "neighbour": f"{folder}/s01/week09/heights.ipynb",
            "file": f"{outside}/file",
            "new": f"{outside}/new",
            "home": str(Path.home()),
            "secret": SECRET,
            "grader": os.getpid(),
            "port": server.getsockname()[1],
            "socket": f"{place}/socket",
            "abstract": place.name,
        }
        cells = [
            ONE.format(attempt=attempt.format(**given), name=name)
            for name, attempt in NAMES.items()
        ]
        hand_in(folder, {"s01": notebook(*RIGHT), "s02": notebook(TRY, *cells)})
        folder.joinpath("s02/week09/leak").symlink_to(outside / "file")
        for path in (place, *place.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o777 if path.is_dir() else 0o666)
        program = PROGRAM.format(
            tests=f"{ROOT}/tests", root=str(ROOT), folder=str(folder), names=[*NAMES]
        )
        done = subprocess.run(
            [*prefix, sys.executable, "-c", program],
            env=os.environ | {"SECRET": SECRET, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            cwd="/",
        )
        assert done.returncode == 0, done.stderr
        kept = {path.name: path.read_text("utf-8") for path in outside.iterdir()}
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    (graded,) = json.loads(done.stdout)["s02"]["notebooks"]
    return graded, kept


@pytest.mark.parametrize("name", NAMES, ids=NAMES.get)
def test_what_is_out_of_reach_is_refused(name, attacked):
    graded, _ = attacked
    assert of(graded, name) == ("right", "")


def test_nothing_happened_outside(attacked):
    _, kept = attacked
    assert kept == {"file": "as it was"}


SURVIVE = f"""import os, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        import signal
        for number in range(1, 30):
            if number not in (9, 19):
                signal.signal(number, signal.SIG_IGN)
        code = "import time; time.sleep(1000)"
        os.execv(sys.executable, [sys.executable, "-c", code, {MARK!r}])
    os._exit(0)
import time
while not any({MARK!r} in open(f"/proc/{{p}}/cmdline").read()
              for p in os.listdir("/proc") if p.isdigit()):
    time.sleep(0.05)
"""


THREAD = """import threading
def forever():
    while True: print("x" * 1000)
threading.Thread(target=forever).start()"""
# The middle one of three cells, and why the last was not reached.
ENDED = {
    "bomb": (
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
        "it started too many processes|memory ran out",
    ),
    # In four processes, each of them below the limit.
    "processes": (
        "import os, time\nos.fork(); os.fork()\nx = b'x' * (300 * 2**20)\n"
        "time.sleep(1000)",
        "memory ran out",
    ),
    # In files that only memory holds.
    "files": (
        "import os, time\nfor i in range(12):\n"
        "    os.write(os.memfd_create('x'), bytes(90 * 2**20))\ntime.sleep(1000)",
        "memory ran out",
    ),
    "output": ("while True: print('x' * 10_000)", "it printed more than 5 MB"),
    # Who finds the pipe of the answers can fill it, and nothing more.
    "reports": (
        "import os\nfor fd in range(3, 20):\n    try:\n"
        "        while True: os.write(fd, b'x' * 60_000)\n    except OSError: pass",
        "it printed more than 5 MB",
    ),
}


@pytest.fixture(scope="module")
def excesses(tmp_path_factory):
    """Marks of students who want too much, and of one who comes after them."""
    students = {
        name: notebook(RIGHT[0], cell, RIGHT[1]) for name, (cell, _) in ENDED.items()
    }
    students["survivor"] = notebook(SURVIVE, *RIGHT)
    students["thread"] = notebook(THREAD, *RIGHT)
    folder = tmp_path_factory.mktemp("excesses")
    hand_in(folder, students | {"zoe": notebook(*RIGHT)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "MEMORY", 700 * 2**20)
        patch.setattr(runner, "PRINTED", 5 * 2**20)
        patch.setattr(runner, "MOST", 2**20)
        return heights(grade(folder, 120))


@pytest.mark.parametrize("name", ENDED)
def test_what_is_too_much_ends_that_notebook_alone(name, excesses):
    assert of(excesses[name], "9.1a")[0] == "right"
    status, said = of(excesses[name], "9.1b")
    assert status == "not reached"
    assert re.fullmatch(f"({ENDED[name][1]}) in cell 3", said)
    assert excesses["zoe"]["points"] == 6


def test_no_process_survives(excesses):
    assert excesses["survivor"]["points"] == 6
    lines = (p.info["cmdline"] or [] for p in psutil.process_iter(["cmdline"]))
    assert [line for line in lines if MARK in line] == []


def test_a_thread_that_goes_on_printing_holds_nothing_up(excesses):
    assert excesses["thread"]["points"] == 6


def test_cells_that_hang(tmp_path):
    """One is interrupted; one that will not be is killed, and the others run again."""
    hang = "while True: pass"
    stubborn = "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\n" + hang
    students = {"s01": notebook(RIGHT[0], hang, *RIGHT[1:])}
    students |= {"s02": notebook(RIGHT[0], stubborn, RIGHT[1]), "s03": notebook(*RIGHT)}
    hand_in(tmp_path, students)
    marks = heights(grade(tmp_path, 20))
    assert [marks[name]["points"] for name in students] == [6, 3, 6]
    said = "cell 3 (before 9.1b) stopped: it was interrupted after"
    assert said in marks["s01"]["notes"][0]
    said = "cell 3 (before 9.1b) left out: it would not be interrupted"
    assert marks["s02"]["notes"] == [said]


LARGE = {
    "a large array": "np.zeros(10**7)",
    "a long word": "'x' * 1_500_000",
    "many words and a long one": "['a'] * 100_000 + ['x' * 400_000]",
    "deep lists": "deep",
    "no data": "open",
    "claims to be equal": "type('A', (), {'__eq__': lambda *_: True})()",
    "a large number": "10**5000",
    "a wide shape": "np.empty((0, 10**15))",
    "many lists": "[[1.5]] * 100_000",
    "a wide word array": "np.array(['a'] * 1000 + ['x' * 900])",
}


def test_an_answer_of_any_size_is_judged_or_named(tmp_path):
    names = dict(zip(LARGE, SIZES, strict=False))
    cells = [f'check("{names[key]}", {answer})' for key, answer in LARGE.items()]
    deep = "deep = []\nfor _ in range(100_000): deep = [deep]"
    tmp_path.joinpath("x.ipynb").write_text(notebook(deep, *cells), "utf-8")
    worth = {"sizes": dict.fromkeys(names.values(), 1)}
    ((student,),) = [grade(tmp_path, 60, worth).values()]
    graded = student["notebooks"][0]
    assert {key: of(graded, name)[0] for key, name in names.items()} == dict.fromkeys(
        LARGE, "wrong"
    )
    assert all(of(graded, name)[1] for name in names.values())


def test_the_questions_are_those_of_this_module():
    assert len(NAMES) == len(REFUSED) <= len(ATTEMPTS)
    assert handed_in.QUESTIONS.keys() >= NAMES.keys()
