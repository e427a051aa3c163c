"""The services of AWS, a file or folder each: what is declared of them, their settings, and their kinds.

Imported by `config` and all above, which know no service by name. Begin with `service` and `base`, then
`cloudtrail`; `shapes` has what security services have in common, `registry` all of them.
"""
