"""AWS Organizations: units, accounts, policies and where they are attached, trusted access, delegation."""
