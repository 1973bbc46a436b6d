"""TAB behind `run` and `runner` in real shells, with the files where the wheel puts them."""

from __future__ import annotations

import os
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import completions
from tests.completions.commands import names, of_run, of_runner
from tests.completions.shells import Shell, missing
from tests.guards.wheel import build, copy_of_the_project
from tests.harness.programs import BIN, executable
from tests.harness.run import RunIn

SHELLS = ("bash", "bash alone", "zsh", "fish")
PLACES = {
    "run.bash": "bash-completion/completions/run",
    "runner.bash": "bash-completion/completions/runner",
    "_run": "zsh/site-functions/_run",
    "_runner": "zsh/site-functions/_runner",
    "run.fish": "fish/vendor_completions.d/run.fish",
    "runner.fish": "fish/vendor_completions.d/runner.fish",
}
# A command with a completion of its own: `polish`, and the option --gadget.
GIZMO = {
    ".local/share/bash-completion/completions/gizmo": "complete -W 'polish --gadget' gizmo\n",
    "functions/_gizmo": "#compdef gizmo\n_arguments '--gadget[a gadget]' '*:what:(polish)'\n",
    ".config/fish/completions/gizmo.fish": "complete -c gizmo -f -a polish\ncomplete -c gizmo -l gadget\n",
}

# What is typed, and what TAB adds.
OPTIONS = {
    "run --err": "or-format",
    "run --error-format t": "ext",
    "run --error-format=t": "ext",
    "run --validate never --error-format j": "son",
    "run --error-format json --vali": "date",
    "run --region=eu-west-1 --on-expiry w": "arn",
    "run --linger --deb": "ug",
    "run -v --deb": "ug",
    "run -vi dev --deb": "ug",
    "run -idev --deb": "ug",
    "run -i dev -q --deb": "ug",
    "run -c sett": "ings.toml",
    "run -c 'with b": "lank.toml'",
    "run --config sett": "ings.toml",
    "run --config=sett": "ings.toml",
    "run --config=settings.toml --deb": "ug",
    "run --config settings.toml -c sub/r": "unner.toml",
    "runner tr": "ust",
    "runner --vers": "ion",
    "runner trust sett": "ings.toml",
    "runner trust --he": "lp",
    "runner sandbox --he": "lp",
    "runner run --err": "or-format",
    "runner run -vi dev --error-format=j": "son",
    "runner run -c sett": "ings.toml",
}
COMMANDS = {
    "run giz": "mo",
    "run -i dev giz": "mo",
    "run -vi dev giz": "mo",
    "run --region=eu-west-1 giz": "mo",
    "run -- giz": "mo",
    "run -i dev -- giz": "mo",
    "run ./sub/to": "ol",
    "runner run -i dev giz": "mo",
    "runner sandbox giz": "mo",
    "runner sandbox -- giz": "mo",
}
BEHIND_COMMANDS = {
    "run -i dev gizmo pol": "ish",
    "run -- gizmo pol": "ish",
    "run -i dev --error-format=json -- gizmo pol": "ish",
    "run --config=settings.toml gizmo --ga": "dget",
    "run -i 'a b' gizmo 'a;b' pol": "ish",
    "run gizmo -c pol": "ish",
    "run gizmo --region pol": "ish",
    "run -i dev -- run --err": "or-format",
    "run -i dev runner tr": "ust",
    "runner run -i dev gizmo --ga": "dget",
    "runner sandbox -- gizmo pol": "ish",
    "runner sandbox gizmo --ga": "dget",
}
NOTHING = (
    "run --region giz",
    "run --region=giz",
    "run -i giz",
    "run -vi giz",
    "run -i gizmo --region giz",
    "run -- --err",
    "run -i dev -- --err",
    "run -i dev -- -x giz",
    "run gizmo --err",
    "run -i dev -- gizmo --err",
    "runner run gizmo --err",
    "runner --err",
    "runner giz",
    "runner trust giz",
    "runner trust -- --he",
    "runner sandbox --err",
    "runner sandbox gizmo --he",
    "runner nonsense giz",
)
# What is typed with names to be completed, and what TAB adds.
NAMES = {
    "run -i prod-a": "dmin",
    "run -iprod-a": "dmin",
    "run -q --identity prod-a": "dmin",
    "run --identity=prod-a": "dmin",
    "run -i me@cor": "p",
    "run -i org:te": "am",
    "run --identity=org:te": "am",
    "run -i a=": "b",
    "run -i ün": "ï",
    "run -i with": "\\ blank",
    "run -i with\\ b": "lank",
    "run -i 'with b": "lank'",
    "run -c other.toml -i oth": "er",
    "run --config=other.toml -i oth": "er",
    "runner run -i prod-a": "dmin",
    "runner login prod-a": "dmin",
    "runner logout prod-a": "dmin",
    "runner explain prod-a": "dmin",
    "runner check prod-a": "dmin",
    "runner check org:team prod-a": "dmin",
    "runner check @aud": "its",
    "runner list --except prod-a": "dmin",
    "runner login --sso-session cor": "p",
    "runner logout --sso-session=cor": "p",
}
IDENTITIES = ("prod-admin", "me@corp", "org:team", "a=b", "ünï", "with blank")
# By what is typed of them: names that a shell would make something else of, were they not quoted.
HOSTILE = {
    "kk": "kk$(touch pwned)",
    "oo": "oo'hara",
    "bb": "bb\\slash",
    "qq": 'qq"uote',
    "ss": "ss;touch pwned",
    "gg": "gg*",
    "tt": "tt`touch pwned`",
    "dd": "dd  $HOME",
    "xx": "xx!x",
    "zz": "zz{a,b}[c]~",
}
COMPLAINTS = {"command", "error:", "expected", "found", "function", "option", "unknown"}
SHOWN = {
    "run --error-format ": {"text", "json"},
    "run --inject=": {"process", "file"},
    "run -c ": {"settings.toml", "sub/"},
    "run -": {name for option in of_run().options for name in names(option)},
    "runner ": {command.name for command in of_runner()[1]},
    "runner run --on-expiry ": {"warn", "term", "ignore"},
    "runner trust ": {"settings.toml", "sub/"},
    "run -i ": {"prod-admin", "me@corp", "org:team"},
    "runner check ": {"prod-admin", "@audits"},
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel of the repository."""
    folder = tmp_path_factory.mktemp("wheel")
    return zipfile.ZipFile(build(copy_of_the_project(folder / "tree"), folder / "dist"))


@pytest.fixture(scope="module")
def share(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder share/ of an environment in which the wheel is installed."""
    folder = tmp_path_factory.mktemp("prefix")
    (data,) = {name.partition("/")[0] for name in wheel.namelist() if ".data/data/" in name}
    wheel.extractall(folder, [name for name in wheel.namelist() if name.startswith(f"{data}/data/")])
    return folder / data / "data" / "share"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with some files and identities, and commands that note in `started` when they are run.

    When they are asked for names they answer as those that are installed.
    """
    folder = tmp_path_factory.mktemp("home")
    asked = '[ "$1" != --complete ] || exec {} "$@"\n'
    entry = '[identities."{}"]\nkind = "aws/credentials"\ncredential_process = "true"\n'
    sessions = '[sso_sessions.corp]\nsso_start_url = "https://x"\nsso_region = "eu-west-1"\n'
    groups = '[groups]\naudits = ["prod-admin"]\n'
    user = folder / ".config" / "runner" / "runner.toml"
    user.parent.mkdir(parents=True)
    user.write_text(
        "".join(entry.format(escaped(name)) for name in (*IDENTITIES, *HOSTILE.values())) + groups + sessions
    )
    (folder / "other.toml").write_text(entry.format("other"))
    for name in ("run", "runner", "gizmo"):
        executable(folder / "bin" / name, f'{asked.format(BIN / name)}echo "$0 $*" >>{folder}/started\n')
    executable(folder / "sub" / "tool", "")
    for name in ("settings.toml", "with blank.toml", "sub/runner.toml"):
        (folder / name).touch()
    for name, text in GIZMO.items():
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text)
    return folder


def escaped(name: str) -> str:
    """Return a name as it stands between the quotes of TOML."""
    return name.replace("\\", "\\\\").replace('"', '\\"')


@pytest.fixture(scope="module")
def shells(share: Path, home: Path) -> Iterator[Callable[[str], Shell]]:
    """Start each shell once, whatever order the tests come in."""
    environ = {"HOME": str(home), "PATH": f"{home}/bin:{os.environ['PATH']}", "LANG": "C.UTF-8"}
    started: dict[str, Shell] = {}

    def of(name: str) -> Shell:
        if name not in started:
            started[name] = Shell(name, share, environ)
        return started[name]

    yield of
    for each in started.values():
        each.close()


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest, home: Path) -> Iterator[Shell]:
    """Each shell that is installed, at its prompt; at the end, check that no command was run to complete a line."""
    if what := missing(request.param):
        pytest.skip(f"{what} is not installed")
    yield request.getfixturevalue("shells")(request.param)
    assert not (home / "started").exists(), (home / "started").read_text()


def test_the_files_are_those_of_the_code() -> None:
    """`python -m tests.completions` would change nothing."""
    held = {path.name: path.read_text() for path in completions.FOLDER.iterdir()}

    assert held == completions.written()


def test_the_wheel_has_them_where_shells_look(wheel: zipfile.ZipFile) -> None:
    """Below the prefix, in the folders of bash-completion, of zsh's fpath and of fish's vendors."""
    held = {name.partition(".data/data/")[2]: name for name in wheel.namelist() if ".data/data/share/" in name}

    assert {f"share/{place}" for place in PLACES.values()} <= held.keys()
    for name, text in completions.written().items():
        assert wheel.read(held[f"share/{PLACES[name]}"]).decode() == text


def test_they_know_the_options_that_help_names(run: RunIn) -> None:
    """What is completed for `run`, `runner` and each of its commands is what their --help lists."""
    group, commands = of_runner()

    for command in (group, *commands):
        words = [command.name, "--help"] if command in commands else ["--help"]
        listed = run(*words, program="runner").expect_status(0).text
        said = {word.rstrip(",") for word in listed.split() if word.startswith("-") and word.strip("-,")}
        assert {name for option in command.options for name in names(option)} == said, command.name


@pytest.mark.parametrize(("typed", "added"), (OPTIONS | COMMANDS).items(), ids=lambda text: text)
def test_tab_completes(shell: Shell, typed: str, added: str) -> None:
    """Options, their values, files, and the command behind them, wherever the options stand."""
    assert shell.complete(typed).line == typed + added


@pytest.mark.parametrize(("typed", "added"), NAMES.items(), ids=lambda text: text)
def test_tab_completes_names(shell: Shell, typed: str, added: str) -> None:
    """Identities, groups and SSO sessions, quoted as the shell quotes; those of --config when it is there."""
    line = shell.complete(typed).line

    if "=" in added or ":" in typed or "@" in typed or "a=" in typed:  # some shells quote these too
        line = line.replace("\\=", "=").replace("\\:", ":").replace("\\@", "@")
    assert line == typed + added


@pytest.mark.parametrize("before", ["run -i ", "run -i '", "run -i'", 'run --identity="'], ids=lambda text: text)
@pytest.mark.parametrize(("typed", "name"), HOSTILE.items(), ids=HOSTILE)
def test_what_tab_inserts_is_the_name(shell: Shell, home: Path, before: str, typed: str, name: str) -> None:
    """The shell reads back the very name, in quotes and without; where bash cannot do so it inserts nothing."""
    line = shell.complete(before + typed).line

    if line == before + typed:
        assert shell.name.startswith("bash")
        assert before[-1] in "'\""
        return
    assert understood(shell, line, home).removeprefix("-i").removeprefix("--identity=") == name
    assert not (home / "pwned").exists()


def understood(shell: Shell, line: str, home: Path) -> str:
    """Return the last word of a line as the shell reads it."""
    program = shell.name.partition(" ")[0]
    define = "function run; printf %s $argv[-1]; end" if program == "fish" else 'run() { printf %s "${@: -1}"; }'
    done = subprocess.run([program, "-c", f"{define}\n{line}"], cwd=home, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize(("typed", "added"), BEHIND_COMMANDS.items(), ids=lambda text: text)
def test_tab_behind_the_command_is_the_commands(shell: Shell, typed: str, added: str) -> None:
    """The wrapped command completes as it would alone; in a bash without bash-completion there are file names."""
    if shell.name == "bash alone":
        typed, added = f"{typed.rpartition(' ')[0]} sett", "ings.toml"

    assert shell.complete(typed).line == typed + added


@pytest.mark.parametrize("typed", NOTHING)
def test_tab_adds_nothing_that_does_not_belong_there(shell: Shell, typed: str) -> None:
    """A free value is no command, a command's word is no option of ours, and no command has another's options."""
    completed = shell.complete(typed)

    assert completed.line == typed
    assert completed.shown & COMPLAINTS == set()


@pytest.mark.parametrize(("typed", "words"), SHOWN.items(), ids=SHOWN.keys())
def test_tab_shows_what_there_is(shell: Shell, typed: str, words: set[str]) -> None:
    """Where several words can follow they are all shown."""
    assert words <= shell.complete(typed).shown


@pytest.mark.parametrize("after", [" -i dev", " -i dev gizmo polish", " -- gizmo --gadget"])
def test_tab_completes_in_the_middle_of_a_line(shell: Shell, after: str) -> None:
    """What stands behind the cursor does not matter and stays."""
    line = shell.complete("run -q --err", after).line

    assert line.replace("= ", " ").replace("  ", " ") == f"run -q --error-format{after}"


@pytest.mark.parametrize("shell", ["bash", "bash alone"], indirect=True)
def test_bash_completes_what_stands_before_the_cursor(shell: Shell) -> None:
    """Inside a word the part behind the cursor is left alone, as bash does it everywhere."""
    assert shell.complete("run -q --err", "x -i dev").line == "run -q --error-formatx -i dev"
