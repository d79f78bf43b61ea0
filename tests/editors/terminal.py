"""A terminal with an editor in it: what a person types, and what they see."""

import sys
import time

import pexpect
import pyte

PATIENCE = 60


class Terminal:
    """An editor on a screen of its own."""

    def __init__(self, command: list[str], rows: int = 40, columns: int = 120):
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.child = pexpect.spawn(command[0], command[1:], dimensions=(rows, columns))
        self.passed = 0

    def shown(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)

    def until(self, what: str, fits) -> None:
        """Waits until what the screen shows, now or at some moment, fits."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                self.stream.feed(self.child.read_nonblocking(65536, timeout=0.05))
            except pexpect.TIMEOUT:
                pass
            if fits(self.shown()):
                self.passed += 1
                print(f"ok: {what}")
                return
        print(f"FAIL: {what}\n{self.shown()}\n{self.passed} passed, 1 failed")
        sys.exit(1)

    def keys(self, typed: str) -> None:
        self.child.send(typed)

    def leave(self, typed: str) -> None:
        """Types what ends the editor, and waits for its end."""
        self.keys(typed)
        self.child.expect(pexpect.EOF, timeout=PATIENCE)
        print(f"{self.passed} passed, 0 failed")
