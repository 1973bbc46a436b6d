"""Everything that can go wrong, one row each: slug, class, sentence, remedy, and what it means."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    # What a failure asks of the caller; outcome.py knows the exit status of each.
    FailureClass: TypeAlias = Literal[
        "usage", "temporary", "authentication", "configuration", "internal", "not-executable", "not-found"
    ]


class Row:
    """One kind of failure: `sentence` and `remedy` are templates over the facts of the one raised."""

    __slots__ = ("failure_class", "meaning", "remedy", "sentence")

    def __init__(self, failure_class: FailureClass, sentence: str, remedy: str, meaning: str) -> None:
        self.failure_class = failure_class
        self.sentence = sentence
        self.remedy = remedy
        self.meaning = meaning


FAILURES: dict[str, Row] = {
    "usage": Row(
        "usage",
        "{problem}",
        "{remedy}",
        "The command line or a RUN_ variable cannot be read as it stands.",
    ),
    "conflicting-options": Row(
        "usage",
        "{problem}",
        "{remedy}",
        "Two options, or an option and the identity, exclude each other.",
    ),
    "unknown-identity": Row(
        "configuration",
        "no identity and no AWS profile has this name{near}",
        "{remedy}",
        "The name is in no runner.toml and no AWS profile has it. There is never a fall-back to `default`.",
    ),
    "no-identity": Row(
        "configuration",
        "no identity was named",
        "run --identity NAME -- {command}        # or set RUN_IDENTITY",
        "Neither --identity nor RUN_IDENTITY says as whom to run.",
    ),
    "no-match": Row(
        "configuration",
        "no identity matches {pattern}",
        "runner config path        # which files were looked at",
        "A pattern, group or tag selects no identity, or nothing is left of what was selected.",
    ),
    "invalid-config": Row(
        "configuration",
        "{where}: {problem}",
        "{remedy}",
        "A configuration file or an entry in it is broken: a wrong key, type or value, or no source of credentials.",
    ),
    "identity-loop": Row(
        "configuration",
        "its sources of credentials form a loop: {loop}",
        "{remedy}",
        "An identity is, through its sources, its own source.",
    ),
    "config-not-trusted": Row(
        "configuration",
        "{path} {problem}",
        "{remedy}",
        "A project's runner.toml is used only after `runner trust FILE`, and only if nobody else can write it.",
    ),
    "dependency-missing": Row(
        "configuration",
        "{needs} needs a package that is not installed: {package}",
        "{remedy}",
        "An optional part of the installation is needed here.",
    ),
    "mfa-required": Row(
        "authentication",
        "an MFA code of {serial} is needed, and {problem}",
        "{remedy}",
        "An MFA code is needed, and nobody may be asked: --no-input, CI, a renewal. Use RUN_MFA_CODE or mfa_process.",
    ),
    "mfa-rejected": Row(
        "authentication",
        "{problem}",
        "{remedy}",
        "AWS refuses the MFA code: mistyped, used before (each is good once), the device's clock, or another's device.",
    ),
    "no-tty": Row(
        "authentication",
        "{needs} is needed, and {problem}",
        "{remedy}",
        "Somebody must be asked, and there is no terminal, run is in the background, or nobody answered.",
    ),
    "access-denied": Row(
        "authentication",
        "AWS refused {operation}",
        "aws sts get-caller-identity        # with the same credentials: whose permission is it that is missing?",
        "AWS refused a call other than AssumeRole.",
    ),
    "role-not-assumable": Row(
        "authentication",
        "{source} may not assume {role}",
        "aws iam get-role --role-name $(basename {role})        # does it trust {source}{hint}? may that assume it?",
        "AWS refused AssumeRole: trust policy, permissions, external ID, MFA or a condition; it does not say which.",
    ),
    "wrong-account": Row(
        "authentication",
        "it is in account {actual}, and {guard} allows only {expected}",
        "runner list        # take an identity of account {expected}, or change {guard}",
        "The guard: AWS says another account than the identity or --account does.",
    ),
    "wrong-arn": Row(
        "authentication",
        "it is {actual}, and {guard} allows only {expected}",
        "runner list        # take the identity that is meant, or change {guard}",
        "The guard: AWS says another ARN than --expect-arn does.",
    ),
    "credentials-invalid": Row(
        "authentication",
        "AWS does not know the credentials of {source}",
        "{remedy}",
        "The access key is unknown, deleted or inactive, or secret or session token do not belong to it.",
    ),
    "credentials-expired": Row(
        "authentication",
        "the credentials of {source} expired{since}",
        "{remedy}",
        "The source handed out credentials that had ended.",
    ),
    "long-term-keys-disabled": Row(
        "authentication",
        "AWS does not take {source} any more: the access key was deactivated or deleted",
        "{remedy}",
        "The access key of an IAM user was accepted before and is not now. Of a key never seen: credentials-invalid.",
    ),
    "session-revoked": Row(
        "authentication",
        "the session of {source} was revoked: AWS denies it everything",
        "{remedy}",
        "Its role denies everything to sessions that are older than a revocation (AWSRevokeOlderSessions).",
    ),
    "clock-skew": Row(
        "authentication",
        "the clock of this machine is {skew} AWS's",
        "sudo timedatectl set-ntp true        # Linux; macOS: sudo sntp -sS time.apple.com; container: on its host",
        "AWS refuses what a clock more than 15 minutes off has signed; measured by the times AWS says.",
    ),
    "region-disabled": Row(
        "configuration",
        "{problem}",
        "{remedy}",
        "STS is switched off there, or the region is one that each account has to enable first.",
    ),
    "proxy-or-tls": Row(
        "temporary",
        "{problem}",
        "{remedy}",
        "A proxy does not let us through, or the certificate of whoever answers is not trusted.",
    ),
    "credential-process-failed": Row(
        "authentication",
        "its {program} ended with {ending}",
        "{command}        # by itself, to see why",
        "The external program ended with an error of its own.",
    ),
    "credential-process-invalid": Row(
        "configuration",
        "its {program} {problem}",
        "{remedy}",
        "The external program is not there, or what it printed is not what its key asks for.",
    ),
    "credential-process-timeout": Row(
        "temporary",
        "its {program} did not end within {seconds} s",
        "{command}        # by itself, or set process_timeout",
        "The external program was ended, with what it had started.",
    ),
    "web-identity-invalid": Row(
        "authentication",
        "AWS refused the web identity token of {source}",
        "aws iam list-open-id-connect-providers        # is its issuer one, for its audience? whom does {role} trust?",
        "The token is not accepted: its provider, audience or form.",
    ),
    "web-identity-expired": Row(
        "authentication",
        "the web identity token of {source} expired",
        "{remedy}",
        "AWS says the web identity token has ended.",
    ),
    "saml-invalid": Row(
        "authentication",
        "the SAML assertion for {role} {problem}",
        "{command}        # by itself: does it need a login?",
        "The assertion has ended, is for another audience or provider, or is not base64 of a SAML response.",
    ),
    "no-credentials": Row(
        "authentication",
        "{source} gives no credentials",
        "{remedy}",
        "The source exists and has nothing to give.",
    ),
    "throttled": Row(
        "temporary",
        "AWS throttled {operation}",
        "sleep 60        # try again in a minute",
        "Too many requests; the calls were retried before this was said.",
    ),
    "endpoint-unreachable": Row(
        "temporary",
        "{endpoint} cannot be reached",
        "env | grep -i -e proxy -e AWS_ENDPOINT_URL        # does one lead astray? else wait, then try again",
        "No answer, or only errors, from the service.",
    ),
    "command-not-found": Row(
        "not-found",
        'cannot start "{command}": command not found',
        "command -v {command}        # is it installed, and on PATH?",
        "The command is not on PATH, or the path does not exist.",
    ),
    "command-not-executable": Row(
        "not-executable",
        'cannot start "{command}": {problem}',
        "ls -l {command}        # is it an executable file?",
        "The command was found and the system refuses to execute it.",
    ),
    "state-directory-unsafe": Row(
        "configuration",
        "there is no safe directory for credentials",
        "{remedy}",
        "A directory for private files must be ours, mode 0700, no symbolic link, and its path plain.",
    ),
    "renewal-failed": Row(
        "authentication",
        "{problem}",
        "start the command again",
        "While the command runs, its credentials cannot be renewed any more.",
    ),
    "duration-too-long": Row(
        "configuration",
        "{problem}",
        "{remedy}",
        "More time is asked for than the source of credentials gives.",
    ),
    "lock-timeout": Row(
        "temporary",
        "another run is {doing} and does not end (pid {pid})",
        "ps -fp {pid}        # what is it waiting for?",
        "One process at a time acquires an identity; the one that does has not ended in time.",
    ),
    "login-required": Row(
        "authentication",
        'nobody is logged in to the SSO session "{session}"',
        "{login}",
        "There is no token of IAM Identity Center for this session on this machine.",
    ),
    "sso-session-expired": Row(
        "authentication",
        'the SSO session "{session}" expired{since}',
        "{login}",
        "The token of IAM Identity Center has ended, or the service refuses it, and it could not be refreshed.",
    ),
    "permission-set-not-assigned": Row(
        "authentication",
        "permission set {permission_set} in {account} is not assigned to whoever is logged in",
        "{login}        # as somebody who has it, or ask for the assignment",
        "IAM Identity Center knows no such assignment: another user, account or permission set is meant.",
    ),
    "login-session-expired": Row(
        "authentication",
        "the session of `aws login` for {session} ended",
        "aws login --profile {profile}",
        "The session of `aws login` has ended or was never there.",
    ),
    "disk-full": Row(
        "temporary",
        "there is no space left in {path}",
        "df -h {path}        # make room, then try again",
        "Private files could not be written. Nothing that was there has been lost.",
    ),
    "internal": Row(
        "internal",
        "something unforeseen happened in run itself: {problem}",
        "run --debug ...        # report it, with what --debug prints",
        "A defect of run. The command was not started.",
    ),
}
