import type { Permission as PermissionName, QueryResolvers, Resolvers } from '../../schema/generated/resolvers.ts';
import type { Access } from '../auth/authority.ts';
import { decodeId, type GlobalId } from '../core/ids.ts';
import type { Labels } from '../model/label-selector.ts';
import type { Permission } from '../model/permission.ts';
import type { RequestContext } from '../model/request.ts';
import type { Row } from '../model/resource.ts';
import type { Source } from './coverage.ts';
import { findOperations } from './operation-look-up.ts';
import { isOfEvery } from './read-id.ts';

// Whoever asks, and what they may do here. It is answered to everybody, also to somebody who may do nothing.

/** `Query.viewer`. */
export function createViewerQueries(source: Source): Pick<QueryResolvers, 'viewer'> {
  return { viewer: (_, args, context, info) => source.answerViewer({ context, info }) };
}

/** The fields of `Viewer`. */
export function createViewerResolvers(source: Source): Required<Pick<Resolvers, 'Viewer'>> {
  return {
    Viewer: {
      subject: ({ principal }) => principal.subject,
      groups: ({ principal }) => principal.groups,
      site: ({ principal }) => principal.site ?? source.installation.site,
      roles: (_, args, context) =>
        source.access(context).roles.map(({ role, permissions, labels }) => ({
          role,
          labels,
          permissions: permissions.map((one) => one.toUpperCase() as PermissionName),
          installation: source.installation.id,
        })),
      can: (_, { action, id }, context) => can(source, { permission: permissionNamed(action), id }, context),
    },
  };
}

interface Wish {
  readonly permission: Permission;
  /** A global id. */
  readonly id: string;
}

/** Null for what is another installation's: that one answers. */
async function can(source: Source, { permission, id }: Wish, context: RequestContext): Promise<boolean | null> {
  const wanted = decodeId(id);
  const access = source.access(context);
  if (wanted.installation !== source.installation.id && !isOfEvery(wanted)) {
    return null;
  }
  if (!access.may('view')) {
    return false;
  }
  switch (wanted.type) {
    case 'Installation':
      return access.mayOn(permission, null);
    case 'Operation':
      return canWithOperation(source, { permission, wanted, access }, context);
    default:
      return canWithRow(source.state(context).snapshot?.get(wanted.type as 'VirtualMachine', wanted.localId), {
        permission,
        access,
      });
  }
}

interface Asked {
  readonly permission: Permission;
  readonly access: Access;
}

/** Only machines have labels. */
function canWithRow(row: Row<'VirtualMachine'> | null | undefined, { permission, access }: Asked): boolean {
  const labels: Labels | null = row && 'labels' in row ? row.labels : null;
  return row !== null && row !== undefined && access.mayOn(permission, labels);
}

async function canWithOperation(
  source: Source,
  { permission, wanted, access }: Asked & { readonly wanted: GlobalId },
  context: RequestContext,
): Promise<boolean | null> {
  const { rows } = await findOperations(source, [wanted], context);
  const found = rows.get(wanted.localId);
  if (found === undefined) {
    return isOfEvery(wanted) ? null : false;
  }
  return (
    permission === 'view' ||
    (permission === 'cancel' && found.actor === access.sight?.actor) ||
    access.mayOn(permission, found.targetLabels ?? null)
  );
}

function permissionNamed(name: PermissionName): Permission {
  return name.toLowerCase() as Permission;
}
