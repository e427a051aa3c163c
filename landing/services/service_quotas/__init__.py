"""Service Quotas: what new accounts ask for."""
