;;; groundplan.el --- Implementation plans grounded in your code  -*- lexical-binding: t; -*-

;; Copyright (C) 2026 the groundplan authors

;; Author: the groundplan authors
;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1"))
;; Keywords: tools, docs, languages
;; URL: https://github.com/groundplan/groundplan
;; SPDX-License-Identifier: MIT OR Apache-2.0

;;; Commentary:

;; Connects eglot or lsp-mode to the language server groundplan, which turns a
;; markdown requirements document into an implementation plan in which every
;; claim cites a source, and tells when plan, requirements and code no longer
;; agree.
;;
;;   (require 'groundplan)
;;   (groundplan-setup-eglot)       ; or (groundplan-setup-lsp)
;;
;; Then open a requirements document and type M-x groundplan-generate.

;;; Code:

(require 'cl-lib)
(require 'diff)
(require 'subr-x)
(require 'url-util)

(declare-function eglot-current-server "eglot" ())
(declare-function eglot-ensure "eglot" ())
(declare-function eglot--signal-textDocument/didChange "eglot" ())
(declare-function eglot--path-to-uri "eglot" (path))
(declare-function eglot-path-to-uri "eglot" (path &rest args))
(declare-function lsp--buffer-uri "lsp-mode" ())
(declare-function jsonrpc-async-request "jsonrpc" (connection method params &rest args))
(declare-function lsp-workspaces "lsp-mode" ())
(declare-function lsp-find-workspace "lsp-mode" (server-id &optional file-name))
(declare-function lsp-register-client "lsp-mode" (client))
(declare-function lsp-stdio-connection "lsp-mode" (command &optional test-command))
(declare-function lsp-request-async "lsp-mode" (method params callback &rest args))
(declare-function lsp-deferred "lsp-mode" ())
(declare-function make-lsp-client "lsp-mode" (&rest args))
(defvar eglot-server-programs)
(defvar lsp-managed-mode)

(defgroup groundplan nil
  "Implementation plans grounded in your code."
  :group 'tools
  :prefix "groundplan-")

(defcustom groundplan-server-command '("groundplan" "lsp")
  "Program of the server, and its arguments."
  :type '(repeat string))

(defcustom groundplan-modes '(markdown-mode gfm-mode markdown-ts-mode)
  "Major modes of documents that may demand or plan something."
  :type '(repeat symbol))

(defvar groundplan--runs (make-hash-table :test #'equal)
  "What runs do at this moment, by the file of their document.")

(defvar groundplan-run-functions nil
  "Functions that are called with every step of a run, a property list.
Its keys are `:uri', `:state' (\"running\" or \"ended\"), `:message' and
`:percentage'.")

;;; Connections

(defun groundplan--get (object key)
  "The value of KEY, a string, in OBJECT, which a client has read from JSON."
  (let ((value (if (hash-table-p object)
                   (gethash key object)
                 (plist-get object (intern (concat ":" key))))))
    (unless (memq value '(:json-false :null)) value)))

(defun groundplan--list (object key)
  "The elements of the array KEY of OBJECT."
  (append (groundplan--get object key) nil))

(defun groundplan--follow (run)
  "Take note of RUN, the parameters of a `groundplan/run'."
  (let* ((uri (groundplan--get run "uri"))
         (file (groundplan--path uri))
         (state (groundplan--get run "state")))
    (if (equal state "running")
        (puthash file (format " groundplan %d%%%% %s"
                             (groundplan--get run "percentage") (groundplan--get run "message"))
                 groundplan--runs)
      (remhash file groundplan--runs))
    (force-mode-line-update t)
    (run-hook-with-args 'groundplan-run-functions
                        (list :uri uri :state state :message (groundplan--get run "message")
                              :percentage (groundplan--get run "percentage")))))

(defun groundplan--propose (proposal)
  "Show PROPOSAL beside the text that stands, and ask which one stays.
The answer is non-nil if the proposal may take its place."
  (let ((yours (generate-new-buffer "*groundplan: yours*"))
        (generated (generate-new-buffer "*groundplan: generated*")))
    (unwind-protect
        (progn
          (with-current-buffer yours (insert (or (groundplan--get proposal "before") "")))
          (with-current-buffer generated (insert (or (groundplan--get proposal "after") "")))
          (let ((shown (diff-no-select yours generated nil t (generate-new-buffer "*groundplan: difference*"))))
            (unwind-protect
                (save-window-excursion
                  (pop-to-buffer shown)
                  ;; The server waits for an answer; to quit is one, too.
                  (condition-case nil
                      (y-or-n-p (format "“%s” was changed by hand; replace it by the generated text? "
                                        (groundplan--get proposal "title")))
                    (quit nil)))
              (kill-buffer shown))))
      (kill-buffer yours)
      (kill-buffer generated))))

;;;###autoload
(defun groundplan-setup-eglot ()
  "Let eglot start groundplan in documents of `groundplan-modes'."
  (with-eval-after-load 'eglot
    (require 'groundplan-eglot)
    (add-to-list 'eglot-server-programs
                 (cons groundplan-modes (cons 'groundplan-eglot-server groundplan-server-command))))
  (dolist (mode groundplan-modes)
    (let ((hook (intern (format "%s-hook" mode))))
      (add-hook hook #'groundplan-mode)
      (add-hook hook #'eglot-ensure))))

;;;###autoload
(defun groundplan-setup-lsp ()
  "Let lsp-mode start groundplan in documents of `groundplan-modes'.
It runs beside other servers for markdown."
  (with-eval-after-load 'lsp-mode
    (let ((notifications (make-hash-table :test #'equal))
          (requests (make-hash-table :test #'equal)))
      (puthash "groundplan/run" (lambda (_workspace run) (groundplan--follow run)) notifications)
      (puthash "groundplan/propose"
               (lambda (_workspace proposal)
                 (list :accepted (if (groundplan--propose proposal) t :json-false)))
               requests)
      (lsp-register-client
       (make-lsp-client
        :new-connection (lsp-stdio-connection (lambda () groundplan-server-command))
        :major-modes groundplan-modes
        :server-id 'groundplan
        :add-on? t
        :custom-capabilities '((experimental . ((groundplan . ((runs . t) (proposals . t))))))
        :notification-handlers notifications
        :request-handlers requests))))
  (dolist (mode groundplan-modes)
    (let ((hook (intern (format "%s-hook" mode))))
      (add-hook hook #'groundplan-mode)
      (add-hook hook #'lsp-deferred))))

(defun groundplan--eglot ()
  "The server of the current buffer that eglot has started."
  (and (featurep 'eglot) (eglot-current-server)))

(defun groundplan--lsp ()
  "Whether lsp-mode manages the current buffer."
  (and (featurep 'lsp-mode) (bound-and-true-p lsp-managed-mode)))

(defun groundplan--uri ()
  "The URI of the current buffer's file, as its client spells it."
  (unless buffer-file-name (user-error "This buffer has no file"))
  (cond
   ((groundplan--lsp) (lsp--buffer-uri))
   ((fboundp 'eglot-path-to-uri) (eglot-path-to-uri buffer-file-name))
   (t (eglot--path-to-uri buffer-file-name))))

(defun groundplan--path (uri)
  "The file that URI names."
  (let ((path (decode-coding-string (url-unhex-string (string-remove-prefix "file://" uri) t) 'utf-8)))
    ;; A drive of Windows has a slash before it.
    (if (string-match-p "\\`/[A-Za-z]:" path) (substring path 1) path)))

(defun groundplan--execute (command arguments &optional done)
  "Do COMMAND of the server with ARGUMENTS, a list; DONE is called with its result.
Nobody waits: Emacs stays free, and what goes wrong is told in the echo area."
  (let* ((buffer (current-buffer))
         (params (list :command command :arguments (vconcat arguments)))
         (succeed (lambda (result)
                    (when (and done (buffer-live-p buffer))
                      (with-current-buffer buffer (funcall done result)))))
         (fail (lambda (error &rest _)
                 (message "groundplan: %s" (or (groundplan--get error "message") error)))))
    (cond
     ((groundplan--eglot)
      ;; What was typed a moment ago counts, too.
      (eglot--signal-textDocument/didChange)
      (jsonrpc-async-request (groundplan--eglot) :workspace/executeCommand params
                             :success-fn succeed :error-fn fail))
     ((groundplan--lsp)
      (lsp-request-async "workspace/executeCommand" params succeed :error-handler fail))
     (t (user-error "No server: start M-x eglot or M-x lsp in this document")))))

(defun groundplan--on-document (command &optional more done)
  "Do COMMAND on the current document with MORE arguments, a property list.
DONE is called with its result."
  (groundplan--execute command (list (append (list :uri (groundplan--uri)) more)) done))

;;; Commands

;;;###autoload
(defun groundplan-generate ()
  "Write the implementation plan of this document, or bring it up to date.
Sections that you have changed stay as they are."
  (interactive)
  (groundplan--on-document "groundplan.generate"))

;;;###autoload
(defun groundplan-generate-file ()
  "Write the implementation plan into a file NAME.plan.md of its own."
  (interactive)
  (groundplan--on-document "groundplan.generate" '(:target "file")))

(defun groundplan-generate-missing ()
  "Write the sections that are missing or hold only hints."
  (interactive)
  (groundplan--on-document "groundplan.generateMissing"))

(defun groundplan-refresh ()
  "Write the sections anew that are out of date."
  (interactive)
  (groundplan--on-document "groundplan.refresh"))

(defun groundplan-cancel ()
  "Cancel the run that writes into this document; what it has inserted stays."
  (interactive)
  (groundplan--on-document
   "groundplan.cancel" nil
   (lambda (stopped)
     (when (memq stopped '(nil :json-false))
       (message "groundplan: no run is writing into this document")))))

(defun groundplan-regenerate-section (&optional title)
  "Write the section TITLE anew; interactively, it is picked.
If you have changed it, you see the difference first."
  (interactive)
  (if title
      (groundplan--on-document "groundplan.regenerateSection" (list :section title))
    (groundplan--on-document
     "groundplan.overview" nil
     (lambda (overview)
       (let ((titles (cl-loop for section in (groundplan--list overview "sections")
                              when (groundplan--get section "range")
                              collect (groundplan--get section "title"))))
         (unless titles (user-error "This document has no plan yet"))
         (groundplan-regenerate-section (completing-read "Write anew: " titles nil t)))))))

(defun groundplan-show-runs ()
  "Show runs by a language model: what was asked, what answered, what was used."
  (interactive)
  (let ((program (car groundplan-server-command)))
    (groundplan--execute
     "groundplan.runs" nil
     (lambda (runs)
       (let* ((kept (cl-loop for run in (groundplan--list runs "kept")
                             collect (cons (format "%s: %s, %s, %s" (groundplan--get run "id")
                                                   (file-name-nondirectory (groundplan--get run "document"))
                                                   (groundplan--get run "status")
                                                   (groundplan--get run "model"))
                                           (groundplan--get run "id"))))
              (id (and kept (cdr (assoc (completing-read "Run: " kept nil t) kept)))))
         (if (not id)
             (message "groundplan: no model has been asked here yet")
           (with-current-buffer (get-buffer-create "*groundplan run*")
             (let ((inhibit-read-only t))
               (erase-buffer)
               (call-process program nil t nil "runs" "show" (number-to-string id))
               (goto-char (point-min)))
             (special-mode)
             (display-buffer (current-buffer)))))))))

;;; Outline

(defvar-local groundplan--document nil
  "The buffer whose plan an outline shows.")

(defvar groundplan-outline-mode-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "RET") #'groundplan-outline-visit)
    (define-key map (kbd "r") #'groundplan-outline-regenerate)
    (define-key map (kbd "R") #'groundplan-outline-refresh)
    map)
  "Keys of an outline, besides those of `special-mode'.")

(define-derived-mode groundplan-outline-mode special-mode "Plan"
  "A plan at a glance: sections, requirements and sources with their state.
\\{groundplan-outline-mode-map}"
  (setq-local revert-buffer-function (lambda (&rest _) (groundplan--outline-look)))
  (setq truncate-lines t))

(defun groundplan--outline-line (indent face sign text &rest place)
  "Insert SIGN in FACE and TEXT, indented by INDENT, leading to PLACE."
  (let ((from (point)))
    (insert (make-string indent ?\s) (propertize sign 'face face) " " (string-replace "\n" " " text) "\n")
    (put-text-property from (point) 'groundplan-place place)))

(defun groundplan--line (object)
  "The line of the range of OBJECT, from 1; nil if it has none."
  (when-let ((range (groundplan--get object "range")))
    (1+ (groundplan--get (groundplan--get range "start") "line"))))

(defun groundplan--outline-sections (overview)
  "Insert the sections and phases of OVERVIEW."
  (dolist (section (groundplan--list overview "sections"))
    (let* ((state (groundplan--get section "state"))
           (stale (groundplan--list section "stale"))
           (look (cond (stale '(warning . "!"))
                       ((equal state "generated") '(success . "✓"))
                       ((equal state "yours") '(font-lock-keyword-face . "●"))
                       (t '(shadow . "○")))))
      (groundplan--outline-line
       2 (car look) (cdr look)
       (format "%s (%s)" (groundplan--get section "title")
               (cond ((not stale) state)
                     (t (concat (and (equal state "yours") "yours, ")
                                "out of date: " (string-join stale "; ")))))
       :line (groundplan--line section) :section (groundplan--get section "title"))
      (dolist (phase (groundplan--list section "phases"))
        (groundplan--outline-line
         4 'shadow "·" (format "Phase %d: %s" (groundplan--get phase "number") (groundplan--get phase "name"))
         :line (groundplan--line phase))))))

(defun groundplan--outline-requirements (overview)
  "Insert the requirements of OVERVIEW."
  (dolist (requirement (groundplan--list overview "requirements"))
    (let* ((phases (groundplan--list requirement "phases"))
           (look (cond ((groundplan--get requirement "changed") '(warning . "!"))
                       ((not (groundplan--get overview "plan")) '(shadow . "○"))
                       (phases '(success . "✓"))
                       (t '(error . "✗")))))
      (groundplan--outline-line
       2 (car look) (cdr look)
       (format "%s%s %s" (groundplan--get requirement "id")
               (if phases (format " (phase %s)" (mapconcat #'number-to-string phases ", ")) "")
               (groundplan--get requirement "summary"))
       :uri (groundplan--get requirement "uri") :line (groundplan--line requirement)))))

(defun groundplan--outline-sources (overview)
  "Insert the sources of OVERVIEW."
  (dolist (source (groundplan--list overview "sources"))
    (let* ((state (groundplan--get source "state"))
           (look (pcase state
                   ("fresh" '(success . "✓"))
                   ("moved" '(font-lock-keyword-face . "→"))
                   ("changed" '(warning . "!"))
                   ("gone" '(error . "✗"))
                   (_ '(shadow . "?"))))
           (file (and (not (equal state "gone")) (groundplan--get source "uri"))))
      (groundplan--outline-line
       2 (car look) (cdr look)
       (concat (groundplan--get source "id") " " (groundplan--get source "name")
               (if (equal state "fresh") "" (format " (%s)" state)))
       :uri file
       :line (if file (or (groundplan--get source "line") 1) (groundplan--line source))))))

(defun groundplan--outline-draw (overview buffer)
  "Write OVERVIEW into BUFFER."
  (with-current-buffer buffer
    (let* ((inhibit-read-only t)
           (window (get-buffer-window buffer t))
           (line (line-number-at-pos (and window (window-point window)))))
      (erase-buffer)
      (when-let ((running (groundplan--get overview "running")))
        (insert (propertize (format "Planning: %s" running) 'face 'bold) "\n\n"))
      (when (groundplan--get overview "plan")
        (insert (propertize "Sections" 'face 'bold) "\n")
        (groundplan--outline-sections overview))
      (when (groundplan--list overview "requirements")
        (insert (propertize "Requirements" 'face 'bold) "\n")
        (groundplan--outline-requirements overview))
      (when (groundplan--list overview "sources")
        (insert (propertize "Sources" 'face 'bold) "\n")
        (groundplan--outline-sources overview))
      (when (= (point-min) (point-max))
        (insert "This document demands nothing and plans nothing.\n"))
      (goto-char (point-min))
      (forward-line (1- line))
      (when window (set-window-point window (point))))))

(defun groundplan--outline-look ()
  "Bring the current outline up to date."
  (let ((outline (current-buffer)))
    (when (buffer-live-p groundplan--document)
      (with-current-buffer groundplan--document
        (groundplan--on-document
         "groundplan.overview" nil
         (lambda (overview)
           (when (buffer-live-p outline) (groundplan--outline-draw overview outline))))))))

;;;###autoload
(defun groundplan-outline ()
  "Show the plan of this document at a glance, in a window beside it."
  (interactive)
  (let ((document (current-buffer))
        (outline (get-buffer-create (format "*plan of %s*" (buffer-name)))))
    (with-current-buffer outline
      (groundplan-outline-mode)
      (setq groundplan--document document)
      (groundplan--outline-look))
    (pop-to-buffer outline '(display-buffer-in-side-window (side . right) (window-width . 60)))))

(defun groundplan-outline-visit ()
  "Go to what stands on this line of the outline."
  (interactive)
  (let* ((place (get-text-property (line-beginning-position) 'groundplan-place))
         (uri (plist-get place :uri))
         (line (plist-get place :line))
         (document groundplan--document))
    (unless line (user-error "This line leads nowhere"))
    (pop-to-buffer (if uri (find-file-noselect (groundplan--path uri)) document)
                   '(display-buffer-use-some-window (inhibit-same-window . t)))
    (goto-char (point-min))
    (forward-line (1- line))))

(defun groundplan-outline-regenerate ()
  "Write the section on this line of the outline anew."
  (interactive)
  (let ((title (plist-get (get-text-property (line-beginning-position) 'groundplan-place) :section)))
    (unless title (user-error "This line is no section"))
    (with-current-buffer groundplan--document
      (groundplan-regenerate-section title))))

(defun groundplan-outline-refresh ()
  "Write the sections anew that are out of date."
  (interactive)
  (with-current-buffer groundplan--document
    (groundplan-refresh)))

(defun groundplan--outlines-look (run)
  "Bring the outlines that are in sight up to date when RUN has ended."
  (when (equal (plist-get run :state) "ended")
    (dolist (window (window-list))
      (with-current-buffer (window-buffer window)
        (when (derived-mode-p 'groundplan-outline-mode)
          (with-demoted-errors "groundplan: %S" (groundplan--outline-look)))))))

(add-hook 'groundplan-run-functions #'groundplan--outlines-look)

;;; Mode

(defvar groundplan-mode-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "C-c C-g g") #'groundplan-generate)
    (define-key map (kbd "C-c C-g f") #'groundplan-generate-file)
    (define-key map (kbd "C-c C-g m") #'groundplan-generate-missing)
    (define-key map (kbd "C-c C-g r") #'groundplan-regenerate-section)
    (define-key map (kbd "C-c C-g u") #'groundplan-refresh)
    (define-key map (kbd "C-c C-g k") #'groundplan-cancel)
    (define-key map (kbd "C-c C-g o") #'groundplan-outline)
    (define-key map (kbd "C-c C-g l") #'groundplan-show-runs)
    map)
  "Keys of `groundplan-mode'.")

(defun groundplan--lighter ()
  "What the run of the current document does, for the mode line."
  (or (and buffer-file-name (> (hash-table-count groundplan--runs) 0)
           (or (groundplan--eglot) (groundplan--lsp))
           (or (gethash buffer-file-name groundplan--runs)
               (gethash (file-truename buffer-file-name) groundplan--runs)))
      ""))

;;;###autoload
(define-minor-mode groundplan-mode
  "Keys for plans, and what a run does in the mode line.
\\{groundplan-mode-map}"
  :lighter (:eval (groundplan--lighter)))

(provide 'groundplan)
;;; groundplan.el ends here
