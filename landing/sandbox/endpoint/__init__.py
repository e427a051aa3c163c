"""The way of a request: in by boto3 (`guard`) or by HTTP (`server`), through the gateway, to a service or to moto.

`signing` and `admission` say who calls; `gateway` puts the steps in order; `process` starts and stops a server, whose
own paths are in `control` and whose world is kept on disk by `keeper`. Imported by the command line and by
`landing.sandbox`. Begin with `gateway`.
"""
