;;; drive.el --- emacs --batch -l drive.el CLIENT PLUGIN SERVER, in the folder of the fixture  -*- lexical-binding: t; -*-

;; CLIENT is `eglot' or `lsp': the story as a person lives it, by the interactive commands.

;;; Code:

(require 'package)
(package-initialize)
;; An Emacs beside the system's finds the system's packages here.
(dolist (place (file-expand-wildcards "/usr/share/emacs/site-lisp/elpa-src/*"))
  (unless (or (string-match-p "eglot-\\|jsonrpc-\\|project-\\|xref-\\|eldoc-\\|flymake-\\|external-completion-" place)
              (member place load-path))
    (add-to-list 'load-path place t)
    (dolist (autoloads (file-expand-wildcards (concat place "/*-autoloads.el")))
      (load autoloads nil t t))))

(defvar passed 0)
(defvar patience 60)

(defun say (format &rest arguments)
  (princ (concat (apply #'format format arguments) "\n")))

(defun fail (format &rest arguments)
  (when (getenv "GROUNDPLAN_EVENTS")
    (with-current-buffer (jsonrpc-events-buffer (eglot-current-server))
      (write-region nil nil (getenv "GROUNDPLAN_EVENTS"))))
  (say "FAIL: %s\n%d passed, 1 failed" (apply #'format format arguments) passed)
  (kill-emacs 1))

(defun ok (what)
  (setq passed (1+ passed))
  (say "ok: %s" what))

(defmacro expect (what form &optional detail)
  `(if ,form (ok ,what) (fail "%s: %s" ,what ,detail)))

(defmacro await (what form &optional detail)
  `(let ((end (+ (float-time) patience)) found)
     (while (not (or (setq found ,form) (> (float-time) end)))
       (accept-process-output nil 0.02))
     (if found (ok ,what) (fail "timed out waiting for %s: %s" ,what ,detail))
     found))

(defvar messages nil)
(advice-add 'message :before
            (lambda (format &rest arguments)
              (when format (push (apply #'format-message format arguments) messages))))
(defun told (part)
  (cl-some (lambda (text) (string-match-p part text)) messages))

(defun has (part)
  (string-search part (buffer-string)))

(let* ((client (pop command-line-args-left))
       (plugin (pop command-line-args-left))
       (server (pop command-line-args-left))
       (last-nonmenu-event ?x)
       lighters answers)
  (add-to-list 'load-path plugin)
  (require 'groundplan)
  (require 'markdown-mode)
  (setq groundplan-server-command (list server "lsp"))
  (if (equal client "eglot")
      (progn
        (groundplan-setup-eglot)
        (require 'eglot))
    (setq lsp-auto-guess-root t
          lsp-enable-suggest-server-download nil
          lsp-headerline-breadcrumb-enable nil
          lsp-session-file (expand-file-name ".lsp-session"))
    (groundplan-setup-lsp)
    (require 'lsp-mode)
    (remove-hook 'markdown-mode-hook #'lsp-deferred))
  (remove-hook 'markdown-mode-hook #'eglot-ensure)
  (find-file "docs/export.requirements.md")
  (expect "a document has the keys" (and groundplan-mode (eq (key-binding (kbd "C-c C-g g")) #'groundplan-generate)))
  ;; In batch, the hooks that wait for a window do not run.
  (if (equal client "eglot") (apply #'eglot (eglot--guess-contact)) (lsp))
  (await "the server is connected" (or (groundplan--eglot) (and (groundplan--lsp) (lsp-find-workspace 'groundplan))))
  (when (equal client "lsp")
    (await "it is initialized" (eq 'initialized (lsp--workspace-status (lsp-find-workspace 'groundplan)))))
  (let ((document (current-buffer)))
    (add-hook 'groundplan-run-functions
              (lambda (_run) (push (with-current-buffer document (groundplan--lighter)) lighters))))
  (let ((original (buffer-string)) plan)
    ;; Cancel first, while nothing has been written.
    (groundplan-generate)
    (await "a run begins" lighters)
    (groundplan-cancel)
    (await "it is cancelled" (told "cancelled; nothing was written") messages)
    (expect "a cancelled run leaves the text alone" (equal original (buffer-string)))

    (setq lighters nil messages nil)
    (groundplan-generate)
    (await "the plan is written" (told "6 sections written") messages)
    (setq plan (buffer-string))
    (expect "every section stands there"
            (cl-every #'has '("### Executive Summary" "### Research Foundation" "### Implementation Phases"
                              "### Resource Requirements" "### Quality Assurance Strategy"
                              "### Timeline and Milestones")))
    (expect "the mode line followed the run"
            (and (cl-some (lambda (text) (string-match-p "^ groundplan [0-9]+%% [a-z]+ [0-9]+/[0-9]+" text)) lighters)
                 (equal "" (car lighters)))
            lighters)
    (save-buffer)
    (expect "the plan draws no finding" (zerop (call-process server nil nil nil "check" buffer-file-name)))

    ;; What is behind a citation, as the echo area shows it.
    (goto-char (point-min))
    (re-search-forward "Extend `src/report\\.rs`.*\\[\\^s")
    (let ((card (if (equal client "eglot")
                    (jsonrpc-request (eglot-current-server) :textDocument/hover (eglot--TextDocumentPositionParams))
                  (lsp-request "textDocument/hover" (lsp--text-document-position-params)))))
      (expect "a hover shows what is cited" (string-match-p "fresh: as it was read on" (format "%S" card)) card)
      (when (hash-table-p card)
        (expect "as markdown" (string-match-p "pub fn" (gethash "value" (gethash "contents" card))))))

    ;; The outline: what stands where, and the way there.
    (groundplan-outline)
    (await "an outline shows the sections" (has "✓ Executive Summary (generated)") (buffer-string))
    (expect "and requirements and sources" (and (has "✓ FR-001 (phase 1)") (has "✓ s1 ")) (buffer-string))
    (goto-char (point-min))
    (search-forward "Timeline and Milestones")
    (groundplan-outline-visit)
    (expect "it leads to a section" (looking-at "### Timeline and Milestones") (buffer-name))

    ;; A section of a person is compared before it is replaced.
    (re-search-forward "^- \\*\\*Development Timeline.*$")
    (insert " my own words.")
    (let ((own (buffer-string)) asked)
      (cl-letf (((symbol-function 'y-or-n-p)
                 (lambda (question)
                   (push (cons question (with-current-buffer (window-buffer) (buffer-string))) asked)
                   (pop answers))))
        (dolist (case `((nil . ,own) (t . ,plan)))
          (setq answers (list (car case)) messages nil)
          (groundplan-regenerate-section "Timeline and Milestones")
          (await "a run asks which text stands" (and asked (told "written")) messages)
          (expect "the answer is heard" (equal (buffer-string) (cdr case)) (buffer-string)))
        (expect "the difference was shown"
                (cl-every (lambda (one)
                            (and (string-match-p "“Timeline and Milestones” was changed by hand" (car one))
                                 (string-match-p "^-.*my own words" (cdr one))))
                          asked)
                asked)))

    ;; A requirement says something else.
    (goto-char (point-min))
    (search-forward "within 2 seconds")
    (replace-match "within 9 seconds")
    (groundplan-outline)
    (await "the outline says what is out of date"
           (progn (groundplan--outline-look)
                  (accept-process-output nil 0.2)
                  (has "(out of date: FR-001 says something else now)"))
           (buffer-string))
    (setq messages nil)
    (groundplan-outline-refresh)
    (await "what is out of date is refreshed" (told "written") messages)
    (await "and is so no more"
           (progn (groundplan--outline-look)
                  (accept-process-output nil 0.2)
                  (not (has "out of date")))
           (buffer-string))
    (with-current-buffer groundplan--document
      (save-buffer)
      (expect "the refreshed plan draws no finding" (zerop (call-process server nil nil nil "check" buffer-file-name)))))
  (say "%d passed, 0 failed" passed)
  (kill-emacs 0))
;;; drive.el ends here
