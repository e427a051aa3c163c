"""From two sides to a plan, and from a plan to AWS: observe, compare, order, apply.

Nothing here knows what a service is. Imported by `guardrails`, `runs`, reports and the command line. Begin with `plan`,
then `apply`.
"""
