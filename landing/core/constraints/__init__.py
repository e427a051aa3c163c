"""What AWS is known to refuse: the one table of it, for `landing validate` and for the sandbox.

Data and plain functions; nothing here asks AWS, and nothing imports botocore. `inputs.json` holds what botocore's
models say of the inputs that the config fills, `config_rules.json` the managed rules of AWS Config; tests compare both
with their sources, and `pytest --update-golden` writes them anew.
"""
