"""What a person types in Helix, and what they see: keys.py HX CONFIG, in the folder of the fixture."""

import os
import sys

sys.path.insert(0, __file__.rsplit("/", 2)[0])
from terminal import Terminal  # noqa: E402

hx, config = sys.argv[1:3]
os.environ.update(XDG_CONFIG_HOME=config, TERM="xterm-256color", COLORTERM="truecolor")
terminal = Terminal([hx, "docs/export.requirements.md:3:1"], columns=220)
until, keys = terminal.until, terminal.keys

until("the document is open", lambda text: "FR-002" in text)
keys(" a")
until("an action offers the plan", lambda text: "Generate implementation plan (" in text)
keys("\r")
until("the status line follows the run", lambda text: "groundplan-plan-1" in text or "reading " in text)
until("the plan stands there", lambda text: "## Backend Implementation Plan" in text or "6 sections written" in text)
until("the end is told", lambda text: "sections written" in text)
keys("/\\^s2\r")
until("a citation is found", lambda text: "Reuse Strategy" in text)
keys(" k")
until("a hover shows what is cited", lambda text: "fresh: as it was read on" in text)
keys("\x1b\x1b/Reuse Strategy\rxd")
until("a field that is taken out is told", lambda text: "The field `Reuse Strategy` is missing" in text)
keys("u")
until("and is not when it is back", lambda text: "is missing" not in text)
terminal.leave(":q!\r")
