"""Amazon Detective: its administrator, whose behaviour graphs there are, and their members."""
