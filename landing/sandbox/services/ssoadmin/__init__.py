"""IAM Identity Center: permission sets, who has them where, attributes for access control (sso-admin API reference).

No API enables it for an organization (API reference, CreateInstance): what people do in the console is the option
`identity_center` of a world, `{"region": …, "groups": [names], "users": [names]}`; with `"permission_sets": false` it
is for applications alone.
"""

from __future__ import annotations

from typing import ClassVar

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.service import Scope, Service
from landing.sandbox.services.ssoadmin.sets import TAGS
from landing.sandbox.services.ssoadmin.state import PRINCIPAL, Center

FOR_ALL = ("ListInstances", "CreateInstance")


class SsoAdmin(Service[Center]):
    """The instance of an organization; account instances, applications and token issuers are unsupported."""

    name = "sso-admin"
    scope = Scope.WORLD
    state_type = Center
    topics = (TAGS,)
    token_error: ClassVar = {"code": "ValidationException", "message": "The pagination token is not valid."}

    def admit(self, call: Call) -> None:
        """The management account and the delegated administrator (User Guide, "Delegated administration")."""
        if call.operation.name not in FOR_ALL and accounts.may_administer(call, PRINCIPAL) is None:
            raise Refusal("AccessDeniedException", "User is not authorized to administer IAM Identity Center.")
