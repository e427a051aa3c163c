"""AWS, behind one door: clients, rates, retries, counting, and the live organization, read once.

Nothing else imports boto3. Here belongs how AWS is asked, not what for: that is the services'. Imported by `services`
and all above. Begin with `door`, then `tree`.
"""

from landing.aws.batches import batched
from landing.aws.causes import cause_of
from landing.aws.door import Aws, ReadOnly
from landing.aws.expected_refusals import SERVICE_DENIES, unless
from landing.aws.faults import code_of, translated, translation
from landing.aws.identity import check_organization
from landing.aws.membership import as_joined
from landing.aws.metrics import Setback, Tally, Use
from landing.aws.profile import account_of, region_of
from landing.aws.queue import Queue
from landing.aws.rate_limits import Clock, Interrupted, NotBegun
from landing.aws.reads import Reads
from landing.aws.s3_object import ConditionalObject
from landing.aws.survey import AWAITED, EVALUATED, FULL_ACCESS, SCP
from landing.aws.tree import Tree

__all__ = [
    "AWAITED",
    "EVALUATED",
    "FULL_ACCESS",
    "SCP",
    "SERVICE_DENIES",
    "Aws",
    "Clock",
    "ConditionalObject",
    "Interrupted",
    "NotBegun",
    "Queue",
    "ReadOnly",
    "Reads",
    "Setback",
    "Tally",
    "Tree",
    "Use",
    "account_of",
    "as_joined",
    "batched",
    "cause_of",
    "check_organization",
    "code_of",
    "region_of",
    "translated",
    "translation",
    "unless",
]
