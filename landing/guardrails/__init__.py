"""Policies at their places: what they do to requests now, after a plan, and on the way.

Here the policy engine meets the organization and the changes of a plan. Imported by `runs`, reports and the command
line. Begin with `estate`, then `effects`.
"""
