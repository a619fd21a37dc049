// Selectors over the labels of machines, written as for kubectl: `team=web, env in (prod, stage), !legacy`.

/** The labels of a machine. */
export type Labels = Readonly<Record<string, string>>;

/** Whether labels are selected. */
export interface LabelSelector {
  (labels: Labels): boolean;
}

/** What a selector looks like, for messages. */
export const selectorForm =
  'requirements such as "team=web", "team!=web", "env in (prod, stage)", "env notin (prod)", "legacy" and "!legacy", with "," between them';

const word = String.raw`[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?`;
const presence = new RegExp(`^(!?)\\s*(${word})$`);
const equality = new RegExp(`^(${word})\\s*(!=|==?)\\s*(${word})?$`);
const membership = new RegExp(`^(${word})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const value = new RegExp(`^(?:${word})?$`);

/** Reads a selector; null if it is none. All of its requirements must hold, and there is at least one. */
export function readSelector(text: string): LabelSelector | null {
  const requirements = text.split(/,(?![^(]*\))/).map((part) => readRequirement(part.trim()));
  return requirements.every((one) => one !== null) ? (labels) => requirements.every((holds) => holds(labels)) : null;
}

function readRequirement(text: string): LabelSelector | null {
  return readPresence(text) ?? readEquality(text) ?? readMembership(text);
}

function readPresence(text: string): LabelSelector | null {
  const [, not, key] = presence.exec(text) ?? [];
  return key === undefined ? null : (labels) => Object.hasOwn(labels, key) === (not === '');
}

function readEquality(text: string): LabelSelector | null {
  const [, key, operator, wanted = ''] = equality.exec(text) ?? [];
  return key === undefined ? null : oneOf(key, new Set([wanted]), operator !== '!=');
}

function readMembership(text: string): LabelSelector | null {
  const [, key, operator, list = ''] = membership.exec(text) ?? [];
  const values = list.split(',').map((one) => one.trim());
  return key === undefined || !values.every((one) => value.test(one))
    ? null
    : oneOf(key, new Set(values), operator === 'in');
}

/** A machine without the label has none of the values, as with kubectl. */
function oneOf(key: string, values: ReadonlySet<string>, isWanted: boolean): LabelSelector {
  return (labels) => (Object.hasOwn(labels, key) && values.has(labels[key]!)) === isWanted;
}
