import { decodeId } from '../core/ids.ts';
import { everyInstallation } from '../model/operation-list.ts';

// Where there can be anything that a filter meets. Each condition is judged for a place as far as the place alone decides
// it: what depends on the rows themselves is open. A place is left out only if the filter cannot hold there.

/** An installation and its site; of one that nobody has configured, an installation without a name. */
export interface Place {
  /** The configured id. */
  readonly installation: string | null;
  readonly site: string;
}

/** True for every row of the place, false for every one, or null: it depends on the row. */
type Verdict = boolean | null;

/** True unless the filter holds for no row of this place. */
export function mayMeet(filter: unknown, place: Place): boolean {
  return judge(filter, place) !== false;
}

/** The installations that a filter names, in whatever way. */
export function installationsIn(filter: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  judge(filter, { installation: null, site: '' }, (name) => found.add(name));
  return found;
}

/** Told of the installations that a filter names. */
type OnName = (installation: string) => void;

function judge(filter: unknown, place: Place, onName: OnName = () => undefined): Verdict {
  if (typeof filter !== 'object' || filter === null) {
    return true;
  }
  return every(Object.entries(filter).map(([field, condition]) => judgeField(field, condition, { place, onName })));
}

interface Judging {
  readonly place: Place;
  readonly onName: OnName;
}

function judgeField(field: string, condition: unknown, { place, onName }: Judging): Verdict {
  // A condition that is null counts as absent.
  if (condition == null) {
    return true;
  }
  const inner = (filters: unknown): Verdict[] => (filters as unknown[]).map((one) => judge(one, place, onName));
  switch (field) {
    case 'and':
      return every(inner(condition));
    case 'or':
      return not(every(inner(condition).map(not)));
    case 'not':
      return not(judge(condition, place, onName));
    case 'site':
      return judgeNames(condition, (site) => site === place.site);
    case 'installation':
      return judgeNames(condition, (name) => {
        onName(name);
        return name === place.installation;
      });
    default:
      return ownIds.has(field) ? judgeNames(condition, (id) => judgeId(id, { place, onName })) : null;
  }
}

/** The conditions on the ids of rows, and of what is in the same installation as the row. */
const ownIds = new Set(['id', 'hostId', 'targetId']);

interface IdCondition {
  readonly eq?: string | null;
  readonly in?: readonly string[] | null;
}

/** All that is given of a condition must hold; of a list, one name. */
function judgeNames({ eq, in: list }: IdCondition, judgeName: (name: string) => Verdict): Verdict {
  return every([
    eq == null ? true : judgeName(eq),
    list == null ? true : not(every(list.map((name) => not(judgeName(name))))),
  ]);
}

/** What an id says of the place of what it names. One that cannot be read here may be known elsewhere. */
function judgeId(id: string, { place, onName }: Judging): Verdict {
  const installation = installationOf(id);
  if (installation === null || installation === everyInstallation) {
    return null;
  }
  onName(installation);
  return installation === place.installation ? null : false;
}

function installationOf(id: string): string | null {
  try {
    return decodeId(id).installation;
  } catch {
    return null;
  }
}

/** False as soon as one is false; else open if one is. */
function every(verdicts: readonly Verdict[]): Verdict {
  return verdicts.includes(false) ? false : verdicts.includes(null) ? null : true;
}

function not(verdict: Verdict): Verdict {
  return verdict === null ? null : !verdict;
}
