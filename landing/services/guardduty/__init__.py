"""Amazon GuardDuty: its administrator, what members get, export of findings."""
