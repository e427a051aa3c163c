"""IAM Access Analyzer: who outside has access, who does not use it, who inside has; and findings that are archived."""
