-- What :Groundplan does: hands commands of the current document to the server.
local M = {}

-- Name of the subcommand, the server's command, and what it adds to the document's URI.
local commands = {
  generate = { 'groundplan.generate', {} },
  file = { 'groundplan.generate', { target = 'file' } },
  missing = { 'groundplan.generateMissing', {} },
  refresh = { 'groundplan.refresh', {} },
  regenerate = { 'groundplan.regenerateSection', {} },
  cancel = { 'groundplan.cancel', {} },
}

-- Subcommands that are no single command of the server.
local others = {
  menu = function()
    M.menu()
  end,
  outline = function()
    require('groundplan.outline').toggle()
  end,
  runs = function()
    require('groundplan.runs').pick()
  end,
  health = function()
    vim.cmd('checkhealth groundplan')
  end,
}

function M.names()
  local names = vim.list_extend(vim.tbl_keys(commands), vim.tbl_keys(others))
  table.sort(names)
  return names
end

function M.tell(message, level)
  vim.notify('groundplan: ' .. message, level or vim.log.levels.INFO)
end

-- The client of a buffer; without one, the reason is told.
function M.client(buffer)
  local client = vim.lsp.get_clients({ bufnr = buffer, name = 'groundplan' })[1]
  if not client then
    M.tell('the server is not attached to this buffer; see :checkhealth groundplan', vim.log.levels.ERROR)
  end
  return client
end

-- Does a command of the server; `done` hears its answer.
function M.execute(client, buffer, command, arguments, done)
  client:request('workspace/executeCommand', { command = command, arguments = { arguments } }, function(err, result)
    if err then
      M.tell(err.message, vim.log.levels.ERROR)
    elseif done then
      done(result)
    end
  end, buffer)
end

-- The plan of a buffer at a glance.
function M.overview(buffer, done)
  local client = M.client(buffer)
  if client then
    M.execute(client, buffer, 'groundplan.overview', { uri = vim.uri_from_bufnr(buffer) }, function(overview)
      done(overview, client)
    end)
  end
end

-- The section of the plan that holds a line, counted from 0; nothing in front of the plan and in its ledger.
local function section_at(overview, line)
  local first = overview.sources[1] and overview.sources[1].range.start.line or math.huge
  local found
  for _, section in ipairs(overview.sections) do
    if section.range and section.range.start.line <= line and line < first then
      found = section.title
    end
  end
  return found
end

-- Titles of the sections that stand in a plan.
local function titles(overview)
  local found = {}
  for _, section in ipairs(overview.sections) do
    if section.range then
      found[#found + 1] = section.title
    end
  end
  return found
end

local function regenerate(client, buffer, title)
  local uri = vim.uri_from_bufnr(buffer)
  M.execute(client, buffer, 'groundplan.regenerateSection', { uri = uri, section = title })
end

-- Writes the named section anew, else the one under the cursor, else one that is picked.
function M.regenerate(title)
  local buffer = vim.api.nvim_get_current_buf()
  local line = vim.fn.line('.') - 1
  M.overview(buffer, function(overview, client)
    title = title or section_at(overview, line)
    if title then
      return regenerate(client, buffer, title)
    end
    local all = titles(overview)
    if #all == 0 then
      return M.tell('this document has no plan yet', vim.log.levels.WARN)
    end
    vim.ui.select(all, { prompt = 'Which section is written anew?' }, function(choice)
      if choice then
        regenerate(client, buffer, choice)
      end
    end)
  end)
end

-- Everything that the server offers for this document at this moment, in a picker.
function M.menu()
  local buffer = vim.api.nvim_get_current_buf()
  local client = M.client(buffer)
  if not client then
    return
  end
  local window = vim.api.nvim_get_current_win()
  local params = vim.lsp.util.make_range_params(window, client.offset_encoding)
  params.context = { diagnostics = {}, only = { 'refactor.rewrite.groundplan' } }
  client:request('textDocument/codeAction', params, function(err, actions)
    if err then
      return M.tell(err.message, vim.log.levels.ERROR)
    end
    if not actions or #actions == 0 then
      return M.tell('this document demands nothing; see :help groundplan-documents', vim.log.levels.WARN)
    end
    vim.ui.select(actions, {
      prompt = 'groundplan',
      kind = 'codeaction',
      format_item = function(action)
        return action.title
      end,
    }, function(action)
      if action then
        client:exec_cmd(action.command, { bufnr = buffer })
      end
    end)
  end, buffer)
end

function M.run(name, argument)
  if others[name] then
    return others[name]()
  end
  if name == 'regenerate' then
    return M.regenerate(argument)
  end
  local command = commands[name]
  if not command then
    return M.tell(('no subcommand %q; there are %s'):format(name, table.concat(M.names(), ', ')), vim.log.levels.ERROR)
  end
  local buffer = vim.api.nvim_get_current_buf()
  local client = M.client(buffer)
  if client then
    local arguments = vim.tbl_extend('force', { uri = vim.uri_from_bufnr(buffer) }, command[2])
    M.execute(client, buffer, command[1], arguments, function(result)
      if name == 'cancel' and result == false then
        M.tell('no run is writing into this document')
      end
    end)
  end
end

-- Completion of the command line: subcommands, and titles behind `regenerate`.
function M.complete(lead, line)
  local words = vim.split(vim.trim(line), '%s+')
  local behind = words[2] == 'regenerate' and (#words > 2 or line:find('%s$'))
  if not behind then
    return vim.tbl_filter(function(name)
      return vim.startswith(name, lead)
    end, M.names())
  end
  local client = vim.lsp.get_clients({ bufnr = 0, name = 'groundplan' })[1]
  local params = { command = 'groundplan.overview', arguments = { { uri = vim.uri_from_bufnr(0) } } }
  local answer = client and client:request_sync('workspace/executeCommand', params, 1000, 0)
  return vim.tbl_filter(function(title)
    return vim.startswith(title:lower(), lead:lower())
  end, answer and answer.result and titles(answer.result) or {})
end

-- For a status line: what the run of this buffer does, or nothing.
function M.status()
  return require('groundplan.runs').status(vim.api.nvim_get_current_buf())
end

return M
