#!/bin/sh
# Apply a config with everything on to an empty sandbox and have Prowler look at it.
set -eu
cd "$(dirname "$0")/.."
here=$(pwd)
work=$(mktemp -d)
trap 'cd "$work" && landing sandbox stop >/dev/null 2>&1; cd "$here"; rm -rf "$work"' EXIT
landing init --profile regulated "$work" >/dev/null
python -m tests.prowler --config "$work/config"
cd "$work"
landing apply --sandbox --auto-approve >apply.log || { tail -20 apply.log >&2; exit 1; }
eval "$(landing sandbox env)"
cd "$here"
python -m tests.prowler --regions eu-west-1 eu-central-1 us-east-1
