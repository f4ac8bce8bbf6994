import js from '@eslint/js'
import prettier from 'eslint-config-prettier'
import svelte from 'eslint-plugin-svelte'
import { defineConfig } from 'eslint/config'
import globals from 'globals'
import ts from 'typescript-eslint'

const noDefaultExports = {
  'no-restricted-syntax': [
    'error',
    { selector: 'ExportDefaultDeclaration', message: 'Export by name: a name can be searched for.' },
    { selector: 'ExportAllDeclaration', message: 'Export by name: a barrel hides where things come from.' },
    { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
  ],
}

export default defineConfig(
  { ignores: ['node_modules/', 'out/', 'coverage/', 'resources/', '.cache/', 'test-results/', 'docs/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.svelte'],
    extends: [ts.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname, extraFileExtensions: ['.svelte'] },
    },
    rules: {
      ...noDefaultExports,
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // An array that was just measured is read without a check in inner loops; TypeScript asks for the mark.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // What was read at a border is checked even where its type says that it cannot be otherwise.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Slow, and about enums and classes that this code does not have.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Handlers and readers share a signature that is asynchronous for most of them.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    extends: [svelte.configs.recommended],
    languageOptions: { globals: globals.browser, parserOptions: { parser: ts.parser } },
    // Maps and sets are values here: replaced as a whole, never watched.
    rules: { 'svelte/prefer-svelte-reactivity': 'off' },
  },
  {
    // svelte-check looks at the types of components; doing that twice would double the time.
    files: ['**/*.svelte'],
    extends: [ts.configs.disableTypeChecked],
    languageOptions: { parserOptions: { projectService: false } },
  },
  { files: ['src-renderer/**'], languageOptions: { globals: globals.browser } },
  {
    files: ['scripts/**', 'bench/**', '*.config.mjs'],
    languageOptions: { globals: globals.node },
  },
  {
    // These take configuration as a default export.
    files: ['**/*.config.ts', '**/*.config.mjs'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  prettier,
)
