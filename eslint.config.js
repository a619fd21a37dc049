import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

// The strict, type-checked rules of typescript-eslint. Each rule that is added, changed or switched off says why.

export default defineConfig(
  globalIgnores(['node_modules/', 'schema/generated/', 'coverage/', '.sitewide/']),
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Type stripping keeps every import that is not marked as one of types.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      // A forgotten switch case is a state that nobody thought of.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      // The compiler checks it (noFallthroughCasesInSwitch), and allows a comment between two cases.
      'no-fallthrough': 'off',
      // One way of writing a function that has a name; arrow functions are for values.
      'func-style': ['error', 'declaration', { allowArrowFunctions: true }],
      // A file above 300 lines holds more than one thing.
      'max-lines': ['error', { max: 300 }],
      // More than three parameters become an options object; four leaves room for the signatures of libraries.
      'max-params': 'off',
      '@typescript-eslint/max-params': ['error', { max: 4 }],
      // Numbers and booleans in a message read as one means them.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // The index of an array that was just measured is known to be there; the alternative is a branch nobody can reach.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // `() => stream.end()` is a callback whose result nobody reads; `return fail();` leaves a function without a result.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // Our objects are closures made by factories; their methods do not use `this` and may be taken out of them.
      '@typescript-eslint/unbound-method': 'off',
      // Interfaces of ours promise asynchronous answers that some implementations happen to know at once.
      '@typescript-eslint/require-await': 'off',
      // A name that begins with an underscore says that a parameter is there for its position only.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Abort reasons are whatever the aborting side gave; they are passed on as they are.
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      // What a called library or a signal's reason throws is passed on as it is.
      '@typescript-eslint/only-throw-error': ['error', { allowRethrowing: true, allowThrowingUnknown: true }],
      // `type: T` alone makes a generic function's promise to its caller readable, for example of JSON read from a wire.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // It takes declarations for the world: JSON.stringify(undefined), or a signal that aborts while one waits.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // It objects to Promise.withResolvers<void>(), which is how one waits for an event without a value.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // graphql-js declares the kinds of nodes as an enum and as strings; comparing the two is what its types ask for.
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // `interface Wiring extends Omit<…> {}` names a derived type so that messages show the name.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      // A type alias says what a union or a mapped type is; an interface what an object is. Both are wanted.
      '@typescript-eslint/consistent-type-definitions': 'off',
      // Data goes to stdout through the commands; everything else belongs in the log.
      'no-console': 'error',
      // A default export has as many names as importers.
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            // Barrels hide who depends on whom.
            { regex: '(^|/)index(\\.ts)?$', message: 'Import the file that defines the thing; there are no barrels.' },
          ],
        },
      ],
      'no-restricted-syntax': [
        'error',
        // Sources run by type stripping, which cannot produce code.
        { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
        { selector: 'TSModuleDeclaration', message: 'Use a module.' },
        { selector: 'TSParameterProperty', message: 'Declare the field.' },
      ],
    },
  },
  {
    files: ['src/cli/**', 'src/commands/**', 'scripts/**', 'examples/**'],
    // These are where the program speaks to people.
    rules: { 'no-console': 'off' },
  },
  {
    files: ['src/cli/login/issuer.ts'],
    rules: {
      // It is marked as deprecated to make it stand out. It is called for issuers on the same machine only.
      '@typescript-eslint/no-deprecated': [
        'error',
        { allow: [{ from: 'package', name: 'allowInsecureRequests', package: 'openid-client' }] },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // `response.json()` and its like are `any`; tests look at what they got, and a wrong look fails the test.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      // The rows of test.each arrive as parameters, one for each column.
      '@typescript-eslint/max-params': 'off',
      // A suite of claims over one subject may be long where a source file may not.
      'max-lines': ['error', { max: 500 }],
    },
  },
  {
    files: ['**/*.js', '**/*.cjs'],
    // Plain files outside the TypeScript project: the program's entry and the tools' configurations.
    languageOptions: {
      globals: { process: 'readonly', module: 'writable', fetch: 'readonly', AbortSignal: 'readonly' },
    },
  },
  {
    files: ['jest.config.js', 'eslint.config.js'],
    // Tools want a default export.
    rules: { 'no-restricted-exports': 'off' },
  },
);
