"""Amazon Macie: its administrator, what it watches, its members, discovery, where results go."""
