"""`make demo`, the main job from an empty account, ends well: as the roles that `synth` describes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parents[1]


def test_the_demo_ends_well(tmp_path: Path) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LANDING"))}
    environment |= {"PATH": path, "TMPDIR": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    done = subprocess.run(
        ["sh", str(TOP / "tests" / "demo.sh")], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("In sync 100.0 %") == 1
