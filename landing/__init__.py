"""An AWS landing zone as declarative YAML: validate, plan, apply, drift."""

__version__ = "0.1.0"
