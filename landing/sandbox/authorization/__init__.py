"""Who may do what: the policies of an identity, its organization and the resource, decided by `landing.policy`.

`evaluation` decides a call by its IAM `actions` and `resources`; `trust` decides about assuming a role, `delivery`
about a service that writes to somebody's bucket or uses a key. Imported by the endpoint and by services. Begin with
`evaluation`.
"""
