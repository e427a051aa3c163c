"""An AWS landing zone as declarative YAML: validate, plan, apply, drift."""
