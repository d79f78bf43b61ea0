// Lints with types: a promise that nobody waits for is the usual fault of an extension.
import tseslint from 'typescript-eslint';

export default tseslint.config(...tseslint.configs.strictTypeChecked, {
  languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  rules: { '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }] },
});
