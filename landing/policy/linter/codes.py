"""Every code of what the lint finds, and what to do about it.

Codes are kept: what they mean does not change, and none is used again.
"""

from collections.abc import Mapping

from landing.core.codes import Explanation

CODES: Mapping[str, Explanation] = {
    "POL100": Explanation(
        "the document is no policy", 'write an object with "Version" and "Statement", as AWS documents for its type'
    ),
    "POL101": Explanation("an element that there is not", "correct its name, or remove it"),
    "POL102": Explanation("Version is not 2012-10-17", 'write "Version": "2012-10-17"'),
    "POL103": Explanation(
        "Effect is not one that the type has",
        'write "Deny" or, in a service control policy, "Allow", with a capital letter',
    ),
    "POL104": Explanation("not one of Action and NotAction", "keep one of the two"),
    "POL105": Explanation("not one of Resource and NotResource", 'keep one of the two: "Resource": "*" means all'),
    "POL106": Explanation(
        "a Principal that the type does not take",
        'remove it from a service control policy; write "Principal": "*" in a resource control policy, and '
        "conditions for whom it is about",
    ),
    "POL107": Explanation("an entry that is no text", "put it in quotes"),
    "POL108": Explanation("an empty list", "add an entry, or remove the statement"),
    "POL109": Explanation(
        "a Sid that is used twice or has odd characters", "give each statement its own, of letters and digits"
    ),
    "POL110": Explanation("a name that is used twice, in different case", "keep one of the two"),
    "POL200": Explanation("larger than the type allows", "shorten it by wildcards, or split it into two policies"),
    "POL201": Explanation("nearly as large as the type allows", "shorten it, or split it before it grows"),
    "POL202": Explanation("characters beyond ASCII", "write it in ASCII: AWS refuses others, or counts them as more"),
    "POL300": Explanation(
        "a service that there is not", "correct the prefix before the colon: the one that was meant is suggested"
    ),
    "POL301": Explanation(
        "an action that there is not",
        "correct its name: the one that was meant is suggested; one that AWS has added since may be accepted in the "
        "policy's metadata (`accepted: [POL301]`)",
    ),
    "POL302": Explanation("a wildcard that matches no action", "correct it, or remove it: it does nothing"),
    "POL303": Explanation("an action whose service is not written out", "write the service: `s3:*`, or `*` for all"),
    "POL304": Explanation("an action that is listed twice", "remove one of the two"),
    "POL305": Explanation("an action that another entry covers", "remove it, or the wider entry if that was not meant"),
    "POL306": Explanation(
        "a service that RCPs do not reach", "deny it in a service control policy, or by the policies of its resources"
    ),
    "POL307": Explanation("an action that RCPs do not take", "write actions of services, not `*` alone"),
    "POL400": Explanation("a resource that is no ARN", "write `arn:PARTITION:SERVICE:REGION:ACCOUNT:NAME`, or `*`"),
    "POL401": Explanation("a wildcard in the type of a resource", "write the type out"),
    "POL402": Explanation(
        "a variable before the sixth part of an ARN", "put it in the last part, or use a condition instead"
    ),
    "POL403": Explanation("a placeholder that was left unfilled", "fill it in, or name a parameter that there is"),
    "POL404": Explanation("a variable that names no condition key", "correct its name: `${aws:PrincipalTag/team}`"),
    "POL405": Explanation(
        "an action without resource types under an ARN", 'put it in a statement of its own with "Resource": "*"'
    ),
    "POL406": Explanation("an action and a resource that never meet", "put them in statements of their own"),
    "POL407": Explanation("a wildcard in the service of an ARN", "write the service out"),
    "POL408": Explanation("an account in an ARN that is no account", "write 12 digits, or `*`"),
    "POL500": Explanation("an operator that there is not", "correct its name: the one that was meant is suggested"),
    "POL501": Explanation("a condition key that there is not", "correct its name: the one that was meant is suggested"),
    "POL502": Explanation(
        "a value compared as an ARN that is none", "write an ARN of six parts, or compare with a String operator"
    ),
    "POL503": Explanation(
        "a value that its operator cannot read", "write a number, a date, true or false, or an address, as it needs"
    ),
    "POL504": Explanation(
        "a wildcard that is compared as a character", "compare with StringLike or ArnLike, or write it out"
    ),
    "POL505": Explanation("a multivalued key without a set operator", "write ForAnyValue: or ForAllValues: before it"),
    "POL506": Explanation(
        "ForAllValues in an Allow without a check that the key is there",
        'add "Null": {KEY: "false"}: ForAllValues holds where there is no value',
    ),
    "POL507": Explanation(
        "a condition key that the actions never have", "ask for a key that they have, or put them elsewhere"
    ),
    "POL508": Explanation(
        "a Deny that hits requests without the key, such as those of AWS services",
        'spare them: "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}, or an operator …IfExists',
    ),
    "POL509": Explanation("a set operator on a key with one value", "write the operator without it"),
    "POL510": Explanation("a role's ARN without its path", "write the path: `role/PATH/NAME`, or `role/*/NAME`"),
    "POL511": Explanation(
        "a session's ARN where AWS has the role's", "write `arn:aws:iam::ACCOUNT:role/NAME` for aws:PrincipalArn"
    ),
    "POL512": Explanation("an operator of another type than the key", "use an operator of the key's type"),
    "POL513": Explanation("a value that its key never has", "correct the value: those that there are, are named"),
    "POL514": Explanation(
        "a Deny for want of MFA that spares requests without the key", "write BoolIfExists in the place of Bool"
    ),
    "POL515": Explanation("a Deny but for networks that have every address", "name only the networks that are meant"),
    "POL600": Explanation(
        "a Deny of everything for everybody", "let the roles through that must get in, by aws:PrincipalArn"
    ),
    "POL601": Explanation(
        "a lock on regions that hits global services", "add them to NotAction: those that are hit are named"
    ),
    "POL602": Explanation("a statement that denies nothing more than the others", "remove it"),
    "POL700": Explanation("the content does not stand under the key of the type", "put it under the key that is named"),
    "POL701": Explanation("an operator of inheritance that there is not", "write @@assign, @@append or @@remove"),
    "POL702": Explanation("an operator of inheritance used wrongly", "as the message says"),
    "POL703": Explanation(
        "a setting that the type of policy does not have",
        "correct its name: the one that was meant is suggested; one that AWS has added since may be accepted in the "
        "policy's metadata (`accepted: [POL703]`)",
    ),
    "POL704": Explanation("a value that the setting does not take", "write one of those that the message names"),
}
