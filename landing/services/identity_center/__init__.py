"""IAM Identity Center: permission sets, who has them in which accounts, and attributes for access control."""
