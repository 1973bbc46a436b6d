"""Role options of the command line on a chain: checked first, then put on its last role."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from runner.acquire import remedy
from runner.acquire.awsfiles import wrong
from runner.model.failure import Failure
from runner.model.identity import AssumedRole, Identity, LoginSession, PermissionSet, Role, SamlRole, StaticKeys, User
from runner.model.request import ROLE_OPTIONS
from runner.settings import environ, sts_limits
from runner.settings.durations import text
from runner.settings.files import policy_file
from runner.settings.options import SEPARATOR
from runner.settings.sts_limits import RefusedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.model.request import RunRequest

# The key of a runner.toml -> the option that says the same.
OPTION_OF = {
    "role_session_name": "role_session_name",
    "source_identity": "source_identity",
    "session_tags": "session_tag",
    "session_policy": "session_policy",
    "session_policy_arns": "session_policy_arn",
    "duration_s": "duration",
}
LARGEST_POLICY = 64 * 1024  # characters of a file


@dataclass(frozen=True, slots=True)
class RoleOptions:
    """What the command line says about the last role, by the names of its fields; `origins` says where it was said."""

    values: dict[str, object]
    origins: dict[str, str] = field(default_factory=dict)


def read(request: RunRequest) -> RoleOptions:
    """Read and check the role options, and the file of the session policy; raises usage."""
    values: dict[str, object] = {}
    origins = {key: request.origins[option] for key, option in OPTION_OF.items() if option in request.origins}
    for key in ("role_session_name", "source_identity"):
        if getattr(request, key):
            values[key] = getattr(request, key)
    if request.session_tag:
        values["session_tags"] = tuple(_tag(each, origins) for each in request.session_tag.split(SEPARATOR))
    if request.session_policy:
        values["session_policy"] = _policy(request, origins)
    if request.session_policy_arn:
        values["session_policy_arns"] = tuple(request.session_policy_arn.split(SEPARATOR))
    try:
        checked = sts_limits.checked(Role(name="", where="", role_arn=sts_limits.ROLE_EXAMPLE, **values))  # type: ignore[arg-type]  # by name
    except RefusedError as error:
        raise _refused(origins[error.key], error) from error
    values = {key: getattr(checked, key) for key in values}
    if request.duration_s:
        values["duration_s"] = request.duration_s
    return RoleOptions(values, origins)


def _refused(origin: str, error: RefusedError) -> Failure:
    problem = f"{origin} {error.problem}"
    return Failure("usage", problem=problem, cause=f"allowed: {error.allowed}", remedy="run --help")


def _tag(said: str, origins: dict[str, str]) -> tuple[str, str]:
    key, equals, value = said.partition("=")
    if not equals:
        raise environ.wrong(origins["session_tags"], said, "KEY=VALUE")
    return key, value


def _policy(request: RunRequest, origins: dict[str, str]) -> str:
    path = policy_file(request.session_policy)
    if not path:
        return request.session_policy
    try:
        with Path(path).open(encoding="utf-8") as file:
            policy = file.read(LARGEST_POLICY)
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        allowed = f"the JSON of a policy, or a file of it: {said}"
        raise environ.wrong(origins["session_policy"], path, allowed) from error
    return policy or " "  # an empty file is no policy, and never none at all


def leave_out(request: RunRequest) -> None:
    """Take out of a request what says how the last role is assumed: variables such as RUN_DURATION are for a run.

    The source of a role ARN stays: there is no other way to its credentials.
    """
    request.duration_s = 0
    for key in ROLE_OPTIONS:
        if key != "via" or not request.identity.startswith("arn:"):
            setattr(request, key, "")


def with_hop(chain: list[Identity], request: RunRequest) -> list[Identity]:
    """Put the role of --assume-role behind a chain; raises usage."""
    if not request.assume_role:
        return chain
    if not sts_limits.is_arn(request.assume_role, "iam", "role/"):
        allowed = f"the ARN of a role, such as {sts_limits.ROLE_EXAMPLE}"
        raise environ.wrong(request.origins["assume_role"], request.assume_role, allowed)
    return [*chain, Role(name=request.identity, where=request.origins["assume_role"], role_arn=request.assume_role)]


def apply(chain: list[Identity], options: RoleOptions) -> list[Identity]:
    """Put the options on the last role of a chain; raises conflicting-options, duration-too-long.

    A user at its end has no role, but sessions with a duration.
    """
    last = len(chain) - 1 if isinstance(chain[-1], User) else _last_role(chain)
    _check_taken(chain[last] if last >= 0 else None, options)
    done = list(chain)
    if options.values:
        try:
            done[last] = _with(done[last], options.values)
        except RefusedError as error:
            raise _refused(options.origins.get(error.key, error.key), error) from error
    _check_durations(done, options.origins.get("duration_s", ""))
    return done


def _last_role(chain: list[Identity]) -> int:
    return max((number for number, link in enumerate(chain) if isinstance(link, AssumedRole)), default=-1)


def _check_taken(link: Identity | None, options: RoleOptions) -> None:
    """Raise conflicting-options for an option that the link does not take."""
    taken = {each.name for each in fields(link)} if link is not None else set()
    for key in options.values:
        if key not in taken:
            problem = f"{options.origins[key]} is for a role, and none is in the chain"
            if isinstance(link, AssumedRole):
                by = "a SAML assertion" if isinstance(link, SamlRole) else "a web identity token"
                problem = f"{options.origins[key]} is not for a role assumed with {by}, which says that itself"
            raise Failure("conflicting-options", problem=problem, remedy="run --help")


def _with(link: Identity, values: dict[str, object]) -> Identity:
    """Return a link with values of the command line; session tags are added to its own. Raises RefusedError."""
    if isinstance(link, Role) and "session_tags" in values:
        tags = {**dict(link.session_tags), **dict(values["session_tags"])}  # type: ignore[call-overload]  # pairs
        values = {**values, "session_tags": tuple(tags.items())}
    changed = replace(link, **values)  # type: ignore[arg-type]  # by name
    return sts_limits.checked(changed) if isinstance(changed, AssumedRole) else changed


def _check_durations(chain: list[Identity], option: str) -> None:
    """Raise duration-too-long for what STS is known to refuse: more than 12 h, or 1 h of a role that is chained."""
    number_of_last = _last_role(chain)
    for number, link in enumerate(chain):
        if not isinstance(link, AssumedRole):
            continue
        is_chained = number > 0 and _is_session(chain[number - 1])
        longest_s = sts_limits.CHAINED_S if is_chained else sts_limits.ROLE_S[1]
        if link.duration_s > longest_s:
            why = "a role assumed with another session's credentials (role chaining)" if is_chained else "a role"
            says = option if option and number == number_of_last else link.where
            raise Failure(
                "duration-too-long",
                problem=f"the session of {why} lasts at most {text(longest_s)}, not {text(link.duration_s)}",
                cause=f"asked for by {says}",
                remedy=f"run --duration {text(longest_s)} -i {chain[-1].name} -- ..."
                if says == option
                else remedy.edit(link.where),
            )


def _is_session(link: Identity) -> bool:
    """Tell whether credentials are known to be a session's; of programs and of the environment only AWS knows."""
    keys = link.credentials.session_token if isinstance(link, StaticKeys) else ""
    return bool(keys) or isinstance(link, AssumedRole | PermissionSet | LoginSession | User)


def check_arns(chain: list[Identity]) -> None:
    """Raise invalid-config for a role that has no ARN of a role."""
    for link in chain:
        if isinstance(link, AssumedRole) and not sts_limits.is_arn(link.role_arn, "iam", "role/"):
            raise wrong(link.where, f'role_arn "{link.role_arn}" is not the ARN of a role', sts_limits.ROLE_EXAMPLE)
