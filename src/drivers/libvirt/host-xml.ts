import { attribute, child, parseXml, text } from './xml.ts';

// What the capabilities of a daemon say about its machine.

/** A machine as the capabilities describe it. */
export interface HostDescription {
  readonly uuid: string | null;
  readonly cpuModel: string | null;
}

/**
 * Reads the capabilities.
 * @throws What `malformed` makes if they are none.
 */
export function parseCapabilitiesXml(
  xml: string,
  malformed: (problem: string, cause?: unknown) => Error,
): HostDescription {
  const host = child(parseXml(xml, 'capabilities', malformed), 'host');
  const cpu = child(host, 'cpu');
  const vendor = text(child(cpu, 'vendor'));
  const model = text(child(cpu, 'model')) ?? attribute(child(cpu, 'model'), 'name') ?? text(child(cpu, 'arch'));
  return { uuid: text(child(host, 'uuid')), cpuModel: model && [vendor, model].filter(Boolean).join(' ') };
}
