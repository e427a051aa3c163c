"""The kinds of resources, a folder a service. `base` has the protocol of a kind, `registry` all of them."""
