"""Amazon Security Lake: its administrator, the lake of each region, what is collected, and who may read it."""
