// Made by "npm run generate". Edit schema/ or src/client/documents/ instead.
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Row } from '../../src/model/resource.ts';
import type { AuditRow } from '../../src/model/audit-list.ts';
import type { AuditConnection } from '../../src/subgraph/audit.ts';
import type { VmSnapshot, Disk as DiskModel, NetworkInterface as NetworkInterfaceModel } from '../../src/model/vm.ts';
import type { SiteView, InstallationView, BrokerView, LinkView } from '../../src/model/site.ts';
import type { ViewerView } from '../../src/model/principal.ts';
import type { Coverage as CoverageModel, SourceCoverage as SourceCoverageModel } from '../../src/model/coverage.ts';
import type { RequestContext } from '../../src/model/request.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** An instant as RFC 3339 text in UTC, for example `2026-03-01T12:00:00.000Z`. */
  DateTime: { input: number; output: number; }
  /** A whole number of up to 53 bits, so that every JSON reader holds it exactly: from -9007199254740991 to 9007199254740991. */
  Long: { input: number; output: number; }
  _FieldSet: { input: string; output: string; }
};

/** What an event of the audit trail is about. */
export type AuditAction =
  /** The end of an operation before its time. */
  | 'CANCEL_OPERATION'
  /** A copy of a machine. */
  | 'CLONE_VIRTUAL_MACHINE'
  /** A new snapshot of a machine. */
  | 'CREATE_SNAPSHOT'
  /** New snapshots of many machines. */
  | 'CREATE_SNAPSHOT_BULK'
  /** A new machine. */
  | 'CREATE_VIRTUAL_MACHINE'
  /** The removal of a snapshot. */
  | 'DELETE_SNAPSHOT'
  /** The removal of a machine. */
  | 'DELETE_VIRTUAL_MACHINE'
  /** The move of a machine to another host. */
  | 'MIGRATE_VIRTUAL_MACHINE'
  /** A change of what a machine is made of. */
  | 'RECONFIGURE_VIRTUAL_MACHINE'
  /** The return of a machine to a snapshot. */
  | 'REVERT_TO_SNAPSHOT'
  /** A change of the power state of a machine. */
  | 'SET_POWER_STATE'
  /** A change of the power state of many machines. */
  | 'SET_POWER_STATE_BULK';

/**
 * Something that was asked for, or the end of an operation, as the audit trail of an installation keeps it. Each event holds
 * the hash of the one before it: whoever has kept one hash can tell whether anything up to it was altered.
 */
export type AuditEvent = {
  readonly __typename?: 'AuditEvent';
  /** What was asked for, or has ended. */
  readonly action?: Maybe<AuditAction>;
  /** Who asked: the subject of the token, with `of site:…` if another site vouches for it, or `anonymous`. */
  readonly actor?: Maybe<Scalars['String']['output']>;
  /** The address they came from; of users of another site that of its broker. Null for the end of an operation. */
  readonly address?: Maybe<Scalars['String']['output']>;
  /** When it was written. Within an installation each is later than the one before. */
  readonly at?: Maybe<Scalars['DateTime']['output']>;
  /** The broker that let them in and vouches for them, as the URI of its certificate; null if there are no certificates. */
  readonly broker?: Maybe<Scalars['String']['output']>;
  /** The groups they had then; null for the end of an operation. */
  readonly groups?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /**
   * SHA-256, in hexadecimal digits, of `previousHash`, `sequence`, `at` in milliseconds since 1970 and `record`, with a line
   * feed between each.
   */
  readonly hash?: Maybe<Scalars['String']['output']>;
  /** The global id. */
  readonly id: Scalars['ID']['output'];
  /** The installation that wrote it. */
  readonly installation?: Maybe<Installation>;
  /** The global id of the operation; null if there was none. */
  readonly operationId?: Maybe<Scalars['ID']['output']>;
  /** What came of it. An operation that was accepted ends in another event. */
  readonly outcome?: Maybe<AuditOutcome>;
  /** The hash of the event before; 64 zeros before the first. */
  readonly previousHash?: Maybe<Scalars['String']['output']>;
  /** Why it was refused, or failed; null otherwise. */
  readonly reason?: Maybe<Scalars['String']['output']>;
  /** All of the event as JSON, and the text that the hash is of; `input` in it is what was asked for. */
  readonly record?: Maybe<Scalars['String']['output']>;
  /** The id of the request; null for the end of an operation. */
  readonly requestId?: Maybe<Scalars['String']['output']>;
  /** Its number within its installation, from 1 without gaps. */
  readonly sequence?: Maybe<Scalars['Long']['output']>;
  /** Of a bulk: how many machines it concerned. */
  readonly targetCount?: Maybe<Scalars['Long']['output']>;
  /** The global id of what was to be changed; null for a bulk, and for what was not there yet. */
  readonly targetId?: Maybe<Scalars['ID']['output']>;
  /** The name of that, as it was then. */
  readonly targetName?: Maybe<Scalars['String']['output']>;
};

/** A page of events. */
export type AuditEventConnection = {
  readonly __typename?: 'AuditEventConnection';
  /** Which sources this page rests on. */
  readonly coverage?: Maybe<Coverage>;
  /** The rows with their cursors. */
  readonly edges?: Maybe<ReadonlyArray<Maybe<AuditEventEdge>>>;
  /** The rows without their cursors. */
  readonly nodes?: Maybe<ReadonlyArray<Maybe<AuditEvent>>>;
  /** Where this page stands in the whole list. */
  readonly pageInfo: PageInfo;
  /** How many meet the filter on all pages together. */
  readonly totalCount?: Maybe<Scalars['Long']['output']>;
  /** Whether `totalCount` is exact. */
  readonly totalCountRelation?: Maybe<TotalCountRelation>;
};

/** A row and its place. */
export type AuditEventEdge = {
  readonly __typename?: 'AuditEventEdge';
  /** The place of this row in this order: pass it as `after` or `before`. */
  readonly cursor: Scalars['String']['output'];
  /** The row. */
  readonly node?: Maybe<AuditEvent>;
};

/** Which events are wanted. All conditions given must hold. */
export type AuditEventFilter = {
  /** About one of these. */
  readonly action?: InputMaybe<ReadonlyArray<AuditAction>>;
  /** On who asked, as a whole. */
  readonly actor?: InputMaybe<IdFilter>;
  /** On the address they came from, as a whole. */
  readonly address?: InputMaybe<IdFilter>;
  /** All of these must hold. */
  readonly and?: InputMaybe<ReadonlyArray<AuditEventFilter>>;
  /** On the time. */
  readonly at?: InputMaybe<DateTimeFilter>;
  /** On the installation's id. */
  readonly installation?: InputMaybe<IdFilter>;
  /** This must not hold. */
  readonly not?: InputMaybe<AuditEventFilter>;
  /** On the global id of the operation. */
  readonly operationId?: InputMaybe<IdFilter>;
  /** At least one of these must hold; an empty list holds for none. */
  readonly or?: InputMaybe<ReadonlyArray<AuditEventFilter>>;
  /** With one of these outcomes. */
  readonly outcome?: InputMaybe<ReadonlyArray<AuditOutcome>>;
  /** On the id of the request. */
  readonly requestId?: InputMaybe<IdFilter>;
  /** On the id of the installation's site. */
  readonly site?: InputMaybe<IdFilter>;
  /** On the global id of what was to be changed. */
  readonly targetId?: InputMaybe<IdFilter>;
};

/** How a list of events is sorted. */
export type AuditEventOrder = {
  /** Up or down. */
  readonly direction?: OrderDirection;
  /** What to sort by. */
  readonly field: AuditEventOrderField;
};

/** What a list of events may be sorted by. */
export type AuditEventOrderField =
  /** By the time. */
  | 'AT';

/** What came of it. */
export type AuditOutcome =
  /** It was accepted, and is carried out. */
  | 'ACCEPTED'
  /** The operation was cancelled. */
  | 'CANCELLED'
  /** The operation failed, or nobody knows what became of it. */
  | 'FAILED'
  /** Whoever asked may not do it. */
  | 'REFUSED'
  /** The operation ended well. */
  | 'SUCCEEDED';

/** One process of this program that serves an installation, as another broker sees it. */
export type Broker = {
  readonly __typename?: 'Broker';
  /** Its address. */
  readonly endpoint?: Maybe<Scalars['String']['output']>;
  /** The id given to it in the configuration. */
  readonly id?: Maybe<Scalars['String']['output']>;
  /** How many requests of the answering broker it has not answered yet. */
  readonly inFlight?: Maybe<Scalars['Int']['output']>;
  /** The last error seen of it; null if there was none since it last answered. */
  readonly lastError?: Maybe<Scalars['String']['output']>;
  /** How long its answers take on average, in milliseconds; the last ten or so count. */
  readonly latencyMs?: Maybe<Scalars['Float']['output']>;
  /** How long 95 % of its answers take at most, in milliseconds. */
  readonly p95Ms?: Maybe<Scalars['Float']['output']>;
  /** Since when it is in this state. */
  readonly since?: Maybe<Scalars['DateTime']['output']>;
  /** What is known of its health. */
  readonly state?: Maybe<BrokerState>;
};

/** What is known of a broker's health. */
export type BrokerState =
  /** It failed several times in a row and is asked nothing for a moment. */
  | 'DOWN'
  /** It was down, and one request is trying whether it is back. */
  | 'PROBING'
  /** It is the broker that answers this very request. */
  | 'SELF'
  /** It has not been asked yet. */
  | 'UNKNOWN'
  /** It answered when last asked. */
  | 'UP';

/** Which operation to cancel. */
export type CancelOperationInput = {
  /** The global id of the operation. */
  readonly id: Scalars['ID']['input'];
};

/** Which machine is to be copied, and what the copy is like. */
export type CloneVirtualMachineInput = {
  /** True: check it and say what would be done, and change nothing. */
  readonly dryRun?: InputMaybe<Scalars['Boolean']['input']>;
  /** The global id of the host to assign it to; the manager chooses if it is not said. */
  readonly hostId?: InputMaybe<Scalars['ID']['input']>;
  /** The global id of the machine to copy. */
  readonly id: Scalars['ID']['input'];
  /** Any text of the caller's, at most 200 characters: the same request with the same key is carried out once. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The name of the copy, unique within the installation. */
  readonly name: Scalars['String']['input'];
  /** True: start it as soon as it is there. */
  readonly start?: InputMaybe<Scalars['Boolean']['input']>;
};

/** Which sources an answer rests on. */
export type Coverage = {
  readonly __typename?: 'Coverage';
  /** True if every source concerned answered with current data and none was missed on an earlier page. */
  readonly complete?: Maybe<Scalars['Boolean']['output']>;
  /** One record for each source, in a flat list; `parent` joins an installation to its site. */
  readonly sources?: Maybe<ReadonlyArray<SourceCoverage>>;
};

/** What a caller may require of an answer's completeness. */
export type CoverageRequirement =
  /** Partial or stale data is refused with COVERAGE_NOT_MET. */
  | 'ALL'
  /** Partial data is welcome; the report says what is missing. */
  | 'ANY';

/** Which machines' states are to be kept. */
export type CreateSnapshotBulkInput = {
  /** What to note about them. */
  readonly description?: InputMaybe<Scalars['String']['input']>;
  /** True: check it and say what would be done, and change nothing. */
  readonly dryRun?: InputMaybe<Scalars['Boolean']['input']>;
  /** Which machines. */
  readonly filter: VirtualMachineFilter;
  /** Any text of the caller's, at most 200 characters: the same request with the same key is carried out once. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** As many machines as it may concern at most, 1 to 10000. */
  readonly maxTargets?: InputMaybe<Scalars['Int']['input']>;
  /** The name of each snapshot, unique within each machine. */
  readonly name: Scalars['String']['input'];
  /** Between tiers only; a client leaves it out: the operation that this is a part of. */
  readonly operationId?: InputMaybe<Scalars['ID']['input']>;
};

/** Which state is to be kept, and how it is called. */
export type CreateSnapshotInput = {
  /** What to note about it. */
  readonly description?: InputMaybe<Scalars['String']['input']>;
  /** True: check it and say what would be done, and change nothing. */
  readonly dryRun?: InputMaybe<Scalars['Boolean']['input']>;
  /** The global id of the machine. */
  readonly id: Scalars['ID']['input'];
  /** Any text of the caller's, at most 200 characters: the same request with the same key is carried out once. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** Its name, unique within the machine. */
  readonly name: Scalars['String']['input'];
};

/** The machine to be made. */
export type CreateVirtualMachineInput = {
  /** Its annotations. */
  readonly annotations?: InputMaybe<ReadonlyArray<LabelInput>>;
  /** The number of virtual CPUs; 1 if neither this nor the template says it. */
  readonly cpuCount?: InputMaybe<Scalars['Int']['input']>;
  /** The global id of the datastore for its disk; the first there is if it is not said. */
  readonly datastoreId?: InputMaybe<Scalars['ID']['input']>;
  /** How large its disk is to be, in bytes; without it and without a template it has none. */
  readonly diskBytes?: InputMaybe<Scalars['Long']['input']>;
  /** True: check it and say what would be done, and change nothing. */
  readonly dryRun?: InputMaybe<Scalars['Boolean']['input']>;
  /** The guest operating system. */
  readonly guestOs?: InputMaybe<Scalars['String']['input']>;
  /** The global id of the host to assign it to; the manager chooses if it is not said. */
  readonly hostId?: InputMaybe<Scalars['ID']['input']>;
  /** Any text of the caller's, at most 200 characters: the same request with the same key is carried out once. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The global id of the installation to make it in. */
  readonly installationId: Scalars['ID']['input'];
  /** Its labels. */
  readonly labels?: InputMaybe<ReadonlyArray<LabelInput>>;
  /** The memory it may use, in MiB; 512 if neither this nor the template says it. */
  readonly memoryMiB?: InputMaybe<Scalars['Long']['input']>;
  /** Its name, unique within the installation. */
  readonly name: Scalars['String']['input'];
  /** The global id of the network to attach it to; none if neither this nor the template says it. */
  readonly networkId?: InputMaybe<Scalars['ID']['input']>;
  /** True: start it as soon as it is there. */
  readonly start?: InputMaybe<Scalars['Boolean']['input']>;
  /** The global id of a machine of the same installation to take everything from that is not said here. */
  readonly templateId?: InputMaybe<Scalars['ID']['input']>;
};

/** A place where disks of virtual machines lie. What its source cannot know is null. */
export type Datastore = Node & {
  readonly __typename?: 'Datastore';
  /** How much it can hold, in bytes. */
  readonly capacityBytes?: Maybe<Scalars['Long']['output']>;
  /** How much is free, in bytes. */
  readonly freeBytes?: Maybe<Scalars['Long']['output']>;
  /** The global id. */
  readonly id: Scalars['ID']['output'];
  /** The installation it belongs to. */
  readonly installation?: Maybe<Installation>;
  /** What it is, in its manager's own word, for example `dir`, `nfs`, `rbd` or `vmfs`. */
  readonly kind?: Maybe<Scalars['String']['output']>;
  /** The id that its own hypervisor manager gives it. */
  readonly localId?: Maybe<Scalars['String']['output']>;
  /** The name. */
  readonly name?: Maybe<Scalars['String']['output']>;
};

/** A page of datastores. */
export type DatastoreConnection = {
  readonly __typename?: 'DatastoreConnection';
  /** Which sources this page rests on; null for a list inside another resource. */
  readonly coverage?: Maybe<Coverage>;
  /** The rows with their cursors. */
  readonly edges?: Maybe<ReadonlyArray<Maybe<DatastoreEdge>>>;
  /** The rows without their cursors. */
  readonly nodes?: Maybe<ReadonlyArray<Maybe<Datastore>>>;
  /** Where this page stands in the whole list. */
  readonly pageInfo: PageInfo;
  /** How many meet the filter on all pages together. */
  readonly totalCount?: Maybe<Scalars['Long']['output']>;
  /** Whether `totalCount` is exact. */
  readonly totalCountRelation?: Maybe<TotalCountRelation>;
};

/** A row and its place. */
export type DatastoreEdge = {
  readonly __typename?: 'DatastoreEdge';
  /** The place of this row in this order: pass it as `after` or `before`. */
  readonly cursor: Scalars['String']['output'];
  /** The row. */
  readonly node?: Maybe<Datastore>;
};

/** Which datastores are wanted. All conditions given must hold. */
export type DatastoreFilter = {
  /** All of these must hold. */
  readonly and?: InputMaybe<ReadonlyArray<DatastoreFilter>>;
  /** On the capacity in bytes. */
  readonly capacityBytes?: InputMaybe<LongFilter>;
  /** On the free space in bytes. */
  readonly freeBytes?: InputMaybe<LongFilter>;
  /** On the global id. */
  readonly id?: InputMaybe<IdFilter>;
  /** On the installation's id. */
  readonly installation?: InputMaybe<IdFilter>;
  /** On the kind. */
  readonly kind?: InputMaybe<StringFilter>;
  /** On the name. */
  readonly name?: InputMaybe<StringFilter>;
  /** This must not hold. */
  readonly not?: InputMaybe<DatastoreFilter>;
  /** At least one of these must hold; an empty list holds for none. */
  readonly or?: InputMaybe<ReadonlyArray<DatastoreFilter>>;
  /** On the id of the installation's site. */
  readonly site?: InputMaybe<IdFilter>;
};

/** How a list of datastores is sorted. */
export type DatastoreOrder = {
  /** Up or down. */
  readonly direction?: OrderDirection;
  /** What to sort by. */
  readonly field: DatastoreOrderField;
};

/** What a list of datastores may be sorted by. */
export type DatastoreOrderField =
  /** By capacity. */
  | 'CAPACITY'
  /** By free space. */
  | 'FREE'
  /** By the installation's id. */
  | 'INSTALLATION'
  /** By name, in the order of Unicode code points. */
  | 'NAME';

/** Conditions on an instant. All conditions given must hold. A missing value meets none of them, except `isNull: true`. */
export type DateTimeFilter = {
  /** After this instant. */
  readonly gt?: InputMaybe<Scalars['DateTime']['input']>;
  /** At or after this instant. */
  readonly gte?: InputMaybe<Scalars['DateTime']['input']>;
  /** True: has no value. False: has one. */
  readonly isNull?: InputMaybe<Scalars['Boolean']['input']>;
  /** Before this instant. */
  readonly lt?: InputMaybe<Scalars['DateTime']['input']>;
  /** At or before this instant. */
  readonly lte?: InputMaybe<Scalars['DateTime']['input']>;
};

/** Which kept state is to go. */
export type DeleteSnapshotInput = {
  /** True: check it and say what would be done, and change nothing. */
  readonly dryRun?: InputMaybe<Scalars['Boolean']['input']>;
  /** The global id of the machine. */
  readonly id: Scalars['ID']['input'];
  /** Any text of the caller's, at most 200 characters: the same request with the same key is carried out once. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The name of the snapshot. */
  readonly name: Scalars['String']['input'];
};

/** Which machine is to go. */
export type DeleteVirtualMachineInput = {
  /** True: check it and say what would be done, and change nothing. */
  readonly dryRun?: InputMaybe<Scalars['Boolean']['input']>;
  /** True: take its power away first if it runs. Otherwise a machine that runs is not deleted. */
  readonly force?: InputMaybe<Scalars['Boolean']['input']>;
  /** The global id of the machine. */
  readonly id: Scalars['ID']['input'];
  /** Any text of the caller's, at most 200 characters: the same request with the same key is carried out once. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** True: leave its disks where they are. */
  readonly keepDisks?: InputMaybe<Scalars['Boolean']['input']>;
};

/** A disk of a virtual machine. */
export type Disk = {
  readonly __typename?: 'Disk';
  /** How much it takes in its store, in bytes. */
  readonly allocatedBytes?: Maybe<Scalars['Long']['output']>;
  /** How much it can hold, in bytes. */
  readonly capacityBytes?: Maybe<Scalars['Long']['output']>;
  /** The datastore it lies in. */
  readonly datastore?: Maybe<Datastore>;
  /** Its name in the guest's configuration, for example `vda`. */
  readonly name?: Maybe<Scalars['String']['output']>;
  /** Its path or name in its store. */
  readonly path?: Maybe<Scalars['String']['output']>;
};

/** The kinds of event. */
export type EventType =
  /** It is there now, or now meets the filter. */
  | 'ADDED'
  /** Nothing that the filter meets has happened up to this token. A stream without `after` begins with one. */
  | 'BOOKMARK'
  /**
   * Changes of this source were missed: they are no longer kept, or it joined the site after the stream began. What a client
   * holds of this source is to be read anew; the stream goes on after the token.
   */
  | 'GAP'
  /** It is different now. */
  | 'MODIFIED'
  /** It is gone, or no longer meets the filter; it is given as it last was. */
  | 'REMOVED';

/** Conditions on a fractional number. All conditions given must hold. A missing value meets none of them, except `isNull: true`. */
export type FloatFilter = {
  /** Greater than this number. */
  readonly gt?: InputMaybe<Scalars['Float']['input']>;
  /** Greater than or equal to this number. */
  readonly gte?: InputMaybe<Scalars['Float']['input']>;
  /** True: has no value. False: has one. */
  readonly isNull?: InputMaybe<Scalars['Boolean']['input']>;
  /** Less than this number. */
  readonly lt?: InputMaybe<Scalars['Float']['input']>;
  /** Less than or equal to this number. */
  readonly lte?: InputMaybe<Scalars['Float']['input']>;
};

/** A machine that runs virtual machines. What its source cannot know is null. */
export type Host = Node & {
  readonly __typename?: 'Host';
  /** The number of CPUs, as the hypervisor counts them (hardware threads). */
  readonly cpuCount?: Maybe<Scalars['Int']['output']>;
  /** The processor, as the hypervisor names it. */
  readonly cpuModel?: Maybe<Scalars['String']['output']>;
  /** The hypervisor and its version, for example `QEMU 7.2.22`. */
  readonly hypervisor?: Maybe<Scalars['String']['output']>;
  /** The global id. */
  readonly id: Scalars['ID']['output'];
  /** The installation it belongs to. */
  readonly installation?: Maybe<Installation>;
  /** The id that its own hypervisor manager gives it. */
  readonly localId?: Maybe<Scalars['String']['output']>;
  /** The memory, in MiB. */
  readonly memoryMiB?: Maybe<Scalars['Long']['output']>;
  /** The name. */
  readonly name?: Maybe<Scalars['String']['output']>;
  /** Whether it can run virtual machines. */
  readonly state?: Maybe<HostState>;
  /** The virtual machines on this host. */
  readonly virtualMachines?: Maybe<VirtualMachineConnection>;
};


/** A machine that runs virtual machines. What its source cannot know is null. */
export type HostVirtualMachinesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<VirtualMachineFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<VirtualMachineOrder>;
};

/** A page of hosts. */
export type HostConnection = {
  readonly __typename?: 'HostConnection';
  /** Which sources this page rests on; null for a list inside another resource. */
  readonly coverage?: Maybe<Coverage>;
  /** The rows with their cursors. */
  readonly edges?: Maybe<ReadonlyArray<Maybe<HostEdge>>>;
  /** The rows without their cursors. */
  readonly nodes?: Maybe<ReadonlyArray<Maybe<Host>>>;
  /** Where this page stands in the whole list. */
  readonly pageInfo: PageInfo;
  /** How many meet the filter on all pages together. */
  readonly totalCount?: Maybe<Scalars['Long']['output']>;
  /** Whether `totalCount` is exact. */
  readonly totalCountRelation?: Maybe<TotalCountRelation>;
};

/** A row and its place. */
export type HostEdge = {
  readonly __typename?: 'HostEdge';
  /** The place of this row in this order: pass it as `after` or `before`. */
  readonly cursor: Scalars['String']['output'];
  /** The row. */
  readonly node?: Maybe<Host>;
};

/** Which hosts are wanted. All conditions given must hold. */
export type HostFilter = {
  /** All of these must hold. */
  readonly and?: InputMaybe<ReadonlyArray<HostFilter>>;
  /** On the number of CPUs. */
  readonly cpuCount?: InputMaybe<LongFilter>;
  /** On the global id. */
  readonly id?: InputMaybe<IdFilter>;
  /** On the installation's id. */
  readonly installation?: InputMaybe<IdFilter>;
  /** On the memory in MiB. */
  readonly memoryMiB?: InputMaybe<LongFilter>;
  /** On the name. */
  readonly name?: InputMaybe<StringFilter>;
  /** This must not hold. */
  readonly not?: InputMaybe<HostFilter>;
  /** At least one of these must hold; an empty list holds for none. */
  readonly or?: InputMaybe<ReadonlyArray<HostFilter>>;
  /** On the id of the installation's site. */
  readonly site?: InputMaybe<IdFilter>;
  /** In one of these states. */
  readonly state?: InputMaybe<ReadonlyArray<HostState>>;
};

/** How a list of hosts is sorted. */
export type HostOrder = {
  /** Up or down. */
  readonly direction?: OrderDirection;
  /** What to sort by. */
  readonly field: HostOrderField;
};

/** What a list of hosts may be sorted by. */
export type HostOrderField =
  /** By the number of CPUs. */
  | 'CPU_COUNT'
  /** By the installation's id. */
  | 'INSTALLATION'
  /** By memory. */
  | 'MEMORY'
  /** By name, in the order of Unicode code points. */
  | 'NAME';

/** Whether a host can run virtual machines. */
export type HostState =
  /** It is down or cannot be reached by its manager. */
  | 'DOWN'
  /** It is up but takes no new virtual machines. */
  | 'MAINTENANCE'
  /** Its manager cannot tell. */
  | 'UNKNOWN'
  /** It is up. */
  | 'UP';

/** Conditions on a global id or another opaque name. All conditions given must hold. */
export type IdFilter = {
  /** Equal to this id. */
  readonly eq?: InputMaybe<Scalars['ID']['input']>;
  /** Equal to one of these ids. */
  readonly in?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
};

/** One virtualization infrastructure with a few equivalent brokers in front of it. */
export type Installation = Node & {
  readonly __typename?: 'Installation';
  /** The brokers in front of it, as the answering broker sees them, sorted by id. */
  readonly brokers?: Maybe<ReadonlyArray<Broker>>;
  /** The kind of its driver, for example `libvirt`; null as long as the answering broker has not heard of it. */
  readonly driver?: Maybe<Scalars['String']['output']>;
  /** The global id. */
  readonly id: Scalars['ID']['output'];
  /** The id given to it in the configuration, unique over all sites. */
  readonly localId?: Maybe<Scalars['String']['output']>;
  /** The name for people to read. */
  readonly name?: Maybe<Scalars['String']['output']>;
  /** The id of the site it belongs to. */
  readonly site?: Maybe<Scalars['String']['output']>;
};

/** One change of the inventory. */
export type InventoryEvent = {
  readonly __typename?: 'InventoryEvent';
  /** The number of the first change of the source that this event covers; less than `sequence` only for a reader who lags. */
  readonly fromSequence?: Maybe<Scalars['Long']['output']>;
  /** The resource; null for GAP and BOOKMARK. */
  readonly node?: Maybe<Node>;
  /** Pass it as `after` to go on after this event, at any broker of the tier. */
  readonly resumeToken?: Maybe<Scalars['String']['output']>;
  /** The number of the last change of the source that this event covers. */
  readonly sequence?: Maybe<Scalars['Long']['output']>;
  /** Where it happened, for example `installation:lyon-a`. */
  readonly source?: Maybe<Scalars['String']['output']>;
  /** What happened. */
  readonly type?: Maybe<EventType>;
};

/** Which resources are wanted, by type; a type without conditions is wanted whole. */
export type InventoryFilter = {
  /** On datastores. */
  readonly datastore?: InputMaybe<DatastoreFilter>;
  /** On hosts. */
  readonly host?: InputMaybe<HostFilter>;
  /** On networks. */
  readonly network?: InputMaybe<NetworkFilter>;
  /** On virtual machines. */
  readonly virtualMachine?: InputMaybe<VirtualMachineFilter>;
};

/** A name and its value. */
export type Label = {
  readonly __typename?: 'Label';
  /** The name. */
  readonly key: Scalars['String']['output'];
  /** The value, possibly empty. */
  readonly value: Scalars['String']['output'];
};

/** Conditions on the label of this key. All conditions given must hold. */
export type LabelFilter = {
  /** The value is equal to this text. */
  readonly eq?: InputMaybe<Scalars['String']['input']>;
  /** True: the label is there, whatever its value. False: it is not there. */
  readonly exists?: InputMaybe<Scalars['Boolean']['input']>;
  /** The value is equal to one of these texts. */
  readonly in?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** The key of the label. */
  readonly key: Scalars['String']['input'];
};

/** A name and its value. */
export type LabelInput = {
  /** The name, 1 to 253 characters. */
  readonly key: Scalars['String']['input'];
  /** The value, possibly empty, at most 4096 characters. */
  readonly value: Scalars['String']['input'];
};

/** Whether another site answers. */
export type LinkState =
  /** All of its brokers failed when last asked. */
  | 'DOWN'
  /** None of its brokers has been asked yet. */
  | 'UNKNOWN'
  /** One of its brokers answered when last asked. */
  | 'UP';

/** Conditions on a whole number. All conditions given must hold. A missing value meets none of them, except `isNull: true`. */
export type LongFilter = {
  /** Equal to this number. */
  readonly eq?: InputMaybe<Scalars['Long']['input']>;
  /** Greater than this number. */
  readonly gt?: InputMaybe<Scalars['Long']['input']>;
  /** Greater than or equal to this number. */
  readonly gte?: InputMaybe<Scalars['Long']['input']>;
  /** Equal to one of these numbers. */
  readonly in?: InputMaybe<ReadonlyArray<Scalars['Long']['input']>>;
  /** True: has no value. False: has one. */
  readonly isNull?: InputMaybe<Scalars['Boolean']['input']>;
  /** Less than this number. */
  readonly lt?: InputMaybe<Scalars['Long']['input']>;
  /** Less than or equal to this number. */
  readonly lte?: InputMaybe<Scalars['Long']['input']>;
};

/** The ways in which the values of several sources become one. */
export type MergeStrategy =
  /** The first that is not null. */
  | 'ANY'
  /** Divide the merged sum by the merged count; null when there is nothing to divide. */
  | 'AVG'
  /** One list after the other, in the order of the sources. */
  | 'CONCAT'
  /** The value that comes first in `order`, of those that any source gives. */
  | 'FIRST_OF'
  /** Elements with equal key fields become one, and their other fields are merged by their own directives. */
  | 'GROUP'
  /** The greatest; null is passed over. */
  | 'MAX'
  /** The greatest; null as soon as one is null. */
  | 'MAX_OF_ALL'
  /** The smallest; null is passed over. */
  | 'MIN'
  /** Tokens of revisions: of each installation the newest revision in any of them. */
  | 'REVISION'
  /** Add them; null counts as nothing. */
  | 'SUM';

/** Which machine is to move, and where. */
export type MigrateVirtualMachineInput = {
  /** True: check it and say what would be done, and change nothing. */
  readonly dryRun?: InputMaybe<Scalars['Boolean']['input']>;
  /** The global id of the host. */
  readonly hostId: Scalars['ID']['input'];
  /** The global id of the machine. */
  readonly id: Scalars['ID']['input'];
  /** Any text of the caller's, at most 200 characters: the same request with the same key is carried out once. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/**
 * The root of all changes. Each accepted change is an operation that is committed before the answer goes out; what is
 * refused is said in `userErrors` and changes nothing. Several root fields are carried out one after the other.
 */
export type Mutation = {
  readonly __typename?: 'Mutation';
  /**
   * Asks for an operation to be ended: what has not begun is not begun, and what has begun is ended if its driver can undo
   * it. The operation says in its state how that came out. Of a bulk, it ends what has not begun.
   */
  readonly cancelOperation?: Maybe<OperationPayload>;
  /** Makes a machine that is like another one. */
  readonly cloneVirtualMachine?: Maybe<OperationPayload>;
  /** Keeps the present state of a machine. */
  readonly createSnapshot?: Maybe<OperationPayload>;
  /** Keeps the present state of all machines of the tier asked that meet a filter. Otherwise as `setPowerStateBulk`. */
  readonly createSnapshotBulk?: Maybe<OperationPayload>;
  /** Makes a machine, from a template or from what is said here. */
  readonly createVirtualMachine?: Maybe<OperationPayload>;
  /** Drops a kept state; the machine itself stays as it is. */
  readonly deleteSnapshot?: Maybe<OperationPayload>;
  /** Takes a machine away, with its snapshots and, unless they are to be kept, its disks. */
  readonly deleteVirtualMachine?: Maybe<OperationPayload>;
  /** Moves a machine to another host of its installation. */
  readonly migrateVirtualMachine?: Maybe<OperationPayload>;
  /** Changes what a machine is made of; what is not said stays. */
  readonly reconfigureVirtualMachine?: Maybe<OperationPayload>;
  /** Takes a machine back to a kept state; the present one is lost. */
  readonly revertToSnapshot?: Maybe<OperationPayload>;
  /** Starts, stops, pauses … one machine. */
  readonly setPowerState?: Maybe<OperationPayload>;
  /**
   * Starts, stops, pauses … all machines of the tier asked that meet a filter, as one operation with a part for each. If
   * none or more than `maxTargets` meet it, nothing at all is changed. What installations are away is said in `coverage`;
   * the same request with the same key later does what is missing and nothing twice.
   */
  readonly setPowerStateBulk?: Maybe<OperationPayload>;
};


/**
 * The root of all changes. Each accepted change is an operation that is committed before the answer goes out; what is
 * refused is said in `userErrors` and changes nothing. Several root fields are carried out one after the other.
 */
export type MutationCancelOperationArgs = {
  input: CancelOperationInput;
};


/**
 * The root of all changes. Each accepted change is an operation that is committed before the answer goes out; what is
 * refused is said in `userErrors` and changes nothing. Several root fields are carried out one after the other.
 */
export type MutationCloneVirtualMachineArgs = {
  input: CloneVirtualMachineInput;
};


/**
 * The root of all changes. Each accepted change is an operation that is committed before the answer goes out; what is
 * refused is said in `userErrors` and changes nothing. Several root fields are carried out one after the other.
 */
export type MutationCreateSnapshotArgs = {
  input: CreateSnapshotInput;
};


/**
 * The root of all changes. Each accepted change is an operation that is committed before the answer goes out; what is
 * refused is said in `userErrors` and changes nothing. Several root fields are carried out one after the other.
 */
export type MutationCreateSnapshotBulkArgs = {
  input: CreateSnapshotBulkInput;
};


/**
 * The root of all changes. Each accepted change is an operation that is committed before the answer goes out; what is
 * refused is said in `userErrors` and changes nothing. Several root fields are carried out one after the other.
 */
export type MutationCreateVirtualMachineArgs = {
  input: CreateVirtualMachineInput;
};


/**
 * The root of all changes. Each accepted change is an operation that is committed before the answer goes out; what is
 * refused is said in `userErrors` and changes nothing. Several root fields are carried out one after the other.
 */
export type MutationDeleteSnapshotArgs = {
  input: DeleteSnapshotInput;
};


/**
 * The root of all changes. Each accepted change is an operation that is committed before the answer goes out; what is
 * refused is said in `userErrors` and changes nothing. Several root fields are carried out one after the other.
 */
export type MutationDeleteVirtualMachineArgs = {
  input: DeleteVirtualMachineInput;
};


/**
 * The root of all changes. Each accepted change is an operation that is committed before the answer goes out; what is
 * refused is said in `userErrors` and changes nothing. Several root fields are carried out one after the other.
 */
export type MutationMigrateVirtualMachineArgs = {
  input: MigrateVirtualMachineInput;
};


/**
 * The root of all changes. Each accepted change is an operation that is committed before the answer goes out; what is
 * refused is said in `userErrors` and changes nothing. Several root fields are carried out one after the other.
 */
export type MutationReconfigureVirtualMachineArgs = {
  input: ReconfigureVirtualMachineInput;
};


/**
 * The root of all changes. Each accepted change is an operation that is committed before the answer goes out; what is
 * refused is said in `userErrors` and changes nothing. Several root fields are carried out one after the other.
 */
export type MutationRevertToSnapshotArgs = {
  input: RevertToSnapshotInput;
};


/**
 * The root of all changes. Each accepted change is an operation that is committed before the answer goes out; what is
 * refused is said in `userErrors` and changes nothing. Several root fields are carried out one after the other.
 */
export type MutationSetPowerStateArgs = {
  input: SetPowerStateInput;
};


/**
 * The root of all changes. Each accepted change is an operation that is committed before the answer goes out; what is
 * refused is said in `userErrors` and changes nothing. Several root fields are carried out one after the other.
 */
export type MutationSetPowerStateBulkArgs = {
  input: SetPowerStateBulkInput;
};

/** A network that virtual machines are attached to. What its source cannot know is null. */
export type Network = Node & {
  readonly __typename?: 'Network';
  /** The bridge or switch on the host. */
  readonly bridge?: Maybe<Scalars['String']['output']>;
  /** The address ranges on it, as CIDR. */
  readonly cidrs?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** The global id. */
  readonly id: Scalars['ID']['output'];
  /** The installation it belongs to. */
  readonly installation?: Maybe<Installation>;
  /** What it is, in its manager's own word, for example `nat`, `bridge` or `isolated`. */
  readonly kind?: Maybe<Scalars['String']['output']>;
  /** The id that its own hypervisor manager gives it. */
  readonly localId?: Maybe<Scalars['String']['output']>;
  /** The name. */
  readonly name?: Maybe<Scalars['String']['output']>;
  /** The VLAN id, 1 to 4094. */
  readonly vlanId?: Maybe<Scalars['Int']['output']>;
};

/** A page of networks. */
export type NetworkConnection = {
  readonly __typename?: 'NetworkConnection';
  /** Which sources this page rests on; null for a list inside another resource. */
  readonly coverage?: Maybe<Coverage>;
  /** The rows with their cursors. */
  readonly edges?: Maybe<ReadonlyArray<Maybe<NetworkEdge>>>;
  /** The rows without their cursors. */
  readonly nodes?: Maybe<ReadonlyArray<Maybe<Network>>>;
  /** Where this page stands in the whole list. */
  readonly pageInfo: PageInfo;
  /** How many meet the filter on all pages together. */
  readonly totalCount?: Maybe<Scalars['Long']['output']>;
  /** Whether `totalCount` is exact. */
  readonly totalCountRelation?: Maybe<TotalCountRelation>;
};

/** A row and its place. */
export type NetworkEdge = {
  readonly __typename?: 'NetworkEdge';
  /** The place of this row in this order: pass it as `after` or `before`. */
  readonly cursor: Scalars['String']['output'];
  /** The row. */
  readonly node?: Maybe<Network>;
};

/** Which networks are wanted. All conditions given must hold. */
export type NetworkFilter = {
  /** All of these must hold. */
  readonly and?: InputMaybe<ReadonlyArray<NetworkFilter>>;
  /** On the global id. */
  readonly id?: InputMaybe<IdFilter>;
  /** On the installation's id. */
  readonly installation?: InputMaybe<IdFilter>;
  /** On the kind. */
  readonly kind?: InputMaybe<StringFilter>;
  /** On the name. */
  readonly name?: InputMaybe<StringFilter>;
  /** This must not hold. */
  readonly not?: InputMaybe<NetworkFilter>;
  /** At least one of these must hold; an empty list holds for none. */
  readonly or?: InputMaybe<ReadonlyArray<NetworkFilter>>;
  /** On the id of the installation's site. */
  readonly site?: InputMaybe<IdFilter>;
  /** On the VLAN id. */
  readonly vlanId?: InputMaybe<LongFilter>;
};

/** A network interface of a virtual machine. */
export type NetworkInterface = {
  readonly __typename?: 'NetworkInterface';
  /** The IP addresses known of it. */
  readonly ipAddresses?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** Its hardware address, in lower case with colons. */
  readonly macAddress?: Maybe<Scalars['String']['output']>;
  /** Its name in the guest's configuration, for example `vnet0`. */
  readonly name?: Maybe<Scalars['String']['output']>;
  /** The network it is attached to. */
  readonly network?: Maybe<Network>;
};

/** How a list of networks is sorted. */
export type NetworkOrder = {
  /** Up or down. */
  readonly direction?: OrderDirection;
  /** What to sort by. */
  readonly field: NetworkOrderField;
};

/** What a list of networks may be sorted by. */
export type NetworkOrderField =
  /** By the installation's id. */
  | 'INSTALLATION'
  /** By name, in the order of Unicode code points. */
  | 'NAME'
  /** By VLAN id. */
  | 'VLAN';

/** Anything that has a global id. */
export type Node = {
  /** The global id: opaque, and the same at every broker of every tier. */
  readonly id: Scalars['ID']['output'];
};

/**
 * A change that takes time. It is durable: once accepted, it is carried out even if any broker dies, and never twice. A
 * bulk over several installations is one operation as well: its numbers are those of all its parts together.
 */
export type Operation = Node & {
  readonly __typename?: 'Operation';
  /** Who asked for it: the subject of the token, or `anonymous`. */
  readonly actor?: Maybe<Scalars['String']['output']>;
  /** True once somebody asked for it to be cancelled. */
  readonly cancelRequested?: Maybe<Scalars['Boolean']['output']>;
  /** How many of these were cancelled. */
  readonly cancelledCount?: Maybe<Scalars['Long']['output']>;
  /** When it was accepted. */
  readonly createdAt?: Maybe<Scalars['DateTime']['output']>;
  /** Why it failed; null if it did not. */
  readonly error?: Maybe<OperationError>;
  /** How many of these failed. */
  readonly failedCount?: Maybe<Scalars['Long']['output']>;
  /** When it ended; null before. */
  readonly finishedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The global id. */
  readonly id: Scalars['ID']['output'];
  /** The key under which it was accepted. */
  readonly idempotencyKey?: Maybe<Scalars['String']['output']>;
  /** The installation that carries it out; null for a bulk over several. */
  readonly installation?: Maybe<Installation>;
  /** How many changes it is made of: 1, or for a bulk one for each machine. */
  readonly itemCount?: Maybe<Scalars['Long']['output']>;
  /** The sum of the progress of these. */
  readonly itemProgress?: Maybe<Scalars['Long']['output']>;
  /** What it does. */
  readonly kind?: Maybe<OperationKind>;
  /** The id within its installation. */
  readonly localId?: Maybe<Scalars['String']['output']>;
  /** The global id of the bulk it is a part of; null if it is none. */
  readonly parentId?: Maybe<Scalars['ID']['output']>;
  /** How much of it is done, from 0 to 100. */
  readonly progress?: Maybe<Scalars['Float']['output']>;
  /**
   * A token for `@coverage(atLeast:)` and for `after` of subscriptions: whatever answers with it shows this state of the
   * operation and, once it has ended, its effects.
   */
  readonly revision?: Maybe<Scalars['String']['output']>;
  /** When a broker began it; null before. */
  readonly startedAt?: Maybe<Scalars['DateTime']['output']>;
  /** How far it is. */
  readonly state?: Maybe<OperationState>;
  /** What was done so far, the first first; null for a bulk. */
  readonly steps?: Maybe<ReadonlyArray<OperationStep>>;
  /** How many of these ended well. */
  readonly succeededCount?: Maybe<Scalars['Long']['output']>;
  /** That itself; null when it is gone or not there yet. */
  readonly target?: Maybe<Node>;
  /** The global id of what it changes or, once that is known, of what it creates; null for a bulk. */
  readonly targetId?: Maybe<Scalars['ID']['output']>;
  /** The name of that, as it was when the operation was accepted. */
  readonly targetName?: Maybe<Scalars['String']['output']>;
};

/** A page of operations. */
export type OperationConnection = {
  readonly __typename?: 'OperationConnection';
  /** Which sources this page rests on. */
  readonly coverage?: Maybe<Coverage>;
  /** The rows with their cursors. */
  readonly edges?: Maybe<ReadonlyArray<Maybe<OperationEdge>>>;
  /** The rows without their cursors. */
  readonly nodes?: Maybe<ReadonlyArray<Maybe<Operation>>>;
  /** Where this page stands in the whole list. */
  readonly pageInfo: PageInfo;
  /** How many meet the filter on all pages together. */
  readonly totalCount?: Maybe<Scalars['Long']['output']>;
  /** Whether `totalCount` is exact. */
  readonly totalCountRelation?: Maybe<TotalCountRelation>;
};

/** A row and its place. */
export type OperationEdge = {
  readonly __typename?: 'OperationEdge';
  /** The place of this row in this order: pass it as `after` or `before`. */
  readonly cursor: Scalars['String']['output'];
  /** The row. */
  readonly node?: Maybe<Operation>;
};

/** Why an operation failed. */
export type OperationError = {
  readonly __typename?: 'OperationError';
  /** A code, for example `OUTCOME_UNKNOWN` or `INVALID_STATE`. */
  readonly code?: Maybe<Scalars['String']['output']>;
  /** What went wrong, for people to read. */
  readonly message?: Maybe<Scalars['String']['output']>;
};

/** One change of an operation. */
export type OperationEvent = {
  readonly __typename?: 'OperationEvent';
  /** The number of the first change of the source that this event covers; less than `sequence` only for a reader who lags. */
  readonly fromSequence?: Maybe<Scalars['Long']['output']>;
  /** The operation; null for GAP and BOOKMARK. */
  readonly operation?: Maybe<Operation>;
  /** Pass it as `after` to go on after this event, at any broker of the tier. */
  readonly resumeToken?: Maybe<Scalars['String']['output']>;
  /** The number of the last change of the source that this event covers. */
  readonly sequence?: Maybe<Scalars['Long']['output']>;
  /** Where it happened, for example `installation:lyon-a`. */
  readonly source?: Maybe<Scalars['String']['output']>;
  /** What happened. */
  readonly type?: Maybe<EventType>;
};

/** Which operations are wanted. All conditions given must hold. */
export type OperationFilter = {
  /** On who asked for it. */
  readonly actor?: InputMaybe<StringFilter>;
  /** All of these must hold. */
  readonly and?: InputMaybe<ReadonlyArray<OperationFilter>>;
  /** On the time of acceptance. */
  readonly createdAt?: InputMaybe<DateTimeFilter>;
  /** On the time of its end. */
  readonly finishedAt?: InputMaybe<DateTimeFilter>;
  /** On the global id. */
  readonly id?: InputMaybe<IdFilter>;
  /** On the key under which it was accepted. */
  readonly idempotencyKey?: InputMaybe<StringFilter>;
  /** On the installation's id. */
  readonly installation?: InputMaybe<IdFilter>;
  /** Of one of these kinds. */
  readonly kind?: InputMaybe<ReadonlyArray<OperationKind>>;
  /** This must not hold. */
  readonly not?: InputMaybe<OperationFilter>;
  /** At least one of these must hold; an empty list holds for none. */
  readonly or?: InputMaybe<ReadonlyArray<OperationFilter>>;
  /** On the global id of the bulk it is a part of. */
  readonly parentId?: InputMaybe<IdFilter>;
  /** On the id of the installation's site. */
  readonly site?: InputMaybe<IdFilter>;
  /** In one of these states. */
  readonly state?: InputMaybe<ReadonlyArray<OperationState>>;
  /** On the global id of what is changed. */
  readonly targetId?: InputMaybe<IdFilter>;
  /** On the name of what is changed. */
  readonly targetName?: InputMaybe<StringFilter>;
};

/** What an operation does. */
export type OperationKind =
  /** Makes a machine that is like another one. */
  | 'CLONE_VIRTUAL_MACHINE'
  /** Keeps the state of a machine. */
  | 'CREATE_SNAPSHOT'
  /** Keeps the state of many machines. */
  | 'CREATE_SNAPSHOT_BULK'
  /** Makes a machine. */
  | 'CREATE_VIRTUAL_MACHINE'
  /** Drops a kept state. */
  | 'DELETE_SNAPSHOT'
  /** Takes a machine away, with its disks. */
  | 'DELETE_VIRTUAL_MACHINE'
  /** Moves a machine to another host of its installation. */
  | 'MIGRATE_VIRTUAL_MACHINE'
  /** Changes what a machine is made of. */
  | 'RECONFIGURE_VIRTUAL_MACHINE'
  /** Takes a machine back to a kept state. */
  | 'REVERT_TO_SNAPSHOT'
  /** Changes the power state of a machine. */
  | 'SET_POWER_STATE'
  /** Changes the power state of many machines. */
  | 'SET_POWER_STATE_BULK';

/** How a list of operations is sorted. */
export type OperationOrder = {
  /** Up or down. */
  readonly direction?: OrderDirection;
  /** What to sort by. */
  readonly field: OperationOrderField;
};

/** What a list of operations may be sorted by. */
export type OperationOrderField =
  /** By the time of acceptance. */
  | 'CREATED_AT'
  /** By the time of its end. */
  | 'FINISHED_AT'
  /** By the installation's id. */
  | 'INSTALLATION'
  /** By the name of the kind. */
  | 'KIND'
  /** By the name of the state. */
  | 'STATE'
  /** By the name of what is changed, in the order of Unicode code points. */
  | 'TARGET_NAME';

/** What came of asking for a change. */
export type OperationPayload = {
  readonly __typename?: 'OperationPayload';
  /** For a bulk: which installations took part; null otherwise. */
  readonly coverage?: Maybe<Coverage>;
  /** The operation that was accepted; null if it was refused, or only tried. */
  readonly operation?: Maybe<Operation>;
  /** With `dryRun`: what would be done, a line for each change, at most 100 of them. */
  readonly preview?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** With `dryRun` and for a bulk: how many machines it concerns. */
  readonly targetCount?: Maybe<Scalars['Long']['output']>;
  /** Why it was refused; empty if it was not. */
  readonly userErrors?: Maybe<ReadonlyArray<UserError>>;
};

/** How far an operation is. It ends in SUCCEEDED, FAILED or CANCELLED, once and for all. */
export type OperationState =
  /** Ended before it had an effect, because somebody asked for that. */
  | 'CANCELLED'
  /** Not done, or not known to be: the error says which. */
  | 'FAILED'
  /** Accepted and committed; nobody has begun it. */
  | 'QUEUED'
  /** A broker is at it, or was until a moment ago and another one takes over. */
  | 'RUNNING'
  /** Done, and to be seen in the inventory. */
  | 'SUCCEEDED';

/** One step of an operation. */
export type OperationStep = {
  readonly __typename?: 'OperationStep';
  /** When it began. */
  readonly at?: Maybe<Scalars['DateTime']['output']>;
  /** What was done. */
  readonly message?: Maybe<Scalars['String']['output']>;
};

/** The direction of an order. */
export type OrderDirection =
  /** Ascending; rows without a value come last. */
  | 'ASC'
  /** Descending; rows without a value come first. */
  | 'DESC';

/** Where a page stands in the whole list. See https://relay.dev/graphql/connections.htm. */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** Pass it as `after` to get the next page; null on an empty page. */
  readonly endCursor?: Maybe<Scalars['String']['output']>;
  /** True if there are rows after this page. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** True if there are rows before this page. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** Pass it as `before` to get the page before; null on an empty page. */
  readonly startCursor?: Maybe<Scalars['String']['output']>;
};

/** What may be allowed. */
export type Permission =
  /** To read what was done by whom. */
  | 'AUDIT'
  /** To cancel operations of others. */
  | 'CANCEL'
  /** To copy a machine, also as a template of a new one. */
  | 'CLONE'
  /** To make machines. */
  | 'CREATE'
  /** To delete a machine. */
  | 'DELETE'
  /** To move a machine to another host. */
  | 'MIGRATE'
  /** To change the power state of a machine. */
  | 'POWER'
  /** To change what a machine is like. */
  | 'RECONFIGURE'
  /** To make, drop and go back to snapshots of a machine. */
  | 'SNAPSHOT'
  /** To see it. */
  | 'VIEW';

/** What to do with the power of a machine. */
export type PowerAction =
  /** Take the power away. */
  | 'FORCE_STOP'
  /** Halt its CPUs, and keep its memory. */
  | 'PAUSE'
  /** Ask the guest to boot anew. */
  | 'REBOOT'
  /** Boot it anew as by the reset button. */
  | 'RESET'
  /** Let its CPUs go on. */
  | 'RESUME'
  /** Ask the guest to shut down. */
  | 'SHUTDOWN'
  /** Start it, from off or from its saved state. */
  | 'START'
  /** Save its memory to disk and stop it. */
  | 'SUSPEND';

/** Whether a virtual machine runs. */
export type PowerState =
  /** Its guest or its emulator failed. */
  | 'CRASHED'
  /** Its CPUs are halted, its memory is kept. */
  | 'PAUSED'
  /** It runs. */
  | 'RUNNING'
  /** It is off. */
  | 'STOPPED'
  /** Its memory is saved to disk (managed save, hibernation). */
  | 'SUSPENDED'
  /** Its manager cannot tell. */
  | 'UNKNOWN';

/** The root of all questions. Each root field is nullable, so that one that fails never takes its neighbours along. */
export type Query = {
  readonly __typename?: 'Query';
  /**
   * The audit trail: who changed what, or was not let, the newest first if not told otherwise. For whoever has the permission
   * `audit` at an installation; the others are FORBIDDEN in the coverage. Without `first` and `last`, the first 50.
   */
  readonly auditEvents?: Maybe<AuditEventConnection>;
  /** One datastore by its global id; null if there is none. */
  readonly datastore?: Maybe<Datastore>;
  /** The datastores of the tier asked, filtered, sorted and paged. Without `first` and `last`, the first 50. */
  readonly datastores?: Maybe<DatastoreConnection>;
  /** One host by its global id; null if there is none. */
  readonly host?: Maybe<Host>;
  /** The hosts of the tier asked, filtered, sorted and paged. Without `first` and `last`, the first 50. */
  readonly hosts?: Maybe<HostConnection>;
  /** One installation by its global id; null if there is none. */
  readonly installation?: Maybe<Installation>;
  /** One network by its global id; null if there is none. */
  readonly network?: Maybe<Network>;
  /** The networks of the tier asked, filtered, sorted and paged. Without `first` and `last`, the first 50. */
  readonly networks?: Maybe<NetworkConnection>;
  /** Any one resource by its global id. An id that is well formed but names nothing gives null. */
  readonly node?: Maybe<Node>;
  /** Several resources by their global ids, in the order asked. An id that names nothing gives null at its place. */
  readonly nodes?: Maybe<ReadonlyArray<Maybe<Node>>>;
  /** One operation by its global id; null if there is none, or if it ended so long ago that it is no longer kept. */
  readonly operation?: Maybe<Operation>;
  /**
   * The operations of the tier asked, filtered, sorted and paged. Without `first` and `last`, the first 50. The parts of a
   * bulk are found by `filter: { parentId: { eq: … } }`: one for each machine, with its own result.
   */
  readonly operations?: Maybe<OperationConnection>;
  /** The site of the asked broker, as that broker itself sees it. */
  readonly site?: Maybe<Site>;
  /** All sites that the asked broker knows, its own first and the others by id, as that broker itself sees them. */
  readonly sites?: Maybe<ReadonlyArray<Site>>;
  /** Whoever asks, and what they may do: at every source that is asked, by the roles that it gives them. */
  readonly viewer?: Maybe<Viewer>;
  /** One virtual machine by its global id; null if there is none. */
  readonly virtualMachine?: Maybe<VirtualMachine>;
  /** Counts, sums, averages and facets over the virtual machines that meet the filter. */
  readonly virtualMachineSummary?: Maybe<VirtualMachineSummary>;
  /** The virtual machines of the tier asked, filtered, sorted and paged. Without `first` and `last`, the first 50. */
  readonly virtualMachines?: Maybe<VirtualMachineConnection>;
};


/** The root of all questions. Each root field is nullable, so that one that fails never takes its neighbours along. */
export type QueryAuditEventsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<AuditEventFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<AuditEventOrder>;
};


/** The root of all questions. Each root field is nullable, so that one that fails never takes its neighbours along. */
export type QueryDatastoreArgs = {
  id: Scalars['ID']['input'];
};


/** The root of all questions. Each root field is nullable, so that one that fails never takes its neighbours along. */
export type QueryDatastoresArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DatastoreFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<DatastoreOrder>;
};


/** The root of all questions. Each root field is nullable, so that one that fails never takes its neighbours along. */
export type QueryHostArgs = {
  id: Scalars['ID']['input'];
};


/** The root of all questions. Each root field is nullable, so that one that fails never takes its neighbours along. */
export type QueryHostsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<HostFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<HostOrder>;
};


/** The root of all questions. Each root field is nullable, so that one that fails never takes its neighbours along. */
export type QueryInstallationArgs = {
  id: Scalars['ID']['input'];
};


/** The root of all questions. Each root field is nullable, so that one that fails never takes its neighbours along. */
export type QueryNetworkArgs = {
  id: Scalars['ID']['input'];
};


/** The root of all questions. Each root field is nullable, so that one that fails never takes its neighbours along. */
export type QueryNetworksArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<NetworkFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<NetworkOrder>;
};


/** The root of all questions. Each root field is nullable, so that one that fails never takes its neighbours along. */
export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


/** The root of all questions. Each root field is nullable, so that one that fails never takes its neighbours along. */
export type QueryNodesArgs = {
  ids: ReadonlyArray<Scalars['ID']['input']>;
};


/** The root of all questions. Each root field is nullable, so that one that fails never takes its neighbours along. */
export type QueryOperationArgs = {
  id: Scalars['ID']['input'];
};


/** The root of all questions. Each root field is nullable, so that one that fails never takes its neighbours along. */
export type QueryOperationsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<OperationFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<OperationOrder>;
};


/** The root of all questions. Each root field is nullable, so that one that fails never takes its neighbours along. */
export type QueryVirtualMachineArgs = {
  id: Scalars['ID']['input'];
};


/** The root of all questions. Each root field is nullable, so that one that fails never takes its neighbours along. */
export type QueryVirtualMachineSummaryArgs = {
  filter?: InputMaybe<VirtualMachineFilter>;
  groupBy?: InputMaybe<ReadonlyArray<VirtualMachineGrouping>>;
};


/** The root of all questions. Each root field is nullable, so that one that fails never takes its neighbours along. */
export type QueryVirtualMachinesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<VirtualMachineFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<VirtualMachineOrder>;
};

/** What is to be changed in a machine. */
export type ReconfigureVirtualMachineInput = {
  /** All its annotations; those it has now are replaced. */
  readonly annotations?: InputMaybe<ReadonlyArray<LabelInput>>;
  /** The number of virtual CPUs. */
  readonly cpuCount?: InputMaybe<Scalars['Int']['input']>;
  /** True: check it and say what would be done, and change nothing. */
  readonly dryRun?: InputMaybe<Scalars['Boolean']['input']>;
  /** The global id of the machine. */
  readonly id: Scalars['ID']['input'];
  /** Any text of the caller's, at most 200 characters: the same request with the same key is carried out once. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** All its labels; those it has now are replaced. */
  readonly labels?: InputMaybe<ReadonlyArray<LabelInput>>;
  /** The memory it may use, in MiB. */
  readonly memoryMiB?: InputMaybe<Scalars['Long']['input']>;
};

/** The types of resources. */
export type ResourceType =
  /** Datastores. */
  | 'DATASTORE'
  /** Hosts. */
  | 'HOST'
  /** Networks. */
  | 'NETWORK'
  /** Virtual machines. */
  | 'VIRTUAL_MACHINE';

/** Which kept state to go back to. */
export type RevertToSnapshotInput = {
  /** True: check it and say what would be done, and change nothing. */
  readonly dryRun?: InputMaybe<Scalars['Boolean']['input']>;
  /** The global id of the machine. */
  readonly id: Scalars['ID']['input'];
  /** Any text of the caller's, at most 200 characters: the same request with the same key is carried out once. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The name of the snapshot. */
  readonly name: Scalars['String']['input'];
};

/** Which machines' power is to be changed, and how. */
export type SetPowerStateBulkInput = {
  /** What to do. */
  readonly action: PowerAction;
  /** True: check it and say what would be done, and change nothing. */
  readonly dryRun?: InputMaybe<Scalars['Boolean']['input']>;
  /** Which machines. */
  readonly filter: VirtualMachineFilter;
  /** Any text of the caller's, at most 200 characters: the same request with the same key is carried out once. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** As many machines as it may concern at most, 1 to 10000. */
  readonly maxTargets?: InputMaybe<Scalars['Int']['input']>;
  /** Between tiers only; a client leaves it out: the operation that this is a part of. */
  readonly operationId?: InputMaybe<Scalars['ID']['input']>;
};

/** Which machine's power is to be changed, and how. */
export type SetPowerStateInput = {
  /** What to do. */
  readonly action: PowerAction;
  /** True: check it and say what would be done, and change nothing. */
  readonly dryRun?: InputMaybe<Scalars['Boolean']['input']>;
  /** The global id of the machine. */
  readonly id: Scalars['ID']['input'];
  /** Any text of the caller's, at most 200 characters: the same request with the same key is carried out once. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** Installations joined by a fast local network, as one of their brokers sees them. */
export type Site = {
  readonly __typename?: 'Site';
  /** The id of the broker that answered. */
  readonly answeredBy?: Maybe<Scalars['String']['output']>;
  /** The id of the site. */
  readonly id?: Maybe<Scalars['String']['output']>;
  /** All installations of the site, sorted by id. */
  readonly installations?: Maybe<ReadonlyArray<Installation>>;
  /** How the answering broker reaches this site; null for its own. */
  readonly link?: Maybe<SiteLink>;
  /** The name for people to read. */
  readonly name?: Maybe<Scalars['String']['output']>;
};

/** The way from the answering broker to another site. Figures are null as long as nothing is known. */
export type SiteLink = {
  readonly __typename?: 'SiteLink';
  /** How many bytes go over the link for this broker, both directions together. */
  readonly bytesPerSecond?: Maybe<Scalars['Float']['output']>;
  /** How long 95 % of the answers take at most, in milliseconds. */
  readonly p95Ms?: Maybe<Scalars['Float']['output']>;
  /** How many requests this broker sends there. */
  readonly requestsPerSecond?: Maybe<Scalars['Float']['output']>;
  /** How long a small answer takes over a warm connection, on average, in milliseconds. */
  readonly rttMs?: Maybe<Scalars['Float']['output']>;
  /** Whether any broker of the site answers. */
  readonly state?: Maybe<LinkState>;
};

/** How one source took part in an answer. */
export type SourceCoverage = {
  readonly __typename?: 'SourceCoverage';
  /** When its data was known to be current. */
  readonly asOf?: Maybe<Scalars['DateTime']['output']>;
  /** How many requests were sent to get this answer; 0 for the asked broker itself. */
  readonly attempts?: Maybe<Scalars['Int']['output']>;
  /** The address of the broker that answered, or of the last one tried; null for the asked broker itself. */
  readonly endpoint?: Maybe<Scalars['String']['output']>;
  /** The source, for example `installation:lyon-a`. */
  readonly id?: Maybe<Scalars['String']['output']>;
  /** How long this source took, in milliseconds, as seen by the tier that asked it. */
  readonly latencyMs?: Maybe<Scalars['Float']['output']>;
  /** What went wrong or why it was not asked; null when all is well. */
  readonly message?: Maybe<Scalars['String']['output']>;
  /** The source that this one belongs to, for example `site:lyon`; null at the top. */
  readonly parent?: Maybe<Scalars['String']['output']>;
  /** How many rows it sent before merging, of a long page perhaps only as many as were needed; null where rows have no meaning. */
  readonly rows?: Maybe<Scalars['Int']['output']>;
  /** How it took part. */
  readonly status?: Maybe<SourceStatus>;
  /** The tier of the source. */
  readonly tier?: Maybe<Tier>;
  /**
   * The fields, such as `VirtualMachine.cpuUsage`, that are null in its part of the answer because its brokers are of another
   * version than those that asked them; null if there are none.
   */
  readonly unsupportedFields?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
};

/** How a source took part in an answer. */
export type SourceStatus =
  /** The caller went away before it answered. */
  | 'CANCELLED'
  /** It answered with an error. */
  | 'ERROR'
  /** It refused this caller. */
  | 'FORBIDDEN'
  /** It answered now but was absent on an earlier page, so that its rows of those pages were never seen. */
  | 'MISSED'
  /** It answered with current data. */
  | 'OK'
  /** It was asked and has not answered yet; only live pages do not wait for it. */
  | 'PENDING'
  /** It was not asked, because the question does not concern it; the message says why. */
  | 'SKIPPED'
  /** It answered with the last data it knows: its hypervisor manager or its store is away. */
  | 'STALE'
  /** It did not answer before the deadline. */
  | 'TIMEOUT'
  /** None of its brokers could be reached, or its brokers have never reached the hypervisor manager. */
  | 'UNREACHABLE'
  /**
   * Its brokers are of another version. Those that do not understand the question at all have given nothing. Others have
   * answered, and `unsupportedFields` tells what is null in their part of the answer.
   */
  | 'UNSUPPORTED';

/** Conditions on a text. All conditions given must hold. A missing value meets none of them, except `isNull: true`. */
export type StringFilter = {
  /** Contains this text. */
  readonly contains?: InputMaybe<Scalars['String']['input']>;
  /** Ends with this text. */
  readonly endsWith?: InputMaybe<Scalars['String']['input']>;
  /** Equal to this text. */
  readonly eq?: InputMaybe<Scalars['String']['input']>;
  /** Compare without regard to case (Unicode simple lower case). */
  readonly ignoreCase?: InputMaybe<Scalars['Boolean']['input']>;
  /** Equal to one of these texts. */
  readonly in?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** True: has no value. False: has one. */
  readonly isNull?: InputMaybe<Scalars['Boolean']['input']>;
  /** Starts with this text. */
  readonly startsWith?: InputMaybe<Scalars['String']['input']>;
};

/**
 * The root of all live streams. Every event carries a token with which the stream goes on at any broker of the tier, after
 * exactly this event.
 */
export type Subscription = {
  readonly __typename?: 'Subscription';
  /** The resources of the tier asked as they come, change and go, each change once and in the order of its installation. */
  readonly inventoryChanged?: Maybe<InventoryEvent>;
  /**
   * One operation: at once as it is, then with each change of it. The stream ends by itself once the operation has, and at
   * once if there is none.
   */
  readonly operationUpdated?: Maybe<OperationEvent>;
  /** The operations of the tier asked as they are accepted, go on and end. */
  readonly operationsChanged?: Maybe<OperationEvent>;
  /** The site of the asked broker, at once and whenever that broker sees it differently. */
  readonly siteChanged?: Maybe<Site>;
  /**
   * A page of the virtual machines of the tier asked, live: each event is the whole page as it is now with what it rests on, at most
   * four a second. It begins with what is there at once, with the sources that have not answered yet as PENDING.
   */
  readonly virtualMachinesLive?: Maybe<VirtualMachineConnection>;
};


/**
 * The root of all live streams. Every event carries a token with which the stream goes on at any broker of the tier, after
 * exactly this event.
 */
export type SubscriptionInventoryChangedArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<InventoryFilter>;
  types?: InputMaybe<ReadonlyArray<ResourceType>>;
};


/**
 * The root of all live streams. Every event carries a token with which the stream goes on at any broker of the tier, after
 * exactly this event.
 */
export type SubscriptionOperationUpdatedArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  id: Scalars['ID']['input'];
};


/**
 * The root of all live streams. Every event carries a token with which the stream goes on at any broker of the tier, after
 * exactly this event.
 */
export type SubscriptionOperationsChangedArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<OperationFilter>;
};


/**
 * The root of all live streams. Every event carries a token with which the stream goes on at any broker of the tier, after
 * exactly this event.
 */
export type SubscriptionVirtualMachinesLiveArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<VirtualMachineFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<VirtualMachineOrder>;
};

/** How far a request reaches. */
export type Tier =
  /** Every site. */
  | 'FEDERATION'
  /** One installation; the request never fans out. */
  | 'INSTALLATION'
  /** Every installation of one site. */
  | 'SITE';

/** Whether a total is exact. */
export type TotalCountRelation =
  /** At least this many: a source is missing or its data is old. */
  | 'AT_LEAST'
  /** Exactly this many. */
  | 'EQUAL';

/** Why something was refused. It is the caller's to put right; nothing was changed. */
export type UserError = {
  readonly __typename?: 'UserError';
  /** A code. */
  readonly code?: Maybe<UserErrorCode>;
  /** Which part of the input is meant, for example `input.action`; null if none in particular. */
  readonly field?: Maybe<Scalars['String']['output']>;
  /** What is wrong, for people to read. */
  readonly message?: Maybe<Scalars['String']['output']>;
};

/** The kinds of refusal. */
export type UserErrorCode =
  /** Whoever asks may see it, and may not do this with it. */
  | 'FORBIDDEN'
  /** The idempotency key was used before, with another input. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** A value is not allowed. */
  | 'INVALID_ARGUMENT'
  /** It is not possible in the present state. */
  | 'INVALID_STATE'
  /** The filter of a bulk meets no machine. */
  | 'NOTHING_MATCHED'
  /** What the id names is not there. */
  | 'NOT_FOUND'
  /** The filter of a bulk meets more machines than `maxTargets`. */
  | 'TOO_MANY_TARGETS'
  /** The hypervisor manager of the installation, or our driver for it, cannot do that. */
  | 'UNSUPPORTED';

/** Whoever asks. */
export type Viewer = {
  readonly __typename?: 'Viewer';
  /**
   * Whether they may do this with what has this global id; for an installation: with everything that it has. False if there is no
   * such thing, or none that they see; null if its owner has not answered.
   */
  readonly can?: Maybe<Scalars['Boolean']['output']>;
  /** Which sources this rests on. */
  readonly coverage?: Maybe<Coverage>;
  /** The groups that they are in. */
  readonly groups?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** Their roles, installation by installation. */
  readonly roles?: Maybe<ReadonlyArray<ViewerRole>>;
  /** The site that vouches for them: the one whose broker let them in. */
  readonly site?: Maybe<Scalars['String']['output']>;
  /** Their name, unique in their site; `anonymous` for somebody who does not say who they are. */
  readonly subject?: Maybe<Scalars['String']['output']>;
};


/** Whoever asks. */
export type ViewerCanArgs = {
  action: Permission;
  id: Scalars['ID']['input'];
};

/** A role that whoever asks has at an installation. */
export type ViewerRole = {
  readonly __typename?: 'ViewerRole';
  /** The id of the installation. */
  readonly installation?: Maybe<Scalars['String']['output']>;
  /** The selector of the machines that it is for; null: everything there is. */
  readonly labels?: Maybe<Scalars['String']['output']>;
  /** What it allows. */
  readonly permissions?: Maybe<ReadonlyArray<Permission>>;
  /** Its name. */
  readonly role?: Maybe<Scalars['String']['output']>;
};

/** A virtual machine. What its source cannot know is null. */
export type VirtualMachine = Node & {
  readonly __typename?: 'VirtualMachine';
  /** Free text kept with it by its manager, sorted by key. */
  readonly annotations?: Maybe<ReadonlyArray<Label>>;
  /** When it last booted; null while it is stopped. */
  readonly bootedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The number of virtual CPUs. */
  readonly cpuCount?: Maybe<Scalars['Int']['output']>;
  /** The share of its virtual CPUs in use, from 0 to 1; null while it does not run. */
  readonly cpuUsage?: Maybe<Scalars['Float']['output']>;
  /** When it was created. */
  readonly createdAt?: Maybe<Scalars['DateTime']['output']>;
  /** Its disks. */
  readonly disks?: Maybe<ReadonlyArray<Disk>>;
  /** The guest operating system, as its manager describes it. */
  readonly guestOs?: Maybe<Scalars['String']['output']>;
  /** The host it runs on or is assigned to. */
  readonly host?: Maybe<Host>;
  /** The global id. */
  readonly id: Scalars['ID']['output'];
  /** The installation it belongs to. */
  readonly installation?: Maybe<Installation>;
  /** All IP addresses known of it. */
  readonly ipAddresses?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** Its labels, sorted by key. */
  readonly labels?: Maybe<ReadonlyArray<Label>>;
  /** The id that its own hypervisor manager gives it, for example a UUID. */
  readonly localId?: Maybe<Scalars['String']['output']>;
  /** The memory it may use, in MiB. */
  readonly memoryMiB?: Maybe<Scalars['Long']['output']>;
  /** The memory in use, in MiB; null while it does not run. */
  readonly memoryUsageMiB?: Maybe<Scalars['Long']['output']>;
  /** The name. */
  readonly name?: Maybe<Scalars['String']['output']>;
  /** Its network interfaces. */
  readonly networkInterfaces?: Maybe<ReadonlyArray<NetworkInterface>>;
  /** Whether it runs. */
  readonly powerState?: Maybe<PowerState>;
  /** Its snapshots, the oldest first; null if its source cannot tell. */
  readonly snapshots?: Maybe<ReadonlyArray<VirtualMachineSnapshot>>;
};

/** The virtual machines that share one value. */
export type VirtualMachineBucket = {
  readonly __typename?: 'VirtualMachineBucket';
  /** How many there are. */
  readonly count?: Maybe<Scalars['Long']['output']>;
  /** All their virtual CPUs. */
  readonly cpuCount?: Maybe<Scalars['Long']['output']>;
  /** The value; null for machines that have none. */
  readonly key?: Maybe<Scalars['String']['output']>;
  /** All their memory, in MiB. */
  readonly memoryMiB?: Maybe<Scalars['Long']['output']>;
  /** The value for people to read: for a host its name. */
  readonly name?: Maybe<Scalars['String']['output']>;
};

/** A page of virtual machines. */
export type VirtualMachineConnection = {
  readonly __typename?: 'VirtualMachineConnection';
  /** Which sources this page rests on; null for a list inside another resource. */
  readonly coverage?: Maybe<Coverage>;
  /** The rows with their cursors. */
  readonly edges?: Maybe<ReadonlyArray<Maybe<VirtualMachineEdge>>>;
  /** The rows without their cursors. */
  readonly nodes?: Maybe<ReadonlyArray<Maybe<VirtualMachine>>>;
  /** Where this page stands in the whole list. */
  readonly pageInfo: PageInfo;
  /** How many meet the filter on all pages together. */
  readonly totalCount?: Maybe<Scalars['Long']['output']>;
  /** Whether `totalCount` is exact. */
  readonly totalCountRelation?: Maybe<TotalCountRelation>;
};

/** A row and its place. */
export type VirtualMachineEdge = {
  readonly __typename?: 'VirtualMachineEdge';
  /** The place of this row in this order: pass it as `after` or `before`. */
  readonly cursor: Scalars['String']['output'];
  /** The row. */
  readonly node?: Maybe<VirtualMachine>;
};

/** The virtual machines, divided by one grouping. */
export type VirtualMachineFacet = {
  readonly __typename?: 'VirtualMachineFacet';
  /** The parts, sorted by key; machines without a value come last, under a null key. */
  readonly buckets?: Maybe<ReadonlyArray<VirtualMachineBucket>>;
  /** What they are divided by. */
  readonly field?: Maybe<VirtualMachineGroupField>;
  /** For LABEL: the key of the label. */
  readonly label?: Maybe<Scalars['String']['output']>;
  /** The place of the grouping in `groupBy`, from 0. */
  readonly position?: Maybe<Scalars['Int']['output']>;
};

/** Which virtual machines are wanted. All conditions given must hold. */
export type VirtualMachineFilter = {
  /** All of these must hold. */
  readonly and?: InputMaybe<ReadonlyArray<VirtualMachineFilter>>;
  /** On the time of the last boot. */
  readonly bootedAt?: InputMaybe<DateTimeFilter>;
  /** On the number of virtual CPUs. */
  readonly cpuCount?: InputMaybe<LongFilter>;
  /** On the CPU usage, as a share from 0 to 1. */
  readonly cpuUsage?: InputMaybe<FloatFilter>;
  /** On the time of creation. */
  readonly createdAt?: InputMaybe<DateTimeFilter>;
  /** On the guest operating system. */
  readonly guestOs?: InputMaybe<StringFilter>;
  /** On the host's name. */
  readonly host?: InputMaybe<StringFilter>;
  /** On the host's global id. */
  readonly hostId?: InputMaybe<IdFilter>;
  /** On the global id. */
  readonly id?: InputMaybe<IdFilter>;
  /** On the installation's id. */
  readonly installation?: InputMaybe<IdFilter>;
  /** On the IP addresses: at least one address meets it. */
  readonly ipAddress?: InputMaybe<StringFilter>;
  /** On the labels; all must hold. */
  readonly label?: InputMaybe<ReadonlyArray<LabelFilter>>;
  /** On the memory in MiB. */
  readonly memoryMiB?: InputMaybe<LongFilter>;
  /** On the memory in use in MiB. */
  readonly memoryUsageMiB?: InputMaybe<LongFilter>;
  /** On the name. */
  readonly name?: InputMaybe<StringFilter>;
  /** This must not hold. */
  readonly not?: InputMaybe<VirtualMachineFilter>;
  /** At least one of these must hold; an empty list holds for none. */
  readonly or?: InputMaybe<ReadonlyArray<VirtualMachineFilter>>;
  /** In one of these power states. */
  readonly powerState?: InputMaybe<ReadonlyArray<PowerState>>;
  /** On the id of the installation's site. */
  readonly site?: InputMaybe<IdFilter>;
};

/** What virtual machines are grouped by. */
export type VirtualMachineGroupField =
  /** By host: the bucket's key is the host's global id. */
  | 'HOST'
  /** By installation: the bucket's key is the installation's id. */
  | 'INSTALLATION'
  /** By the value of one label. */
  | 'LABEL'
  /** By power state. */
  | 'POWER_STATE'
  /** By site: the bucket's key is the site's id. */
  | 'SITE';

/** One way of grouping virtual machines. */
export type VirtualMachineGrouping = {
  /** What to group by. */
  readonly field: VirtualMachineGroupField;
  /** For LABEL: the key of the label. Not allowed otherwise. */
  readonly label?: InputMaybe<Scalars['String']['input']>;
};

/** How a list of virtual machines is sorted. */
export type VirtualMachineOrder = {
  /** Up or down. */
  readonly direction?: OrderDirection;
  /** What to sort by. */
  readonly field: VirtualMachineOrderField;
};

/** What a list of virtual machines may be sorted by. */
export type VirtualMachineOrderField =
  /** By the time of the last boot. */
  | 'BOOTED_AT'
  /** By the number of virtual CPUs. */
  | 'CPU_COUNT'
  /** By the time of creation. */
  | 'CREATED_AT'
  /** By the host's name. */
  | 'HOST'
  /** By the installation's id. */
  | 'INSTALLATION'
  /** By memory. */
  | 'MEMORY'
  /** By name, in the order of Unicode code points. */
  | 'NAME'
  /** By the name of the power state. */
  | 'POWER_STATE';

/** A kept state of a virtual machine, to which it can be reverted. */
export type VirtualMachineSnapshot = {
  readonly __typename?: 'VirtualMachineSnapshot';
  /** When it was taken. */
  readonly createdAt?: Maybe<Scalars['DateTime']['output']>;
  /** What people noted about it. */
  readonly description?: Maybe<Scalars['String']['output']>;
  /** True if the machine's present state is based on it. */
  readonly isCurrent?: Maybe<Scalars['Boolean']['output']>;
  /** Its name, unique within the machine. */
  readonly name?: Maybe<Scalars['String']['output']>;
  /** The name of the snapshot it is based on; null for the first. */
  readonly parent?: Maybe<Scalars['String']['output']>;
  /** The power state it was taken in; reverting goes back to it. */
  readonly powerState?: Maybe<PowerState>;
};

/** Counts, sums, averages and facets over virtual machines. */
export type VirtualMachineSummary = {
  readonly __typename?: 'VirtualMachineSummary';
  /** Virtual CPUs of an average machine. */
  readonly averageCpuCount?: Maybe<Scalars['Float']['output']>;
  /** Memory of an average machine, in MiB. */
  readonly averageMemoryMiB?: Maybe<Scalars['Float']['output']>;
  /** How many there are. */
  readonly count?: Maybe<Scalars['Long']['output']>;
  /** Whether the numbers are exact. */
  readonly countRelation?: Maybe<TotalCountRelation>;
  /** Which sources these numbers rest on. */
  readonly coverage?: Maybe<Coverage>;
  /** All their virtual CPUs. */
  readonly cpuCount?: Maybe<Scalars['Long']['output']>;
  /** One facet for each grouping asked, in the order asked. */
  readonly facets?: Maybe<ReadonlyArray<VirtualMachineFacet>>;
  /** Memory of the largest machine, in MiB. */
  readonly maxMemoryMiB?: Maybe<Scalars['Long']['output']>;
  /** All their memory, in MiB. */
  readonly memoryMiB?: Maybe<Scalars['Long']['output']>;
  /** Memory of the smallest machine, in MiB. */
  readonly minMemoryMiB?: Maybe<Scalars['Long']['output']>;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = {
  Datastore: Datastore;
  Host: Host;
  Installation: Installation;
  Network: Network;
  Operation: Operation;
  VirtualMachine: VirtualMachine;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Datastore:
    ( { __typename: 'Datastore' }
    & GraphQLRecursivePick<FederationTypes['Datastore'], {"id":true}> );
  Host:
    ( { __typename: 'Host' }
    & GraphQLRecursivePick<FederationTypes['Host'], {"id":true}> );
  Installation:
    ( { __typename: 'Installation' }
    & GraphQLRecursivePick<FederationTypes['Installation'], {"id":true}> );
  Network:
    ( { __typename: 'Network' }
    & GraphQLRecursivePick<FederationTypes['Network'], {"id":true}> );
  Operation:
    ( { __typename: 'Operation' }
    & GraphQLRecursivePick<FederationTypes['Operation'], {"id":true}> );
  VirtualMachine:
    ( { __typename: 'VirtualMachine' }
    & GraphQLRecursivePick<FederationTypes['VirtualMachine'], {"id":true}> );
};


/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Node:
    | ( Row<'Datastore'> )
    | ( Row<'Host'> )
    | ( InstallationView )
    | ( Row<'Network'> )
    | ( Row<'Operation'> )
    | ( Row<'VirtualMachine'> )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AuditAction: AuditAction;
  AuditEvent: ResolverTypeWrapper<AuditRow>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  AuditEventConnection: ResolverTypeWrapper<AuditConnection>;
  AuditEventEdge: ResolverTypeWrapper<Omit<AuditEventEdge, 'node'> & { node?: Maybe<ResolversTypes['AuditEvent']> }>;
  AuditEventFilter: AuditEventFilter;
  AuditEventOrder: AuditEventOrder;
  AuditEventOrderField: AuditEventOrderField;
  AuditOutcome: AuditOutcome;
  Broker: ResolverTypeWrapper<BrokerView>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  BrokerState: BrokerState;
  CancelOperationInput: CancelOperationInput;
  CloneVirtualMachineInput: CloneVirtualMachineInput;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Coverage: ResolverTypeWrapper<CoverageModel>;
  CoverageRequirement: CoverageRequirement;
  CreateSnapshotBulkInput: CreateSnapshotBulkInput;
  CreateSnapshotInput: CreateSnapshotInput;
  CreateVirtualMachineInput: CreateVirtualMachineInput;
  Datastore: ResolverTypeWrapper<Row<'Datastore'>>;
  DatastoreConnection: ResolverTypeWrapper<Omit<DatastoreConnection, 'coverage' | 'edges' | 'nodes'> & { coverage?: Maybe<ResolversTypes['Coverage']>, edges?: Maybe<ReadonlyArray<Maybe<ResolversTypes['DatastoreEdge']>>>, nodes?: Maybe<ReadonlyArray<Maybe<ResolversTypes['Datastore']>>> }>;
  DatastoreEdge: ResolverTypeWrapper<Omit<DatastoreEdge, 'node'> & { node?: Maybe<ResolversTypes['Datastore']> }>;
  DatastoreFilter: DatastoreFilter;
  DatastoreOrder: DatastoreOrder;
  DatastoreOrderField: DatastoreOrderField;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DateTimeFilter: DateTimeFilter;
  DeleteSnapshotInput: DeleteSnapshotInput;
  DeleteVirtualMachineInput: DeleteVirtualMachineInput;
  Disk: ResolverTypeWrapper<DiskModel>;
  EventType: EventType;
  FloatFilter: FloatFilter;
  Host: ResolverTypeWrapper<Row<'Host'>>;
  HostConnection: ResolverTypeWrapper<Omit<HostConnection, 'coverage' | 'edges' | 'nodes'> & { coverage?: Maybe<ResolversTypes['Coverage']>, edges?: Maybe<ReadonlyArray<Maybe<ResolversTypes['HostEdge']>>>, nodes?: Maybe<ReadonlyArray<Maybe<ResolversTypes['Host']>>> }>;
  HostEdge: ResolverTypeWrapper<Omit<HostEdge, 'node'> & { node?: Maybe<ResolversTypes['Host']> }>;
  HostFilter: HostFilter;
  HostOrder: HostOrder;
  HostOrderField: HostOrderField;
  HostState: HostState;
  IdFilter: IdFilter;
  Installation: ResolverTypeWrapper<InstallationView>;
  InventoryEvent: ResolverTypeWrapper<Omit<InventoryEvent, 'node'> & { node?: Maybe<ResolversTypes['Node']> }>;
  InventoryFilter: InventoryFilter;
  Label: ResolverTypeWrapper<Label>;
  LabelFilter: LabelFilter;
  LabelInput: LabelInput;
  LinkState: LinkState;
  Long: ResolverTypeWrapper<Scalars['Long']['output']>;
  LongFilter: LongFilter;
  MergeStrategy: MergeStrategy;
  MigrateVirtualMachineInput: MigrateVirtualMachineInput;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Network: ResolverTypeWrapper<Row<'Network'>>;
  NetworkConnection: ResolverTypeWrapper<Omit<NetworkConnection, 'coverage' | 'edges' | 'nodes'> & { coverage?: Maybe<ResolversTypes['Coverage']>, edges?: Maybe<ReadonlyArray<Maybe<ResolversTypes['NetworkEdge']>>>, nodes?: Maybe<ReadonlyArray<Maybe<ResolversTypes['Network']>>> }>;
  NetworkEdge: ResolverTypeWrapper<Omit<NetworkEdge, 'node'> & { node?: Maybe<ResolversTypes['Network']> }>;
  NetworkFilter: NetworkFilter;
  NetworkInterface: ResolverTypeWrapper<NetworkInterfaceModel>;
  NetworkOrder: NetworkOrder;
  NetworkOrderField: NetworkOrderField;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  Operation: ResolverTypeWrapper<Row<'Operation'>>;
  OperationConnection: ResolverTypeWrapper<Omit<OperationConnection, 'coverage' | 'edges' | 'nodes'> & { coverage?: Maybe<ResolversTypes['Coverage']>, edges?: Maybe<ReadonlyArray<Maybe<ResolversTypes['OperationEdge']>>>, nodes?: Maybe<ReadonlyArray<Maybe<ResolversTypes['Operation']>>> }>;
  OperationEdge: ResolverTypeWrapper<Omit<OperationEdge, 'node'> & { node?: Maybe<ResolversTypes['Operation']> }>;
  OperationError: ResolverTypeWrapper<OperationError>;
  OperationEvent: ResolverTypeWrapper<Omit<OperationEvent, 'operation'> & { operation?: Maybe<ResolversTypes['Operation']> }>;
  OperationFilter: OperationFilter;
  OperationKind: OperationKind;
  OperationOrder: OperationOrder;
  OperationOrderField: OperationOrderField;
  OperationPayload: ResolverTypeWrapper<Omit<OperationPayload, 'coverage' | 'operation'> & { coverage?: Maybe<ResolversTypes['Coverage']>, operation?: Maybe<ResolversTypes['Operation']> }>;
  OperationState: OperationState;
  OperationStep: ResolverTypeWrapper<OperationStep>;
  OrderDirection: OrderDirection;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Permission: Permission;
  PowerAction: PowerAction;
  PowerState: PowerState;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ReconfigureVirtualMachineInput: ReconfigureVirtualMachineInput;
  ResourceType: ResourceType;
  RevertToSnapshotInput: RevertToSnapshotInput;
  SetPowerStateBulkInput: SetPowerStateBulkInput;
  SetPowerStateInput: SetPowerStateInput;
  Site: ResolverTypeWrapper<SiteView>;
  SiteLink: ResolverTypeWrapper<LinkView>;
  SourceCoverage: ResolverTypeWrapper<SourceCoverageModel>;
  SourceStatus: SourceStatus;
  StringFilter: StringFilter;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Tier: Tier;
  TotalCountRelation: TotalCountRelation;
  UserError: ResolverTypeWrapper<UserError>;
  UserErrorCode: UserErrorCode;
  Viewer: ResolverTypeWrapper<ViewerView>;
  ViewerRole: ResolverTypeWrapper<ViewerRole>;
  VirtualMachine: ResolverTypeWrapper<Row<'VirtualMachine'>>;
  VirtualMachineBucket: ResolverTypeWrapper<VirtualMachineBucket>;
  VirtualMachineConnection: ResolverTypeWrapper<Omit<VirtualMachineConnection, 'coverage' | 'edges' | 'nodes'> & { coverage?: Maybe<ResolversTypes['Coverage']>, edges?: Maybe<ReadonlyArray<Maybe<ResolversTypes['VirtualMachineEdge']>>>, nodes?: Maybe<ReadonlyArray<Maybe<ResolversTypes['VirtualMachine']>>> }>;
  VirtualMachineEdge: ResolverTypeWrapper<Omit<VirtualMachineEdge, 'node'> & { node?: Maybe<ResolversTypes['VirtualMachine']> }>;
  VirtualMachineFacet: ResolverTypeWrapper<VirtualMachineFacet>;
  VirtualMachineFilter: VirtualMachineFilter;
  VirtualMachineGroupField: VirtualMachineGroupField;
  VirtualMachineGrouping: VirtualMachineGrouping;
  VirtualMachineOrder: VirtualMachineOrder;
  VirtualMachineOrderField: VirtualMachineOrderField;
  VirtualMachineSnapshot: ResolverTypeWrapper<VmSnapshot>;
  VirtualMachineSummary: ResolverTypeWrapper<Omit<VirtualMachineSummary, 'coverage'> & { coverage?: Maybe<ResolversTypes['Coverage']> }>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AuditEvent: AuditRow;
  ID: Scalars['ID']['output'];
  AuditEventConnection: AuditConnection;
  AuditEventEdge: Omit<AuditEventEdge, 'node'> & { node?: Maybe<ResolversParentTypes['AuditEvent']> };
  AuditEventFilter: AuditEventFilter;
  AuditEventOrder: AuditEventOrder;
  Broker: BrokerView;
  Float: Scalars['Float']['output'];
  CancelOperationInput: CancelOperationInput;
  CloneVirtualMachineInput: CloneVirtualMachineInput;
  Boolean: Scalars['Boolean']['output'];
  Coverage: CoverageModel;
  CreateSnapshotBulkInput: CreateSnapshotBulkInput;
  CreateSnapshotInput: CreateSnapshotInput;
  CreateVirtualMachineInput: CreateVirtualMachineInput;
  Datastore: Row<'Datastore'>;
  DatastoreConnection: Omit<DatastoreConnection, 'coverage' | 'edges' | 'nodes'> & { coverage?: Maybe<ResolversParentTypes['Coverage']>, edges?: Maybe<ReadonlyArray<Maybe<ResolversParentTypes['DatastoreEdge']>>>, nodes?: Maybe<ReadonlyArray<Maybe<ResolversParentTypes['Datastore']>>> };
  DatastoreEdge: Omit<DatastoreEdge, 'node'> & { node?: Maybe<ResolversParentTypes['Datastore']> };
  DatastoreFilter: DatastoreFilter;
  DatastoreOrder: DatastoreOrder;
  DateTime: Scalars['DateTime']['output'];
  DateTimeFilter: DateTimeFilter;
  DeleteSnapshotInput: DeleteSnapshotInput;
  DeleteVirtualMachineInput: DeleteVirtualMachineInput;
  Disk: DiskModel;
  FloatFilter: FloatFilter;
  Host: Row<'Host'>;
  HostConnection: Omit<HostConnection, 'coverage' | 'edges' | 'nodes'> & { coverage?: Maybe<ResolversParentTypes['Coverage']>, edges?: Maybe<ReadonlyArray<Maybe<ResolversParentTypes['HostEdge']>>>, nodes?: Maybe<ReadonlyArray<Maybe<ResolversParentTypes['Host']>>> };
  HostEdge: Omit<HostEdge, 'node'> & { node?: Maybe<ResolversParentTypes['Host']> };
  HostFilter: HostFilter;
  HostOrder: HostOrder;
  IdFilter: IdFilter;
  Installation: InstallationView;
  InventoryEvent: Omit<InventoryEvent, 'node'> & { node?: Maybe<ResolversParentTypes['Node']> };
  InventoryFilter: InventoryFilter;
  Label: Label;
  LabelFilter: LabelFilter;
  LabelInput: LabelInput;
  Long: Scalars['Long']['output'];
  LongFilter: LongFilter;
  MigrateVirtualMachineInput: MigrateVirtualMachineInput;
  Mutation: Record<PropertyKey, never>;
  Network: Row<'Network'>;
  NetworkConnection: Omit<NetworkConnection, 'coverage' | 'edges' | 'nodes'> & { coverage?: Maybe<ResolversParentTypes['Coverage']>, edges?: Maybe<ReadonlyArray<Maybe<ResolversParentTypes['NetworkEdge']>>>, nodes?: Maybe<ReadonlyArray<Maybe<ResolversParentTypes['Network']>>> };
  NetworkEdge: Omit<NetworkEdge, 'node'> & { node?: Maybe<ResolversParentTypes['Network']> };
  NetworkFilter: NetworkFilter;
  NetworkInterface: NetworkInterfaceModel;
  NetworkOrder: NetworkOrder;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  Operation: Row<'Operation'>;
  OperationConnection: Omit<OperationConnection, 'coverage' | 'edges' | 'nodes'> & { coverage?: Maybe<ResolversParentTypes['Coverage']>, edges?: Maybe<ReadonlyArray<Maybe<ResolversParentTypes['OperationEdge']>>>, nodes?: Maybe<ReadonlyArray<Maybe<ResolversParentTypes['Operation']>>> };
  OperationEdge: Omit<OperationEdge, 'node'> & { node?: Maybe<ResolversParentTypes['Operation']> };
  OperationError: OperationError;
  OperationEvent: Omit<OperationEvent, 'operation'> & { operation?: Maybe<ResolversParentTypes['Operation']> };
  OperationFilter: OperationFilter;
  OperationOrder: OperationOrder;
  OperationPayload: Omit<OperationPayload, 'coverage' | 'operation'> & { coverage?: Maybe<ResolversParentTypes['Coverage']>, operation?: Maybe<ResolversParentTypes['Operation']> };
  OperationStep: OperationStep;
  PageInfo: PageInfo;
  Query: Record<PropertyKey, never>;
  ReconfigureVirtualMachineInput: ReconfigureVirtualMachineInput;
  RevertToSnapshotInput: RevertToSnapshotInput;
  SetPowerStateBulkInput: SetPowerStateBulkInput;
  SetPowerStateInput: SetPowerStateInput;
  Site: SiteView;
  SiteLink: LinkView;
  SourceCoverage: SourceCoverageModel;
  StringFilter: StringFilter;
  Subscription: Record<PropertyKey, never>;
  UserError: UserError;
  Viewer: ViewerView;
  ViewerRole: ViewerRole;
  VirtualMachine: Row<'VirtualMachine'>;
  VirtualMachineBucket: VirtualMachineBucket;
  VirtualMachineConnection: Omit<VirtualMachineConnection, 'coverage' | 'edges' | 'nodes'> & { coverage?: Maybe<ResolversParentTypes['Coverage']>, edges?: Maybe<ReadonlyArray<Maybe<ResolversParentTypes['VirtualMachineEdge']>>>, nodes?: Maybe<ReadonlyArray<Maybe<ResolversParentTypes['VirtualMachine']>>> };
  VirtualMachineEdge: Omit<VirtualMachineEdge, 'node'> & { node?: Maybe<ResolversParentTypes['VirtualMachine']> };
  VirtualMachineFacet: VirtualMachineFacet;
  VirtualMachineFilter: VirtualMachineFilter;
  VirtualMachineGrouping: VirtualMachineGrouping;
  VirtualMachineOrder: VirtualMachineOrder;
  VirtualMachineSnapshot: VmSnapshot;
  VirtualMachineSummary: Omit<VirtualMachineSummary, 'coverage'> & { coverage?: Maybe<ResolversParentTypes['Coverage']> };
  String: Scalars['String']['output'];
  Int: Scalars['Int']['output'];
};

export type CoverageDirectiveArgs = {
  atLeast?: Maybe<Scalars['String']['input']>;
  require?: Maybe<CoverageRequirement>;
  sources?: Maybe<ReadonlyArray<Scalars['String']['input']>>;
  timeoutMs?: Maybe<Scalars['Int']['input']>;
};

export type CoverageDirectiveResolver<Result, Parent, ContextType = RequestContext, Args = CoverageDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type ExplainDirectiveArgs = { };

export type ExplainDirectiveResolver<Result, Parent, ContextType = RequestContext, Args = ExplainDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type LocalDirectiveArgs = { };

export type LocalDirectiveResolver<Result, Parent, ContextType = RequestContext, Args = LocalDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type MergeDirectiveArgs = {
  by?: Maybe<ReadonlyArray<Scalars['String']['input']>>;
  count?: Maybe<Scalars['String']['input']>;
  order?: Maybe<ReadonlyArray<Scalars['String']['input']>>;
  sum?: Maybe<Scalars['String']['input']>;
  with: MergeStrategy;
};

export type MergeDirectiveResolver<Result, Parent, ContextType = RequestContext, Args = MergeDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type RouteDirectiveArgs = {
  by: Scalars['String']['input'];
};

export type RouteDirectiveResolver<Result, Parent, ContextType = RequestContext, Args = RouteDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type ScatterDirectiveArgs = { };

export type ScatterDirectiveResolver<Result, Parent, ContextType = RequestContext, Args = ScatterDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type AuditEventResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AuditEvent'] = ResolversParentTypes['AuditEvent']> = {
  action?: Resolver<Maybe<ResolversTypes['AuditAction']>, ParentType, ContextType>;
  actor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  address?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  at?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  broker?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  groups?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  hash?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  installation?: Resolver<Maybe<ResolversTypes['Installation']>, ParentType, ContextType>;
  operationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  outcome?: Resolver<Maybe<ResolversTypes['AuditOutcome']>, ParentType, ContextType>;
  previousHash?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  record?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  requestId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  sequence?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  targetCount?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  targetId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  targetName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type AuditEventConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AuditEventConnection'] = ResolversParentTypes['AuditEventConnection']> = {
  coverage?: Resolver<Maybe<ResolversTypes['Coverage']>, ParentType, ContextType>;
  edges?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['AuditEventEdge']>>>, ParentType, ContextType>;
  nodes?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['AuditEvent']>>>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  totalCountRelation?: Resolver<Maybe<ResolversTypes['TotalCountRelation']>, ParentType, ContextType>;
};

export type AuditEventEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AuditEventEdge'] = ResolversParentTypes['AuditEventEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['AuditEvent']>, ParentType, ContextType>;
};

export type BrokerResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Broker'] = ResolversParentTypes['Broker']> = {
  endpoint?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  inFlight?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  lastError?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  latencyMs?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  p95Ms?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  since?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  state?: Resolver<Maybe<ResolversTypes['BrokerState']>, ParentType, ContextType>;
};

export type CoverageResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Coverage'] = ResolversParentTypes['Coverage']> = {
  complete?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  sources?: Resolver<Maybe<ReadonlyArray<ResolversTypes['SourceCoverage']>>, ParentType, ContextType>;
};

export type DatastoreResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Datastore'] = ResolversParentTypes['Datastore'], FederationReferenceType extends FederationReferenceTypes['Datastore'] = FederationReferenceTypes['Datastore']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Datastore']> | FederationReferenceType, FederationReferenceType, ContextType>;
  capacityBytes?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  freeBytes?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  installation?: Resolver<Maybe<ResolversTypes['Installation']>, ParentType, ContextType>;
  kind?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  localId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DatastoreConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['DatastoreConnection'] = ResolversParentTypes['DatastoreConnection']> = {
  coverage?: Resolver<Maybe<ResolversTypes['Coverage']>, ParentType, ContextType>;
  edges?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['DatastoreEdge']>>>, ParentType, ContextType>;
  nodes?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['Datastore']>>>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  totalCountRelation?: Resolver<Maybe<ResolversTypes['TotalCountRelation']>, ParentType, ContextType>;
};

export type DatastoreEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['DatastoreEdge'] = ResolversParentTypes['DatastoreEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['Datastore']>, ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DiskResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Disk'] = ResolversParentTypes['Disk']> = {
  allocatedBytes?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  capacityBytes?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  datastore?: Resolver<Maybe<ResolversTypes['Datastore']>, ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  path?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type HostResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Host'] = ResolversParentTypes['Host'], FederationReferenceType extends FederationReferenceTypes['Host'] = FederationReferenceTypes['Host']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Host']> | FederationReferenceType, FederationReferenceType, ContextType>;
  cpuCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  cpuModel?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hypervisor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  installation?: Resolver<Maybe<ResolversTypes['Installation']>, ParentType, ContextType>;
  localId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  memoryMiB?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  state?: Resolver<Maybe<ResolversTypes['HostState']>, ParentType, ContextType>;
  virtualMachines?: Resolver<Maybe<ResolversTypes['VirtualMachineConnection']>, ParentType, ContextType, RequireFields<HostVirtualMachinesArgs, 'orderBy'>>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type HostConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['HostConnection'] = ResolversParentTypes['HostConnection']> = {
  coverage?: Resolver<Maybe<ResolversTypes['Coverage']>, ParentType, ContextType>;
  edges?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['HostEdge']>>>, ParentType, ContextType>;
  nodes?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['Host']>>>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  totalCountRelation?: Resolver<Maybe<ResolversTypes['TotalCountRelation']>, ParentType, ContextType>;
};

export type HostEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['HostEdge'] = ResolversParentTypes['HostEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['Host']>, ParentType, ContextType>;
};

export type InstallationResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Installation'] = ResolversParentTypes['Installation'], FederationReferenceType extends FederationReferenceTypes['Installation'] = FederationReferenceTypes['Installation']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Installation']> | FederationReferenceType, FederationReferenceType, ContextType>;
  brokers?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Broker']>>, ParentType, ContextType>;
  driver?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  localId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  site?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type InventoryEventResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['InventoryEvent'] = ResolversParentTypes['InventoryEvent']> = {
  fromSequence?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType>;
  resumeToken?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  sequence?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  source?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  type?: Resolver<Maybe<ResolversTypes['EventType']>, ParentType, ContextType>;
};

export type LabelResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Label'] = ResolversParentTypes['Label']> = {
  key?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export interface LongScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Long'], any> {
  name: 'Long';
}

export type MutationResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  cancelOperation?: Resolver<Maybe<ResolversTypes['OperationPayload']>, ParentType, ContextType, RequireFields<MutationCancelOperationArgs, 'input'>>;
  cloneVirtualMachine?: Resolver<Maybe<ResolversTypes['OperationPayload']>, ParentType, ContextType, RequireFields<MutationCloneVirtualMachineArgs, 'input'>>;
  createSnapshot?: Resolver<Maybe<ResolversTypes['OperationPayload']>, ParentType, ContextType, RequireFields<MutationCreateSnapshotArgs, 'input'>>;
  createSnapshotBulk?: Resolver<Maybe<ResolversTypes['OperationPayload']>, ParentType, ContextType, RequireFields<MutationCreateSnapshotBulkArgs, 'input'>>;
  createVirtualMachine?: Resolver<Maybe<ResolversTypes['OperationPayload']>, ParentType, ContextType, RequireFields<MutationCreateVirtualMachineArgs, 'input'>>;
  deleteSnapshot?: Resolver<Maybe<ResolversTypes['OperationPayload']>, ParentType, ContextType, RequireFields<MutationDeleteSnapshotArgs, 'input'>>;
  deleteVirtualMachine?: Resolver<Maybe<ResolversTypes['OperationPayload']>, ParentType, ContextType, RequireFields<MutationDeleteVirtualMachineArgs, 'input'>>;
  migrateVirtualMachine?: Resolver<Maybe<ResolversTypes['OperationPayload']>, ParentType, ContextType, RequireFields<MutationMigrateVirtualMachineArgs, 'input'>>;
  reconfigureVirtualMachine?: Resolver<Maybe<ResolversTypes['OperationPayload']>, ParentType, ContextType, RequireFields<MutationReconfigureVirtualMachineArgs, 'input'>>;
  revertToSnapshot?: Resolver<Maybe<ResolversTypes['OperationPayload']>, ParentType, ContextType, RequireFields<MutationRevertToSnapshotArgs, 'input'>>;
  setPowerState?: Resolver<Maybe<ResolversTypes['OperationPayload']>, ParentType, ContextType, RequireFields<MutationSetPowerStateArgs, 'input'>>;
  setPowerStateBulk?: Resolver<Maybe<ResolversTypes['OperationPayload']>, ParentType, ContextType, RequireFields<MutationSetPowerStateBulkArgs, 'input'>>;
};

export type NetworkResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Network'] = ResolversParentTypes['Network'], FederationReferenceType extends FederationReferenceTypes['Network'] = FederationReferenceTypes['Network']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Network']> | FederationReferenceType, FederationReferenceType, ContextType>;
  bridge?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  cidrs?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  installation?: Resolver<Maybe<ResolversTypes['Installation']>, ParentType, ContextType>;
  kind?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  localId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  vlanId?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type NetworkConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['NetworkConnection'] = ResolversParentTypes['NetworkConnection']> = {
  coverage?: Resolver<Maybe<ResolversTypes['Coverage']>, ParentType, ContextType>;
  edges?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['NetworkEdge']>>>, ParentType, ContextType>;
  nodes?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['Network']>>>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  totalCountRelation?: Resolver<Maybe<ResolversTypes['TotalCountRelation']>, ParentType, ContextType>;
};

export type NetworkEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['NetworkEdge'] = ResolversParentTypes['NetworkEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['Network']>, ParentType, ContextType>;
};

export type NetworkInterfaceResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['NetworkInterface'] = ResolversParentTypes['NetworkInterface']> = {
  ipAddresses?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  macAddress?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  network?: Resolver<Maybe<ResolversTypes['Network']>, ParentType, ContextType>;
};

export type NodeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Datastore' | 'Host' | 'Installation' | 'Network' | 'Operation' | 'VirtualMachine', ParentType, ContextType>;
};

export type OperationResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Operation'] = ResolversParentTypes['Operation'], FederationReferenceType extends FederationReferenceTypes['Operation'] = FederationReferenceTypes['Operation']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Operation']> | FederationReferenceType, FederationReferenceType, ContextType>;
  actor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  cancelRequested?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  cancelledCount?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  createdAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  error?: Resolver<Maybe<ResolversTypes['OperationError']>, ParentType, ContextType>;
  failedCount?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  idempotencyKey?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  installation?: Resolver<Maybe<ResolversTypes['Installation']>, ParentType, ContextType>;
  itemCount?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  itemProgress?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  kind?: Resolver<Maybe<ResolversTypes['OperationKind']>, ParentType, ContextType>;
  localId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  parentId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  progress?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  revision?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  startedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  state?: Resolver<Maybe<ResolversTypes['OperationState']>, ParentType, ContextType>;
  steps?: Resolver<Maybe<ReadonlyArray<ResolversTypes['OperationStep']>>, ParentType, ContextType>;
  succeededCount?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  target?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType>;
  targetId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  targetName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type OperationConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['OperationConnection'] = ResolversParentTypes['OperationConnection']> = {
  coverage?: Resolver<Maybe<ResolversTypes['Coverage']>, ParentType, ContextType>;
  edges?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['OperationEdge']>>>, ParentType, ContextType>;
  nodes?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['Operation']>>>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  totalCountRelation?: Resolver<Maybe<ResolversTypes['TotalCountRelation']>, ParentType, ContextType>;
};

export type OperationEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['OperationEdge'] = ResolversParentTypes['OperationEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['Operation']>, ParentType, ContextType>;
};

export type OperationErrorResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['OperationError'] = ResolversParentTypes['OperationError']> = {
  code?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  message?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type OperationEventResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['OperationEvent'] = ResolversParentTypes['OperationEvent']> = {
  fromSequence?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  operation?: Resolver<Maybe<ResolversTypes['Operation']>, ParentType, ContextType>;
  resumeToken?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  sequence?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  source?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  type?: Resolver<Maybe<ResolversTypes['EventType']>, ParentType, ContextType>;
};

export type OperationPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['OperationPayload'] = ResolversParentTypes['OperationPayload']> = {
  coverage?: Resolver<Maybe<ResolversTypes['Coverage']>, ParentType, ContextType>;
  operation?: Resolver<Maybe<ResolversTypes['Operation']>, ParentType, ContextType>;
  preview?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  targetCount?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  userErrors?: Resolver<Maybe<ReadonlyArray<ResolversTypes['UserError']>>, ParentType, ContextType>;
};

export type OperationStepResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['OperationStep'] = ResolversParentTypes['OperationStep']> = {
  at?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  message?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  auditEvents?: Resolver<Maybe<ResolversTypes['AuditEventConnection']>, ParentType, ContextType, RequireFields<QueryAuditEventsArgs, 'orderBy'>>;
  datastore?: Resolver<Maybe<ResolversTypes['Datastore']>, ParentType, ContextType, RequireFields<QueryDatastoreArgs, 'id'>>;
  datastores?: Resolver<Maybe<ResolversTypes['DatastoreConnection']>, ParentType, ContextType, RequireFields<QueryDatastoresArgs, 'orderBy'>>;
  host?: Resolver<Maybe<ResolversTypes['Host']>, ParentType, ContextType, RequireFields<QueryHostArgs, 'id'>>;
  hosts?: Resolver<Maybe<ResolversTypes['HostConnection']>, ParentType, ContextType, RequireFields<QueryHostsArgs, 'orderBy'>>;
  installation?: Resolver<Maybe<ResolversTypes['Installation']>, ParentType, ContextType, RequireFields<QueryInstallationArgs, 'id'>>;
  network?: Resolver<Maybe<ResolversTypes['Network']>, ParentType, ContextType, RequireFields<QueryNetworkArgs, 'id'>>;
  networks?: Resolver<Maybe<ResolversTypes['NetworkConnection']>, ParentType, ContextType, RequireFields<QueryNetworksArgs, 'orderBy'>>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  nodes?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['Node']>>>, ParentType, ContextType, RequireFields<QueryNodesArgs, 'ids'>>;
  operation?: Resolver<Maybe<ResolversTypes['Operation']>, ParentType, ContextType, RequireFields<QueryOperationArgs, 'id'>>;
  operations?: Resolver<Maybe<ResolversTypes['OperationConnection']>, ParentType, ContextType, RequireFields<QueryOperationsArgs, 'orderBy'>>;
  site?: Resolver<Maybe<ResolversTypes['Site']>, ParentType, ContextType>;
  sites?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Site']>>, ParentType, ContextType>;
  viewer?: Resolver<Maybe<ResolversTypes['Viewer']>, ParentType, ContextType>;
  virtualMachine?: Resolver<Maybe<ResolversTypes['VirtualMachine']>, ParentType, ContextType, RequireFields<QueryVirtualMachineArgs, 'id'>>;
  virtualMachineSummary?: Resolver<Maybe<ResolversTypes['VirtualMachineSummary']>, ParentType, ContextType, Partial<QueryVirtualMachineSummaryArgs>>;
  virtualMachines?: Resolver<Maybe<ResolversTypes['VirtualMachineConnection']>, ParentType, ContextType, RequireFields<QueryVirtualMachinesArgs, 'orderBy'>>;
};

export type SiteResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Site'] = ResolversParentTypes['Site']> = {
  answeredBy?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  installations?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Installation']>>, ParentType, ContextType>;
  link?: Resolver<Maybe<ResolversTypes['SiteLink']>, ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type SiteLinkResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['SiteLink'] = ResolversParentTypes['SiteLink']> = {
  bytesPerSecond?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  p95Ms?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  requestsPerSecond?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  rttMs?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  state?: Resolver<Maybe<ResolversTypes['LinkState']>, ParentType, ContextType>;
};

export type SourceCoverageResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['SourceCoverage'] = ResolversParentTypes['SourceCoverage']> = {
  asOf?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  attempts?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  endpoint?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  latencyMs?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  message?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  parent?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  rows?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  status?: Resolver<Maybe<ResolversTypes['SourceStatus']>, ParentType, ContextType>;
  tier?: Resolver<Maybe<ResolversTypes['Tier']>, ParentType, ContextType>;
  unsupportedFields?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  inventoryChanged?: SubscriptionResolver<Maybe<ResolversTypes['InventoryEvent']>, "inventoryChanged", ParentType, ContextType, Partial<SubscriptionInventoryChangedArgs>>;
  operationUpdated?: SubscriptionResolver<Maybe<ResolversTypes['OperationEvent']>, "operationUpdated", ParentType, ContextType, RequireFields<SubscriptionOperationUpdatedArgs, 'id'>>;
  operationsChanged?: SubscriptionResolver<Maybe<ResolversTypes['OperationEvent']>, "operationsChanged", ParentType, ContextType, Partial<SubscriptionOperationsChangedArgs>>;
  siteChanged?: SubscriptionResolver<Maybe<ResolversTypes['Site']>, "siteChanged", ParentType, ContextType>;
  virtualMachinesLive?: SubscriptionResolver<Maybe<ResolversTypes['VirtualMachineConnection']>, "virtualMachinesLive", ParentType, ContextType, RequireFields<SubscriptionVirtualMachinesLiveArgs, 'orderBy'>>;
};

export type UserErrorResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['UserError'] = ResolversParentTypes['UserError']> = {
  code?: Resolver<Maybe<ResolversTypes['UserErrorCode']>, ParentType, ContextType>;
  field?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  message?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ViewerResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Viewer'] = ResolversParentTypes['Viewer']> = {
  can?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType, RequireFields<ViewerCanArgs, 'action' | 'id'>>;
  coverage?: Resolver<Maybe<ResolversTypes['Coverage']>, ParentType, ContextType>;
  groups?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  roles?: Resolver<Maybe<ReadonlyArray<ResolversTypes['ViewerRole']>>, ParentType, ContextType>;
  site?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  subject?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ViewerRoleResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ViewerRole'] = ResolversParentTypes['ViewerRole']> = {
  installation?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  labels?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  permissions?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Permission']>>, ParentType, ContextType>;
  role?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type VirtualMachineResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['VirtualMachine'] = ResolversParentTypes['VirtualMachine'], FederationReferenceType extends FederationReferenceTypes['VirtualMachine'] = FederationReferenceTypes['VirtualMachine']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['VirtualMachine']> | FederationReferenceType, FederationReferenceType, ContextType>;
  annotations?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Label']>>, ParentType, ContextType>;
  bootedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  cpuCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  cpuUsage?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  createdAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  disks?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Disk']>>, ParentType, ContextType>;
  guestOs?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  host?: Resolver<Maybe<ResolversTypes['Host']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  installation?: Resolver<Maybe<ResolversTypes['Installation']>, ParentType, ContextType>;
  ipAddresses?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  labels?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Label']>>, ParentType, ContextType>;
  localId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  memoryMiB?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  memoryUsageMiB?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  networkInterfaces?: Resolver<Maybe<ReadonlyArray<ResolversTypes['NetworkInterface']>>, ParentType, ContextType>;
  powerState?: Resolver<Maybe<ResolversTypes['PowerState']>, ParentType, ContextType>;
  snapshots?: Resolver<Maybe<ReadonlyArray<ResolversTypes['VirtualMachineSnapshot']>>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type VirtualMachineBucketResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['VirtualMachineBucket'] = ResolversParentTypes['VirtualMachineBucket']> = {
  count?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  cpuCount?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  key?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  memoryMiB?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type VirtualMachineConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['VirtualMachineConnection'] = ResolversParentTypes['VirtualMachineConnection']> = {
  coverage?: Resolver<Maybe<ResolversTypes['Coverage']>, ParentType, ContextType>;
  edges?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['VirtualMachineEdge']>>>, ParentType, ContextType>;
  nodes?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['VirtualMachine']>>>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  totalCountRelation?: Resolver<Maybe<ResolversTypes['TotalCountRelation']>, ParentType, ContextType>;
};

export type VirtualMachineEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['VirtualMachineEdge'] = ResolversParentTypes['VirtualMachineEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['VirtualMachine']>, ParentType, ContextType>;
};

export type VirtualMachineFacetResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['VirtualMachineFacet'] = ResolversParentTypes['VirtualMachineFacet']> = {
  buckets?: Resolver<Maybe<ReadonlyArray<ResolversTypes['VirtualMachineBucket']>>, ParentType, ContextType>;
  field?: Resolver<Maybe<ResolversTypes['VirtualMachineGroupField']>, ParentType, ContextType>;
  label?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  position?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type VirtualMachineSnapshotResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['VirtualMachineSnapshot'] = ResolversParentTypes['VirtualMachineSnapshot']> = {
  createdAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  isCurrent?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  parent?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  powerState?: Resolver<Maybe<ResolversTypes['PowerState']>, ParentType, ContextType>;
};

export type VirtualMachineSummaryResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['VirtualMachineSummary'] = ResolversParentTypes['VirtualMachineSummary']> = {
  averageCpuCount?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  averageMemoryMiB?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  count?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  countRelation?: Resolver<Maybe<ResolversTypes['TotalCountRelation']>, ParentType, ContextType>;
  coverage?: Resolver<Maybe<ResolversTypes['Coverage']>, ParentType, ContextType>;
  cpuCount?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  facets?: Resolver<Maybe<ReadonlyArray<ResolversTypes['VirtualMachineFacet']>>, ParentType, ContextType>;
  maxMemoryMiB?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  memoryMiB?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  minMemoryMiB?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = RequestContext> = {
  AuditEvent?: AuditEventResolvers<ContextType>;
  AuditEventConnection?: AuditEventConnectionResolvers<ContextType>;
  AuditEventEdge?: AuditEventEdgeResolvers<ContextType>;
  Broker?: BrokerResolvers<ContextType>;
  Coverage?: CoverageResolvers<ContextType>;
  Datastore?: DatastoreResolvers<ContextType>;
  DatastoreConnection?: DatastoreConnectionResolvers<ContextType>;
  DatastoreEdge?: DatastoreEdgeResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  Disk?: DiskResolvers<ContextType>;
  Host?: HostResolvers<ContextType>;
  HostConnection?: HostConnectionResolvers<ContextType>;
  HostEdge?: HostEdgeResolvers<ContextType>;
  Installation?: InstallationResolvers<ContextType>;
  InventoryEvent?: InventoryEventResolvers<ContextType>;
  Label?: LabelResolvers<ContextType>;
  Long?: GraphQLScalarType;
  Mutation?: MutationResolvers<ContextType>;
  Network?: NetworkResolvers<ContextType>;
  NetworkConnection?: NetworkConnectionResolvers<ContextType>;
  NetworkEdge?: NetworkEdgeResolvers<ContextType>;
  NetworkInterface?: NetworkInterfaceResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  Operation?: OperationResolvers<ContextType>;
  OperationConnection?: OperationConnectionResolvers<ContextType>;
  OperationEdge?: OperationEdgeResolvers<ContextType>;
  OperationError?: OperationErrorResolvers<ContextType>;
  OperationEvent?: OperationEventResolvers<ContextType>;
  OperationPayload?: OperationPayloadResolvers<ContextType>;
  OperationStep?: OperationStepResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Site?: SiteResolvers<ContextType>;
  SiteLink?: SiteLinkResolvers<ContextType>;
  SourceCoverage?: SourceCoverageResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  UserError?: UserErrorResolvers<ContextType>;
  Viewer?: ViewerResolvers<ContextType>;
  ViewerRole?: ViewerRoleResolvers<ContextType>;
  VirtualMachine?: VirtualMachineResolvers<ContextType>;
  VirtualMachineBucket?: VirtualMachineBucketResolvers<ContextType>;
  VirtualMachineConnection?: VirtualMachineConnectionResolvers<ContextType>;
  VirtualMachineEdge?: VirtualMachineEdgeResolvers<ContextType>;
  VirtualMachineFacet?: VirtualMachineFacetResolvers<ContextType>;
  VirtualMachineSnapshot?: VirtualMachineSnapshotResolvers<ContextType>;
  VirtualMachineSummary?: VirtualMachineSummaryResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = RequestContext> = {
  coverage?: CoverageDirectiveResolver<any, any, ContextType>;
  explain?: ExplainDirectiveResolver<any, any, ContextType>;
  local?: LocalDirectiveResolver<any, any, ContextType>;
  merge?: MergeDirectiveResolver<any, any, ContextType>;
  route?: RouteDirectiveResolver<any, any, ContextType>;
  scatter?: ScatterDirectiveResolver<any, any, ContextType>;
};
