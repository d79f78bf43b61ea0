;;; groundplan-eglot.el --- What eglot learns about groundplan  -*- lexical-binding: t; -*-

;; Copyright (C) 2026 the groundplan authors

;; Author: the groundplan authors
;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1") (eglot "1.9"))
;; Keywords: tools, docs, languages
;; URL: https://github.com/groundplan/groundplan
;; SPDX-License-Identifier: MIT OR Apache-2.0

;;; Commentary:

;; A class of server of its own, so that what is said here holds for groundplan
;; alone.  `groundplan-setup-eglot' loads it.

;;; Code:

(require 'eglot)
(require 'groundplan)

(defclass groundplan-eglot-server (eglot-lsp-server) ()
  :documentation "The server groundplan.")

(cl-defmethod eglot-client-capabilities :around ((_server groundplan-eglot-server))
  "Say that runs are followed and that proposals are shown."
  (plist-put (copy-sequence (cl-call-next-method)) :experimental '(:groundplan (:runs t :proposals t))))

(defun groundplan-eglot--forget (server)
  "Forget what runs did before SERVER, one of ours, was started."
  (when (cl-typep server 'groundplan-eglot-server)
    (clrhash groundplan--runs)))

(add-hook 'eglot-connect-hook #'groundplan-eglot--forget)

(cl-defmethod eglot-handle-notification
  ((_server groundplan-eglot-server) (_method (eql groundplan/run)) &rest run)
  "Follow RUN."
  (groundplan--follow run))

(cl-defmethod eglot-handle-request
  ((_server groundplan-eglot-server) (_method (eql groundplan/propose)) &rest proposal)
  "Ask whether PROPOSAL may take the place of a person's text."
  (list :accepted (if (groundplan--propose proposal) t :json-false)))

(cl-defmethod eglot-handle-request :around
  ((server groundplan-eglot-server) (_method (eql workspace/applyEdit)) &rest _)
  "Insert what was asked for without asking again, section by section.
The change is told to SERVER at once, since it waits for it before the next one."
  ;; The option has had another name before eglot 1.16.
  (prog1 (cl-progv '(eglot-confirm-server-edits eglot-confirm-server-initiated-edits) '(nil nil)
           (cl-call-next-method))
    (dolist (buffer (eglot--managed-buffers server))
      (when (buffer-live-p buffer)
        (with-current-buffer buffer (eglot--signal-textDocument/didChange))))))

(provide 'groundplan-eglot)
;;; groundplan-eglot.el ends here
