"""AWS, behind one door."""

from landing.aws.door import Aws, ReadOnly
from landing.aws.faults import NoCredentials, code_of, translated
from landing.aws.pace import Clock, Interrupted
from landing.aws.survey import FULL_ACCESS, SCP
from landing.aws.tree import Tree
from landing.aws.unless import SERVICE_DENIES, unless

__all__ = [
    "FULL_ACCESS",
    "SCP",
    "SERVICE_DENIES",
    "Aws",
    "Clock",
    "Interrupted",
    "NoCredentials",
    "ReadOnly",
    "Tree",
    "code_of",
    "translated",
    "unless",
]
