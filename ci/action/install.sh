#!/usr/bin/env bash
# Makes the action's own commit the command landing, with what requirements/runtime.lock names by hashes: nothing is built.
set -euo pipefail
venv="${RUNNER_TEMP:?}/landing-venv"
python3 -I -m venv "$venv"
"$venv/bin/python" -I -m pip --isolated install --quiet --disable-pip-version-check --only-binary :all: --require-hashes \
  -r "${GITHUB_ACTION_PATH:?}/requirements/runtime.lock"
"$venv/bin/python" -I -c 'import sys, sysconfig
with open(sysconfig.get_path("purelib") + "/landing.pth", "w", encoding="utf-8") as file:
    file.write(sys.argv[1] + "\n")' "$GITHUB_ACTION_PATH"
printf '#!/bin/sh\nexec "%s/bin/python" -I -m landing "$@"\n' "$venv" >"$venv/bin/landing"
chmod +x "$venv/bin/landing"
echo "$venv/bin" >>"${GITHUB_PATH:?}"
