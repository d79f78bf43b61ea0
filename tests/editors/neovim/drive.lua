-- nvim --headless --clean -l drive.lua PLUGIN SERVER, in the folder of the fixture: the story as a person lives it.
local plugin, server = arg[1], arg[2]
local passed = 0

local function say(...)
  io.stdout:write(string.format(...), '\n')
end
local function fail(...)
  say('FAIL: ' .. string.format(...))
  say('%d passed, 1 failed', passed)
  os.exit(1)
end
local function ok(what)
  passed = passed + 1
  say('ok: %s', what)
end
local function wait(what, condition, detail)
  if not vim.wait(30000, condition, 20) then
    fail('timed out waiting for %s: %s', what, detail and detail() or '')
  end
  ok(what)
end
local function expect(what, condition, detail)
  if not condition then
    fail('%s: %s', what, tostring(detail))
  end
  ok(what)
end
local function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
end
local function keys(typed)
  vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes(typed, true, false, true), 'mx', false)
end
-- A typed command ends the undo block before it; one from a script does not.
local function typed(command)
  vim.cmd('let &g:undolevels = &g:undolevels')
  vim.cmd(command)
  vim.cmd('let &g:undolevels = &g:undolevels')
end
local function has(part)
  return text():find(part, 1, true) ~= nil
end
local sections = {
  '### Executive Summary',
  '### Research Foundation',
  '### Implementation Phases',
  '### Resource Requirements',
  '### Quality Assurance Strategy',
  '### Timeline and Milestones',
}
local function present()
  return #vim.tbl_filter(has, sections)
end

-- What a person puts into their configuration.
vim.opt.runtimepath:prepend(plugin)
vim.cmd('runtime plugin/groundplan.lua')
vim.lsp.config('groundplan', { cmd = { server, 'lsp' } })
vim.lsp.enable('groundplan')

local progress, notes, chosen = {}, {}, {}
vim.api.nvim_create_autocmd('LspProgress', {
  callback = function(event)
    local value = event.data.params.value
    progress[#progress + 1] = value.kind .. ': ' .. (value.message or value.title or '')
  end,
})
local grave = {}
vim.notify = function(message, level)
  notes[#notes + 1] = message
  if level ~= vim.log.levels.INFO then
    grave[#grave + 1] = message
  end
end
-- A picker plugin stands here for most people; it takes the first title that fits.
local wanted
vim.ui.select = function(items, options, choose)
  for index, item in ipairs(items) do
    local title = options.format_item and options.format_item(item) or item.action.title
    chosen[#chosen + 1] = title
    if title:find(wanted, 1, true) then
      return choose(item, index)
    end
  end
  fail('no action %q among: %s', wanted, table.concat(chosen, ' | '))
end
local function noted(part)
  return #vim.tbl_filter(function(note)
    return note:find(part, 1, true) ~= nil
  end, notes) > 0
end

vim.cmd('filetype on')
vim.cmd.edit('docs/export.requirements.md')
local buffer = vim.api.nvim_get_current_buf()
local client
wait('the server attaches', function()
  client = vim.lsp.get_clients({ bufnr = buffer, name = 'groundplan' })[1]
  return client and client.initialized
end)
local original = text()

-- Cancel first, while nothing has been written.
vim.cmd('Groundplan generate')
wait('progress begins', function()
  return (progress[1] or ''):find('begin: Implementation plan', 1, true)
end)
vim.cmd('Groundplan cancel')
wait('the run is cancelled', function()
  return noted('cancelled; nothing was written')
end, function()
  return table.concat(notes, ' | ')
end)
expect('a cancelled run leaves the text alone', text() == original)
progress, notes = {}, {}

-- The lens, and the action by keys.
vim.lsp.codelens.refresh({ bufnr = buffer })
wait('a lens offers the plan', function()
  local lens = vim.lsp.codelens.get(buffer)[1]
  return lens and lens.command.title:find('Generate implementation plan (', 1, true)
end)
vim.api.nvim_win_set_cursor(0, { 3, 0 })
wanted = 'Generate implementation plan ('
local status = {}
vim.api.nvim_create_autocmd('User', {
  pattern = 'GroundplanRun',
  callback = function()
    status[#status + 1] = require('groundplan').status()
  end,
})
keys('gra')
wait('the run ends', function()
  return noted('6 sections written')
end, function()
  return table.concat(notes, ' | ') .. '\n' .. table.concat(progress, '\n')
end)
expect('its start was told', noted('planning; :Groundplan cancel stops it'), table.concat(notes, ' | '))
expect('every section stands in the document', present() == 6, present())
local plan = text()
expect('progress was named', #vim.tbl_filter(function(line)
  return line:find('^report: %a+ %d+/%d+: ')
end, progress) > 0, table.concat(progress, '\n'))
expect('the status line says it, too', #vim.tbl_filter(function(line)
  return line:find('^groundplan %d+%% %a+ %d+/%d+: ')
end, status) > 0 and status[#status] == '', table.concat(status, '\n'))
expect('progress ended', (progress[#progress] or ''):find('^end: ') ~= nil, progress[#progress])
wait('the plan has no finding of its own', function()
  return vim.diagnostic.count(buffer)[vim.diagnostic.severity.ERROR] == nil and #vim.diagnostic.get(buffer) == 0
end, function()
  return vim.inspect(vim.tbl_map(function(d) return d.message end, vim.diagnostic.get(buffer)))
end)

-- Hover over a citation by keys: place, freshness, present text.
vim.fn.search([[Extend `src/report.rs`.*\[^s\zs\d]])
keys('K')
local card
wait('a hover shows the source', function()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      card = table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false), '\n')
      return true
    end
  end
end)
expect('the hover says what is there now and that it is fresh', card:find('fresh: as it was read on') and card:find('pub fn', 1, true), card)
vim.cmd('fclose!')

-- Deleting a section is reported at once; the quick fix puts it back.
typed([[silent /### Resource Requirements/,/### Quality Assurance Strategy/-1 delete]])
wait('a missing section is reported', function()
  return #vim.tbl_filter(function(diagnostic)
    return diagnostic.code == 'missing-section' and diagnostic.message:find('Resource Requirements', 1, true)
  end, vim.diagnostic.get(buffer)) == 1
end)
vim.fn.cursor(1, 1)
vim.fn.search('^## Backend Implementation Plan', 'c')
wanted = 'Insert the section `Resource Requirements`'
keys('gra')
wait('the quick fix puts it back', function()
  return has('### Resource Requirements\n\n- **Infrastructure**: [')
end)
vim.cmd('Groundplan missing')
wait('the missing section is generated', function()
  return has('### Resource Requirements\n\n- **Infrastructure**: ') and not has('**Infrastructure**: [')
end, function()
  return table.concat(notes, ' | ')
end)
wait('nothing is left to report', function()
  return #vim.diagnostic.get(buffer) == 0
end, function()
  return vim.inspect(vim.tbl_map(function(d) return d.message end, vim.diagnostic.get(buffer)))
end)
expect('the plan is the same as before', text() == plan)

-- A definition: from the citation to the ledger.
vim.fn.cursor(1, 1)
vim.fn.search([[Extend `src/report.rs`.*\[^s\zs\d]])
local line = vim.fn.line('.')
vim.lsp.buf.definition()
wait('the definition of a citation is its source', function()
  return vim.fn.line('.') ~= line and vim.fn.getline('.'):find('^%[%^s%d+%]: %[') ~= nil
end)

-- The outline: what stands where, and the way there.
local function outline()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    local shown = vim.api.nvim_win_get_buf(window)
    if vim.bo[shown].filetype == 'groundplan-outline' then
      return table.concat(vim.api.nvim_buf_get_lines(shown, 0, -1, false), '\n'), window
    end
  end
end
vim.cmd('Groundplan outline')
wait('an outline floats', function()
  return (outline() or ''):find('✓ Executive Summary (generated)', 1, true)
end, outline)
for _, part in ipairs({ '✓ FR-001 (phase ', '  · Phase 1: ', '✓ s1 ' }) do
  expect('it shows ' .. part, outline():find(part, 1, true), outline())
end
vim.fn.search('Risk\\|Timeline and Milestones')
keys('<CR>')
expect('it leads to a section', vim.fn.getline('.') == '### Timeline and Milestones' and not outline(), vim.fn.getline('.'))
local completed = table.concat(vim.fn.getcompletion('Groundplan r', 'cmdline'), ' ')
expect('subcommands are completed', completed == 'refresh regenerate runs', completed)
completed = table.concat(vim.fn.getcompletion('Groundplan regenerate Time', 'cmdline'), ' ')
expect('titles are completed', completed == 'Timeline and Milestones', completed)

-- A section of a person is compared before it is replaced, and <Esc> keeps it.
local compared
local function press(answer)
  local typed = { 'j', answer }
  vim.fn.getcharstr = function()
    local before = #typed == 2 and vim.fn.line('.') or compared.before
    compared = { windows = #vim.api.nvim_tabpage_list_wins(0), diff = vim.wo.diff, line = vim.fn.line('.'), before = before }
    return table.remove(typed, 1)
  end
end
local buffers = #vim.fn.getbufinfo({ buflisted = 1 })
vim.fn.cursor(1, 1)
vim.fn.search('^- \\*\\*Development Timeline')
vim.cmd('normal! A my own words.')
local own = text()
for _, case in ipairs({ { '\27', own }, { 'y', plan } }) do
  local answer, expected = unpack(case)
  press(answer)
  notes = {}
  vim.cmd('Groundplan regenerate')
  wait('a run asks which section stands', function()
    return noted('written')
  end, function()
    return table.concat(notes, ' | ')
  end)
  expect('two sides were compared, and moved', compared.windows == 2 and compared.diff and compared.line == compared.before + 1, vim.inspect(compared))
  expect('nothing of it is left', #vim.fn.getbufinfo({ buflisted = 1 }) == buffers, vim.inspect(vim.fn.getbufinfo()))
  expect('the answer ' .. answer .. ' is heard', text() == expected and vim.fn.tabpagenr('$') == 1, text())
end
-- Back before the comparison, for what follows.
for _ = 1, 2 do
  vim.cmd('silent undo')
end
expect('undo takes both back', text() == plan)

-- Out of date: a requirement says something else; the picker offers to refresh.
typed([[silent 1,8s/within 2 seconds/within 9 seconds/]])
vim.cmd('Groundplan outline')
wait('the outline says what is out of date', function()
  return (outline() or ''):find('! Implementation Phases (out of date: FR-001 says something else now)', 1, true)
end, outline)
keys('q')
wanted = 'Refresh what is out of date'
notes = {}
vim.cmd('Groundplan')
wait('what is out of date is refreshed', function()
  return noted('written')
end)
vim.cmd('Groundplan outline')
wait('nothing is out of date any more', function()
  return outline() and not outline():find('out of date', 1, true)
end, outline)
keys('q')
while text() ~= plan and vim.fn.undotree().seq_cur > 0 do
  vim.cmd('silent undo')
end
expect('undo leads back to the plan', text() == plan)

-- One undo for each section that was inserted.
local undone = {}
for _ = 1, 3 do
  vim.cmd('silent undo')
end
expect('three undos take back fix, deletion and generation', text() == plan)
for count = 5, 0, -1 do
  vim.cmd('silent undo')
  undone[#undone + 1] = present()
  if present() ~= count then
    fail('undo %d leaves %d sections, not %d', #undone, present(), count)
  end
end
ok('one undo for each inserted section')
expect('after six undos the text is as it was', text() == original)

expect('what is told is information', #grave == 0, table.concat(grave, ' | '))
vim.cmd('Groundplan nonsense')
expect('a mistake is an error', #grave == 1, table.concat(grave, ' | '))

-- Health.
vim.cmd('checkhealth groundplan')
expect('health tells of the model', text():find('model%s+none') ~= nil, text())
expect('health is well', text():find('OK.*groundplan %d') ~= nil and not text():find('ERROR'), text())
client:stop()
wait('the server stops', function()
  return client:is_stopped()
end)
say('%d passed, 0 failed', passed)
os.exit(0)
