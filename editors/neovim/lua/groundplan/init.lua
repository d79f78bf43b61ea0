-- What :Groundplan does: hands commands of the current document to the server.
local M = {}

-- Name of the subcommand, the server's command, and what it adds to the document's URI.
local commands = {
  generate = { 'groundplan.generate', { target = 'below' } },
  file = { 'groundplan.generate', { target = 'file' } },
  missing = { 'groundplan.generateMissing', {} },
  regenerate = { 'groundplan.regenerateSection', {} },
  cancel = { 'groundplan.cancel', {} },
}

function M.names()
  local names = vim.tbl_keys(commands)
  table.sort(names)
  return names
end

local function tell(message, level)
  vim.notify('groundplan: ' .. message, level or vim.log.levels.INFO)
end

-- The heading of the third level above the cursor: the plan's section that the cursor is in.
local function section()
  -- The ledger and the stamp stand below the last section and belong to none.
  if vim.fn.getline('.'):find('^%[%^') or vim.fn.getline('.'):find('^<!%-%-') then
    return nil
  end
  for line = vim.fn.line('.'), 1, -1 do
    local title = vim.fn.getline(line):match('^###%s+(.-)%s*#*$')
    if title then
      return title
    end
  end
end

function M.run(name, argument)
  local command = commands[name]
  if not command then
    return tell(('no subcommand %q; there are %s'):format(name, table.concat(M.names(), ', ')), vim.log.levels.ERROR)
  end
  local buffer = vim.api.nvim_get_current_buf()
  local client = vim.lsp.get_clients({ bufnr = buffer, name = 'groundplan' })[1]
  if not client then
    return tell('the server is not attached to this buffer; see :checkhealth groundplan', vim.log.levels.ERROR)
  end
  local arguments = vim.tbl_extend('force', { uri = vim.uri_from_bufnr(buffer) }, command[2])
  if name == 'regenerate' then
    arguments.section = argument or section()
    if not arguments.section then
      return tell('put the cursor into a section of the plan, or name it', vim.log.levels.ERROR)
    end
  end
  client:request('workspace/executeCommand', { command = command[1], arguments = { arguments } }, function(err, result)
    if err then
      tell(err.message, vim.log.levels.ERROR)
    elseif name == 'cancel' and result == false then
      tell('no run is writing into this document')
    end
  end, buffer)
end

return M
