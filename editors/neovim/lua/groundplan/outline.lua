-- A plan at a glance in a floating window: sections, phases, requirements and sources, each a place to go to.
local M = {}

local namespace = vim.api.nvim_create_namespace('groundplan.outline')
-- The open window, its buffer, the document's window and buffer, and what stands on each line.
local open

local SECTIONS = {
  missing = { '○', 'Comment', 'missing' },
  hints = { '○', 'Comment', 'only hints' },
  generated = { '✓', 'DiagnosticOk', 'generated' },
  yours = { '●', 'DiagnosticInfo', 'yours' },
}
local SOURCES = {
  fresh = { '✓', 'DiagnosticOk' },
  moved = { '→', 'DiagnosticInfo' },
  changed = { '!', 'DiagnosticWarn' },
  gone = { '✗', 'DiagnosticError' },
  unknown = { '?', 'Comment' },
}

-- The lines of an overview: text, highlight of the sign, and where <CR> leads.
local function lines(overview)
  local out = {}
  local function put(indent, sign, text, group, target)
    out[#out + 1] = { text = ('  '):rep(indent) .. sign .. ' ' .. text, group = group, target = target or {} }
  end
  local function head(text)
    if #out > 0 then
      out[#out + 1] = { text = '', target = {} }
    end
    out[#out + 1] = { text = text, group = 'Title', target = {} }
  end
  local here = overview.uri
  local function place(range, uri)
    return range and { uri = uri or here, line = range.start.line } or nil
  end
  if overview.running then
    head('Planning: ' .. overview.running)
  end
  if overview.plan then
    head('Sections')
    for _, section in ipairs(overview.sections) do
      local sign, group, word = unpack(SECTIONS[section.state])
      if #section.stale > 0 then
        sign, group = '!', 'DiagnosticWarn'
        word = (section.state == 'yours' and 'yours, ' or '') .. 'out of date: ' .. table.concat(section.stale, '; ')
      end
      local target = vim.tbl_extend('force', place(section.range) or {}, { section = section.title })
      put(0, sign, ('%s (%s)'):format(section.title, word), group, target)
      for _, phase in ipairs(section.phases) do
        put(1, '·', ('Phase %d: %s'):format(phase.number, phase.name), 'Comment', place(phase.range))
      end
    end
  end
  if #overview.requirements > 0 then
    head('Requirements')
    for _, requirement in ipairs(overview.requirements) do
      local served = #requirement.phases > 0
      local sign, group = '○', 'Comment'
      if requirement.changed then
        sign, group = '!', 'DiagnosticWarn'
      elseif overview.plan then
        sign, group = served and '✓' or '✗', served and 'DiagnosticOk' or 'DiagnosticError'
      end
      local by = served and (' (phase %s)'):format(table.concat(requirement.phases, ', ')) or ''
      put(0, sign, requirement.id .. by .. ' ' .. requirement.summary, group, place(requirement.range, requirement.uri))
    end
  end
  if #overview.sources > 0 then
    head('Sources')
    for _, source in ipairs(overview.sources) do
      local sign, group = unpack(SOURCES[source.state])
      local target = place(source.range)
      if source.uri and source.state ~= 'gone' then
        target = { uri = source.uri, line = source.line and source.line - 1 or 0 }
      end
      local word = source.state == 'fresh' and '' or (' (%s)'):format(source.state)
      put(0, sign, source.id .. ' ' .. source.name .. word, group, target)
    end
  end
  return out
end

local function draw(overview)
  if not open or not vim.api.nvim_win_is_valid(open.window) then
    return
  end
  open.lines = lines(overview)
  local texts = vim.tbl_map(function(line)
    return (line.text:gsub('\n', ' '))
  end, open.lines)
  vim.bo[open.buffer].modifiable = true
  vim.api.nvim_buf_set_lines(open.buffer, 0, -1, false, texts)
  vim.bo[open.buffer].modifiable = false
  vim.api.nvim_buf_clear_namespace(open.buffer, namespace, 0, -1)
  for index, line in ipairs(open.lines) do
    if line.group then
      local width = line.group == 'Title' and #texts[index] or #(line.text:match('^%s*[^%s]+') or '')
      vim.api.nvim_buf_set_extmark(open.buffer, namespace, index - 1, 0, { end_col = width, hl_group = line.group })
    end
  end
end

local function close()
  if open then
    pcall(vim.api.nvim_del_augroup_by_name, 'groundplan.outline')
    if vim.api.nvim_win_is_valid(open.window) then
      vim.api.nvim_win_close(open.window, true)
    end
    open = nil
  end
end

local function look()
  if open and vim.api.nvim_buf_is_valid(open.document) then
    require('groundplan').overview(open.document, draw)
  end
end

-- Closes the outline and goes back to its document; whether that is still there.
local function leave()
  local window, document = open.from, open.document
  close()
  if not vim.api.nvim_buf_is_valid(document) then
    return false
  end
  if not vim.api.nvim_win_is_valid(window) then
    window = vim.api.nvim_get_current_win()
  end
  vim.api.nvim_set_current_win(window)
  vim.api.nvim_win_set_buf(window, document)
  return true
end

local function under()
  return open.lines[vim.api.nvim_win_get_cursor(open.window)[1]].target
end

local function go()
  local target = under()
  if target.uri then
    leave()
    vim.cmd("normal! m'")
    local buffer = vim.uri_to_bufnr(target.uri)
    vim.bo[buffer].buflisted = true
    vim.api.nvim_win_set_buf(0, buffer)
    vim.api.nvim_win_set_cursor(0, { math.min(target.line + 1, vim.api.nvim_buf_line_count(buffer)), 0 })
  end
end

-- Does a subcommand in the document's window.
local function from_document(name, argument)
  if leave() then
    require('groundplan').run(name, argument)
  end
end

-- Opens the outline of the current document, or closes it.
function M.toggle()
  if open then
    return close()
  end
  local document, from = vim.api.nvim_get_current_buf(), vim.api.nvim_get_current_win()
  require('groundplan').overview(document, function(overview)
    -- Asked for twice, it opens once.
    close()
    local buffer = vim.api.nvim_create_buf(false, true)
    vim.bo[buffer].bufhidden, vim.bo[buffer].filetype = 'wipe', 'groundplan-outline'
    local width = math.min(72, vim.o.columns - 4)
    local height = math.max(8, vim.o.lines - 6)
    local window = vim.api.nvim_open_win(buffer, true, {
      relative = 'editor', anchor = 'NE', row = 1, col = vim.o.columns, width = width, height = height,
      border = 'rounded', style = 'minimal', title = ' groundplan ',
      footer = ' <CR> go  r regenerate  R refresh  q close ',
    })
    vim.wo[window].wrap, vim.wo[window].cursorline = false, true
    open = { window = window, buffer = buffer, document = document, from = from, lines = {} }
    draw(overview)
    local function map(key, deed)
      vim.keymap.set('n', key, deed, { buffer = buffer, nowait = true })
    end
    map('q', close)
    map('<Esc>', close)
    map('<CR>', go)
    map('R', function()
      from_document('refresh')
    end)
    map('r', function()
      local section = under().section
      if section then
        from_document('regenerate', section)
      end
    end)
    local group = vim.api.nvim_create_augroup('groundplan.outline', {})
    vim.api.nvim_create_autocmd('User', { group = group, pattern = 'GroundplanRun', callback = look })
    vim.api.nvim_create_autocmd('DiagnosticChanged', { group = group, buffer = document, callback = look })
    vim.api.nvim_create_autocmd('WinClosed', { group = group, pattern = tostring(window), callback = close })
  end)
end

return M
