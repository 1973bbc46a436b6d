"""Which of the caller's variables a child does not get, as data: three lists with a reason a row.

An AWS_ name that is in KEPT stays; one of REMOVED, or with a word of WORDS in it, goes; any other stays: no SDK
reads it. Names outside AWS_ are never taken by prefix, only one by one: OTHERS. A trailing * stands for any ending; in
KEPT it says why names stay that no word takes away.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# Words between underscores that make an AWS_ name one that carries or selects credentials.
WORDS: dict[str, str] = {
    "AUTH": "authorization",
    "AUTHORIZATION": "authorization",
    "CONTAINER": "leads to a container's role",
    "CREDENTIAL": "credentials, or a file of them",
    "CREDENTIALS": "credentials, or a file of them",
    "KEY": "an access key or a secret",
    "METADATA": "leads to a host's role",
    "PASSWORD": "a secret",
    "PROFILE": "selects an identity",
    "PROFILES": "selects identities",
    "ROLE": "selects an identity",
    "SECRET": "a secret",
    "SESSION": "part of another session",
    "TOKEN": "a token",
}

REMOVED: dict[str, str] = {
    "AWS_ACCESS_KEY": "access key id: SDKs for Go, Java v1 and Ruby, s3cmd, minio-go",
    "AWS_ACCESS_KEY_ID": "access key id: every SDK, before any profile",
    "AWS_ACCOUNT_ID": "another identity's account: botocore and others route by it",
    "AWS_AUTH_SCHEME_PREFERENCE": "can select a bearer token instead of a signature",
    "AWS_BEARER_TOKEN_*": "replaces the signature for one service",
    "AWS_CHAINED_SESSION_TOKEN_TTL": "aws-vault's marker",
    "AWS_CONFIG_FILE": "another identity's profiles",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "goes with a container's endpoint",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "goes with a container's endpoint",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "a container's credentials endpoint",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "a container's credentials endpoint, before FULL_URI",
    "AWS_CONTAINER_SERVICE_ENDPOINT": "where the SDK for Java v2 finds a container's endpoint",
    "AWS_CREDENTIALS_FILE": "a file of keys: several tools",
    "AWS_CREDENTIAL_EXPIRATION": "the end of other credentials: botocore, SDK for JavaScript",
    "AWS_CREDENTIAL_FILE": "a file of keys: botocore, s3cmd",
    "AWS_CREDENTIAL_PROFILES_FILE": "a file of keys: SDK for Java v1",
    "AWS_CREDENTIAL_SCOPE": "goes with other credentials: SDK for JavaScript",
    "AWS_DEFAULT_PROFILE": "selects an identity: botocore, SDK for C++",
    "AWS_EC2_INSTANCE_PROFILE_NAME": "selects a host's role",
    "AWS_EC2_METADATA_DISABLED": "set by run: never the host's role",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT": "where a host's role is found",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "where a host's role is found",
    "AWS_EC2_METADATA_V1_DISABLED": "how a host's role is found",
    "AWS_IAM_ROLE_ARN": "web identity's role: SDKs for Rust, Kotlin and Java",
    "AWS_IAM_ROLE_SESSION_NAME": "web identity's role: SDKs for Rust, Kotlin and Java",
    "AWS_IMDSV1_FALLBACK": "how a host's role is found: object_store",
    "AWS_IMDS_USE_IPV6": "where a host's role is found",
    "AWS_LOGIN_CACHE_DIRECTORY": "tokens of `aws login`",
    "AWS_METADATA_ENDPOINT": "where object_store finds a host's role; set by run",
    "AWS_METADATA_SERVICE_NUM_ATTEMPTS": "how a host's role is found",
    "AWS_METADATA_SERVICE_TIMEOUT": "how a host's role is found",
    "AWS_MFA_*": "another tool's MFA",
    "AWS_OKTA_*": "aws-okta's marker",
    "AWS_PROFILE": "selects an identity: every SDK",
    "AWS_ROLE_ARN": "web identity's role: every SDK, some before the profile; s3cmd assumes it",
    "AWS_ROLE_SESSION_NAME": "web identity's role",
    "AWS_SDK_CONFIG_OPT_OUT": "makes the SDK for Ruby pass over the config file",
    "AWS_SDK_LOAD_CONFIG": "set by run",
    "AWS_SDK_LOAD_NONDEFAULT_CONFIG": "makes the SDK for PHP look elsewhere",
    "AWS_SECRET_ACCESS_KEY": "secret: every SDK",
    "AWS_SECRET_KEY": "secret: SDKs for Go, Java v1 and Ruby, s3cmd, minio-go",
    "AWS_SECURITY_TOKEN": "session token: botocore reads it before AWS_SESSION_TOKEN",
    "AWS_SESSION_EXPIRATION": "the end of other credentials: aws-vault, granted",
    "AWS_SESSION_TOKEN": "session token: every SDK",
    "AWS_SHARED_CREDENTIALS_FILE": "another identity's keys",
    "AWS_SKIP_SIGNATURE": "makes object_store send unsigned requests",
    "AWS_SSO": "aws-sso's marker",
    "AWS_SSO_*": "another identity's SSO session",
    "AWS_TOKEN": "session token: object_store",
    "AWS_VAULT": "aws-vault's marker; it refuses to run inside itself",
    "AWS_VAULT_*": "aws-vault's marker",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "web identity: every SDK, some before the profile",
}

KEPT: dict[str, str] = {
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "how endpoints are chosen",
    "AWS_CA_BUNDLE": "which certificates are trusted",
    "AWS_CLI_*": "how the AWS CLI behaves",
    "AWS_CSM_*": "client-side metrics",
    "AWS_DATA_PATH": "where service models are found",
    "AWS_DEFAULTS_MODE": "time-outs and retries",
    "AWS_DEFAULT_OUTPUT": "the AWS CLI's output",
    "AWS_DEFAULT_REGION": "a region; the identity's own wins",
    "AWS_ENDPOINT": "where object_store sends requests",
    "AWS_ENDPOINT_URL": "where requests are sent",
    "AWS_ENDPOINT_URL_*": "where one service's requests are sent",
    "AWS_EXECUTION_ENV": "part of the user agent",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "where requests are sent",
    "AWS_LAMBDA_*": "about the function, not its role",
    "AWS_MAX_ATTEMPTS": "retries",
    "AWS_PAGER": "the AWS CLI's output",
    "AWS_REGION": "a region; the identity's own wins",
    "AWS_REQUEST_*": "compression and checksums",
    "AWS_RESPONSE_*": "checksums",
    "AWS_RETRY_MODE": "retries",
    "AWS_S3_DISABLE_EXPRESS_SESSION_AUTH": "how S3 is used",
    "AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS": "how S3 is used",
    "AWS_S3_USE_ARN_REGION": "how S3 is used",
    "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT": "where S3 requests are sent",
    "AWS_SDK_UA_APP_ID": "part of the user agent",
    "AWS_SIGV4A_SIGNING_REGION_SET": "how requests are signed",
    "AWS_STS_REGIONAL_ENDPOINTS": "where STS requests are sent",
    "AWS_USE_DUALSTACK_ENDPOINT": "where requests are sent",
    "AWS_USE_FIPS_ENDPOINT": "where requests are sent",
}

OTHERS: dict[str, str] = {
    "AMAZON_ACCESS_KEY_ID": "access key id: SDKs for JavaScript v2 and Ruby",
    "AMAZON_SECRET_ACCESS_KEY": "secret: SDKs for JavaScript v2 and Ruby",
    "AMAZON_SESSION_TOKEN": "session token: SDKs for JavaScript v2 and Ruby",
    "AWSUME_COMMAND": "awsume's marker",
    "AWSUME_EXPIRATION": "awsume's marker",
    "AWSUME_PROFILE": "awsume's marker",
    "BOTO_CONFIG": "a file that may hold keys: botocore",
    "EC2_ACCESS_KEY": "access key id: older Ansible and boto",
    "EC2_SECRET_KEY": "secret: older Ansible and boto",
    "EC2_SECURITY_TOKEN": "session token: older Ansible and boto",
    "GRANTED_SSO": "granted's marker",
    "GRANTED_SSO_ACCOUNT_ID": "granted's marker",
    "GRANTED_SSO_REGION": "granted's marker",
    "GRANTED_SSO_ROLE_NAME": "granted's marker",
    "GRANTED_SSO_START_URL": "granted's marker",
    "MINIO_ACCESS_KEY": "access key id: minio-go, restic",
    "MINIO_ROOT_PASSWORD": "secret: minio-go, restic",
    "MINIO_ROOT_USER": "access key id: minio-go, restic",
    "MINIO_SECRET_KEY": "secret: minio-go, restic",
    "RESTIC_AWS_ASSUME_ROLE_ARN": "makes restic assume a role",
    "RESTIC_AWS_ASSUME_ROLE_EXTERNAL_ID": "makes restic assume a role",
    "RESTIC_AWS_ASSUME_ROLE_POLICY": "makes restic assume a role",
    "RESTIC_AWS_ASSUME_ROLE_REGION": "makes restic assume a role",
    "RESTIC_AWS_ASSUME_ROLE_SESSION_NAME": "makes restic assume a role",
    "RESTIC_AWS_ASSUME_ROLE_STS_ENDPOINT": "makes restic assume a role",
    "RUN_MFA_CODE": "a code for run alone, and good once",
    "S3_ACCESS_KEY": "access key id: s4cmd",
    "S3_SECRET_KEY": "secret: s4cmd",
    "SAML2AWS_PROFILE": "saml2aws' marker",
}


def scrubbed(environ: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Split an environment in what a child keeps, and name -> reason of what it does not."""
    kept, removed = {}, {}
    for name, value in environ.items():
        reason = reason_to_remove(name)
        if reason:
            removed[name] = reason
        else:
            kept[name] = value
    return kept, removed


def reason_to_remove(name: str) -> str:
    """Say why a variable is not handed on; "" when it is."""
    if not name.startswith("AWS_"):
        return OTHERS.get(name, "")
    if name in KEPT:
        return ""
    if name in REMOVED:
        return REMOVED[name]
    for row, reason in REMOVED.items():
        if row.endswith("*") and name.startswith(row[:-1]):
            return reason
    for word in name.split("_")[1:]:
        if word in WORDS:
            return f"{word} in its name: {WORDS[word]}"
    return ""


def reason_to_keep(name: str) -> str:
    """Say why a variable of AWS_ is handed on; for one that is not, or not of AWS_, nothing is said here."""
    if name in KEPT:
        return KEPT[name]
    wildcards = (reason for row, reason in KEPT.items() if row.endswith("*") and name.startswith(row[:-1]))
    return next(wildcards, "no SDK reads it")
