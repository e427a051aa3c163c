"""The user's blueprints: what becomes of them in their process, and what they cannot reach from there."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent, indent

import pytest

from landing.blueprint.file import Rendered
from landing.blueprint.process import rendered

Render = Callable[..., Rendered]


@pytest.fixture
def render(tmp_path: Path) -> Render:
    """What becomes of a blueprint `own` with a body, or of a whole file."""

    def of(body: str = "", *, file: str = "", seconds: float = 20.0, **given: object) -> Rendered:
        head = "from troposphere import Template\ndef own(*, size: int = 1):\n"
        text = dedent(file) or head + indent(dedent(body), "    ")
        (tmp_path / "own.py").write_text(text)
        return rendered(tmp_path, text, [("own.py", given)], seconds=seconds)[0]

    return of


def described(found: Rendered) -> object:
    assert found.failure is None
    assert found.template is not None
    return json.loads(str(found.template["Description"]))


def test_a_template_comes_back_as_plain_json(render: Render, tmp_path: Path) -> None:
    (tmp_path / "_names.py").write_text("NAME = 'shared'\n")
    found = render("from _names import NAME\nreturn Template(f'{NAME} {size}')", size=3)
    assert found == Rendered({"Description": "shared 3", "Resources": {}})


def test_controls_come_along_and_nothing_else_that_it_calls_so(render: Render) -> None:
    head = "from troposphere import Template\nCONTROLS = ['own-1.0:A.1', '<b>', 5]\n"
    found = render(file=f"{head}def own():\n    return Template()\n")
    assert found.controls == ("own-1.0:A.1",)


def test_parameters_are_checked_against_the_signature(render: Render) -> None:
    found = render("return Template()", size="large", colour="red")
    assert [name for name, _, _ in found.wrong] == ["size", "colour"]
    assert found.template is None


def test_nothing_of_the_environment_comes_along(render: Render, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "topsecret")
    monkeypatch.setenv("GITHUB_TOKEN", "topsecret")
    found = described(render("import json, os\nreturn Template(json.dumps(dict(os.environ)))"))
    assert isinstance(found, dict)
    assert set(found) <= {"PATH", "LANG", "HOME", "TMPDIR", "LC_CTYPE"}
    assert not Path(found["HOME"]).exists()


REFUSED: Mapping[str, str] = {
    "the credentials of the user": "open({secret!r}).read()",
    "the names of files elsewhere": "import os; os.listdir({outside!r})",
    "the environment of who started it": "import os; open(f'/proc/{{os.getppid()}}/environ').read()",
    "a file by a descriptor": "import os; os.open({secret!r}, os.O_RDONLY)",
    "writing beside itself": "open(__file__ + '.new', 'w')",
    "writing by a descriptor": "import os; os.open({secret!r}, os.O_WRONLY | os.O_TRUNC)",
    "a link out of its folder": "open(__file__.replace('own.py', 'link')).read()",
    "removing": "import os; os.remove(__file__)",
    "renaming": "import os; os.rename(__file__, __file__ + '.old')",
    "a socket": "import socket; socket.create_connection(('169.254.169.254', 80), 1)",
    "a process": "import subprocess; subprocess.run(['true'])",
    "a shell": "import os; os.system('true')",
    "a fork": "import os; os.fork()",
    "another program in its place": "import os; os.execv('/bin/true', ['true'])",
    "native calls": "import ctypes",
    "native calls by a module left behind": "import sys; sys.modules['_ctypes'].dlopen(None)",
    "signals to others": "import os; os.kill(os.getppid(), 0)",
    "modes": "import os; os.chmod(__file__, 0o777)",
    "what Python holds": "import gc; gc.get_objects()",
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_does_not_reach(render: Render, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    outside = tmp_path_factory.mktemp("home")
    (outside / "credentials").write_text("topsecret")
    (tmp_path / "link").symlink_to(outside / "credentials")
    body = REFUSED[name].format(secret=str(outside / "credentials"), outside=str(outside))
    found = render(f"{body}\nreturn Template('reached')")
    assert found.template is None
    assert found.failure is not None
    assert found.failure.line == 3
    assert {path.name for path in tmp_path.iterdir()} == {"own.py", "link"}
    assert (outside / "credentials").read_text() == "topsecret"


KERNEL = """
import json, os, socket, sys
from landing.blueprint.confinement import isolate, readable
outside, folder = sys.argv[1:]
held = isolate(readable(__import__("pathlib").Path(folder)))
tries = {
    "landlock read": lambda: open(outside + "/credentials"),
    "landlock list": lambda: os.listdir(outside),
    "landlock write": lambda: open(folder + "/new", "w"),
    "landlock truncate": lambda: os.truncate(folder + "/own.py", 0),
    "landlock remove": lambda: os.remove(folder + "/own.py"),
    "landlock environment": lambda: open(f"/proc/{os.getppid()}/environ"),
    "seccomp socket": socket.socket,
    "seccomp fork": os.fork,
    "seccomp exec": lambda: os.execv("/bin/true", ["true"]),
    "seccomp kill": lambda: os.kill(os.getppid(), 0),
    "seccomp mode": lambda: os.chmod(folder + "/own.py", 0o777),
    "seccomp time": lambda: os.utime(folder + "/own.py"),
}
passed = []
for name, attempt in tries.items():
    try:
        attempt()
        passed.append(name)
    except PermissionError:
        pass
open(folder + "/own.py").read()
print(json.dumps([held, passed]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's line is Linux's")
def test_the_kernel_holds_without_the_hook(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("home")
    (outside / "credentials").write_text("topsecret")
    (tmp_path / "own.py").write_text("")
    done = subprocess.run(
        [sys.executable, "-c", KERNEL, str(outside), str(tmp_path)], capture_output=True, text=True, check=True
    )
    held, passed = json.loads(done.stdout)
    assert [name for name in passed if name.split()[0] in held] == []


TOLD: Mapping[str, tuple[str, int, str]] = {
    "raise ValueError('too\\nsmall')": ("LZ312", 3, "refuses: too small"),
    "raise KeyError('size')": ("LZ322", 3, "raised KeyError: 'size'"),
    "import sys; sys.exit(0)": ("LZ322", 3, "calls sys.exit"),
    "return {}": ("LZ322", 2, "returns dict, not a troposphere Template"),
    "def f(): f()\nf()": ("LZ322", 3, "RecursionError"),
    "return bytes(10 ** 12)": ("LZ322", 3, "MemoryError"),
    "import os; os._exit(0)": ("LZ322", 1, "its process ended with exit code 0"),
    "import os; os.abort()": ("LZ322", 1, "its process ended by signal 6"),
    "import os; os.write(3, b'{}\\n'); os._exit(0)": ("LZ322", 1, "answered something that is no template"),
    "return Template('x' * 2_000_000)": ("LZ322", 1, "has more than 1,048,576 bytes"),
    "t = Template()\nt.set_metadata({'a': float('nan')})\nreturn t": ("LZ322", 1, "NaN"),
    "return type('T', (), {'to_dict': lambda self: {'Resources': {'A': None}}})()": ("LZ322", 1, "`A` is no mapping"),
    "t, a = Template(), []\nfor _ in range(200): a = [a]\nt.set_metadata({'a': a})\nreturn t": (
        "LZ322",
        1,
        "nested deeper",
    ),
}


@pytest.mark.parametrize("body", TOLD)
def test_what_its_own_code_does_is_told_at_its_line(render: Render, tmp_path: Path, body: str) -> None:
    found = render(body)
    code, line, words = TOLD[body]
    assert found.template is None
    assert found.failure is not None
    assert (found.failure.code, found.failure.file, found.failure.line) == (code, tmp_path / "own.py", line)
    assert words in found.failure.message
    assert "Traceback" not in found.failure.message
    assert found.failure.help


@pytest.mark.parametrize(
    ("file", "line", "words"),
    [
        ("import nothing_like_this", 1, "ModuleNotFoundError"),
        ("x = 1\nraise ValueError('at import')", 2, "ValueError: at import"),
        ("def own(:\n  pass", 1, "SyntaxError"),
        ("def other(): ...", 1, "has no function `own`"),
        ("import sys\nsys.exit('bye')", 2, "calls sys.exit"),
    ],
)
def test_a_file_that_cannot_be_loaded_is_told_at_its_line(render: Render, file: str, line: int, words: str) -> None:
    found = render(file=file)
    assert found.failure is not None
    assert (found.failure.code, found.failure.line) == ("LZ405", line)
    assert words in found.failure.message


def test_one_that_does_not_end_is_stopped_where_it_is(render: Render) -> None:
    found = render("size = 0\nwhile True:\n    try:\n        size += 1\n    except Exception: ...", seconds=1)
    assert found.failure is not None
    assert found.failure.line >= 4
    assert "does not end" in found.failure.message


def test_one_that_does_not_even_hear_the_bell_is_stopped(render: Render) -> None:
    found = render("import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass", seconds=1)
    assert found.failure is not None
    assert "does not end" in found.failure.message


def test_what_it_prints_is_a_remark_and_not_part_of_any_result(render: Render) -> None:
    found = render("print('hello', 'there')\nreturn Template()")
    assert found.template == {"Resources": {}}
    assert found.printed is not None
    assert (found.printed.line, found.printed.message) == (3, "blueprint `own` prints: hello there")


def test_the_others_are_rendered_when_one_dies(tmp_path: Path) -> None:
    for name, body in {"a": "return Template('a')", "b": "import os; os._exit(1)", "c": "return Template('c')"}.items():
        (tmp_path / f"{name}.py").write_text(f"from troposphere import Template\ndef {name}():\n    {body}\n")
    found = rendered(tmp_path, "three", [("a.py", {}), ("b.py", {}), ("c.py", {}), ("a.py", {})])
    assert [each.template and each.template["Description"] for each in found] == ["a", None, "c", "a"]


def test_no_line_of_another_file_is_shown_for_it(render: Render, tmp_path: Path) -> None:
    remark = {"code": "LZ322", "message": "m", "file": "/etc/passwd", "line": 1, "help": ""}
    answer = {"template": None, "home_only": False, "wrong": [], "failure": remark, "printed": None}
    found = render(f"import os\nos.write(3, {json.dumps(answer)!r}.encode() + b'\\n')\nos._exit(0)")
    assert found.failure is not None
    assert found.failure.file == tmp_path / "own.py"
