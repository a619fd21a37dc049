import type { Random } from './random.ts';

// What the machines of a middling company are called and made of. Only words: nothing here knows the model.

/** A kind of workload. */
export interface App {
  readonly name: string;
  readonly tier: 'frontend' | 'backend' | 'data' | 'infra';
  readonly team: string;
  readonly cpuCounts: readonly number[];
  readonly memoryMiB: readonly number[];
  readonly guests: readonly string[];
}

const linux = ['Debian GNU/Linux 12', 'Ubuntu 24.04 LTS', 'Rocky Linux 9', 'Red Hat Enterprise Linux 9'];
const windows = ['Windows Server 2019', 'Windows Server 2022'];
const small = { cpuCounts: [1, 2], memoryMiB: [1024, 2048, 4096], guests: linux };
const middle = { cpuCounts: [2, 4], memoryMiB: [4096, 8192], guests: linux };
const large = { cpuCounts: [8, 16, 32], memoryMiB: [16_384, 32_768, 65_536], guests: linux };

/** The workloads. One name is not ASCII, because real ones are not either. */
export const apps: readonly App[] = [
  { name: 'web', tier: 'frontend', team: 'shop', ...small },
  { name: 'checkout', tier: 'frontend', team: 'shop', ...middle },
  { name: 'proxy', tier: 'frontend', team: 'network', ...small },
  { name: 'api', tier: 'backend', team: 'platform', ...middle },
  { name: 'auth', tier: 'backend', team: 'security', ...small },
  { name: 'billing', tier: 'backend', team: 'finance', ...middle },
  { name: 'search', tier: 'backend', team: 'shop', ...large },
  { name: 'worker', tier: 'backend', team: 'platform', ...middle },
  { name: 'büro', tier: 'backend', team: 'office', ...middle, guests: windows },
  { name: 'erp', tier: 'backend', team: 'finance', ...large, guests: windows },
  { name: 'postgres', tier: 'data', team: 'data', ...large },
  { name: 'kafka', tier: 'data', team: 'data', ...large },
  { name: 'cache', tier: 'data', team: 'platform', ...small },
  { name: 'warehouse', tier: 'data', team: 'data', ...large },
  { name: 'dns', tier: 'infra', team: 'network', ...small, guests: ['FreeBSD 14', 'Debian GNU/Linux 12'] },
  { name: 'ldap', tier: 'infra', team: 'security', ...small },
  { name: 'ci', tier: 'infra', team: 'platform', ...middle },
  { name: 'metrics', tier: 'infra', team: 'platform', ...middle },
];

/** The environments, each as often as it is listed. */
export const environments = [
  'prod',
  'prod',
  'prod',
  'prod',
  'prod',
  'staging',
  'staging',
  'test',
  'dev',
  'dev',
] as const;

/** People who are named in annotations. */
export const owners = ['a.moreau', 'b.tanaka', 'c.oyelaran', 'd.lindqvist', 'e.kovacs', 'f.marques'] as const;

/**
 * A machine's name, such as `web-prod-017`. A few machines share one, as it happens where nobody forbids it.
 * @param population How many machines there are; the numbers grow with it.
 */
export function vmName(app: App, environment: string, { random, population }: NameOptions): string {
  const number = random.between(1, Math.max(9, Math.ceil(population / apps.length)));
  return `${app.name}-${environment}-${String(number).padStart(3, '0')}`;
}

interface NameOptions {
  readonly random: Random;
  readonly population: number;
}
