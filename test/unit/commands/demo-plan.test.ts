import { describe, expect, test } from '@jest/globals';

import { libvirtUri, planDemo } from '../../../src/commands/demo-plan.ts';
import { parseConfig } from '../../../src/config/config.ts';

const defaults = { installations: 3, brokers: 2, vms: 200, port: 4000, seed: 1, churn: 0, libvirt: [] };

describe('the plan of a demo', () => {
  test('has brokers on consecutive ports, installation by installation, and simulators after them', () => {
    const { brokers, simulators } = planDemo(defaults);
    expect(brokers.map(({ broker, port }) => `${broker} ${port}`)).toEqual([
      'demo-a-1 4000',
      'demo-a-2 4001',
      'demo-b-1 4002',
      'demo-b-2 4003',
      'demo-c-1 4004',
      'demo-c-2 4005',
    ]);
    expect(simulators.map(({ installation, port }) => `${installation} ${port}`)).toEqual([
      'demo-a 4006',
      'demo-b 4007',
      'demo-c 4008',
    ]);
  });

  test('gives every broker a configuration that can be read', () => {
    const plan = planDemo({ ...defaults, libvirt: ['/run/libvirt sock'] });
    const configs = plan.brokers.map((broker) => ({ broker, config: parseConfig(broker.config, { file: 'plan' }) }));
    for (const { broker, config } of configs) {
      expect(config).toMatchObject({
        site: { id: 'demo' },
        installation: broker.installation,
        broker: broker.broker,
        listen: { host: '127.0.0.1', port: broker.port },
      });
    }
    expect(configs.at(0)?.config.driver).toEqual({ kind: 'simulator', url: 'http://127.0.0.1:4008' });
    expect(configs.at(-1)?.config.driver).toMatchObject({
      kind: 'libvirt',
      uri: 'qemu+unix:///session?socket=/run/libvirt%20sock',
    });
    expect(configs.at(-1)?.config.installation).toBe('demo-d');
  });

  test('tells the simulators how many machines, which ones and how they change', () => {
    const { simulators } = planDemo({ ...defaults, vms: 7, seed: 9, churn: 5 });
    expect(simulators[1]?.args.join(' ')).toBe(
      'simulate --host 127.0.0.1 --port 4007 --installation demo-b --vms 7 --seed 9 --churn 5',
    );
  });

  test('may do without any simulator', () => {
    const { brokers, simulators } = planDemo({ ...defaults, installations: 0, libvirt: ['qemu:///system'] });
    expect([brokers.length, simulators.length, brokers[0]?.libvirt]).toEqual([2, 0, 'qemu:///system']);
  });
});

test('an absolute path is the socket of a session daemon, anything else a uri already', () => {
  expect(libvirtUri('/run/x')).toBe('qemu+unix:///session?socket=/run/x');
  expect(libvirtUri('test:///default')).toBe('test:///default');
});
