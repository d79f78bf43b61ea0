-- nvim --headless --clean -l snippets.lua PAGE PLUGIN: every Lua block of the page is Lua, and the help has its tags.
local page = table.concat(vim.fn.readfile(arg[1]), '\n')
local count = 0
for block in page:gmatch('```lua\n(.-)\n```') do
  local good = loadstring(block) or assert(loadstring('return ' .. block))
  count = count + (good and 1 or 0)
end
assert(count >= 4, count)
vim.opt.runtimepath:prepend(arg[2])
vim.cmd('helptags ' .. vim.fn.fnameescape(arg[2] .. '/doc'))
vim.cmd('help :Groundplan')
assert(vim.fn.expand('%:t') == 'groundplan.txt')
vim.fn.delete(arg[2] .. '/doc/tags')
print(('%d passed, 0 failed\n'):format(count + 1))
