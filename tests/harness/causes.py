"""Causes of failures on this machine, each as the world it comes from: configuration, programs, the start, the disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from tests.harness.lease_files import BASE, with_role
from tests.harness.world import World

# Makes the cause in a world; returns the words of the command line, beginning with the installed command or a path.
Cause: TypeAlias = Callable[[World], list[str]]
TOUCH = ["--", "touch", "started"]
APART = """
    mkdir -p -m 0700 /tmp/runner-$(id -u)
    mount -t tmpfs -o ro none /dev/shm && mount --bind /tmp /tmp && mount -o remount,bind,ro /tmp
"""


def run(*words: str) -> list[str]:
    return ["run", *words, *TOUCH]


def user(world: World, profile: str = "dev") -> None:
    """Give a world a profile with keys that AWS knows."""
    world.aws_credentials(f"[{profile}]\n{world.aws.user(profile).ini()}")


def process(world: World, body: str) -> list[str]:
    world.program("helper", body)
    world.aws_config("[profile x]\ncredential_process = helper --prod\n")
    return run("-i", "x")


def wrong_value(_: World) -> list[str]:
    return run("-i", "dev", "--account", "12345")


def duration_without_role(world: World) -> list[str]:
    user(world)
    return run("-i", "dev", "--duration", "1h")


def unknown_name(world: World) -> list[str]:
    user(world, "build")
    return run("-i", "bild")


def nobody_named(_: World) -> list[str]:
    return run()


def nothing_matches(world: World) -> list[str]:
    user(world)
    return ["runner", "check", "prod-*"]


def no_source(world: World) -> list[str]:
    world.aws_config(f"[profile x]\nrole_arn = {BASE}\n")
    return run("-i", "x")


def unknown_source(world: World) -> list[str]:
    world.runner_toml(f'[identities.x]\nkind = "aws/assume-role"\nvia = "nobody"\nrole_arn = "{BASE}"\n')
    return run("-i", "x")


def loop(world: World) -> list[str]:
    role = f"role_arn = {BASE}\nsource_profile ="
    world.aws_config(f"[profile x]\n{role} y\n[profile y]\n{role} x\n")
    return run("-i", "x")


def untrusted(world: World) -> list[str]:
    world.runner_toml('[identities.x]\nkind = "aws/profile"\nprofile = "dev"\n', "project")
    return run("-i", "x")


def without_awscrt(world: World) -> list[str]:
    hidden = world.root / "hidden" / "awscrt"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ImportError\n")
    world.environ["PYTHONPATH"] = str(hidden.parent)
    world.aws_config("[profile login]\nlogin_session = arn:aws:sts::111111111111:assumed-role/Admin/me\n")
    return run("-i", "login")


def process_fails(world: World) -> list[str]:
    return process(world, "echo 'no session' >&2; exit 3")


def process_prints_nothing(world: World) -> list[str]:
    return process(world, "exit 0")


def process_is_not_there(world: World) -> list[str]:
    world.aws_config("[profile x]\ncredential_process = /nowhere/helper\n")
    return run("-i", "x")


def process_is_late(world: World) -> list[str]:
    world.program("helper", "exec sleep 60")
    entry = 'kind = "aws/credentials"\ncredential_process = "helper --prod"\nprocess_timeout = "1s"\n'
    world.runner_toml(f"[identities.x]\n{entry}")
    return run("-i", "x")


def process_prints_an_end_that_is_past(world: World) -> list[str]:
    return process(world, f"cat <<'END'\n{world.aws.role_session(BASE, lifetime_s=-60).process_json()}\nEND")


def nothing_anywhere(world: World) -> list[str]:
    world.aws_config("[profile x]\nregion = eu-west-1\n")
    return run("-i", "x")


def no_command(world: World) -> list[str]:
    user(world)
    return ["run", "-i", "dev", "--", "no-such-command"]


def no_interpreter(world: World) -> list[str]:
    user(world)
    return ["run", "-i", "dev", "--", str(world.program("script", "#!/nowhere/sh\n"))]


def no_safe_place(world: World) -> list[str]:
    user(world)
    world.environ.update(XDG_RUNTIME_DIR="", TMPDIR="")
    return ["/usr/bin/unshare", "-m", "sh", "-c", f"{APART}exec run -i dev -- touch started"]


def no_space(world: World) -> list[str]:
    with_role(world)
    mount = 'mount -t tmpfs -o mode=0700,size=4k none "$XDG_RUNTIME_DIR"'
    return ["/usr/bin/unshare", "-m", "sh", "-c", f"{mount} && exec run -i role -- touch started"]


def unforeseen(world: World) -> list[str]:
    user(world)
    (world.cwd / "msgspec.py").write_text("\nraise RuntimeError\n")
    world.environ["PYTHONPATH"] = str(world.cwd)
    return run("-i", "dev")


CAUSES: dict[str, Cause] = {
    cause.__name__.replace("_", " "): cause
    for cause in (
        wrong_value,
        duration_without_role,
        unknown_name,
        nobody_named,
        nothing_matches,
        no_source,
        unknown_source,
        loop,
        untrusted,
        without_awscrt,
        process_fails,
        process_prints_nothing,
        process_is_not_there,
        process_is_late,
        process_prints_an_end_that_is_past,
        nothing_anywhere,
        no_command,
        no_interpreter,
        no_safe_place,
        no_space,
        unforeseen,
    )
}
