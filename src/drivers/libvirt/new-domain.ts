import type { NewVm } from '../../model/action.ts';
import type { ActContext } from './act-context.ts';
import { setNotes, setSizes } from './domain-edit.ts';
import { impossible } from './errors.ts';
import { child, parseXml, text } from './xml.ts';
import { element, elements, replaceElements } from './xml-edit.ts';
import type { EditNode } from './xml-edit.ts';
import type { DiskSource } from './volumes.ts';

// The definition of a machine that is made from nothing: what the daemon itself prefers, and what any system can boot on.

/** A machine without disks. */
export async function newDomain({ client, errors, order }: ActContext): Promise<EditNode> {
  const best = parseXml(await client.change.bestPractice(order.signal), 'domainCapabilities', errors.malformed);
  const of = (name: string): string => text(child(best, name)) ?? '';
  const isKvm = of('domain') === 'kvm';
  const hasAcpi = /^(x86_64|i686|aarch64)$/.test(of('arch'));
  return element('domain', { type: of('domain') }, [
    element('os', {}, [
      element('type', { arch: of('arch'), machine: of('machine') }, [{ text: 'hvm' }]),
      element('boot', { dev: 'hd' }),
      element('boot', { dev: 'network' }),
    ]),
    ...(hasAcpi ? [element('features', {}, [element('acpi')])] : []),
    // Without this the guest gets the oldest CPU there is.
    ...(isKvm ? [element('cpu', { mode: 'host-model' })] : []),
    element('devices', {}, [
      element('console', { type: 'pty' }),
      element('graphics', { type: 'vnc', autoport: 'yes' }),
      element('video', {}, [element('model', { type: 'vga' })]),
      element('channel', { type: 'unix' }, [element('target', { type: 'virtio', name: 'org.qemu.guest_agent.0' })]),
    ]),
  ]);
}

/** Says of a machine what the caller wants of it. */
export function setSpec(domain: EditNode, spec: NewVm): void {
  setSizes(domain, spec);
  setNotes(domain, spec);
  const [metadata] = elements(domain, 'metadata');
  if (spec.guestOs !== null && metadata !== undefined) {
    setGuestOs(metadata, spec.guestOs);
  }
}

/** A disk of a domain. */
export function diskElement(target: string, source: DiskSource): EditNode {
  const disk = element('disk', { device: 'disk' }, [element('target', { dev: target, bus: 'virtio' })]);
  setDiskSource(disk, source);
  return disk;
}

/** Has a disk of a domain lie elsewhere. */
export function setDiskSource(disk: EditNode, { kind, path, format }: DiskSource): void {
  disk.attributes['type'] = kind;
  const cache = elements(disk, 'driver')[0]?.attributes;
  const driver = element('driver', { name: 'qemu' });
  Object.assign(driver.attributes, cache, { type: format });
  replaceElements(disk, 'driver', driver);
  replaceElements(disk, 'source', element('source', { [kind === 'file' ? 'file' : 'dev']: path }));
  replaceElements(disk, 'backingStore', null);
}

/** Attaches a machine to a network; one that is attached to others already is with its first interface. */
export async function attachTo({ client, order }: ActContext, devices: EditNode, network: string): Promise<void> {
  const found = (await client.listNetworks(order.signal)).find(({ uuid }) => uuid === network);
  if (found === undefined) {
    throw impossible(`there is no network ${network}`);
  }
  const [first, ...others] = elements(devices, 'interface');
  const source = element('source', { network: found.name });
  const nic = first ?? element('interface', {}, [element('model', { type: 'virtio' })]);
  nic.attributes['type'] = 'network';
  replaceElements(nic, 'source', source);
  replaceElements(devices, 'interface', null);
  devices.children.push(nic, ...others);
}

function setGuestOs(metadata: EditNode, guestOs: string): void {
  const uri = 'http://libosinfo.org/xmlns/libvirt/domain/1.0';
  const libosinfo = element('libosinfo:libosinfo', { 'xmlns:libosinfo': uri }, [
    element('libosinfo:os', { id: guestOs }),
  ]);
  replaceElements(metadata, 'libosinfo:libosinfo', libosinfo);
}
