"""How each kind of identity gets its credentials: one file a kind, and the table of them."""

from __future__ import annotations

from runner.acquire.kinds import (
    ambient,
    assume_role,
    credentials,
    environment,
    login_session,
    permission_set,
    profile,
    saml,
    user,
    variable_keys,
    web_identity,
)
from runner.model.identity import (
    Ambient,
    Environment,
    LoginSession,
    PermissionSet,
    Process,
    Role,
    SamlRole,
    StaticKeys,
    User,
    VariableKeys,
    WebIdentityRole,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from runner.acquire.kinds.contract import Kind
    from runner.model.identity import Identity

KINDS: dict[type[Identity], Kind[Any]] = {
    StaticKeys: profile,
    VariableKeys: variable_keys,
    User: user,
    Process: credentials,
    Ambient: ambient,
    PermissionSet: permission_set,
    LoginSession: login_session,
    Role: assume_role,
    WebIdentityRole: web_identity,
    SamlRole: saml,
    Environment: environment,
}
