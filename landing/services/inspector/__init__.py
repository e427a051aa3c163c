"""Amazon Inspector: its administrator, what is scanned in which accounts, suppressed findings, CIS scans."""
