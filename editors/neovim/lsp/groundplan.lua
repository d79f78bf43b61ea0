-- Configuration of the language server for Neovim's own client (0.11 and newer): `vim.lsp.enable('groundplan')`.

-- Closes the open undo block, so that each section of a plan can be undone by itself even when nobody types meanwhile.
local function close_undo(edit)
  local uris = vim.tbl_keys(edit.changes or {})
  for _, change in ipairs(edit.documentChanges or {}) do
    uris[#uris + 1] = change.textDocument and change.textDocument.uri
  end
  for _, uri in ipairs(uris) do
    local buffer = vim.uri_to_bufnr(uri)
    if vim.api.nvim_buf_is_loaded(buffer) then
      vim.api.nvim_buf_call(buffer, function()
        vim.cmd('let &g:undolevels = &g:undolevels')
      end)
    end
  end
end

-- The protocol counts from the gravest, Neovim from the slightest.
local levels = { vim.log.levels.ERROR, vim.log.levels.WARN, vim.log.levels.INFO, vim.log.levels.DEBUG }

---@type vim.lsp.Config
return {
  cmd = { 'groundplan', 'lsp' },
  filetypes = { 'markdown' },
  root_markers = { 'groundplan.toml', '.groundplan', '.git' },
  -- Runs are followed for the status line, and a section of yours is compared with its proposal before you decide.
  capabilities = { experimental = { groundplan = { runs = true, proposals = true } } },
  on_exit = function()
    vim.schedule(function()
      require('groundplan.runs').forget()
    end)
  end,
  handlers = {
    ['workspace/applyEdit'] = function(err, params, context)
      close_undo(params.edit)
      local result = vim.lsp.handlers['workspace/applyEdit'](err, params, context)
      close_undo(params.edit)
      return result
    end,
    ['window/showMessage'] = function(_, params)
      vim.notify(params.message, levels[params.type] or vim.log.levels.INFO)
      return params
    end,
    ['window/showMessageRequest'] = function(err, params, context)
      -- Whether registries may be asked is nothing to stand in the way for: it is a line of the configuration.
      if params.message:find('package clients', 1, true) then
        vim.notify(
          'groundplan: versions and licences of packages are left out; `research.registries = true` in your own '
            .. 'groundplan/config.toml lets your package clients be asked, `false` ends this notice'
        )
        return vim.NIL
      end
      return vim.lsp.handlers['window/showMessageRequest'](err, params, context)
    end,
    ['groundplan/run'] = function(_, run)
      require('groundplan.runs').follow(run)
    end,
    ['groundplan/propose'] = function(_, proposal)
      return require('groundplan.proposal').ask(proposal)
    end,
  },
}
