"""Policies at their places: what they do to requests now, after a plan, and on the way. Begin with `estate`."""
