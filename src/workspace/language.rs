//! Languages whose sources are parsed, and how their definitions and imports look in a syntax tree.

use serde::{Deserialize, Serialize};

use super::SymbolKind;

/// A language with a grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Language {
    /// Rust.
    Rust,
    /// Python.
    Python,
    /// JavaScript, with JSX.
    JavaScript,
    /// TypeScript.
    TypeScript,
    /// TypeScript with JSX.
    Tsx,
    /// Go.
    Go,
    /// Java.
    Java,
    /// C#.
    CSharp,
    /// C.
    C,
    /// C++.
    Cpp,
    /// Ruby.
    Ruby,
    /// PHP.
    Php,
}

use Language::*;

impl Language {
    /// The language of a file's ending.
    pub fn of_path(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next()?;
        let (_, ending) = name.rsplit_once('.')?;
        Some(match ending {
            "rs" => Rust,
            "py" | "pyi" => Python,
            "js" | "jsx" | "mjs" | "cjs" => JavaScript,
            "ts" | "mts" | "cts" => TypeScript,
            "tsx" => Tsx,
            "go" => Go,
            "java" => Java,
            "cs" => CSharp,
            "c" | "h" => C,
            "cc" | "cpp" | "cxx" | "hpp" | "hh" | "hxx" => Cpp,
            "rb" | "rake" => Ruby,
            "php" => Php,
            _ => return None,
        })
    }

    /// One language for all that call each other without ceremony.
    pub fn family(self) -> Self {
        match self {
            JavaScript | Tsx => TypeScript,
            C => Cpp,
            other => other,
        }
    }

    /// The name that readers know.
    pub fn name(self) -> &'static str {
        match self {
            Rust => "Rust",
            Python => "Python",
            JavaScript => "JavaScript",
            TypeScript | Tsx => "TypeScript",
            Go => "Go",
            Java => "Java",
            CSharp => "C#",
            C => "C",
            Cpp => "C++",
            Ruby => "Ruby",
            Php => "PHP",
        }
    }

    /// The identifier that editors know, by which they colour a block of code (the protocol's `TextDocumentItem` lists them).
    pub fn identifier(self) -> &'static str {
        match self {
            Rust => "rust",
            Python => "python",
            JavaScript => "javascript",
            TypeScript => "typescript",
            Tsx => "typescriptreact",
            Go => "go",
            Java => "java",
            CSharp => "csharp",
            C => "c",
            Cpp => "cpp",
            Ruby => "ruby",
            Php => "php",
        }
    }

    /// The grammar.
    pub(super) fn grammar(self) -> tree_sitter::Language {
        match self {
            Rust => tree_sitter_rust::LANGUAGE.into(),
            Python => tree_sitter_python::LANGUAGE.into(),
            JavaScript => tree_sitter_javascript::LANGUAGE.into(),
            TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
            Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
            Go => tree_sitter_go::LANGUAGE.into(),
            Java => tree_sitter_java::LANGUAGE.into(),
            CSharp => tree_sitter_c_sharp::LANGUAGE.into(),
            C => tree_sitter_c::LANGUAGE.into(),
            Cpp => tree_sitter_cpp::LANGUAGE.into(),
            Ruby => tree_sitter_ruby::LANGUAGE.into(),
            Php => tree_sitter_php::LANGUAGE_PHP.into(),
        }
    }

    /// What a node of this kind defines, or nothing.
    pub(super) fn definition(self, kind: &str) -> Option<SymbolKind> {
        use SymbolKind::*;
        Some(match (self, kind) {
            (Language::Rust, "function_item" | "function_signature_item") => Function,
            (Language::Rust, "struct_item" | "union_item" | "type_item") => Type,
            (Language::Rust, "enum_item") => Enum,
            (Language::Rust, "trait_item") => Interface,
            (Language::Rust, "mod_item") => Module,
            (Language::Rust, "const_item" | "static_item") => Constant,
            (Language::Rust, "macro_definition") => Macro,
            (Language::Python, "function_definition") => Function,
            (Language::Python, "class_definition") => Type,
            (JavaScript | TypeScript | Tsx, "function_declaration" | "generator_function_declaration") => Function,
            (JavaScript | TypeScript | Tsx, "method_definition" | "abstract_method_signature") => Method,
            (JavaScript | TypeScript | Tsx, "class_declaration" | "abstract_class_declaration") => Type,
            (TypeScript | Tsx, "interface_declaration") => Interface,
            (TypeScript | Tsx, "type_alias_declaration") => Type,
            (TypeScript | Tsx, "enum_declaration") => Enum,
            (JavaScript | TypeScript | Tsx, "variable_declarator") => Function,
            (Language::Go, "function_declaration") => Function,
            (Language::Go, "method_declaration") => Method,
            (Language::Go, "type_spec") => Type,
            (Language::Java, "class_declaration" | "record_declaration") => Type,
            (Language::Java, "interface_declaration" | "annotation_type_declaration") => Interface,
            (Language::Java, "enum_declaration") => Enum,
            (Language::Java, "method_declaration" | "constructor_declaration") => Method,
            (CSharp, "class_declaration" | "struct_declaration" | "record_declaration") => Type,
            (CSharp, "interface_declaration") => Interface,
            (CSharp, "enum_declaration") => Enum,
            (CSharp, "method_declaration" | "constructor_declaration") => Method,
            (C | Cpp, "function_definition") => Function,
            (C | Cpp, "struct_specifier" | "class_specifier" | "union_specifier") => Type,
            (C | Cpp, "enum_specifier") => Enum,
            (C | Cpp, "preproc_def" | "preproc_function_def") => Macro,
            (Cpp, "namespace_definition") => Module,
            (Ruby, "method" | "singleton_method") => Method,
            (Ruby, "class") => Type,
            (Ruby, "module") => Module,
            (Php, "function_definition") => Function,
            (Php, "method_declaration") => Method,
            (Php, "class_declaration") => Type,
            (Php, "interface_declaration" | "trait_declaration") => Interface,
            (Php, "enum_declaration") => Enum,
            _ => return None,
        })
    }

    /// Whether a node of this kind imports something.
    pub(super) fn imports(self, kind: &str) -> bool {
        match self {
            Rust => kind == "use_declaration",
            Python => matches!(kind, "import_statement" | "import_from_statement"),
            JavaScript | TypeScript | Tsx => {
                matches!(kind, "import_statement" | "export_statement" | "call_expression")
            }
            Go => kind == "import_spec",
            Java => kind == "import_declaration",
            CSharp => kind == "using_directive",
            C | Cpp => kind == "preproc_include",
            Ruby => kind == "call",
            Php => matches!(
                kind,
                "namespace_use_declaration" | "require_once_expression" | "require_expression" | "include_expression"
            ),
        }
    }

    /// Whether a node of this kind is a string, in every grammar.
    pub(super) fn is_literal(kind: &str) -> bool {
        matches!(
            kind,
            "string"
                | "string_literal"
                | "raw_string_literal"
                | "interpreted_string_literal"
                | "template_string"
                | "verbatim_string_literal"
                | "interpolated_string_expression"
                | "encapsed_string"
                | "heredoc_body"
                | "jsx_text"
        )
    }

    /// Whether a node of this kind is a comment, in every grammar.
    pub(super) fn is_comment(kind: &str) -> bool {
        kind.contains("comment")
    }
}
