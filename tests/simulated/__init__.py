"""A simulated AWS: the sandbox's application with documented request rates, faults, latency, and organizations of size."""
