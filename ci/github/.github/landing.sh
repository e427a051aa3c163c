#!/usr/bin/env bash
# What the steps of landing's workflows do: bash .github/landing.sh STEP [ARGUMENT]...
# Needs git, curl, python3 and gh, as GitHub's runners have them. Python runs isolated (-I): no file of the checkout is imported.
set -euo pipefail
out="${RUNNER_TEMP:?}/landing"
mkdir -p "$out"

# Installs landing and what it needs: what landing.lock names, by their hashes, and nothing that would be built here.
install() {
  python3 -I -m pip --isolated install --quiet --disable-pip-version-check --only-binary :all: --require-hashes \
    -r "$(dirname "${BASH_SOURCE[0]}")/landing.lock"
}

# Becomes the role LANDING_ROLE by this job's token, for LANDING_SESSION seconds; what it gets ends with them and the job.
credentials() {
  local role="${LANDING_ROLE:-}" token="$out/token"
  if ! [[ $role =~ ^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$ ]]; then
    echo "::error title=landing::LANDING_ROLE is no ARN of a role: set LANDING_PLAN_ROLE and LANDING_APPLY_ROLE of the repository"
    exit 1
  fi
  (
    umask 077
    curl --silent --show-error --fail --retry 3 --header @- "${ACTIONS_ID_TOKEN_REQUEST_URL:?}&audience=sts.amazonaws.com" \
      <<<"Authorization: bearer ${ACTIONS_ID_TOKEN_REQUEST_TOKEN:?}" |
      python3 -I -c 'import json, sys; print(json.load(sys.stdin)["value"], end="")' >"$token"
  )
  AWS_ROLE_SESSION_NAME="landing-${GITHUB_RUN_ID:?}" python3 -I -c 'import os, sys
import boto3
from botocore.exceptions import ClientError
role, seconds, token, file = sys.argv[1:]
sts = boto3.client("sts", region_name=os.environ["AWS_REGION"])
name = os.environ["AWS_ROLE_SESSION_NAME"]
try:
    with open(token, encoding="utf-8") as text:
        asked = {"RoleArn": role, "RoleSessionName": name, "WebIdentityToken": text.read(), "DurationSeconds": int(seconds)}
    made = sts.assume_role_with_web_identity(**asked)["Credentials"]
except ClientError as error:
    sys.exit(f"{role} for {seconds} seconds: {error}. Its longest session is `session` of access.pipeline, once bootstrapped")
names = {"aws_access_key_id": "AccessKeyId", "aws_secret_access_key": "SecretAccessKey", "aws_session_token": "SessionToken"}
with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as keys:
    keys.write("[default]\n" + "".join(f"{key} = {made[value]}\n" for key, value in names.items()))' \
    "$role" "${LANDING_SESSION:-3600}" "$token" "$out/credentials"
  echo "AWS_SHARED_CREDENTIALS_FILE=$out/credentials" >>"${GITHUB_ENV:?}"
}

# Checks the config, with annotations on its lines.
validate() {
  landing validate --format sarif >"$out/validate.sarif" || true
  landing validate --format github
}

# Tries the guardrails on their cases, and weakens those that changed since LANDING_BASE: a case must fail each time.
tests() {
  landing test --format github
  [ -n "${LANDING_BASE:-}" ] || return 0
  local changed=() name policies
  policies="$(dirname "${LANDING_CONFIG:-config}")/scps"
  while IFS= read -r name; do
    [ ! -e "$policies/$name/cases.yaml" ] || changed+=("$name")
  done < <(git diff --name-only --relative="${policies#./}/" "$LANDING_BASE...HEAD" -- "$policies" | cut -d/ -f1 | sort -u)
  [ "${#changed[@]}" = 0 ] || landing test --mutate --format github -- "${changed[@]}"
}

# Plans: annotations, the step's summary and outputs, the comment, and the plan, which only the role that applies can read.
plan() {
  landing plan --out "$out/plan.json" --encrypt "${LANDING_PLANS_KEY:-alias/landing-plans}" \
    --format github --comment-file "$out/comment.md"
}

# Writes the one comment of the pull request LANDING_PULL_REQUEST, or updates it: it is known by its first line.
comment() {
  [ -e "$out/comment.md" ] || { echo "There is nothing to say: landing plan was not run."; return 0; }
  local issues="repos/${GITHUB_REPOSITORY:?}/issues" marker id
  marker=$(head -n 1 "$out/comment.md")
  as_body "$out/comment.md" >"$out/body.json"
  id=$(gh api --paginate "$issues/${LANDING_PULL_REQUEST:?}/comments?per_page=100" | first_of "$marker" id)
  if [ -n "$id" ]; then
    gh api --method PATCH "$issues/comments/$id" --input "$out/body.json" >/dev/null
  else
    gh api --method POST "$issues/$LANDING_PULL_REQUEST/comments" --input "$out/body.json" >/dev/null
  fi
}

# The JSON of a comment or an issue: as_body FILE [TITLE].
as_body() {
  python3 -I -c 'import json, sys
body = {"body": open(sys.argv[1], encoding="utf-8").read()}
json.dump(body if len(sys.argv) < 3 else {"title": sys.argv[2], **body}, sys.stdout)' "$@"
}

# Of what this workflow wrote itself (standard input, page after page), a property of the first that begins with a line.
first_of() {
  python3 -I -c 'import json, sys
marker, name = sys.argv[1:]
text, found = sys.stdin.read().strip(), []
while text:
    page, end = json.JSONDecoder().raw_decode(text)
    found, text = found + page, text[end:].strip()
ours = (each for each in found if each["user"]["login"] == "github-actions[bot]" and "pull_request" not in each)
print(next((each[name] for each in ours if (each["body"] or "").startswith(marker)), ""))' "$@"
}

# Gives results to code scanning: sarif FILE. Where a repository has no code scanning, that is said, and no error.
sarif() {
  python3 -I -c 'import base64, gzip, json, sys
packed = base64.b64encode(gzip.compress(open(sys.argv[1], "rb").read())).decode()
json.dump({"commit_sha": sys.argv[2], "ref": sys.argv[3], "sarif": packed}, sys.stdout)' \
    "$out/$1" "${GITHUB_SHA:?}" "${GITHUB_REF:?}" >"$out/sarif.json"
  gh api --method POST "repos/${GITHUB_REPOSITORY:?}/code-scanning/sarifs" --input "$out/sarif.json" >/dev/null ||
    echo "::notice title=landing::Code scanning has not taken $1: is it on in this repository?"
}

# Fetches the plan that this run has made.
fetch() {
  gh run download "${GITHUB_RUN_ID:?}" --repo "${GITHUB_REPOSITORY:?}" --name landing-plan --dir "$out"
}

# Applies exactly the plan LANDING_DIGEST, with what its reviewers have seen that it needs (LANDING_ALLOW).
apply() {
  local word allow=()
  for word in ${LANDING_ALLOW:-}; do allow+=(--allow "$word"); done
  landing apply "$out/plan.json" --digest "${LANDING_DIGEST:?}" --auto-approve --format github "${allow[@]}"
}

# Puts the records of the run where they are kept, without the plan, which is not encrypted there.
records() {
  local folder
  folder="$(dirname "${LANDING_CONFIG:-config}")/.landing/runs"
  mkdir -p "$out/runs"
  [ ! -d "$folder" ] || tar --create --exclude plan.json --directory "$folder" . | tar --extract --directory "$out/runs"
}

# Looks for drift, and opens, updates or closes the one issue about it.
drift() {
  local code=0 accept=() file
  file="$(dirname "${LANDING_CONFIG:-config}")/accepted.yaml"
  [ ! -e "$file" ] || accept=(--accept "$file")
  landing drift "${accept[@]}" --format github --format md="$out/drift.md" --format sarif="$out/drift.sarif" || code=$?
  case $code in 0 | 2 | 3) ;; *) exit "$code" ;; esac
  local issues="repos/${GITHUB_REPOSITORY:?}/issues" marker number
  marker=$(head -n 1 "$out/drift.md")
  number=$(gh api --paginate "$issues?state=open&creator=github-actions%5Bbot%5D&per_page=100" | first_of "$marker" number)
  as_body "$out/drift.md" "Drift from the configuration" >"$out/issue.json"
  if [ "$code" = 2 ] && [ -z "$number" ]; then
    gh api --method POST "$issues" --input "$out/issue.json" >/dev/null
  elif [ "$code" != 0 ] && [ -n "$number" ]; then
    gh api --method PATCH "$issues/$number" --input "$out/issue.json" >/dev/null
  elif [ "$code" = 0 ] && [ -n "$number" ]; then
    gh api --method PATCH "$issues/$number" --field state=closed --field state_reason=completed >/dev/null
  fi
  [ "$code" != 3 ] || exit 3 # something could not be checked
}

"$@"
