-- :checkhealth groundplan
local M = {}

function M.check()
  vim.health.start('groundplan')
  if vim.fn.has('nvim-0.11') == 0 then
    return vim.health.error('Neovim 0.11 or newer is needed for vim.lsp.enable()')
  end
  local config = vim.lsp.config.groundplan
  local command = config and config.cmd
  if type(command) ~= 'table' then
    return vim.health.error('no configuration: is the plugin on the runtime path?')
  end
  if vim.fn.executable(command[1]) == 0 then
    return vim.health.error(('%s is not executable'):format(command[1]), {
      'install it: `cargo install --locked --path .` in a clone of its repository',
      "or name it: vim.lsp.config('groundplan', { cmd = { '/path/to/groundplan', 'lsp' } })",
    })
  end
  vim.health.ok(vim.trim(vim.fn.system({ command[1], '--version' })) .. ' at ' .. vim.fn.exepath(command[1]))
  local set_up = vim.system({ command[1], 'doctor', '--offline' }, { text = true }):wait()
  for line in vim.gsplit(vim.trim(set_up.stdout or ''), '\n') do
    if line:find('^model') or line:find('^registries') or line:find('^configuration') then
      vim.health.info(line)
    end
  end
  if not vim.lsp.is_enabled('groundplan') then
    vim.health.warn('not enabled', { "vim.lsp.enable('groundplan')" })
  end
  local clients = vim.lsp.get_clients({ name = 'groundplan' })
  if #clients == 0 then
    vim.health.info('not running; it starts with the first markdown file')
  end
  for _, client in ipairs(clients) do
    vim.health.ok(('running on %s'):format(client.config.root_dir or 'no root'))
  end
end

return M
