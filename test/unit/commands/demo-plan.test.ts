import { describe, expect, test } from '@jest/globals';

import { installationCount, libvirtUri, planDemo } from '../../../src/commands/demo-plan.ts';
import { parseConfig } from '../../../src/config/config.ts';

const defaults = { sites: 1, installations: 3, brokers: 2, vms: 200, port: 4000, seed: 1, churn: 0, libvirt: [] };

describe('the plan of a demo with several sites', () => {
  const options = { ...defaults, sites: 2, installations: 2, libvirt: ['qemu:///system'] };
  const plan = planDemo(options);

  test('has the brokers of the first site first, with its libvirt, then those of the second', () => {
    expect(plan.sites).toEqual(['demo-1', 'demo-2']);
    expect(plan.brokers.map(({ site, broker, port }) => `${site} ${broker} ${port}`)).toEqual([
      ...['demo-1 demo-a-1 4000', 'demo-1 demo-a-2 4001', 'demo-1 demo-b-1 4002', 'demo-1 demo-b-2 4003'],
      ...['demo-1 demo-c-1 4004', 'demo-1 demo-c-2 4005'],
      ...['demo-2 demo-d-1 4006', 'demo-2 demo-d-2 4007', 'demo-2 demo-e-1 4008', 'demo-2 demo-e-2 4009'],
    ]);
    expect(plan.simulators.map(({ installation, port }) => `${installation} ${port}`)).toEqual([
      ...['demo-a 4010', 'demo-b 4011', 'demo-d 4012', 'demo-e 4013'],
    ]);
    expect(installationCount(options)).toBe(5);
  });

  test('tells each broker of its own site by the addresses of its brokers, and of the other one by those of relays', () => {
    for (const { site, config: text } of plan.brokers) {
      const { site: own, federation } = parseConfig(text, { file: 'plan' });
      expect([own.id, ...federation.sites.map(({ id }) => id)]).toEqual(
        site === 'demo-1' ? plan.sites : ['demo-2', 'demo-1'],
      );
      expect(federation.hedging).toBe(false);
      for (const { id, url } of federation.sites
        .flatMap(({ installations }) => installations)
        .flatMap((one) => one.brokers)) {
        const relay = plan.relays.find(({ port, from }) => from === site && url === `http://127.0.0.1:${port}`);
        expect(relay?.target).toBe(plan.brokers.find(({ broker }) => broker === id)?.url);
      }
    }
    expect(plan.relays.map(({ port }) => port)).toEqual(Array.from({ length: 10 }, (_, at) => 4014 + at));
  });

  test('has one site only if there is nothing but a libvirt', () => {
    expect(planDemo({ ...options, installations: 0 }).sites).toEqual(['demo']);
  });
});

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

test('with certificates brokers have a second port each, which is what other brokers are told', () => {
  const plan = planDemo({ ...defaults, sites: 2, installations: 1, brokers: 1, certificates: '/data/certificates' });
  expect(plan.brokers.map(({ url }) => url)).toEqual(['https://127.0.0.1:4000', 'https://127.0.0.1:4001']);
  const { listen, peers, tls, site, federation } = parseConfig(plan.brokers[1]!.config, { file: 'plan' });
  expect([listen.port, peers?.port, tls?.certificate]).toEqual([4001, 4003, '/data/certificates/demo-b-1.crt']);
  expect(site.installations[0]!.brokers[0]!.url).toBe('https://127.0.0.1:4003');
  expect(plan.simulators.map(({ port }) => port)).toEqual([4004, 4005]);
  const relay = plan.relays.find(({ from }) => from === 'demo-2')!;
  expect(relay.target).toBe('https://127.0.0.1:4002');
  expect(federation.sites[0]!.installations[0]!.brokers[0]!.url).toBe(`https://127.0.0.1:${relay.port}`);
});
