"""Doorway of moto: the process that is the local AWS, and that takes the demo home away when its owner is gone."""

from __future__ import annotations

import os
import select
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from moto.iam.models import iam_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.sts.models import sts_backends
from werkzeug.serving import WSGIRequestHandler, make_server

from runner.model.credentials import Credentials
from runner.places.roots import PLAIN
from runner.sandbox.home import CORPORATE, DEV, ROLES, furnish

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer

LIFELINE = 0  # standard input, a pipe that only our owner holds: at its end the owner is gone, killed or not
SESSION_S = 12 * 3600
TRUST_ANYBODY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}'


class Quiet(WSGIRequestHandler):
    """Answers without a line per request; a connection that says nothing is given up."""

    timeout = 5  # requests are served one by one: a silent one holds up the others, and the look at the lifeline

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's signature
        """Say nothing."""


def main() -> None:
    """Serve until the lifeline ends; say the port and the home in one line on standard output when ready."""
    home = Path(tempfile.mkdtemp(prefix="runner-sandbox-", dir=_plain_folder()))
    try:
        server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), request_handler=Quiet)
        furnish(home, _user(), _corporate())
        sys.stdout.write(f"{server.server_port} {home}\n")
        sys.stdout.flush()
        _serve(server)
    finally:
        _remove(home)


def _serve(server: BaseWSGIServer) -> None:
    poll = select.poll()
    poll.register(LIFELINE, select.POLLIN)
    poll.register(server.fileno(), select.POLLIN)
    while True:
        ready = [descriptor for descriptor, _ in poll.poll()]
        if LIFELINE in ready:
            return
        server.handle_request()


def _user() -> Credentials:
    """Make the roles, and an IAM user with a long-term key."""
    for arn in ROLES:
        iam_backends[arn.split(":")[4]]["aws"].create_role(
            role_name=arn.rpartition("/")[2],
            assume_role_policy_document=TRUST_ANYBODY,
            path="/",
            permissions_boundary=None,
            description="",
            tags=[],
            max_session_duration=str(SESSION_S),
        )
    iam = iam_backends[DEV]["aws"]
    iam.create_user(region_name="us-east-1", user_name="developer")
    key = iam.create_access_key(user_name="developer")
    return Credentials(key.access_key_id, key.secret_access_key)


def _corporate() -> Credentials:
    """Issue what the external program hands out: a session of a role."""
    session = sts_backends[DEV]["aws"].assume_role(
        region_name="us-east-1",
        role_session_name="developer",
        role_arn=CORPORATE,
        policy="",
        duration=SESSION_S,
        external_id="",
    )
    expires_at = session.expiration.timestamp()
    return Credentials(session.access_key_id, session.secret_access_key, session.session_token, expires_at)


def _plain_folder() -> str:
    """Return where temporary files go; the home's path stands unquoted in configuration files."""
    folder = tempfile.gettempdir()
    return folder if PLAIN.issuperset(folder) else "/tmp"


def _remove(home: Path) -> None:
    for _ in range(5):  # a command that outlives its sandbox may still be writing
        shutil.rmtree(home, ignore_errors=True)
        if not os.path.lexists(home):
            return
