"""A loopback AWS to script and to question: STS, the SSO portal and OIDC, S3's ListBuckets, container and instance."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.harness.fake import faults, tls
from tests.harness.fake.actions import Actions
from tests.harness.fake.canaries import Canaries, Witness, leaks
from tests.harness.fake.clock import Clock
from tests.harness.fake.faults import FOREVER, Faults
from tests.harness.fake.http import AwsError, DroppedError, Reply, Request, Service
from tests.harness.fake.keys import AccessKey, KeyStore
from tests.harness.fake.log import Call, CallLog
from tests.harness.fake.metadata import Metadata
from tests.harness.fake.oidc import Oidc, SsoToken
from tests.harness.fake.organizations import Member, Organizations
from tests.harness.fake.portal import Portal
from tests.harness.fake.roles import Authenticator, MfaDevices, Role
from tests.harness.fake.s3 import S3
from tests.harness.fake.saml import SAML_AUDIENCE, Assertions
from tests.harness.fake.server import Server
from tests.harness.fake.signature import Authorization
from tests.harness.fake.signin import Signin
from tests.harness.fake.sts import Sts
from tests.harness.fake.webidentity import AUDIENCE, WebIdentityTokens

__all__ = ["FOREVER", "AccessKey", "Call", "FakeAws", "Role", "SsoToken"]

ACCOUNT = "111111111111"


class FakeAws:
    """The fake and its controls; a context manager, one per test. `url` is for AWS_ENDPOINT_URL."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.secrets = Canaries()
        self.keys = KeyStore(self.clock, self.secrets)
        self.mfa_devices = MfaDevices(self.clock)
        self.web_identity_tokens = WebIdentityTokens(self.clock, self.secrets)
        self.assertions = Assertions(self.clock, self.secrets)
        self.actions = Actions(self.secrets, self.web_identity_tokens)
        self.sts = Sts(self.keys, self.mfa_devices, self.web_identity_tokens, self.assertions)
        self.oidc = Oidc(self.clock, self.secrets)
        self.portal = Portal(self.keys, self.oidc)
        self.metadata = Metadata(self.keys)
        self.signin = Signin()
        self.organizations = Organizations(self.keys)
        self.services: tuple[Service, ...] = (
            self.sts,
            self.portal,
            self.oidc,
            self.signin,
            self.organizations,
            self.metadata,
            self.actions,
            S3(self.keys),
        )
        self.faults = Faults()
        self.log = CallLog()
        self.witnesses: list[Witness] = []
        self._one_at_a_time = threading.Lock()
        self._server = Server(self.answer, self.clock)
        self.url = self._server.url
        self.page = b""  # what everybody gets instead of an answer, as from a network's login page
        self._fronts: list[Server] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving; raise the first defect of the fake itself, if it met one."""
        self.heal()
        self._server.close()
        for front in self._fronts:
            front.close()
        for defect in self._server.defects:
            raise AssertionError(f"the fake AWS failed: {defect!r}") from defect

    # who exists

    def user(self, name: str = "dev", account: str = ACCOUNT) -> AccessKey:
        """Make an IAM user with a long-term key."""
        return self.keys.user(name, account)

    def role(self, arn: str, *trusts: str, lifetime_s: float | None = None) -> Role:
        """Make a role that callers matching the globs `trusts` may assume (none given: everybody).

        The Role returned can be changed at any time: `external_id`, `max_duration_s`, `mfa`, `subjects`...
        """
        role = Role(arn, trusts=trusts or ("*",), lifetime_s=lifetime_s)
        self.sts.roles[arn] = role
        return role

    def role_session(self, role_arn: str, session_name: str = "helper", lifetime_s: float = 3600) -> AccessKey:
        """Issue credentials of a role without a call: what a credential_process prints, an old session..."""
        return self.keys.role_session(role_arn, session_name, lifetime_s)

    def mfa(self, serial: str, *codes: str) -> None:
        """Register an MFA device, or give one more codes; each code is good once, and a secret."""
        self.mfa_devices.add(serial, *(self.secrets.add(code) for code in codes))

    def authenticator(self, serial: str) -> Authenticator:
        """Register a virtual MFA device, which shows another code every 30 seconds."""
        return self.mfa_devices.authenticator(serial)

    def web_identity_token(self, subject: str = "ci", audience: str = AUDIENCE, lifetime_s: float = 3600) -> str:
        """Make a token for AssumeRoleWithWebIdentity; a lifetime below zero makes an expired one."""
        return self.web_identity_tokens.make(subject, audience, lifetime_s)

    def saml_assertion(self, lifetime_s: float = 300, audience: str = SAML_AUDIENCE) -> str:
        """Make an assertion for AssumeRoleWithSAML, of PRINCIPAL; a lifetime below zero makes an ended one."""
        return self.assertions.make(lifetime_s, audience)

    def actions_job(self, subject: str = "repo:corp/app") -> dict[str, str]:
        """Give the variables that a job of GitHub Actions has when it may ask for a web identity token."""
        return self.actions.job(self.url, subject)

    def sso_token(self, lifetime_s: float = 8 * 3600, *, refreshable: bool = True) -> SsoToken:
        """Log somebody in at IAM Identity Center: an access token and, if refreshable, a single-use refresh token."""
        return self.oidc.login(lifetime_s, refreshable=refreshable)

    def permission_set(self, account: str, name: str, lifetime_s: float = 3600) -> None:
        """Assign a permission set to whoever is logged in; again, to change its lifetime."""
        self.portal.assign(account, name, lifetime_s)

    def account(self, account: str, name: str, *permission_sets: str) -> None:
        """Give whoever is logged in permission sets in an account with this name."""
        self.portal.names[account] = name
        for each in permission_sets:
            self.permission_set(account, each)

    def member(self, account: str, name: str, state: str = "ACTIVE") -> None:
        """Put an account into the organization."""
        self.organizations.members.append(Member(account, name, state))

    def container(self, role_arn: str, lifetime_s: float = 3600) -> dict[str, str]:
        """Serve a role to containers; return the variables that a container is given."""
        return self.metadata.container(self.url, role_arn, lifetime_s)

    def instance(self, role_arn: str, lifetime_s: float = 3600) -> dict[str, str]:
        """Serve a role to an EC2 instance (IMDSv2); return the variable that points there."""
        return self.metadata.instance(self.url, role_arn, lifetime_s)

    def behind_tls(self, folder: Path) -> tuple[str, Path]:
        """Serve behind TLS too, with a certificate of its own making; return the URL and the certificate's file."""
        certificate = tls.certificate(folder)
        front = Server(self.answer, self.clock, tls.context(certificate))
        self._fronts.append(front)
        return front.url, certificate

    # what goes wrong

    def fail(
        self,
        operation: str,
        code: str,
        status: int = 400,
        *,
        times: int = 1,
        message: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer the next `times` calls of an operation ("*": of any) with an error."""
        self.faults.fail(operation, faults.aws_error(AwsError(code, status, message, headers)), times)

    def delay(self, operation: str, seconds: float, *, times: int = FOREVER) -> None:
        """Answer late."""
        self.faults.delay(operation, seconds, times)

    def hang(self, operation: str, *, times: int = FOREVER) -> None:
        """Do not answer, until heal() or the end, when the connection is dropped."""
        self.faults.hang(operation, times)

    def reset(self, operation: str, *, times: int = 1) -> None:
        """Reset the connection instead of answering."""
        self.faults.fail(operation, faults.reset, times)

    def heal(self, operation: str | None = None) -> None:
        """Forget all faults, or those of one operation."""
        self.faults.heal(operation)

    def skew(self, seconds: float) -> None:
        """Set the service's clock apart from ours: Date header, signature window, expirations."""
        self.clock.skew_s = seconds

    def expire(self, key: AccessKey) -> None:
        """End temporary credentials now: ExpiredToken."""
        key.expires_at = int(self.clock.now()) - 1

    def revoke_sessions(self, role_arn: str) -> None:
        """Deny everything to the sessions of a role that there are now (AWSRevokeOlderSessions)."""
        for key in self.keys.issued():
            key.revoked = key.revoked or key.principal.role_arn == role_arn

    def close_region(self, region: str) -> None:
        """Let a region be one that the account has not enabled: no key is known there."""
        self.keys.closed_regions.add(region)

    def revoke(self, key: AccessKey) -> None:
        """Deactivate a key: InvalidClientTokenId."""
        key.active = False

    # what happened

    def calls(self, operation: str | None = None) -> list[Call]:
        """Return the calls of an operation, or all, in order of arrival; `len(aws.calls("AssumeRole")) == 1`."""
        return self.log.of(operation)

    def canaries(self) -> tuple[str, ...]:
        """Return every secret there is."""
        return self.secrets.all()

    def leaks(self) -> list[str]:
        """Return every place where a secret was printed in what the witnesses have seen."""
        return [place for witness in self.witnesses for place in leaks(witness.printed(), self.canaries())]

    def answer(self, request: Request) -> Reply:
        """Find the service, note the call, meet the faults, then let the service judge and answer."""
        if self.page:
            return Reply(200, self.page, "text/html")
        for service in self.services:
            operation = service.operation(request)
            if operation is not None:
                return self._call(service, operation, request)
        return Reply(404, b"no such thing here", "text/plain")

    def _call(self, service: Service, operation: str, request: Request) -> Reply:
        authorization = Authorization.of(request)
        access_key_id = authorization.access_key_id if authorization else ""
        call = self.log.add(Call(operation, access_key_id, service.parameters(request), self.clock.now()))
        try:
            self.faults.apply(operation)
            with self._one_at_a_time:
                reply = service.answer(operation, request)
        except AwsError as error:
            call.error = error.code
            reply = service.error(error)
            reply = replace(reply, headers={**reply.headers, **error.headers})
        except DroppedError:
            call.error = "dropped"
            raise
        call.answered = True
        return reply
