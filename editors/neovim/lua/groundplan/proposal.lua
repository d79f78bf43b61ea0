-- Shows what a run would put in the place of a person's section, side by side, and asks which one stands.
local M = {}

local function scratch(name, text)
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(text, '\r?\n'))
  vim.bo[buffer].bufhidden, vim.bo[buffer].filetype = 'wipe', 'markdown'
  pcall(vim.api.nvim_buf_set_name, buffer, ('groundplan://%s/%d'):format(name, buffer))
  vim.bo[buffer].modifiable = false
  return buffer
end

local function text(side)
  return side and side or ''
end

-- The server waits for the answer, so the question is asked here and now; leaving it keeps the text.
function M.ask(proposal)
  vim.cmd('tabnew')
  local tab = vim.api.nvim_get_current_tabpage()
  vim.api.nvim_win_set_buf(0, scratch('yours', text(proposal.before)))
  vim.cmd('diffthis')
  vim.cmd('rightbelow vsplit')
  vim.api.nvim_win_set_buf(0, scratch('generated', text(proposal.after)))
  vim.cmd('diffthis')
  vim.cmd('redraw')
  local question = ('groundplan: “%s” was changed by hand. Left: yours. Right: generated.'):format(proposal.title)
  local answered, choice = pcall(vim.fn.confirm, question, '&Keep my text\n&Replace my text', 1, 'Question')
  if vim.api.nvim_tabpage_is_valid(tab) then
    vim.cmd('tabclose ' .. vim.api.nvim_tabpage_get_number(tab))
  end
  return { accepted = answered and choice == 2 }
end

return M
