-- Runs: what those at work do, for the status line; and what the journal keeps of runs by a model, in a picker.
local M = {}

-- What runs do at this moment, by the URI of their document.
local at_work = {}

-- Takes a `groundplan/run` of the server.
function M.follow(run)
  if run.state == 'running' then
    if not at_work[run.uri] then
      vim.notify('groundplan: planning; :Groundplan cancel stops it', vim.log.levels.INFO)
    end
    at_work[run.uri] = run
    -- For whoever has nothing of it in the status line: one line that goes by itself.
    if vim.api.nvim_get_mode().mode == 'n' then
      local text = ('groundplan %d%% %s'):format(run.percentage, run.message)
      vim.api.nvim_echo({ { vim.fn.strcharpart(text, 0, math.max(20, vim.v.echospace)), 'Comment' } }, false, {})
    end
  else
    at_work[run.uri] = nil
  end
  vim.cmd.redrawstatus({ bang = true })
  vim.api.nvim_exec_autocmds('User', { pattern = 'GroundplanRun', modeline = false, data = run })
end

-- Forgets what runs did, for a server that is gone.
function M.forget()
  at_work = {}
  vim.cmd.redrawstatus({ bang = true })
end

-- What the run of a buffer does, for a status line; empty without one.
function M.status(buffer)
  local run = at_work[vim.uri_from_bufnr(buffer)]
  return run and ('groundplan %d%% %s'):format(run.percentage, run.message) or ''
end

local function show(client, id)
  local command = client.config.cmd[1]
  vim.system({ command, 'runs', 'show', tostring(id) }, { text = true }, function(done)
    vim.schedule(function()
      vim.cmd('botright new')
      local buffer = vim.api.nvim_get_current_buf()
      vim.bo[buffer].buftype, vim.bo[buffer].bufhidden, vim.bo[buffer].swapfile = 'nofile', 'wipe', false
      local text = done.code == 0 and done.stdout or done.stderr
      vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(vim.trim(text), '\n'))
      vim.bo[buffer].modifiable = false
    end)
  end)
end

local function resume(run)
  local groundplan = require('groundplan')
  local uri = run.uri
  vim.cmd.edit(vim.fn.fnameescape(vim.uri_to_fname(uri)))
  local buffer = vim.api.nvim_get_current_buf()
  local client = groundplan.client(buffer)
  if not client then
    return
  end
  groundplan.overview(buffer, function(overview)
    local model = overview.model and overview.model.name
    if model ~= run.model then
      return groundplan.tell(('that run asked %s, and now %s is set; set %s to go on with it'):format(
        run.model, model or 'no model', run.model), vim.log.levels.WARN)
    end
    groundplan.execute(client, buffer, 'groundplan.generate', { uri = uri, target = run.output and 'file' or nil })
  end)
end

-- Picks a run: one at work is cancelled, an interrupted one resumed, any other one shown.
function M.pick()
  local groundplan = require('groundplan')
  local buffer = vim.api.nvim_get_current_buf()
  local client = groundplan.client(buffer)
  if not client then
    return
  end
  groundplan.execute(client, buffer, 'groundplan.runs', nil, function(runs)
    local items = {}
    for _, run in ipairs(runs.running) do
      local answered = #vim.tbl_filter(function(question)
        return question.answered
      end, run.questions)
      items[#items + 1] = {
        text = ('cancel  %s  %d of %d answered: %s%s'):format(
          vim.fn.fnamemodify(vim.uri_to_fname(run.uri), ':.'), answered, #run.questions, run.message,
          run.used == '' and '' or (', ' .. run.used)),
        act = function()
          groundplan.execute(client, buffer, 'groundplan.cancel', { uri = run.uri })
        end,
      }
    end
    for _, run in ipairs(runs.kept) do
      local interrupted = run.status == 'interrupted' and run.uri
      items[#items + 1] = {
        text = ('%s  %s  %s, %d of %d answered, %s, %d tokens'):format(
          interrupted and 'resume' or 'show  ', vim.fn.fnamemodify(run.document, ':.'), run.status, run.answered,
          run.questions, run.model, run.tokens),
        act = function()
          if interrupted then
            return resume(run)
          end
          show(client, run.id)
        end,
      }
    end
    if #items == 0 then
      return groundplan.tell('nothing runs, and no model has been asked here yet')
    end
    vim.ui.select(items, {
      prompt = 'groundplan: runs',
      format_item = function(item)
        return item.text
      end,
    }, function(item)
      if item then
        item.act()
      end
    end)
  end)
end

return M
