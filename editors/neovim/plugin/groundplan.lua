-- The command :Groundplan, whether the server is running or not.
if vim.g.loaded_groundplan then
  return
end
vim.g.loaded_groundplan = true

vim.api.nvim_create_user_command('Groundplan', function(call)
  -- A title has spaces: what stands behind the subcommand is one argument.
  local name, argument = call.args:match('^(%S*)%s*(.-)%s*$')
  require('groundplan').run(name == '' and 'menu' or name, argument ~= '' and argument or nil)
end, {
  nargs = '*',
  desc = 'Write, renew, look at or cancel the implementation plan of this document',
  complete = function(lead, line)
    return require('groundplan').complete(lead, line)
  end,
})
