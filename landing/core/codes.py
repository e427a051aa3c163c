"""Every code of a problem, and what it means: what `landing explain` says and `docs/validate.md` lists.

A code is kept: what one means does not change, and none is used again.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is wrong, and what to do, whatever the case."""

    wrong: str
    remedy: str


CODES: Mapping[str, Explanation] = {
    "LZ101": Explanation("there is no config", "`landing init` writes a starter config"),
    "LZ102": Explanation("a file cannot be read", "look at its permissions"),
    "LZ103": Explanation(
        "a file is no plain file of the folder, or too large",
        "put the file itself there, or split it",
    ),
    "LZ104": Explanation("a file is not UTF-8", "save it as UTF-8"),
    "LZ105": Explanation("a file is not YAML", "correct what stands at that place"),
    "LZ106": Explanation("a file does not hold a mapping", "begin it with a top-level key"),
    "LZ107": Explanation(
        "two files give one key",
        "keep it in one of them; `accounts`, `baselines`, `guardrails`, `playbooks`, `services`, `stacks`, `units` may "
        "stand in several files, each with keys of its own",
    ),
    "LZ108": Explanation("a file has a second YAML document", "one document a file"),
    "LZ109": Explanation("a YAML tag that is not understood", "remove the tag"),
    "LZ110": Explanation("a merge key (`<<`)", "repeat the keys"),
    "LZ111": Explanation("a key that is no plain word", "write a word"),
    "LZ112": Explanation("a document that is nested too deep", "flatten it"),
    "LZ113": Explanation("too many aliases", "write the values out"),
    "LZ114": Explanation("an alias that has no anchor, or contains itself", "name an anchor above it"),
    "LZ115": Explanation("one mapping gives a key twice", "remove one of them"),
    "LZ116": Explanation("a number that a config cannot use", "write a finite number"),
    "LZ201": Explanation("a key that is not known", "the key that was meant is suggested"),
    "LZ202": Explanation("a key that is needed is missing", "add it"),
    "LZ203": Explanation("a value that is not one of those that there are", "the value that was meant is suggested"),
    "LZ204": Explanation(
        "a key that is not valid there",
        "keys of ours: lower-case letters, digits, `-` and `_`; tags: what AWS takes",
    ),
    "LZ205": Explanation("a value of the wrong type", "the message says which is wanted"),
    "LZ206": Explanation(
        "a value that AWS or the schema does not take",
        "the message names the characters or the limit",
    ),
    "LZ301": Explanation("a unit that is not declared", "declare it under `units`"),
    "LZ302": Explanation("an account that is not declared", "declare it under `accounts`"),
    "LZ303": Explanation("two accounts have one e-mail address", "each account needs its own"),
    "LZ304": Explanation("units too deep, or too many", "AWS allows 5 levels and 2,000 units"),
    "LZ305": Explanation("two units beside each other have one name, in whatever case", "give them different names"),
    "LZ306": Explanation("the management account in a part that it must not play", "name a member account"),
    "LZ307": Explanation("the home region is not governed", "add it to `governed_regions`"),
    "LZ308": Explanation("a region of another partition", "an organization lives in one partition"),
    "LZ309": Explanation("the home region is an opt-in region", "choose one that is on by default"),
    "LZ310": Explanation("a policy that the library does not have", "the policy that was meant is suggested"),
    "LZ311": Explanation("a blueprint that the library does not have", "the blueprint that was meant is suggested"),
    "LZ312": Explanation(
        "a parameter that a policy or blueprint does not take, or a value that it refuses",
        "the message says what it takes",
    ),
    "LZ313": Explanation(
        "a placeholder that is not known in a policy",
        "use a parameter or a name that every policy has",
    ),
    "LZ315": Explanation(
        "two guardrails of one type have one name, in whatever case, or that of AWS's own policy",
        "give them different names",
    ),
    "LZ316": Explanation("a key that cannot name a stack or stack set", "letters, digits and hyphens only"),
    "LZ318": Explanation(
        "an account id that is none, or that two accounts have",
        "12 digits, and each of one account",
    ),
    "LZ319": Explanation("a unit called `root`", "choose another key"),
    "LZ320": Explanation("a tag key that is AWS's or ours", "choose another key"),
    "LZ321": Explanation(
        "a target that means nothing, or (warning) whose tags no account has",
        "name units, accounts or tags that there are",
    ),
    "LZ322": Explanation("a blueprint fails", "correct it at the line that is named"),
    "LZ323": Explanation("a template that is too large", "split the blueprint in two"),
    "LZ326": Explanation("the management account as delegated administrator", "choose a member account"),
    "LZ327": Explanation(
        "an administrator that a service appoints itself, or that differs from the one that it needs",
        "leave it out: `roles.security_tooling` is it",
    ),
    "LZ330": Explanation("an account without e-mail and id", "it is created with the one, or found by either"),
    "LZ331": Explanation("an address that is declared and removed", "take it out of one of the two"),
    "LZ332": Explanation("no address under `removed`", "write it as `landing plan` shows it: `unit.sandbox`"),
    "LZ333": Explanation("an account that is to join, without its id", "give its `id`: it is invited by that"),
    "LZ334": Explanation(
        "an account that is to join, in a part that others need it for",
        "let it join first, then take `join` away",
    ),
    "LZ336": Explanation(
        "an output that no stack has, or that cannot be given to this parameter",
        "write `{{ stacks.KEY.outputs.NAME }}`, with `@account/region` where more than one stack is possible",
    ),
    "LZ337": Explanation("stacks that need each other's outputs", "let one of them take a value of its own"),
    "LZ338": Explanation(
        "a stack with the key of a baseline, or of a stack of a service or of the pipeline", "choose another key"
    ),
    "LZ339": Explanation("a stack set that two baselines name, or that a config makes itself", "see the help"),
    "LZ340": Explanation("a policy type that there is not", "the types are named"),
    "LZ341": Explanation("a policy that is too large", "shorten it, or split it into two guardrails"),
    "LZ342": Explanation("a policy that is nearly too large", "shorten it, or split it into two guardrails"),
    "LZ344": Explanation("more policies on a target than AWS allows", "move or merge some, or `pack: true`"),
    "LZ345": Explanation("a place without an Allow", "attach an allow-list guardrail there, or keep `full_access`"),
    "LZ346": Explanation("an Allow beside FullAWSAccess", "`full_access: false` takes FullAWSAccess away"),
    "LZ347": Explanation(
        "a stack set that is nearly, or quite, full",
        "`stack_sets_by_region_group: true`, or fewer regions",
    ),
    "LZ348": Explanation("a template that a service-managed stack set does not take", "write the resources out"),
    "LZ349": Explanation(
        "a role or a user that is let through, which whoever is not could become",
        "protect its pattern, or let it through nowhere",
    ),
    "LZ350": Explanation(
        "a pattern of roles without a literal beginning, or that is none",
        "begin it with a name: `deploy-*`",
    ),
    "LZ351": Explanation("a GuardDuty feature that reaches no member", "`auto_enable: ALL` or `NEW`"),
    "LZ352": Explanation("Security Hub's home region is an opt-in region", "choose one that is on by default"),
    "LZ353": Explanation("two Security Hub policies for one target", "a target has one"),
    "LZ354": Explanation(
        "a service or baseline delivers to a log archive that is not there, or does not receive it",
        "add `log_archive: {}` under `services`, with what it `receives`",
    ),
    "LZ355": Explanation(
        "`SECURITYHUB_CSPM_POLICY` beside Security Hub's central configuration, which it supersedes",
        "keep either",
    ),
    "LZ356": Explanation(
        "central configuration has no linked region, or one that it cannot have",
        "`linked_regions`, or govern another region",
    ),
    "LZ357": Explanation(
        "a Security Hub policy that AWS does not take by its name, or that has the name of another; more than 20",
        "letters, digits and hyphens; one policy for several targets",
    ),
    "LZ358": Explanation("settings of a Security Hub policy that exclude each other", "remove one of the two"),
    "LZ359": Explanation("a control that Security Hub does not have", "the control that was meant is suggested"),
    "LZ360": Explanation(
        "a parameter that a control does not have, or a value of another type",
        "where the type is not known: `{Enum: ERROR}`",
    ),
    "LZ361": Explanation(
        "an insight into events that the trail does not log",
        "`management_events: all`, or leave the insight out",
    ),
    "LZ362": Explanation(
        "an organization rule whose name or parameters are too long, or whose name another has",
        "shorten them; give each its own name",
    ),
    "LZ363": Explanation("a managed rule that AWS Config does not have", "the rule that was meant is suggested"),
    "LZ364": Explanation("a parameter that a managed rule does not have, or that it needs", "its parameters are named"),
    "LZ365": Explanation("a trail with more than 500 values in its selectors", "leave out fewer resources"),
    "LZ366": Explanation(
        "a governed region in which AWS does not have the service, or a rule of it: a note, it is left out there",
        "nothing",
    ),
    "LZ367": Explanation(
        "a tag, name or session that is let through, which anybody can give themselves",
        "deny the actions that give it, or let through by `aws:PrincipalArn`",
    ),
    "LZ368": Explanation(
        "somebody is let through by a key of which it cannot be told who may have it",
        "let through by `aws:PrincipalArn`",
    ),
    "LZ369": Explanation(
        "a setting of a trail that is there already, and is used as it is (`existing`)",
        "leave it out, or let the trail be ours",
    ),
    "LZ370": Explanation(
        "a resource control policy lets through by a name or a tag that somebody outside the organization may have too",
        "deny those outside beside it, or write the account in the pattern",
    ),
    "LZ371": Explanation("a suppression rule of GuardDuty that AWS refuses", "correct it at that place"),
    "LZ372": Explanation("more lists of a type than a detector of GuardDuty has", "put them together in one file"),
    "LZ373": Explanation(
        "malware scans that are narrowed by tags of what is scanned and of what is not", "leave one of the two out"
    ),
    "LZ375": Explanation(
        "a Deny for principals of a name alone, who can make themselves one of another name",
        "deny everybody but those who may, or deny making roles and users of other names",
    ),
    "LZ377": Explanation(
        "a log bucket that is there already (`existing`) and to which nothing delivers",
        "name it for what is delivered, or leave it out",
    ),
    "LZ378": Explanation(
        "a key that is there already is named by its alias, and buckets of ours are to be encrypted with it",
        "give the ARN of the key",
    ),
    "LZ380": Explanation(
        "a service that is to stay without trusted access, and is needed with it", "take it out of `untrusted`"
    ),
    "LZ381": Explanation("a control or baseline of Control Tower twice on a unit", "take it out of one of the two"),
    "LZ382": Explanation("a baseline of Control Tower without a version", "write the version"),
    "LZ383": Explanation(
        "recorders of AWS Config that come into accounts before Control Tower does, which then enrols them no more",
        "leave `services.config` out where Control Tower enrols accounts",
    ),
    "LZ386": Explanation(
        "an analyzer of Access Analyzer that AWS refuses",
        "the message says why: a name, its own account left out, more than 2,000 left out, nothing to look at",
    ),
    "LZ387": Explanation("an archive rule that AWS refuses, or that has no analyzer", "correct it at that place"),
    "LZ388": Explanation(
        "two overrides of a service that say the same setting of an account",
        "let one of the two targets exclude it",
    ),
    "LZ389": Explanation(
        "an override of a service that is for no account, or says no setting", "see its target, or leave it out"
    ),
    "LZ391": Explanation("a pipeline that names nobody, or more than one place where it runs", "name one"),
    "LZ392": Explanation(
        "a pipeline whose role that plans could not enter member accounts",
        "name `access.read_role`, and let a baseline make the role",
    ),
    "LZ393": Explanation("the pipeline's two roles have one name, or are for the same", "give them two"),
    "LZ394": Explanation("what says nothing of where the pipeline runs", "leave it out"),
    "LZ395": Explanation("two of the lock, the records of runs and the artifacts in one bucket", "name another bucket"),
    "LZ397": Explanation(
        "scans of Inspector that AWS refuses: code of functions without functions, a CIS scan of no account or of more "
        "than one day of the month, and images that a baseline has ECR scan instead",
        "correct it at that place",
    ),
    "LZ398": Explanation(
        "a permission set of IAM Identity Center that AWS refuses",
        "the message says why: its session, its boundary, too many managed policies, too long an inline policy",
    ),
    "LZ399": Explanation(
        "an assignment of nobody, for no account, or of a permission set that the config does not have",
        "correct it at that place",
    ),
    "LZ401": Explanation("two policies, blueprints or playbooks of one name", "rename one of them"),
    "LZ402": Explanation("metadata of a policy or playbook that cannot be read", "correct it at that place"),
    "LZ403": Explanation("metadata of a policy or playbook that is not valid", "the message says what is wanted"),
    "LZ404": Explanation("a policy, or what a playbook may do, that is not JSON", "correct it at that place"),
    "LZ405": Explanation("a blueprint that cannot be loaded", "correct it at the line that is named"),
    "LZ406": Explanation("a blueprint that prints", "remove the print"),
    "LZ407": Explanation("what cfn-lint finds in the template of a blueprint", "as it says"),
    "LZ408": Explanation("templates that are not linted, for want of cfn-lint", "`pip install 'landing[lint]'`"),
    "LZ409": Explanation("a file of the library that is not read", "put the file itself there"),
    "LZ411": Explanation(
        "a playbook whose document cannot be, or calls what its policy does not allow",
        "the message says what is wanted",
    ),
    "LZ412": Explanation(
        "a playbook that is not there, or a document of AWS's own of which too little is said",
        "correct it at that place",
    ),
    "LZ413": Explanation("a playbook that nothing sets off", "say `on`: findings, a rule or a pattern of events"),
    "LZ414": Explanation("a playbook that is to work in the management account", "leave the account out"),
    "LZ420": Explanation(
        "a conformance pack that is not there, or whose file is neither a table of rules nor a template",
        "correct it at that place",
    ),
    "LZ421": Explanation(
        "a conformance pack that AWS refuses: its name, size, rules or parameters",
        "the message says what AWS takes",
    ),
    "LZ422": Explanation(
        "an organization rule of no kind or of two, or a Guard policy that is not there or too long",
        "give it an `identifier`, or a `guard` that is in guard/",
    ),
    "LZ423": Explanation(
        "a remediation that cannot be: what it leaves out, its permissions, or a region that has none of its kind",
        "correct it at that place",
    ),
    "LZ424": Explanation(
        "alarms that nobody hears, or a channel of Slack that is named twice",
        "name an address under `services.alarms`; take one of the two out",
    ),
    "LZ425": Explanation(
        "alarms whose events come in a region that is not governed", "govern it, or hear of no sign-in of a root user"
    ),
    "LZ426": Explanation("alarms on a log group that there is not", "let the trail deliver to CloudWatch Logs"),
    "LZ427": Explanation(
        "an `access.read_role` that nothing in the config makes",
        "let a baseline make it: `read-role: {target: {units: [root]}}`; plans cannot read members without it",
    ),
    "LZ441": Explanation(
        "automation rules of Security Hub that are too many, of one order, or of too many values",
        "put some together, order them, or make two of one",
    ),
    "LZ442": Explanation(
        "a membership in Security Incident Response that AWS does not make: its home region, or its team",
        "leave the service out there; name two to ten people, each once",
    ),
    "LZ443": Explanation(
        "settings of Security Lake that cannot work: a rollup region without a lake, a subscriber of what is not "
        "collected, transitions that S3 does not make, management events of which no trail has all",
        "name a governed region that has it; collect it; have a trail with `management_events: all`",
    ),
    "LZ447": Explanation(
        "an override of Macie that wants automated discovery in some accounts, where it is off in all",
        "say `discovery: SOME` of the service",
    ),
    "LZ448": Explanation(
        "(`plan`) two units of one parent have the same tag `landing:id`: somebody has copied it, and which of them is "
        "meant nobody can tell",
        "take the tag off the one that is not yours",
    ),
    "LZ455": Explanation(
        "alarms of rules of AWS Config that nothing asks for",
        "name a key of `services.config`, as `rules.KEY`, or `all`",
    ),
    "LZ460": Explanation(
        "an address by `organization.email_pattern` that AWS does not take",
        "give the account an `email` of its own, or a shorter key, or shorten the pattern",
    ),
    "LZ461": Explanation(
        "more requests for new accounts than the template of Service Quotas has, or one that is made twice",
        "ask for fewer, or in fewer regions",
    ),
    "LZ466": Explanation(
        "a policy, an administrator or a notification channel of Firewall Manager that AWS would refuse, or of no use",
        "the message says why: what it is, for whom, where, or what it refers to",
    ),
    "LZ467": Explanation("policies of Firewall Manager where AWS Config does not record", "record there, all the time"),
    "LZ468": Explanation(
        "Shield Advanced without its commitment, for nobody, or whose response team can call nobody or has no role",
        "correct it at that place",
    ),
    "LZ469": Explanation(
        "settings of Security Hub that AWS would refuse: its regions, an automation rule, a connector, its overrides",
        "the message says why; correct it at that place",
    ),
    "LZ470": Explanation(
        "an analyzer of unused access that is paid for beside the one that Security Hub brings",
        "leave `access_analyzer.unused` out, unless you need its period or its exclusions",
    ),
    "LZ471": Explanation(
        "a guardrail with the key of a policy that a service brings", "give the guardrail another key"
    ),
    "LZ477": Explanation(
        "two declarative guardrails of one place that set one thing differently",
        "keep one of the two: AWS takes what was attached first, and does not tell which that is",
    ),
    "LZ478": Explanation(
        "declarative guardrails that together come to nothing valid",
        "set what is missing, or remove what is too much: until then AWS keeps what was valid before",
    ),
    "LZ479": Explanation(
        "a baseline that sets what a declarative guardrail sets in the same account",
        "leave it to the guardrail there: AWS refuses it to everybody else, and the stack would fail",
    ),
    "LZ480": Explanation(
        "(warning) a backup policy that names a vault or a role which nothing of the config makes in an account",
        "have the baselines `backup-vault` and `backup-role` reach its accounts; where others make them, accept it",
    ),
    "LZ481": Explanation("new accounts are to wait in the root", "name a unit of their own as `quarantine`"),
    "LZ482": Explanation(
        "(warning) a quarantine unit that holds nobody: no guardrail is attached there, or no stack set covers it",
        "attach `deny-all-suspended` there, and name the unit in the targets of the baselines",
    ),
    "LZ483": Explanation(
        "alarms told to Slack in a partition that has no Amazon Q Developer in chat applications",
        "take `slack` out, and add `https` or `email`",
    ),
    "LZ485": Explanation(
        "discovery or a job of Macie that AWS does not take: an allow list of no or two forms, thresholds that do not "
        "rise, keys that there are not, discovery that is off, buckets of which nothing is said",
        "the message names the setting and what it takes",
    ),
    "LZ491": Explanation("two waves of one name, or one called `rest`", "choose another name"),
    "LZ492": Explanation("what is in two waves", "leave it out of one of the two"),
    "LZ493": Explanation("a wave that reaches nothing, or everything", "name units below the root, or accounts"),
    "LZ494": Explanation(
        "a gate that asks what no service of the config answers, or has `minutes` and asks nothing",
        "switch the service on, or take the question out",
    ),
    "LZ501": Explanation(
        "(`plan`, `drift`, `apply`) an account id that AWS does not have, or has for something else",
        "the message says what AWS has; correct the id, or leave it out",
    ),
    "LZ502": Explanation(
        "(`plan`, `drift`) the bucket of the lock does not exist",
        "correct the name, or create the bucket: `landing bootstrap` does where `access.pipeline` is configured",
    ),
    "LZ503": Explanation(
        "(all that asks AWS) there are no credentials, or they have expired",
        "log in, set AWS_PROFILE, or try `--sandbox`",
    ),
    "LZ504": Explanation(
        "(`apply`) AWS takes longer than it may", "run again to resume; `timeouts` in the config allows more"
    ),
    "LZ505": Explanation(
        "AWS's endpoint cannot be reached", "look at the network, the proxy, and whether the region is enabled"
    ),
    "LZ506": Explanation(
        "a call that could not be sent, or whose answer could not be read", "the message says what botocore makes of it"
    ),
    "LZ507": Explanation(
        "(`apply`) what AWS began has failed", "AWS's reason stands beside it; run again when that is mended"
    ),
    "LZ508": Explanation(
        "(`apply`) what has the name that ours would have is somebody else's",
        "rename it, or delete it, or choose another key",
    ),
    "LZ509": Explanation(
        "(`apply`) a stack set could not be deployed to some accounts",
        "their reasons are named; run again when they are mended",
    ),
    "LZ511": Explanation("(`apply`) somebody else has moved an account meanwhile", "plan again"),
    "LZ512": Explanation("(`apply`) what a change needs does not exist yet, or AWS does not show it yet", "run again"),
    "LZ513": Explanation("(`apply`) AWS does not show a change as declared", "plan again: it shows what differs"),
    "LZ514": Explanation("(`apply`) a mistake in landing itself has stopped a change", "run again; report it"),
    "LZ515": Explanation(
        "(`apply`) what the declarative policies on the way to some accounts come to is not valid, so AWS keeps there "
        "what was valid before",
        "correct the policy that the reason names, or detach one; others may have made it",
    ),
    "LZ520": Explanation(
        "(all that asks AWS) an account would be made with an e-mail address that nobody can have",
        "write one that you receive, or try `--sandbox`",
    ),
    "LZ521": Explanation(
        "(`plan`, `drift`, `apply`) `services.control_tower` where Control Tower has no landing zone",
        "leave it out, or set up a landing zone in the home region first",
    ),
    "LZ522": Explanation(
        "(`plan`, `drift`, `apply`) a control that the Control Catalog does not have, or one by two names",
        "the control that was meant is suggested",
    ),
    "LZ523": Explanation(
        "(`plan`, `drift`, `apply`) a parameter that a control of Control Tower does not have",
        "its parameters are named",
    ),
    "LZ524": Explanation(
        "(`bootstrap`) the account has an OIDC provider that others made, or has not the one that it is to have",
        "`existing_provider` says whether one is there already",
    ),
    "LZ531": Explanation(
        "(`plan`, `drift`, `apply`) `services.identity_center` where IAM Identity Center is not enabled, or for "
        "applications alone",
        "enable it in the console of the management account, which no API does, or leave it out",
    ),
    "LZ532": Explanation(
        "(`plan`, `drift`, `apply`) a group or user that the identity store does not have",
        "correct the name, or have the identity provider send it",
    ),
    "LZ541": Explanation("(`apply`) a gate that wants a person's yes", "look at the wave, then `--approve-wave`"),
    "LZ542": Explanation(
        "(`apply`) more denials or findings since a wave began than its gate allows",
        "find out why, remove the tag `landing:wave` of the root, and run again",
    ),
    "LZ543": Explanation(
        "(`apply`) a gate that cannot be asked, which stays closed until a person says yes",
        "the message says what did not answer; see to that and run again, or look yourself, then `--approve-wave`",
    ),
    "LZ544": Explanation("(`apply`) a gate that watches a wave a while longer", "run again at that time"),
    "LZ545": Explanation(
        "(`apply`) something of a wave is left that was not there when the wave was made",
        "run again: it is made, and the next wave begins",
    ),
}


def page() -> str:
    """`docs/validate.md`."""
    rows = "\n".join(f"| {code} | {each.wrong} | {each.remedy} |" for code, each in CODES.items())
    return f"""# What `landing validate` finds

A problem has a code, a severity, a place (file, line and column), a message and, where there is one, what to do.
Codes are kept: what one means does not change, and none is used again. What is found in the JSON of policies has
codes of its own ([policy-lint.md](policy-lint.md)). `landing explain CODE` says what a code means, without this page.

What AWS is known to refuse is refused here, not half way through an apply: names, e-mails, phone numbers and tags go
by the patterns of AWS's own models (botocore); standards, controls, managed rules, service principals and policy
types by lists that the sandbox goes by too (`landing/core/constraints/`). The lists are as old as the release: what
AWS has added since is refused as well, until a newer release knows it.

All is told at once. What cannot be read or is wrong is left out, the rest is checked, and nothing is said that would
come only of what is left out. Of a folder with a file that may not be read (LZ103, LZ409) nothing else is said.

| code | what is wrong | what to do |
| --- | --- | --- |
{rows}
"""


if __name__ == "__main__":
    sys.stdout.write(page())
