import { describe, expect, test } from '@jest/globals';

import { parseLibvirtUri } from '../../../../src/drivers/libvirt/uri.ts';

describe('a libvirt URI', () => {
  test('names what the daemon opens, and its default socket', () => {
    expect(parseLibvirtUri('qemu:///system')).toEqual({
      names: ['qemu:///system'],
      sockets: [
        '/run/libvirt/libvirt-sock',
        '/var/run/libvirt/libvirt-sock',
        '/run/libvirt/virtqemud-sock',
        '/var/run/libvirt/virtqemud-sock',
      ],
    });
    expect(parseLibvirtUri('test:///default').sockets).toEqual([
      '/run/libvirt/libvirt-sock',
      '/var/run/libvirt/libvirt-sock',
    ]);
  });

  test('finds the socket of a session in the runtime folder', () => {
    const { sockets } = parseLibvirtUri('qemu:///session', { XDG_RUNTIME_DIR: '/run/user/7' });
    expect(sockets).toEqual(['/run/user/7/libvirt/libvirt-sock', '/run/user/7/libvirt/virtqemud-sock']);
    expect(() => parseLibvirtUri('qemu:///session', {})).toThrow('XDG_RUNTIME_DIR');
  });

  test('may name its socket', () => {
    expect(parseLibvirtUri('qemu+unix:///session?socket=/a/b%20c')).toEqual({
      names: ['qemu:///session'],
      sockets: ['/a/b c'],
    });
    expect(parseLibvirtUri('test+unix:///default?socket=/a').names).toEqual(['test:///default']);
  });

  test('may be the path of a socket, whose daemon is of the system or of a session', () => {
    expect(parseLibvirtUri('/a/b')).toEqual({ names: ['qemu:///system', 'qemu:///session'], sockets: ['/a/b'] });
  });

  test.each([
    ['qemu+ssh://host/system', 'the transport "ssh" is not supported'],
    ['qemu+tls://host/system', 'the transport "tls" is not supported'],
    ['qemu+unix+ssh:///system', 'the transport "unix+ssh" is not supported'],
    ['qemu://host/system', 'it names the host "host"'],
    ['vbox:///session', '"vbox" is not a driver that it knows'],
    ['constructor:///system', '"constructor" is not a driver that it knows'],
    ['qemu:///other', '"/other" is not a path that qemu has'],
    ['test:///file.xml', '"/file.xml" is not a path that test has'],
    ['qemu:///system?mode=legacy', 'the parameter "mode" is not supported'],
    ['qemu+unix:///system?socket=here', 'the socket "here" is not an absolute path'],
    [`/${'x'.repeat(107)}`, 'longer than 107 bytes'],
    ['nonsense', 'it is not a URI'],
    ['', 'it is not a URI'],
  ])('%j is refused by name, and what is allowed is said', (uri, problem) => {
    expect(() => parseLibvirtUri(uri)).toThrow(
      expect.objectContaining({ code: 'DRIVER_URI_INVALID', message: expect.stringContaining(problem) }),
    );
    expect(() => parseLibvirtUri(uri)).toThrow('allowed are qemu:///system');
  });
});
