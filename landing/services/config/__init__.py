"""AWS Config: recording and organization rules."""
