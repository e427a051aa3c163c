#!/usr/bin/env bash
# What the jobs of landing do on GitLab: bash .gitlab/landing.sh STEP
# Needs git, curl and python3. Python runs isolated (-I): no file of the checkout is imported.
set -euo pipefail
out="${CI_PROJECT_DIR:?}/landing-out"
mkdir -p "$out"

# Installs landing and what it needs: what landing.lock names, by their hashes, and nothing that would be built here.
install() {
  python3 -I -m pip --isolated install --quiet --disable-pip-version-check --only-binary :all: --require-hashes \
    -r "$(dirname "${BASH_SOURCE[0]}")/landing.lock"
}

# Becomes the role LANDING_ROLE by this job's token, for LANDING_SESSION seconds; what it gets ends with them and the job.
credentials() {
  (umask 077 && printf %s "${LANDING_TOKEN:?}" >"$out.token")
  python3 -I -c 'import os, sys
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
    "${LANDING_ROLE:?}" "${LANDING_SESSION:-3600}" "$out.token" "${AWS_SHARED_CREDENTIALS_FILE:?}"
  rm "$out.token"
}

# Checks the config; what is wrong stands beside the lines of the merge request.
validate() {
  landing validate --format gitlab >"$out/validate.json" || true
  landing validate
}

# Tries the guardrails on their cases, and weakens those that changed: a case must fail each time.
tests() {
  landing test --format text --format junit="$out/tests.xml"
  [ -n "${CI_MERGE_REQUEST_DIFF_BASE_SHA:-}" ] || return 0
  local changed=() name policies
  policies="$(dirname "${LANDING_CONFIG:-config}")/scps"
  while IFS= read -r name; do
    [ ! -e "$policies/$name/cases.yaml" ] || changed+=("$name")
  done < <(git diff --name-only --relative="${policies#./}/" "$CI_MERGE_REQUEST_DIFF_BASE_SHA...HEAD" -- "$policies" |
    cut -d/ -f1 | sort -u)
  [ "${#changed[@]}" = 0 ] || landing test --mutate -- "${changed[@]}"
}

# Plans; the plan file can be read only by the role that applies.
plan() {
  rm -f "$out/plan.env" # its lines become variables of the job that applies
  landing plan --out "$out/plan.json" --encrypt "${LANDING_PLANS_KEY:-alias/landing-plans}" \
    --comment-file "$out/note.md" --outputs-file "$out/plan.env"
}

# Calls GitLab's API: api METHOD PATH [FILE]. The token is no argument, which other processes could see.
api() {
  curl --silent --show-error --fail --retry 3 --request "$1" --header @- ${3:+--data "@$3"} \
    "${CI_API_V4_URL:?}/$2" <<<"PRIVATE-TOKEN: $LANDING_GITLAB_TOKEN
Content-Type: application/json"
}

# Whether there is a token with which notes and issues can be written.
can_write() {
  [ -n "${LANDING_GITLAB_TOKEN:-}" ] || { echo "LANDING_GITLAB_TOKEN is not set: nothing is written to GitLab."; return 1; }
}

# Of what the token's own user wrote at a path, a property of the first that begins with a line: first_of PATH LINE NAME.
first_of() {
  local page number=1 me
  me=$(api GET user)
  while :; do
    page=$(api GET "$1&per_page=100&page=$number")
    python3 -I -c 'import json, sys
me, marker, name = json.loads(sys.argv[1])["id"], sys.argv[2], sys.argv[3]
page = json.load(sys.stdin)
texts = ((each, each.get("body") or each.get("description") or "") for each in page)
found = next((each[name] for each, text in texts if each["author"]["id"] == me and text.startswith(marker)), "")
print(found)
sys.exit(0 if found or len(page) < 100 else 3)' "$me" "$2" "$3" <<<"$page" && return
    number=$((number + 1))
  done
}

# A JSON object of a file and more properties: body NAME FILE [NAME=VALUE]...
body() {
  python3 -I -c 'import json, sys
more = dict(each.split("=", 1) for each in sys.argv[3:])
json.dump({sys.argv[1]: open(sys.argv[2], encoding="utf-8").read(), **more}, sys.stdout)' "$@"
}

# Writes the one note of the merge request, or updates it: it is known by its first line.
note() {
  can_write || return 0
  local notes="projects/${CI_PROJECT_ID:?}/merge_requests/${CI_MERGE_REQUEST_IID:?}/notes" id
  body body "$out/note.md" >"$out/note.json"
  id=$(first_of "$notes?sort=asc" "$(head -n 1 "$out/note.md")" id | tail -n 1)
  if [ -n "$id" ]; then
    api PUT "$notes/$id" "$out/note.json" >/dev/null
  else
    api POST "$notes" "$out/note.json" >/dev/null
  fi
}

# Plans, and says so in the note; where there is no plan, a note that is there already does not stay as it is.
review() {
  local code=0
  plan || code=$?
  [ ! -e "$out/note.md" ] || note
  return "$code"
}

# Applies exactly the plan of the job before, with what the log of that job says that it needs.
apply() {
  local word allow=()
  for word in ${LANDING_ALLOW:-}; do allow+=(--allow "$word"); done
  landing apply "$out/plan.json" --digest "${LANDING_DIGEST:?}" --auto-approve "${allow[@]}"
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
  landing drift "${accept[@]}" --format text --format md="$out/drift.md" --format gitlab="$out/drift.json" || code=$?
  case $code in 0 | 2 | 3) ;; *) exit "$code" ;; esac
  if can_write; then
    local issues="projects/${CI_PROJECT_ID:?}/issues" number
    number=$(first_of "$issues?state=opened" "$(head -n 1 "$out/drift.md")" iid | tail -n 1)
    body description "$out/drift.md" title="Drift from the configuration" >"$out/issue.json"
    if [ "$code" = 2 ] && [ -z "$number" ]; then
      api POST "$issues" "$out/issue.json" >/dev/null
    elif [ "$code" != 0 ] && [ -n "$number" ]; then
      api PUT "$issues/$number" "$out/issue.json" >/dev/null
    elif [ "$code" = 0 ] && [ -n "$number" ]; then
      body description "$out/drift.md" state_event=close >"$out/issue.json"
      api PUT "$issues/$number" "$out/issue.json" >/dev/null
    fi
  fi
  [ "$code" != 3 ] || exit 3 # something could not be checked
}

"$@"
