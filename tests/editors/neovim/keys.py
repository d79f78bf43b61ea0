"""What a person types in a terminal, and what they see: keys.py NVIM PLUGIN SERVER, in the folder of the fixture."""

import sys

sys.path.insert(0, __file__.rsplit("/", 2)[0])
from terminal import Terminal  # noqa: E402

nvim, plugin, server = sys.argv[1:4]

with open(".init.lua", "w", encoding="utf-8") as file:
    file.write(f"""
vim.opt.runtimepath:prepend('{plugin}')
vim.lsp.config('groundplan', {{ cmd = {{ '{server}', 'lsp' }} }})
vim.lsp.enable('groundplan')
vim.o.laststatus = 2
vim.o.statusline = '%f %m%=%{{v:lua.require("groundplan").status()}}'
""")

terminal = Terminal([nvim, "--clean", "-u", ".init.lua", "docs/export.requirements.md"])
until, keys = terminal.until, terminal.keys

until("the document is open and the server attached", lambda text: "FR-002" in text)
keys(":checkhealth groundplan\r")
until("health names the program and the root", lambda text: "running on" in text)
keys(":tabclose\r")
until("back in the document", lambda text: "FR-002" in text)
keys(":Groundplan\r")
until("a picker lists what can be done", lambda text: "1: Generate implementation plan (" in text)
keys("1\r")
until("the status line follows the run", lambda text: "groundplan " in text and "% " in text)
until("the plan stands there", lambda text: "## Backend Implementation Plan" in text)
until("the end is told", lambda text: "6 sections written" in text)
until("the status line is empty again", lambda text: "% reading" not in text)
keys("\r")
keys(":/Reuse Strategy\r")
keys("f^lK")
until("K shows the cited lines and that they are fresh", lambda text: "fresh: as it was read on" in text and "pub fn export_report" in text)
keys("\x1b:Groundplan outline\r")
until("the outline floats", lambda text: "Executive Summary (generated)" in text and "q close" in text)
keys("q")
until("q closes it", lambda text: "q close" not in text)
keys(":/Risk Assessment\r")
keys("A my own words.\x1b")
keys(":Groundplan regenerate Exec\t\r")
until("yours and the generated section stand side by side", lambda text: text.count("### Executive Summary") == 2 and "[y] replace my text" in text and "Executive Summary: yours, changed by hand" in text)
keys("n")
until("what a person wrote stays", lambda text: "own words." in text and "[y] replace" not in text)
keys(":Groundplan cancel\r")
until("nothing is left to cancel", lambda text: "no run is writing into this document" in text)
terminal.leave("\r:qa!\r")
