-- Shows what a run would put in the place of a person's section, side by side, and asks which one stands.
local M = {}

-- Keys that move in the comparison; both sides move together.
local MOVES = {}
for _, key in ipairs({ 'j', 'k', '<C-d>', '<C-u>', '<C-f>', '<C-b>', '<C-e>', '<C-y>', '<Down>', '<Up>', '<PageDown>', '<PageUp>' }) do
  local code = vim.api.nvim_replace_termcodes(key, true, true, true)
  MOVES[code] = code
end

local function scratch(name, text)
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(text or '', '\r?\n'))
  vim.bo[buffer].bufhidden, vim.bo[buffer].filetype = 'wipe', 'markdown'
  pcall(vim.api.nvim_buf_set_name, buffer, ('groundplan://%s/%d'):format(name, buffer))
  vim.bo[buffer].modifiable = false
  return buffer
end

-- Waits for the answer; anything but a clear yes keeps the text.
local function decide()
  while true do
    vim.cmd('redraw')
    -- One short line: a longer one would ask for <CR> first.
    vim.api.nvim_echo({ { '[y] replace my text  [n] keep it  move: j k CTRL-D CTRL-U', 'Question' } }, false, {})
    local got, key = pcall(vim.fn.getcharstr)
    if got and MOVES[key] then
      vim.cmd('normal! ' .. key)
    elseif not got or key == 'n' or key == 'q' or key == '\27' or key == '' then
      return false
    elseif key == 'y' then
      return true
    end
  end
end

-- The server waits for the answer, so the question is asked here and now.
function M.ask(proposal)
  local before = vim.api.nvim_get_current_tabpage()
  local yours, generated = scratch('yours', proposal.before), scratch('generated', proposal.after)
  vim.cmd('tab sbuffer ' .. yours)
  local tab = vim.api.nvim_get_current_tabpage()
  vim.cmd('diffthis')
  vim.wo.wrap = true
  local title = proposal.title:gsub('%%', '%%%%')
  vim.wo.winbar = ('%s: yours, changed by hand'):format(title)
  vim.cmd('rightbelow vertical sbuffer ' .. generated)
  vim.cmd('diffthis')
  vim.wo.wrap = true
  vim.wo.winbar = ('%s: generated'):format(title)
  -- To the first difference.
  pcall(vim.cmd, 'normal! gg')
  if vim.fn.diff_hlID(1, 1) == 0 then
    pcall(vim.cmd, 'normal! ]c')
  end
  local decided, accepted = pcall(decide)
  if vim.api.nvim_tabpage_is_valid(tab) then
    vim.cmd('tabclose ' .. vim.api.nvim_tabpage_get_number(tab))
  end
  if vim.api.nvim_tabpage_is_valid(before) then
    vim.api.nvim_set_current_tabpage(before)
  end
  vim.cmd('redraw!')
  return { accepted = decided and accepted }
end

return M
