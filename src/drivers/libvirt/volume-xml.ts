import { attribute, child, parseXml, text, wholeNumber } from './xml.ts';
import { element, printXml } from './xml-edit.ts';

// The XML of a volume, read and written.

/** A volume as its XML describes it. */
export interface VolumeDescription {
  /** How a disk of a domain refers to it; null for one that is no file and no device on the host. */
  readonly kind: 'file' | 'block' | null;
  readonly path: string | null;
  /** For example `qcow2`. */
  readonly format: string;
  readonly capacityBytes: number | null;
  /** The path of the one it holds the differences to. */
  readonly backing: string | null;
}

/**
 * Reads the XML of a volume.
 * @throws What `malformed` makes if it is not one.
 */
export function parseVolumeXml(xml: string, malformed: (problem: string, cause?: unknown) => Error): VolumeDescription {
  const volume = parseXml(xml, 'volume', malformed);
  const type = attribute(volume, 'type');
  return {
    kind: type === 'file' || type === 'block' ? type : null,
    path: text(child(volume, 'target', 'path')),
    format: attribute(child(volume, 'target', 'format'), 'type') ?? 'raw',
    capacityBytes: wholeNumber(text(child(volume, 'capacity'))),
    backing: text(child(volume, 'backingStore', 'path')),
  };
}

/** The XML of a volume that is to be made. */
export function volumeXml(
  name: string,
  { format, capacityBytes }: { readonly format: string; readonly capacityBytes: number },
): string {
  return printXml(
    element('volume', {}, [
      element('name', {}, [{ text: name }]),
      element('capacity', { unit: 'bytes' }, [{ text: String(capacityBytes) }]),
      element('target', {}, [element('format', { type: format })]),
    ]),
  );
}
