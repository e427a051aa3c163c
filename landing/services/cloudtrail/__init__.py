"""AWS CloudTrail: the organization trail."""
