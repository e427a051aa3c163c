"""Which segment of the hub an attached network belongs to, and which segments reach it."""

from troposphere import Parameter, Ref, Template
from troposphere.ec2 import TransitGatewayRouteTableAssociation, TransitGatewayRouteTablePropagation

CONTROLS = ("nist-800-53-r5:AC-4", "nist-csf-2.0:PR.IR-01")
MOST = 20


def transit_attachment(*, reached_by: int = 1) -> Template:
    """Which segment of the hub an attached network belongs to, and which segments reach it.

    A stack in the account of the hub. `Attachment` and `Segment` are ids, as outputs of other stacks give them: of the
    attachment, and of the route table by which its network looks for others. `ReachedBy1` and so on, as many as
    `reached_by` says, are the route tables that learn the way to it.
    """
    if not 0 <= reached_by <= MOST:
        raise ValueError(f"`reached_by` is from 0 to {MOST}: how many segments")
    template = Template("The segment of an attached network")
    attachment = "^tgw-attach-[0-9a-f]{8,17}$"
    table = "^tgw-rtb-[0-9a-f]{8,17}$"
    template.add_parameter(Parameter("Attachment", Type="String", AllowedPattern=attachment))
    template.add_parameter(Parameter("Segment", Type="String", AllowedPattern=table))
    template.add_resource(
        TransitGatewayRouteTableAssociation(
            "Association", TransitGatewayAttachmentId=Ref("Attachment"), TransitGatewayRouteTableId=Ref("Segment")
        )
    )
    for number in range(1, reached_by + 1):
        template.add_parameter(Parameter(f"ReachedBy{number}", Type="String", AllowedPattern=table))
        template.add_resource(
            TransitGatewayRouteTablePropagation(
                f"Propagation{number}",
                TransitGatewayAttachmentId=Ref("Attachment"),
                TransitGatewayRouteTableId=Ref(f"ReachedBy{number}"),
            )
        )
    return template
