//! Plans grounded in your code: a language server and a command line for markdown requirement and plan documents.
//!
//! The modules in the order of the way that data goes; each knows only those before it (`docs/architecture.md`).
#![warn(clippy::unwrap_used, clippy::expect_used)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod config;
pub mod text;

pub mod document;

pub mod template;

pub mod check;

pub mod workspace;

pub mod research;

pub mod plan;

pub mod engine;

pub mod run;

pub mod lsp;

pub mod server;

pub mod cli;
