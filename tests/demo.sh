#!/bin/sh
# The main job on the local sandbox, from an empty AWS account: plan, apply, no changes, an out-of-band change, drift, repair.
# Nothing is done as an administrator but to make the two roles, and to meddle.
set -eu
cd "$(dirname "$0")/.."
here=$(pwd)
work=$(mktemp -d)
trap 'cd "$work" && landing sandbox stop >/dev/null 2>&1; cd "$here"; rm -rf "$work"' EXIT
cp -R config "$work/config"
cd "$work"
export LANDING_SANDBOX=1

say() { printf '\n\033[1m== %s\033[0m\n' "$1"; }

say "landing validate"
landing validate

say "landing synth: the least-privilege policies, of which the roles that plan and apply are made"
landing synth
python "$here/tests/make_roles.py" synth/permissions
planner="--role-arn arn:aws:iam::123456789012:role/landing-plan"
applier="--role-arn arn:aws:iam::123456789012:role/landing-apply"

say "landing plan: an empty AWS account becomes an organization (summary)"
landing plan $planner --out plan.json --summary

say "landing apply plan.json"
landing apply $applier plan.json --auto-approve

say "landing plan: nothing is left to do"
landing plan $planner --detailed-exitcode

say "Out of band: somebody stops the organization trail and takes a guardrail off the workloads"
python "$here/tests/meddle.py"

say "landing drift: the report shows it"
if landing drift $planner; then echo "the drift was not seen" >&2; exit 1; fi

say "landing apply: put back"
landing apply $applier --auto-approve

say "landing drift: in sync again"
landing drift $planner
