"""Text encrypted under a key of AWS KMS: a data key of its own for each, AES-256-GCM, bound to the organization.

KMS Developer Guide, "GenerateDataKey", "Encryption context". Whoever encrypts cannot decrypt by that: the one needs
kms:GenerateDataKey, the other kms:Decrypt, and CloudTrail has both.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from landing.aws.door import Aws
from landing.aws.faults import translated
from landing.core import json_text
from landing.core.errors import AwsError, LandingError, Refused, UnknownFormat, WrongPlan
from landing.core.model import ORGANIZATION, Scope

ENCRYPT, DECRYPT = "kms:GenerateDataKey", "kms:Decrypt"
"""The IAM actions; neither changes anything in AWS."""
CONTEXT = "landing:organization"
"""The key of the encryption context, whose value is the id of the organization."""
KIND, FORMAT = "landing encrypted plan", "1.0"
NOT_ITS_OWN = ("IncorrectKeyException", "InvalidCiphertextException")
"""How KMS answers when the key, the encrypted data key and the context do not belong together."""
NONCE = 12
"""Bytes (NIST SP 800-38D, 8.2); a data key encrypts one text."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the envelope says openly, all of which is authenticated; `data_key` is encrypted, in base64."""

    encrypted: str
    format_version: str
    key: str
    organization: str
    data_key: str
    nonce: str

    @property
    def bound(self) -> bytes:
        """The additional data with which the text is encrypted."""
        return json.dumps(asdict(self), sort_keys=True).encode()


@dataclass(frozen=True, slots=True)
class Envelope:
    """An encrypted text; `to_json` is how it is written."""

    header: Header
    ciphertext: bytes

    def to_json(self) -> dict[str, str]:
        """Strings alone."""
        return {**asdict(self.header), "ciphertext": b64encode(self.ciphertext).decode()}


def is_envelope(data: Any) -> bool:
    """Whether a document says that it is one."""
    return isinstance(data, Mapping) and data.get("encrypted") == KIND


def envelope_of(data: Mapping[str, Any], name: str) -> Envelope:
    """Read what `to_json` wrote; raises UnknownFormat."""
    try:
        if str(data["format_version"]) != FORMAT:
            raise UnknownFormat(f"{name} is encrypted in format {data['format_version']}, not {FORMAT}. Plan again")
        parts = {key: json_text.typed(value, str) for key, value in data.items() if key != "ciphertext"}
        found = Envelope(Header(**parts), b64decode(data["ciphertext"], validate=True))
        b64decode(found.header.data_key, validate=True)
        if len(b64decode(found.header.nonce, validate=True)) != NONCE:
            raise ValueError("`nonce` has another length")
    except json_text.DAMAGE as error:
        raise UnknownFormat(f"{name} is not whole: {json_text.damage(error)}. Plan again") from error
    return found


def sealed(aws: Aws, key: str, text: str) -> Envelope:
    """The text encrypted under a key: its ARN or id, or that of an alias.

    Raises Refused before there is an organization, LandingError when KMS gives no data key.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    organization, scope = _organization(aws), _scope(key)
    try:
        with translated(scope, "GenerateDataKey"):
            answer = aws.client("kms", scope).generate_data_key(
                KeyId=key, KeySpec="AES_256", EncryptionContext={CONTEXT: organization}
            )
    except AwsError as error:
        raise LandingError(f"cannot encrypt under the key {key}: {error}") from error
    nonce = os.urandom(NONCE)
    data_key, written = (b64encode(part).decode() for part in (answer["CiphertextBlob"], nonce))
    header = Header(KIND, FORMAT, answer["KeyId"], organization, data_key, written)
    return Envelope(header, AESGCM(answer["Plaintext"]).encrypt(nonce, text.encode(), header.bound))


def opened(aws: Aws, envelope: Envelope, name: str) -> str:
    """The text; `name` is that of its file.

    Raises WrongPlan when it was made for another organization or was changed, LandingError when KMS does not decrypt.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    header, organization = envelope.header, _organization(aws)
    if header.organization != organization:
        raise WrongPlan(f"{name} was encrypted for the organization {header.organization}, and this is {organization}")
    scope = _scope(header.key)
    try:
        with translated(scope, "Decrypt"):
            answer = aws.client("kms", scope).decrypt(
                KeyId=header.key,
                CiphertextBlob=b64decode(header.data_key),
                EncryptionContext={CONTEXT: organization},
            )
    except AwsError as error:
        if error.diagnostic.aws_code in NOT_ITS_OWN:
            raise WrongPlan(
                f"{name} was changed after it was encrypted, or is not of this organization: {header.key} has not "
                f"encrypted its data key for {organization}. Plan again"
            ) from error
        raise LandingError(f"cannot decrypt {name}, which is encrypted under the key {header.key}: {error}") from error
    try:
        nonce = b64decode(header.nonce)
        return AESGCM(answer["Plaintext"]).decrypt(nonce, envelope.ciphertext, header.bound).decode()
    except (InvalidTag, ValueError) as error:
        raise WrongPlan(f"{name} was changed after it was encrypted. Plan again") from error


def _organization(aws: Aws) -> str:
    """Its id; raises Refused before there is one."""
    with translated(ORGANIZATION):
        live = aws.tree.description
    if not live:
        raise Refused("there is no organization yet for which a plan could be encrypted: leave --encrypt out")
    return str(live["Id"])


def _scope(key: str) -> Scope:
    """Where a key is: in the region of its ARN, or else in the home region."""
    parts = key.split(":")
    return Scope(region=parts[3]) if len(parts) > 5 and parts[3] else ORGANIZATION
