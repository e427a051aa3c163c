"""The services that are ours, a folder or a file each, listed in `registry`.

A service is a class whose methods are its operations: `service` is the guide. A folder's `__init__` has the class,
its `state` what is remembered, its other modules the operations by topic. Beside the services: what an operation is
given (`call`), how one service calls another (`clients`), what several of them ask of the organization (`accounts`),
and the `administrator` that some have in it.
"""
