-- The command :Groundplan, whether the server is running or not.
if vim.g.loaded_groundplan then
  return
end
vim.g.loaded_groundplan = true

vim.api.nvim_create_user_command('Groundplan', function(call)
  require('groundplan').run(call.fargs[1] or 'generate', call.fargs[2])
end, {
  nargs = '*',
  desc = 'Write, renew or cancel the implementation plan of this document',
  complete = function(lead)
    return vim.tbl_filter(function(name)
      return vim.startswith(name, lead)
    end, require('groundplan').names())
  end,
})
