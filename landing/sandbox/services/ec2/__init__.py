"""Amazon EC2: moto's, with the account's defaults in a Region that moto lacks."""

from __future__ import annotations

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.ec2 import probes
from landing.sandbox.services.ec2.state import Defaults
from landing.sandbox.services.service import Service


class Ec2(Service[Defaults]):
    """Instances, networks and encryption by default are moto's."""

    name = "ec2"
    extends = True
    probes = probes.PROBES
    state_type = Defaults

    def admit(self, call: Call) -> None:
        """Nothing happens in a dry run (API reference, "Common query parameters")."""
        if call.get("DryRun"):
            raise Refusal("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
