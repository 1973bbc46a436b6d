"""Codes of MFA devices: from RUN_MFA_CODE, a program, or somebody at the terminal; each is sent once."""

from __future__ import annotations

import shlex
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from runner import report
from runner.acquire import program, spent
from runner.acquire.aws import AwsError
from runner.acquire.lock import Locks
from runner.acquire.program import Asked
from runner.acquire.prompt import terminal
from runner.model.failure import Failure
from runner.settings.environ import MFA_CODE, is_mfa_code

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from runner.acquire.prompt import Terminal
    from runner.model.order import Order

T = TypeVar("T")

PROMPTS = 3  # so often somebody is asked for a code that AWS takes
RUNS = 2  # and so often a program
WINDOW_S = 30  # so long a device shows a code
USED = "each code is good once: wait for the device's next"


@dataclass(frozen=True, slots=True)
class Device:
    """An MFA device: its serial number or ARN, the program that prints its codes ("" for none), who says so."""

    serial: str
    mfa_process: str
    where: str

    @property
    def program(self) -> Asked:
        """The program, as one that is asked."""
        return Asked("mfa_process", self.mfa_process, self.where)


@dataclass(slots=True)
class Codes:
    """Gets codes for the identity `whose`; `given` is what RUN_MFA_CODE said, `environ` what programs get."""

    whose: str
    order: Order
    environ: Mapping[str, str]
    attended: bool
    given: str = field(repr=False)

    def spend(self, device: Device, call: Callable[[dict[str, object]], T]) -> T:
        """Call AWS with SerialNumber and TokenCode and return its answer; of one device, one process at a time.

        Raises mfa-required, mfa-rejected, no-tty, credential-process-failed, -invalid, -timeout, AwsError.
        """
        doing = f"using the MFA device {device.serial}"
        locks = Locks(self.order.root, attended=self.attended, whose=self.whose, doing=doing)
        with locks.hold("mfa", device.serial), closing(self._codes(device)) as codes:
            refused = ""
            for code in codes:
                try:
                    answer = call({"SerialNumber": device.serial, "TokenCode": code})
                except AwsError as error:
                    if error.status:  # else AWS may not have seen it
                        spent.note(self.order.root, device.serial, code)
                    refused = self._refusal(device, error)
                else:
                    spent.note(self.order.root, device.serial, code)
                    return answer
            raise self._rejected(f"AWS refuses the MFA code of {device.serial}", refused)

    def _refusal(self, device: Device, error: AwsError) -> str:
        """Return AWS's words when it refused the code; raises what else it said."""
        if error.code != "AccessDenied" or not error.message.startswith("MultiFactorAuthentication failed"):
            raise error
        said = f"{error.service} {error.operation}: {error.code}, {error.message} (HTTP {error.status})"
        if "one time pass code" in error.message:
            return said
        problem = f"AWS does not take {device.serial} for an MFA device of this user"
        remedy = f"aws iam list-mfa-devices        # then set mfa_serial: {device.where}"
        raise Failure("mfa-rejected", problem=problem, cause=said, remedy=remedy) from error

    def _codes(self, device: Device) -> Generator[str, None, None]:
        """Give one code after the other, as long as AWS refuses them."""
        if self.given:
            given, self.given = self.given, ""
            if self._is_spent(device, given):
                raise self._rejected(f"the code in {MFA_CODE} has been used already", USED)
            yield given
        elif device.mfa_process:
            for _ in range(RUNS):
                yield self._printed(device)
        elif self.order.no_input:
            facts = {"serial": device.serial, "problem": "nobody may be asked", "remedy": self._remedy()}
            raise Failure("mfa-required", cause=self.order.no_input, **facts)
        else:
            needs = f"an MFA code of {device.serial}"
            with terminal(self.whose, self.order, needs=needs, remedy=self._remedy()) as asking:
                yield self._typed(device, asking)
                for _ in range(PROMPTS - 1):
                    asking.say("AWS refuses this code: wait for the next")
                    yield self._typed(device, asking)

    def _printed(self, device: Device) -> str:
        """Ask the device's program; while it prints a code that has been used, wait for the next."""
        give_up_at = time.time() + WINDOW_S
        while True:
            code = program.answer(device.program, self).decode("ascii", "replace").strip()
            if not is_mfa_code(code):
                raise device.program.invalid("printed something that is not a code of six digits")
            if not self._is_spent(device, code):
                return code
            now = time.time()
            if now >= give_up_at:
                raise self._rejected("mfa_process goes on printing a code that has been used", USED)
            wait_s = WINDOW_S - now % WINDOW_S
            report.notice(f"waiting {wait_s:.0f} s for the next code of {device.serial}: this one has been used")
            time.sleep(wait_s)

    def _typed(self, device: Device, asking: Terminal) -> str:
        """Ask until it is six digits that have not been used; some type them as 123 456."""
        while True:
            code = asking.ask(f'MFA code of {device.serial} for "{self.whose}":', hidden=True).replace(" ", "")
            if not is_mfa_code(code):
                asking.say("a code is six digits")
            elif self._is_spent(device, code):
                asking.say("this code has been used: wait for the next")
            else:
                return code

    def _is_spent(self, device: Device, code: str) -> bool:
        return spent.is_spent(self.order.root, device.serial, code)

    def _rejected(self, problem: str, cause: str) -> Failure:
        return Failure("mfa-rejected", problem=problem, cause=cause, remedy=self._remedy())

    def _remedy(self) -> str:
        prefix = f"run --identity {shlex.quote(self.whose)} --"
        if self.order.ends_after:
            return f"{prefix} true        # on a terminal, or with {MFA_CODE} set: what it gets counts here too"
        return f"{MFA_CODE}=123456 {prefix} true        # with the device's next code; or set mfa_process"
