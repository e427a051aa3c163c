"""AWS Security Incident Response: the membership of the organization, its team, and which accounts it covers."""
