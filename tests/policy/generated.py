"""Small policies, claims and requests out of one stock of names, so that they meet often."""

from typing import Any

from hypothesis import strategies as st

ACCOUNT = "111122223333"
NAMES = ("Admin", "AdminX", "ops/Admin", "Dev", "ops/Dev", "x")
PRINCIPALS = (
    *tuple(f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in NAMES),
    f"arn:aws:iam::{ACCOUNT}:user/Admin",
    f"arn:aws:iam::{ACCOUNT}:root",
)
PRINCIPAL_PATTERNS = (
    *PRINCIPALS[:4],
    "arn:aws:iam::*:role/Admin",
    "arn:aws:iam::*:role/Admin*",
    "arn:aws:iam::*:role/*/Admin",
    "arn:aws:iam::*:role/*",
    "arn:aws:iam::*:root",
    "arn:aws:iam::*:user/*",
    "arn:aws:iam::*:role/???",
)
# guardduty:ListDetectors has no resource, the others have one.
ACTIONS = (
    "guardduty:DeleteDetector",
    "guardduty:ListDetectors",
    "s3:PutObject",
    "s3:DeleteBucket",
    "iam:GetRole",
)
ACTION_PATTERNS = (*ACTIONS, "*", "s3:*", "guardduty:*Detector*", "iam:*", "s3:Put*")
RESOURCES = {
    "guardduty:DeleteDetector": (f"arn:aws:guardduty:eu-west-1:{ACCOUNT}:detector/a",),
    "guardduty:ListDetectors": ("*",),
    "s3:PutObject": ("arn:aws:s3:::logs/a", "arn:aws:s3:::logs-x/a", "arn:aws:s3:::data/logs/a"),
    "s3:DeleteBucket": ("arn:aws:s3:::logs", "arn:aws:s3:::logs-x", "arn:aws:s3:::data"),
    "iam:GetRole": (f"arn:aws:iam::{ACCOUNT}:role/Admin", f"arn:aws:iam::{ACCOUNT}:role/Dev"),
}
RESOURCE_PATTERNS = (
    "arn:aws:s3:::logs*",
    "arn:aws:s3:::logs",
    "arn:aws:s3:::*/logs/*",
    "arn:aws:s3:::*",
    f"arn:aws:iam::{ACCOUNT}:role/Admin",
    "arn:aws:iam::*:role/*",
    "arn:aws:guardduty:*:*:detector/*",
    "arn:aws:guardduty:us-*:*:*",
    "arn:aws:s3:::${aws:PrincipalTag/team}*",
)
TEXTS = ("a", "A", "ab", "logs", "")
GLOBS = ("a", "a*", "*b", "?", "*", "A", "logs", "${aws:PrincipalTag/team}", "${aws:PrincipalTag/team, 'a'}")
NUMBERS = ("1", "2", "2.5", "10", "x")
DATES = ("2026-01-01", "2026-06-01T00:00:00Z", "1767225600", "2025-01-01T00:00:00+01:00")
NETWORKS = ("10.0.0.0/8", "10.1.0.0/16", "192.0.2.7", "2001:db8::/32", "0.0.0.0/0")
ADDRESSES = ("10.0.0.1", "10.1.2.3", "192.0.2.7", "203.0.113.1", "2001:db8::1", "::1")
BOOLS = ("true", "false")

STRING = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase")
TEXT_KEYS = (
    "aws:PrincipalTag/team",
    "aws:ResourceTag/team",
    "aws:SourceVpc",
    "aws:RequestedRegion",
    "s3:prefix",
)
LISTS = ("aws:TagKeys", "aws:CalledVia")


def block(operators: tuple[str, ...], keys: tuple[str, ...], values: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """Condition blocks of one line."""
    suffixed = st.tuples(st.sampled_from(operators), st.sampled_from(("", "IfExists"))).map("".join)
    listed = st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)
    return st.tuples(suffixed, st.sampled_from(keys), listed).map(lambda line: {line[0]: {line[1]: line[2]}})


def quantified(operators: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{prefix}:{name}" for prefix in ("ForAllValues", "ForAnyValue") for name in operators)


LINES = st.one_of(
    block(("ArnLike", "ArnNotLike", "ArnNotEquals"), ("aws:PrincipalArn",), PRINCIPAL_PATTERNS),
    block(("ArnLike", "ArnNotLike"), ("aws:PrincipalArn", "aws:SourceArn"), PRINCIPAL_PATTERNS),
    block(("StringLike", "StringNotLike"), ("aws:PrincipalArn",), PRINCIPAL_PATTERNS),
    block(STRING, ("aws:PrincipalType",), ("AssumedRole", "User", "Account", "A*")),
    block(STRING, ("aws:PrincipalAccount", "aws:ResourceAccount"), (ACCOUNT, "1*", "9*")),
    block(STRING, TEXT_KEYS, GLOBS),
    block(quantified(STRING), LISTS, GLOBS[:7]),
    block(STRING, LISTS, GLOBS[:7]),
    block(("NumericLessThan", "NumericEquals", "NumericNotEquals"), ("aws:MultiFactorAuthAge",), NUMBERS),
    block(("DateLessThan", "DateGreaterThanEquals"), ("aws:CurrentTime", "aws:TokenIssueTime"), DATES),
    block(
        ("NumericLessThanEquals", "NumericGreaterThan", "NumericNotEquals"), ("aws:EpochTime",), (*NUMBERS, DATES[2])
    ),
    block(("IpAddress", "NotIpAddress"), ("aws:SourceIp",), NETWORKS),
    block(("Bool",), ("aws:SecureTransport", "aws:ViaAWSService"), BOOLS),
    st.sampled_from([{"Null": {key: value}} for key in (*TEXT_KEYS[:2], *LISTS, "aws:SourceIp") for value in BOOLS]),
)


@st.composite
def statements(draw: st.DrawFn, effect: str | None = None) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": effect or draw(st.sampled_from(("Deny", "Deny", "Deny", "Allow")))}
    actions = draw(st.lists(st.sampled_from(ACTION_PATTERNS), min_size=1, max_size=3, unique=True))
    statement["Action" if draw(st.integers(0, 4)) else "NotAction"] = actions
    if draw(st.booleans()):
        statement["Resource"] = "*"
    else:
        arns = draw(st.lists(st.sampled_from(RESOURCE_PATTERNS), min_size=1, max_size=2, unique=True))
        statement["Resource" if draw(st.booleans()) else "NotResource"] = arns
    merged: dict[str, dict[str, Any]] = {}
    for line in draw(st.lists(LINES, max_size=3)):
        for operator, keys in line.items():
            merged.setdefault(operator, {}).update(keys)
    if merged:
        statement["Condition"] = merged
    return statement


FULL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


@st.composite
def hierarchies(draw: st.DrawFn) -> list[list[dict[str, Any]]]:
    """One or two levels; nearly every one allows everything, as nearly every one does."""
    levels = []
    for _ in range(draw(st.integers(1, 2))):
        own = draw(st.lists(statements(), max_size=3))
        if draw(st.integers(0, 5)):
            own = [FULL, *own]
        levels.append([{"name": "p", "policy": {"Version": "2012-10-17", "Statement": own}}])
    return levels


VALUES: dict[str, Any] = {
    **{key: st.sampled_from((*TEXTS, "eu-west-1")) for key in TEXT_KEYS if not key.startswith("s3:")},
    "aws:SourceArn": st.sampled_from(PRINCIPALS),
    "aws:ResourceAccount": st.sampled_from((ACCOUNT, "999999999999")),
    "aws:TagKeys": st.lists(st.sampled_from(TEXTS[:4]), min_size=1, max_size=3),
    "aws:CalledVia": st.lists(st.sampled_from(TEXTS[:4]), min_size=1, max_size=3),
    "aws:MultiFactorAuthAge": st.sampled_from(("0", "1", "2", "2.4", "2.5", "3", "11")),
    "aws:CurrentTime": st.sampled_from((*DATES, "2026-03-01", "2027-01-01")),
    "aws:TokenIssueTime": st.sampled_from((*DATES, "2026-03-01", "2027-01-01")),
    "aws:EpochTime": st.sampled_from(("0", "1", "2", "3", "11", "1767225600", "1767225601")),
    "aws:SourceIp": st.sampled_from(ADDRESSES),
    "aws:SecureTransport": st.sampled_from(BOOLS),
    "aws:ViaAWSService": st.sampled_from(BOOLS),
}


def named(key: str, names: list[str]) -> bool:
    return any(key.lower() == name.lower() for name in names)


@st.composite
def requests(draw: st.DrawFn, claim: dict[str, Any] | None = None) -> dict[str, Any]:
    """Any request, or one of a claim's (which may still not be of its principals or resources)."""
    claim = claim or {}
    action = draw(st.sampled_from(ACTIONS))
    context = {}
    for key, values in VALUES.items():
        present = named(key, claim.get("keysAlwaysPresent", ())) or draw(st.booleans())
        if present and not named(key, claim.get("keysNeverPresent", ())):
            context[key] = draw(values)
    context.update(claim.get("context", {}))
    return {
        "principal": draw(st.sampled_from(PRINCIPALS)),
        "action": action,
        "resource": draw(st.sampled_from(RESOURCES[action])),
        "context": context,
    }


@st.composite
def claims(draw: st.DrawFn, kind: str | None = None) -> dict[str, Any]:
    claim: dict[str, Any] = {
        kind or draw(st.sampled_from(("deny", "allow"))): draw(
            st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=3, unique=True)
        ),
        "account": ACCOUNT,
    }
    for key, patterns in (
        ("principals", PRINCIPAL_PATTERNS),
        ("exceptPrincipals", PRINCIPAL_PATTERNS),
        ("resources", ("arn:aws:s3:::logs*", "arn:aws:s3:::*/a", "*", "arn:aws:iam::*:role/*")),
    ):
        if draw(st.integers(0, 2)) == 0:
            claim[key] = draw(st.lists(st.sampled_from(patterns), min_size=1, max_size=2, unique=True))
    keys = st.lists(st.sampled_from(sorted(VALUES)), max_size=2, unique=True)
    claim["keysAlwaysPresent"] = draw(keys)
    claim["keysNeverPresent"] = [key for key in draw(keys) if key not in claim["keysAlwaysPresent"]]
    if draw(st.integers(0, 2)) == 0:
        key = draw(st.sampled_from(sorted(VALUES)))
        claim["context"] = {key: draw(VALUES[key])}
        for listed in ("keysAlwaysPresent", "keysNeverPresent"):
            claim[listed] = [name for name in claim[listed] if name != key]
    return claim
