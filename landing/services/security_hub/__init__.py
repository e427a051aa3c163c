"""AWS Security Hub CSPM: its administrator, central configuration, policies and where they apply."""
