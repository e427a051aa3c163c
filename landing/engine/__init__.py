"""From two sides to a plan, and from a plan to AWS: observe, compare, order, apply.

Nothing here knows what a service is. `guardrails`, `runs`, reports and the command line import it. Begin with `plan`,
then `apply`."""
