" vim -es -N -u NONE -i NONE -S drive.vim DOCUMENT, with the snippet of the docs in GROUNDPLAN_VIMRC
set rtp^=/usr/share/vim-ale
set nocompatible hidden
filetype plugin on
let g:ale_linters = {'markdown': ['groundplan']}
let g:ale_linters_explicit = 1
let s:passed = 0

function! s:say(message)
  call writefile([a:message], '/dev/stdout', 'a')
endfunction

function! s:await(what, test, detail)
  for l:i in range(1200)
    if eval(a:test)
      let s:passed += 1
      call s:say('ok: ' . a:what)
      return
    endif
    sleep 50m
  endfor
  call s:say('FAIL: ' . a:what . ': ' . string(eval(a:detail)))
  call s:say(s:passed . ' passed, 1 failed')
  cquit
endfunction

runtime plugin/ale.vim
execute 'source' fnameescape($GROUNDPLAN_VIMRC)
edit
setfiletype markdown
ALEEnable
silent GroundplanPlan
call s:await('the plan is written', 'search("^## Backend Implementation Plan", "nw") > 0', 'getline(1, "$")')
call s:await('a requirement stays where it was', 'getline(5) =~# "FR-001"', 'getline(5)')
call cursor(1, 1)
call search('^- \*\*Reuse Strategy')
delete
write
ALELint
call s:await('a field that is taken out is a finding', 'len(filter(getloclist(0), {_, found -> found.text =~# "Reuse Strategy"})) == 1', 'getloclist(0)')
undo
write
ALELint
call s:await('and is none when it is back', 'empty(getloclist(0))', 'getloclist(0)')
call s:say(s:passed . ' passed, 0 failed')
qall!
