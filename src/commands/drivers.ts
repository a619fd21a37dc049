import type { DriverConfig } from '../config/schema.ts';
import type { Clock } from '../core/clock.ts';
import type { Driver } from '../drivers/driver.ts';
import { createLibvirtDriver } from '../drivers/libvirt/driver.ts';
import { createSimulatorDriver } from '../drivers/simulator/driver.ts';

// Which driver a configuration means.

/** The driver of an installation, not yet connected. */
export function createDriver(config: DriverConfig, { clock }: { readonly clock: Clock }): Driver {
  switch (config.kind) {
    case 'simulator':
      return createSimulatorDriver({ url: config.url, clock });
    case 'libvirt':
      return createLibvirtDriver({ uri: config.uri, clock, statsIntervalMs: config.statsIntervalMs });
  }
}
