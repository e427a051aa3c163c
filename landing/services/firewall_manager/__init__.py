"""AWS Firewall Manager: its administrator, and the policies that it holds accounts to."""
