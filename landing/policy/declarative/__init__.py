"""Policies that say how things are set, by inheritance: all types of AWS Organizations but SCPs and RCPs.

Here belongs what AWS documents of their operators and of the shape of each type. Begin with `inheritance`.
"""

from landing.policy.declarative.inheritance import Conflict, Effective, effective, leaves

__all__ = ["Conflict", "Effective", "effective", "leaves"]
