"""Config texts that tests begin with."""

SMALL = """
organization:
  name: test
  home_region: eu-west-1
  governed_regions: [eu-west-1, us-east-1]
roles: {management: management, log_archive: log-archive, security_tooling: security-tooling}
units:
  security: {name: Security}
  workloads:
    name: Workloads
    units:
      prod: {name: Prod}
      dev: {name: Dev}
accounts:
  management: {name: Management, email: m@example.com, unit: root}
  log-archive: {name: Log Archive, email: l@example.com, unit: security}
  security-tooling: {name: Security Tooling, email: s@example.com, unit: security}
  shop-prod: {name: Shop Prod, email: sp@example.com, unit: workloads/prod, tags: {env: prod}}
  shop-dev: {name: Shop Dev, email: sd@example.com, unit: workloads/dev, tags: {env: dev}}
"""
"""An organization with nothing special about it; tests change it by text."""
