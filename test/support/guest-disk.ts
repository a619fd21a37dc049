import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Libvirtd } from './libvirtd.ts';

// Disks for real guests, in a storage pool of their daemon.

/** The daemon's user in the tests; see libvirtd.ts. */
const unprivileged = 65_534;
const isRoot = process.getuid?.() === 0;
/** Machine code that turns the power off when the power button is pressed, as a system does that has booted. */
const obeysPowerButton = 'fbba0206b80001eff4ba0006edf6c40174f6ba0406b80020eff4ebfd';
const imageBytes = 2 ** 20;

/** Makes the storage pool that the disks are in, and gives its UUID. */
export async function makePool({ folder, virsh }: Libvirtd, name = 'images'): Promise<string> {
  await virsh('pool-create-as', '--build', name, 'dir', '--target', join(folder, 'home', name));
  return virsh('pool-uuid', name);
}

/** XML of a new disk with a guest that shuts down when it is asked to. */
export async function obedientDisk(
  { folder, virsh }: Libvirtd,
  name: string,
  format: 'qcow2' | 'raw' = 'qcow2',
): Promise<string> {
  const pool = join(folder, 'home/images');
  const image = Buffer.alloc(imageBytes);
  image.set(Buffer.from(obeysPowerButton, 'hex'));
  image.set([0x55, 0xaa], 510);
  const raw = join(pool, `${name}.raw`);
  const path = join(pool, `${name}.${format}`);
  writeFileSync(raw, image);
  if (format !== 'raw') {
    execFileSync('qemu-img', ['convert', '-q', '-f', 'raw', '-O', format, raw, path]);
  }
  for (const file of [raw, path].filter((each) => isRoot && existsSync(each))) {
    chownSync(file, unprivileged, unprivileged);
  }
  await virsh('pool-refresh', 'images');
  return `<disk type='file' device='disk'><driver name='qemu' type='${format}'/><source file='${path}'/><target dev='hda' bus='ide'/></disk>`;
}
