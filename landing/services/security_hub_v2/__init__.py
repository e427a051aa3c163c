"""AWS Security Hub, the newer of the two: where it is on, its aggregator, automation rules and connectors."""
