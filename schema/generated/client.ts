// Made by "npm run generate". Edit schema/ or src/client/documents/ instead.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedQueryDocumentNode as DocumentNode } from 'graphql';
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

/** Which events are wanted. All conditions given must hold. */
export type AuditEventFilter = {
  /** About one of these. */
  readonly action?: ReadonlyArray<AuditAction> | null | undefined;
  /** On who asked, as a whole. */
  readonly actor?: IdFilter | null | undefined;
  /** On the address they came from, as a whole. */
  readonly address?: IdFilter | null | undefined;
  /** All of these must hold. */
  readonly and?: ReadonlyArray<AuditEventFilter> | null | undefined;
  /** On the time. */
  readonly at?: DateTimeFilter | null | undefined;
  /** On the installation's id. */
  readonly installation?: IdFilter | null | undefined;
  /** This must not hold. */
  readonly not?: AuditEventFilter | null | undefined;
  /** On the global id of the operation. */
  readonly operationId?: IdFilter | null | undefined;
  /** At least one of these must hold; an empty list holds for none. */
  readonly or?: ReadonlyArray<AuditEventFilter> | null | undefined;
  /** With one of these outcomes. */
  readonly outcome?: ReadonlyArray<AuditOutcome> | null | undefined;
  /** On the id of the request. */
  readonly requestId?: IdFilter | null | undefined;
  /** On the id of the installation's site. */
  readonly site?: IdFilter | null | undefined;
  /** On the global id of what was to be changed. */
  readonly targetId?: IdFilter | null | undefined;
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
  readonly id: string;
};

/** Which machine is to be copied, and what the copy is like. */
export type CloneVirtualMachineInput = {
  /** True: check it and say what would be done, and change nothing. */
  readonly dryRun?: boolean | null | undefined;
  /** The global id of the host to assign it to; the manager chooses if it is not said. */
  readonly hostId?: string | null | undefined;
  /** The global id of the machine to copy. */
  readonly id: string;
  /** Any text of the caller's, at most 200 characters: the same request with the same key is carried out once. */
  readonly idempotencyKey?: string | null | undefined;
  /** The name of the copy, unique within the installation. */
  readonly name: string;
  /** True: start it as soon as it is there. */
  readonly start?: boolean | null | undefined;
};

/** Which machines' states are to be kept. */
export type CreateSnapshotBulkInput = {
  /** What to note about them. */
  readonly description?: string | null | undefined;
  /** True: check it and say what would be done, and change nothing. */
  readonly dryRun?: boolean | null | undefined;
  /** Which machines. */
  readonly filter: VirtualMachineFilter;
  /** Any text of the caller's, at most 200 characters: the same request with the same key is carried out once. */
  readonly idempotencyKey?: string | null | undefined;
  /** As many machines as it may concern at most, 1 to 10000. */
  readonly maxTargets?: number | null | undefined;
  /** The name of each snapshot, unique within each machine. */
  readonly name: string;
  /** Between tiers only; a client leaves it out: the operation that this is a part of. */
  readonly operationId?: string | null | undefined;
};

/** Which state is to be kept, and how it is called. */
export type CreateSnapshotInput = {
  /** What to note about it. */
  readonly description?: string | null | undefined;
  /** True: check it and say what would be done, and change nothing. */
  readonly dryRun?: boolean | null | undefined;
  /** The global id of the machine. */
  readonly id: string;
  /** Any text of the caller's, at most 200 characters: the same request with the same key is carried out once. */
  readonly idempotencyKey?: string | null | undefined;
  /** Its name, unique within the machine. */
  readonly name: string;
};

/** The machine to be made. */
export type CreateVirtualMachineInput = {
  /** Its annotations. */
  readonly annotations?: ReadonlyArray<LabelInput> | null | undefined;
  /** The number of virtual CPUs; 1 if neither this nor the template says it. */
  readonly cpuCount?: number | null | undefined;
  /** The global id of the datastore for its disk; the first there is if it is not said. */
  readonly datastoreId?: string | null | undefined;
  /** How large its disk is to be, in bytes; without it and without a template it has none. */
  readonly diskBytes?: number | null | undefined;
  /** True: check it and say what would be done, and change nothing. */
  readonly dryRun?: boolean | null | undefined;
  /** The guest operating system. */
  readonly guestOs?: string | null | undefined;
  /** The global id of the host to assign it to; the manager chooses if it is not said. */
  readonly hostId?: string | null | undefined;
  /** Any text of the caller's, at most 200 characters: the same request with the same key is carried out once. */
  readonly idempotencyKey?: string | null | undefined;
  /** The global id of the installation to make it in. */
  readonly installationId: string;
  /** Its labels. */
  readonly labels?: ReadonlyArray<LabelInput> | null | undefined;
  /** The memory it may use, in MiB; 512 if neither this nor the template says it. */
  readonly memoryMiB?: number | null | undefined;
  /** Its name, unique within the installation. */
  readonly name: string;
  /** The global id of the network to attach it to; none if neither this nor the template says it. */
  readonly networkId?: string | null | undefined;
  /** True: start it as soon as it is there. */
  readonly start?: boolean | null | undefined;
  /** The global id of a machine of the same installation to take everything from that is not said here. */
  readonly templateId?: string | null | undefined;
};

/** Which datastores are wanted. All conditions given must hold. */
export type DatastoreFilter = {
  /** All of these must hold. */
  readonly and?: ReadonlyArray<DatastoreFilter> | null | undefined;
  /** On the capacity in bytes. */
  readonly capacityBytes?: LongFilter | null | undefined;
  /** On the free space in bytes. */
  readonly freeBytes?: LongFilter | null | undefined;
  /** On the global id. */
  readonly id?: IdFilter | null | undefined;
  /** On the installation's id. */
  readonly installation?: IdFilter | null | undefined;
  /** On the kind. */
  readonly kind?: StringFilter | null | undefined;
  /** On the name. */
  readonly name?: StringFilter | null | undefined;
  /** This must not hold. */
  readonly not?: DatastoreFilter | null | undefined;
  /** At least one of these must hold; an empty list holds for none. */
  readonly or?: ReadonlyArray<DatastoreFilter> | null | undefined;
  /** On the id of the installation's site. */
  readonly site?: IdFilter | null | undefined;
};

/** Conditions on an instant. All conditions given must hold. A missing value meets none of them, except `isNull: true`. */
export type DateTimeFilter = {
  /** After this instant. */
  readonly gt?: string | null | undefined;
  /** At or after this instant. */
  readonly gte?: string | null | undefined;
  /** True: has no value. False: has one. */
  readonly isNull?: boolean | null | undefined;
  /** Before this instant. */
  readonly lt?: string | null | undefined;
  /** At or before this instant. */
  readonly lte?: string | null | undefined;
};

/** Which kept state is to go. */
export type DeleteSnapshotInput = {
  /** True: check it and say what would be done, and change nothing. */
  readonly dryRun?: boolean | null | undefined;
  /** The global id of the machine. */
  readonly id: string;
  /** Any text of the caller's, at most 200 characters: the same request with the same key is carried out once. */
  readonly idempotencyKey?: string | null | undefined;
  /** The name of the snapshot. */
  readonly name: string;
};

/** Which machine is to go. */
export type DeleteVirtualMachineInput = {
  /** True: check it and say what would be done, and change nothing. */
  readonly dryRun?: boolean | null | undefined;
  /** True: take its power away first if it runs. Otherwise a machine that runs is not deleted. */
  readonly force?: boolean | null | undefined;
  /** The global id of the machine. */
  readonly id: string;
  /** Any text of the caller's, at most 200 characters: the same request with the same key is carried out once. */
  readonly idempotencyKey?: string | null | undefined;
  /** True: leave its disks where they are. */
  readonly keepDisks?: boolean | null | undefined;
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
  readonly gt?: number | null | undefined;
  /** Greater than or equal to this number. */
  readonly gte?: number | null | undefined;
  /** True: has no value. False: has one. */
  readonly isNull?: boolean | null | undefined;
  /** Less than this number. */
  readonly lt?: number | null | undefined;
  /** Less than or equal to this number. */
  readonly lte?: number | null | undefined;
};

/** Which hosts are wanted. All conditions given must hold. */
export type HostFilter = {
  /** All of these must hold. */
  readonly and?: ReadonlyArray<HostFilter> | null | undefined;
  /** On the number of CPUs. */
  readonly cpuCount?: LongFilter | null | undefined;
  /** On the global id. */
  readonly id?: IdFilter | null | undefined;
  /** On the installation's id. */
  readonly installation?: IdFilter | null | undefined;
  /** On the memory in MiB. */
  readonly memoryMiB?: LongFilter | null | undefined;
  /** On the name. */
  readonly name?: StringFilter | null | undefined;
  /** This must not hold. */
  readonly not?: HostFilter | null | undefined;
  /** At least one of these must hold; an empty list holds for none. */
  readonly or?: ReadonlyArray<HostFilter> | null | undefined;
  /** On the id of the installation's site. */
  readonly site?: IdFilter | null | undefined;
  /** In one of these states. */
  readonly state?: ReadonlyArray<HostState> | null | undefined;
};

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
  readonly eq?: string | null | undefined;
  /** Equal to one of these ids. */
  readonly in?: ReadonlyArray<string> | null | undefined;
};

/** Which resources are wanted, by type; a type without conditions is wanted whole. */
export type InventoryFilter = {
  /** On datastores. */
  readonly datastore?: DatastoreFilter | null | undefined;
  /** On hosts. */
  readonly host?: HostFilter | null | undefined;
  /** On networks. */
  readonly network?: NetworkFilter | null | undefined;
  /** On virtual machines. */
  readonly virtualMachine?: VirtualMachineFilter | null | undefined;
};

/** Conditions on the label of this key. All conditions given must hold. */
export type LabelFilter = {
  /** The value is equal to this text. */
  readonly eq?: string | null | undefined;
  /** True: the label is there, whatever its value. False: it is not there. */
  readonly exists?: boolean | null | undefined;
  /** The value is equal to one of these texts. */
  readonly in?: ReadonlyArray<string> | null | undefined;
  /** The key of the label. */
  readonly key: string;
};

/** A name and its value. */
export type LabelInput = {
  /** The name, 1 to 253 characters. */
  readonly key: string;
  /** The value, possibly empty, at most 4096 characters. */
  readonly value: string;
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
  readonly eq?: number | null | undefined;
  /** Greater than this number. */
  readonly gt?: number | null | undefined;
  /** Greater than or equal to this number. */
  readonly gte?: number | null | undefined;
  /** Equal to one of these numbers. */
  readonly in?: ReadonlyArray<number> | null | undefined;
  /** True: has no value. False: has one. */
  readonly isNull?: boolean | null | undefined;
  /** Less than this number. */
  readonly lt?: number | null | undefined;
  /** Less than or equal to this number. */
  readonly lte?: number | null | undefined;
};

/** Which machine is to move, and where. */
export type MigrateVirtualMachineInput = {
  /** True: check it and say what would be done, and change nothing. */
  readonly dryRun?: boolean | null | undefined;
  /** The global id of the host. */
  readonly hostId: string;
  /** The global id of the machine. */
  readonly id: string;
  /** Any text of the caller's, at most 200 characters: the same request with the same key is carried out once. */
  readonly idempotencyKey?: string | null | undefined;
};

/** Which networks are wanted. All conditions given must hold. */
export type NetworkFilter = {
  /** All of these must hold. */
  readonly and?: ReadonlyArray<NetworkFilter> | null | undefined;
  /** On the global id. */
  readonly id?: IdFilter | null | undefined;
  /** On the installation's id. */
  readonly installation?: IdFilter | null | undefined;
  /** On the kind. */
  readonly kind?: StringFilter | null | undefined;
  /** On the name. */
  readonly name?: StringFilter | null | undefined;
  /** This must not hold. */
  readonly not?: NetworkFilter | null | undefined;
  /** At least one of these must hold; an empty list holds for none. */
  readonly or?: ReadonlyArray<NetworkFilter> | null | undefined;
  /** On the id of the installation's site. */
  readonly site?: IdFilter | null | undefined;
  /** On the VLAN id. */
  readonly vlanId?: LongFilter | null | undefined;
};

/** Which operations are wanted. All conditions given must hold. */
export type OperationFilter = {
  /** On who asked for it. */
  readonly actor?: StringFilter | null | undefined;
  /** All of these must hold. */
  readonly and?: ReadonlyArray<OperationFilter> | null | undefined;
  /** On the time of acceptance. */
  readonly createdAt?: DateTimeFilter | null | undefined;
  /** On the time of its end. */
  readonly finishedAt?: DateTimeFilter | null | undefined;
  /** On the global id. */
  readonly id?: IdFilter | null | undefined;
  /** On the key under which it was accepted. */
  readonly idempotencyKey?: StringFilter | null | undefined;
  /** On the installation's id. */
  readonly installation?: IdFilter | null | undefined;
  /** Of one of these kinds. */
  readonly kind?: ReadonlyArray<OperationKind> | null | undefined;
  /** This must not hold. */
  readonly not?: OperationFilter | null | undefined;
  /** At least one of these must hold; an empty list holds for none. */
  readonly or?: ReadonlyArray<OperationFilter> | null | undefined;
  /** On the global id of the bulk it is a part of. */
  readonly parentId?: IdFilter | null | undefined;
  /** On the id of the installation's site. */
  readonly site?: IdFilter | null | undefined;
  /** In one of these states. */
  readonly state?: ReadonlyArray<OperationState> | null | undefined;
  /** On the global id of what is changed. */
  readonly targetId?: IdFilter | null | undefined;
  /** On the name of what is changed. */
  readonly targetName?: StringFilter | null | undefined;
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

/** The direction of an order. */
export type OrderDirection =
  /** Ascending; rows without a value come last. */
  | 'ASC'
  /** Descending; rows without a value come first. */
  | 'DESC';

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

/** What is to be changed in a machine. */
export type ReconfigureVirtualMachineInput = {
  /** All its annotations; those it has now are replaced. */
  readonly annotations?: ReadonlyArray<LabelInput> | null | undefined;
  /** The number of virtual CPUs. */
  readonly cpuCount?: number | null | undefined;
  /** True: check it and say what would be done, and change nothing. */
  readonly dryRun?: boolean | null | undefined;
  /** The global id of the machine. */
  readonly id: string;
  /** Any text of the caller's, at most 200 characters: the same request with the same key is carried out once. */
  readonly idempotencyKey?: string | null | undefined;
  /** All its labels; those it has now are replaced. */
  readonly labels?: ReadonlyArray<LabelInput> | null | undefined;
  /** The memory it may use, in MiB. */
  readonly memoryMiB?: number | null | undefined;
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
  readonly dryRun?: boolean | null | undefined;
  /** The global id of the machine. */
  readonly id: string;
  /** Any text of the caller's, at most 200 characters: the same request with the same key is carried out once. */
  readonly idempotencyKey?: string | null | undefined;
  /** The name of the snapshot. */
  readonly name: string;
};

/** Which machines' power is to be changed, and how. */
export type SetPowerStateBulkInput = {
  /** What to do. */
  readonly action: PowerAction;
  /** True: check it and say what would be done, and change nothing. */
  readonly dryRun?: boolean | null | undefined;
  /** Which machines. */
  readonly filter: VirtualMachineFilter;
  /** Any text of the caller's, at most 200 characters: the same request with the same key is carried out once. */
  readonly idempotencyKey?: string | null | undefined;
  /** As many machines as it may concern at most, 1 to 10000. */
  readonly maxTargets?: number | null | undefined;
  /** Between tiers only; a client leaves it out: the operation that this is a part of. */
  readonly operationId?: string | null | undefined;
};

/** Which machine's power is to be changed, and how. */
export type SetPowerStateInput = {
  /** What to do. */
  readonly action: PowerAction;
  /** True: check it and say what would be done, and change nothing. */
  readonly dryRun?: boolean | null | undefined;
  /** The global id of the machine. */
  readonly id: string;
  /** Any text of the caller's, at most 200 characters: the same request with the same key is carried out once. */
  readonly idempotencyKey?: string | null | undefined;
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
  readonly contains?: string | null | undefined;
  /** Ends with this text. */
  readonly endsWith?: string | null | undefined;
  /** Equal to this text. */
  readonly eq?: string | null | undefined;
  /** Compare without regard to case (Unicode simple lower case). */
  readonly ignoreCase?: boolean | null | undefined;
  /** Equal to one of these texts. */
  readonly in?: ReadonlyArray<string> | null | undefined;
  /** True: has no value. False: has one. */
  readonly isNull?: boolean | null | undefined;
  /** Starts with this text. */
  readonly startsWith?: string | null | undefined;
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

/** Which virtual machines are wanted. All conditions given must hold. */
export type VirtualMachineFilter = {
  /** All of these must hold. */
  readonly and?: ReadonlyArray<VirtualMachineFilter> | null | undefined;
  /** On the time of the last boot. */
  readonly bootedAt?: DateTimeFilter | null | undefined;
  /** On the number of virtual CPUs. */
  readonly cpuCount?: LongFilter | null | undefined;
  /** On the CPU usage, as a share from 0 to 1. */
  readonly cpuUsage?: FloatFilter | null | undefined;
  /** On the time of creation. */
  readonly createdAt?: DateTimeFilter | null | undefined;
  /** On the guest operating system. */
  readonly guestOs?: StringFilter | null | undefined;
  /** On the host's name. */
  readonly host?: StringFilter | null | undefined;
  /** On the host's global id. */
  readonly hostId?: IdFilter | null | undefined;
  /** On the global id. */
  readonly id?: IdFilter | null | undefined;
  /** On the installation's id. */
  readonly installation?: IdFilter | null | undefined;
  /** On the IP addresses: at least one address meets it. */
  readonly ipAddress?: StringFilter | null | undefined;
  /** On the labels; all must hold. */
  readonly label?: ReadonlyArray<LabelFilter> | null | undefined;
  /** On the memory in MiB. */
  readonly memoryMiB?: LongFilter | null | undefined;
  /** On the memory in use in MiB. */
  readonly memoryUsageMiB?: LongFilter | null | undefined;
  /** On the name. */
  readonly name?: StringFilter | null | undefined;
  /** This must not hold. */
  readonly not?: VirtualMachineFilter | null | undefined;
  /** At least one of these must hold; an empty list holds for none. */
  readonly or?: ReadonlyArray<VirtualMachineFilter> | null | undefined;
  /** In one of these power states. */
  readonly powerState?: ReadonlyArray<PowerState> | null | undefined;
  /** On the id of the installation's site. */
  readonly site?: IdFilter | null | undefined;
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

export type ListAuditEventsQueryVariables = Exact<{
  filter?: AuditEventFilter | null | undefined;
  orderBy?: AuditEventOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ListAuditEventsQuery = { readonly auditEvents: { readonly totalCount: number | null, readonly totalCountRelation: TotalCountRelation | null, readonly nodes: ReadonlyArray<{ readonly at: string | null, readonly sequence: number | null, readonly actor: string | null, readonly address: string | null, readonly broker: string | null, readonly action: AuditAction | null, readonly outcome: AuditOutcome | null, readonly reason: string | null, readonly targetName: string | null, readonly targetCount: number | null, readonly targetId: string | null, readonly operationId: string | null, readonly requestId: string | null, readonly installation: { readonly localId: string | null } | null } | null> | null, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null };

export type AuditedInstallationsQueryVariables = Exact<{ [key: string]: never; }>;


export type AuditedInstallationsQuery = { readonly auditEvents: { readonly coverage: { readonly sources: ReadonlyArray<{ readonly id: string | null, readonly tier: Tier | null, readonly status: SourceStatus | null }> | null } | null } | null };

export type AuditChainQueryVariables = Exact<{
  installation: string;
  after?: string | null | undefined;
}>;


export type AuditChainQuery = { readonly auditEvents: { readonly nodes: ReadonlyArray<{ readonly sequence: number | null, readonly at: string | null, readonly previousHash: string | null, readonly hash: string | null, readonly record: string | null } | null> | null, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null };

export type OperationFieldsFragment = { readonly id: string, readonly kind: OperationKind | null, readonly state: OperationState | null, readonly progress: number | null, readonly itemCount: number | null, readonly succeededCount: number | null, readonly failedCount: number | null, readonly cancelledCount: number | null, readonly targetId: string | null, readonly targetName: string | null, readonly parentId: string | null, readonly actor: string | null, readonly idempotencyKey: string | null, readonly cancelRequested: boolean | null, readonly createdAt: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly installation: { readonly localId: string | null } | null, readonly error: { readonly code: string | null, readonly message: string | null } | null };

export type PayloadFieldsFragment = { readonly preview: ReadonlyArray<string> | null, readonly targetCount: number | null, readonly operation: { readonly id: string, readonly kind: OperationKind | null, readonly state: OperationState | null, readonly progress: number | null, readonly itemCount: number | null, readonly succeededCount: number | null, readonly failedCount: number | null, readonly cancelledCount: number | null, readonly targetId: string | null, readonly targetName: string | null, readonly parentId: string | null, readonly actor: string | null, readonly idempotencyKey: string | null, readonly cancelRequested: boolean | null, readonly createdAt: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly installation: { readonly localId: string | null } | null, readonly error: { readonly code: string | null, readonly message: string | null } | null } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode | null, readonly field: string | null, readonly message: string | null }> | null };

export type ListOperationsQueryVariables = Exact<{
  filter?: OperationFilter | null | undefined;
  orderBy?: OperationOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ListOperationsQuery = { readonly operations: { readonly totalCount: number | null, readonly totalCountRelation: TotalCountRelation | null, readonly nodes: ReadonlyArray<{ readonly id: string, readonly kind: OperationKind | null, readonly state: OperationState | null, readonly progress: number | null, readonly targetName: string | null, readonly actor: string | null, readonly createdAt: string | null, readonly finishedAt: string | null, readonly installation: { readonly localId: string | null } | null, readonly error: { readonly code: string | null } | null } | null> | null, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null };

export type ShowOperationQueryVariables = Exact<{
  id: string;
}>;


export type ShowOperationQuery = { readonly operation: { readonly revision: string | null, readonly id: string, readonly kind: OperationKind | null, readonly state: OperationState | null, readonly progress: number | null, readonly itemCount: number | null, readonly succeededCount: number | null, readonly failedCount: number | null, readonly cancelledCount: number | null, readonly targetId: string | null, readonly targetName: string | null, readonly parentId: string | null, readonly actor: string | null, readonly idempotencyKey: string | null, readonly cancelRequested: boolean | null, readonly createdAt: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly steps: ReadonlyArray<{ readonly at: string | null, readonly message: string | null }> | null, readonly installation: { readonly localId: string | null } | null, readonly error: { readonly code: string | null, readonly message: string | null } | null } | null };

export type WatchOperationSubscriptionVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type WatchOperationSubscription = { readonly operationUpdated: { readonly type: EventType | null, readonly resumeToken: string | null, readonly operation: { readonly id: string, readonly kind: OperationKind | null, readonly state: OperationState | null, readonly progress: number | null, readonly itemCount: number | null, readonly succeededCount: number | null, readonly failedCount: number | null, readonly cancelledCount: number | null, readonly targetId: string | null, readonly targetName: string | null, readonly parentId: string | null, readonly actor: string | null, readonly idempotencyKey: string | null, readonly cancelRequested: boolean | null, readonly createdAt: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly steps: ReadonlyArray<{ readonly at: string | null, readonly message: string | null }> | null, readonly installation: { readonly localId: string | null } | null, readonly error: { readonly code: string | null, readonly message: string | null } | null } | null } | null };

export type WatchOperationsSubscriptionVariables = Exact<{
  filter?: OperationFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type WatchOperationsSubscription = { readonly operationsChanged: { readonly type: EventType | null, readonly source: string | null, readonly sequence: number | null, readonly resumeToken: string | null, readonly operation: { readonly id: string, readonly kind: OperationKind | null, readonly state: OperationState | null, readonly progress: number | null, readonly itemCount: number | null, readonly succeededCount: number | null, readonly failedCount: number | null, readonly cancelledCount: number | null, readonly targetId: string | null, readonly targetName: string | null, readonly parentId: string | null, readonly actor: string | null, readonly idempotencyKey: string | null, readonly cancelRequested: boolean | null, readonly createdAt: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly installation: { readonly localId: string | null } | null, readonly error: { readonly code: string | null, readonly message: string | null } | null } | null } | null };

export type WatchInventorySubscriptionVariables = Exact<{
  types?: ReadonlyArray<ResourceType> | ResourceType | null | undefined;
  filter?: InventoryFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type WatchInventorySubscription = { readonly inventoryChanged: { readonly type: EventType | null, readonly source: string | null, readonly fromSequence: number | null, readonly sequence: number | null, readonly resumeToken: string | null, readonly node:
      | { readonly __typename: 'Datastore', readonly name: string | null, readonly freeBytes: number | null, readonly id: string }
      | { readonly __typename: 'Host', readonly name: string | null, readonly state: HostState | null, readonly id: string }
      | { readonly __typename: 'Installation', readonly id: string }
      | { readonly __typename: 'Network', readonly name: string | null, readonly id: string }
      | { readonly __typename: 'Operation', readonly id: string }
      | { readonly __typename: 'VirtualMachine', readonly name: string | null, readonly powerState: PowerState | null, readonly cpuCount: number | null, readonly memoryMiB: number | null, readonly id: string }
     | null } | null };

export type SetPowerStateMutationVariables = Exact<{
  input: SetPowerStateInput;
}>;


export type SetPowerStateMutation = { readonly setPowerState: { readonly preview: ReadonlyArray<string> | null, readonly targetCount: number | null, readonly operation: { readonly id: string, readonly kind: OperationKind | null, readonly state: OperationState | null, readonly progress: number | null, readonly itemCount: number | null, readonly succeededCount: number | null, readonly failedCount: number | null, readonly cancelledCount: number | null, readonly targetId: string | null, readonly targetName: string | null, readonly parentId: string | null, readonly actor: string | null, readonly idempotencyKey: string | null, readonly cancelRequested: boolean | null, readonly createdAt: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly installation: { readonly localId: string | null } | null, readonly error: { readonly code: string | null, readonly message: string | null } | null } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode | null, readonly field: string | null, readonly message: string | null }> | null } | null };

export type CreateVirtualMachineMutationVariables = Exact<{
  input: CreateVirtualMachineInput;
}>;


export type CreateVirtualMachineMutation = { readonly createVirtualMachine: { readonly preview: ReadonlyArray<string> | null, readonly targetCount: number | null, readonly operation: { readonly id: string, readonly kind: OperationKind | null, readonly state: OperationState | null, readonly progress: number | null, readonly itemCount: number | null, readonly succeededCount: number | null, readonly failedCount: number | null, readonly cancelledCount: number | null, readonly targetId: string | null, readonly targetName: string | null, readonly parentId: string | null, readonly actor: string | null, readonly idempotencyKey: string | null, readonly cancelRequested: boolean | null, readonly createdAt: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly installation: { readonly localId: string | null } | null, readonly error: { readonly code: string | null, readonly message: string | null } | null } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode | null, readonly field: string | null, readonly message: string | null }> | null } | null };

export type DeleteVirtualMachineMutationVariables = Exact<{
  input: DeleteVirtualMachineInput;
}>;


export type DeleteVirtualMachineMutation = { readonly deleteVirtualMachine: { readonly preview: ReadonlyArray<string> | null, readonly targetCount: number | null, readonly operation: { readonly id: string, readonly kind: OperationKind | null, readonly state: OperationState | null, readonly progress: number | null, readonly itemCount: number | null, readonly succeededCount: number | null, readonly failedCount: number | null, readonly cancelledCount: number | null, readonly targetId: string | null, readonly targetName: string | null, readonly parentId: string | null, readonly actor: string | null, readonly idempotencyKey: string | null, readonly cancelRequested: boolean | null, readonly createdAt: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly installation: { readonly localId: string | null } | null, readonly error: { readonly code: string | null, readonly message: string | null } | null } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode | null, readonly field: string | null, readonly message: string | null }> | null } | null };

export type ReconfigureVirtualMachineMutationVariables = Exact<{
  input: ReconfigureVirtualMachineInput;
}>;


export type ReconfigureVirtualMachineMutation = { readonly reconfigureVirtualMachine: { readonly preview: ReadonlyArray<string> | null, readonly targetCount: number | null, readonly operation: { readonly id: string, readonly kind: OperationKind | null, readonly state: OperationState | null, readonly progress: number | null, readonly itemCount: number | null, readonly succeededCount: number | null, readonly failedCount: number | null, readonly cancelledCount: number | null, readonly targetId: string | null, readonly targetName: string | null, readonly parentId: string | null, readonly actor: string | null, readonly idempotencyKey: string | null, readonly cancelRequested: boolean | null, readonly createdAt: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly installation: { readonly localId: string | null } | null, readonly error: { readonly code: string | null, readonly message: string | null } | null } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode | null, readonly field: string | null, readonly message: string | null }> | null } | null };

export type CreateSnapshotMutationVariables = Exact<{
  input: CreateSnapshotInput;
}>;


export type CreateSnapshotMutation = { readonly createSnapshot: { readonly preview: ReadonlyArray<string> | null, readonly targetCount: number | null, readonly operation: { readonly id: string, readonly kind: OperationKind | null, readonly state: OperationState | null, readonly progress: number | null, readonly itemCount: number | null, readonly succeededCount: number | null, readonly failedCount: number | null, readonly cancelledCount: number | null, readonly targetId: string | null, readonly targetName: string | null, readonly parentId: string | null, readonly actor: string | null, readonly idempotencyKey: string | null, readonly cancelRequested: boolean | null, readonly createdAt: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly installation: { readonly localId: string | null } | null, readonly error: { readonly code: string | null, readonly message: string | null } | null } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode | null, readonly field: string | null, readonly message: string | null }> | null } | null };

export type RevertToSnapshotMutationVariables = Exact<{
  input: RevertToSnapshotInput;
}>;


export type RevertToSnapshotMutation = { readonly revertToSnapshot: { readonly preview: ReadonlyArray<string> | null, readonly targetCount: number | null, readonly operation: { readonly id: string, readonly kind: OperationKind | null, readonly state: OperationState | null, readonly progress: number | null, readonly itemCount: number | null, readonly succeededCount: number | null, readonly failedCount: number | null, readonly cancelledCount: number | null, readonly targetId: string | null, readonly targetName: string | null, readonly parentId: string | null, readonly actor: string | null, readonly idempotencyKey: string | null, readonly cancelRequested: boolean | null, readonly createdAt: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly installation: { readonly localId: string | null } | null, readonly error: { readonly code: string | null, readonly message: string | null } | null } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode | null, readonly field: string | null, readonly message: string | null }> | null } | null };

export type DeleteSnapshotMutationVariables = Exact<{
  input: DeleteSnapshotInput;
}>;


export type DeleteSnapshotMutation = { readonly deleteSnapshot: { readonly preview: ReadonlyArray<string> | null, readonly targetCount: number | null, readonly operation: { readonly id: string, readonly kind: OperationKind | null, readonly state: OperationState | null, readonly progress: number | null, readonly itemCount: number | null, readonly succeededCount: number | null, readonly failedCount: number | null, readonly cancelledCount: number | null, readonly targetId: string | null, readonly targetName: string | null, readonly parentId: string | null, readonly actor: string | null, readonly idempotencyKey: string | null, readonly cancelRequested: boolean | null, readonly createdAt: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly installation: { readonly localId: string | null } | null, readonly error: { readonly code: string | null, readonly message: string | null } | null } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode | null, readonly field: string | null, readonly message: string | null }> | null } | null };

export type CloneVirtualMachineMutationVariables = Exact<{
  input: CloneVirtualMachineInput;
}>;


export type CloneVirtualMachineMutation = { readonly cloneVirtualMachine: { readonly preview: ReadonlyArray<string> | null, readonly targetCount: number | null, readonly operation: { readonly id: string, readonly kind: OperationKind | null, readonly state: OperationState | null, readonly progress: number | null, readonly itemCount: number | null, readonly succeededCount: number | null, readonly failedCount: number | null, readonly cancelledCount: number | null, readonly targetId: string | null, readonly targetName: string | null, readonly parentId: string | null, readonly actor: string | null, readonly idempotencyKey: string | null, readonly cancelRequested: boolean | null, readonly createdAt: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly installation: { readonly localId: string | null } | null, readonly error: { readonly code: string | null, readonly message: string | null } | null } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode | null, readonly field: string | null, readonly message: string | null }> | null } | null };

export type MigrateVirtualMachineMutationVariables = Exact<{
  input: MigrateVirtualMachineInput;
}>;


export type MigrateVirtualMachineMutation = { readonly migrateVirtualMachine: { readonly preview: ReadonlyArray<string> | null, readonly targetCount: number | null, readonly operation: { readonly id: string, readonly kind: OperationKind | null, readonly state: OperationState | null, readonly progress: number | null, readonly itemCount: number | null, readonly succeededCount: number | null, readonly failedCount: number | null, readonly cancelledCount: number | null, readonly targetId: string | null, readonly targetName: string | null, readonly parentId: string | null, readonly actor: string | null, readonly idempotencyKey: string | null, readonly cancelRequested: boolean | null, readonly createdAt: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly installation: { readonly localId: string | null } | null, readonly error: { readonly code: string | null, readonly message: string | null } | null } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode | null, readonly field: string | null, readonly message: string | null }> | null } | null };

export type SetPowerStateBulkMutationVariables = Exact<{
  input: SetPowerStateBulkInput;
}>;


export type SetPowerStateBulkMutation = { readonly setPowerStateBulk: { readonly preview: ReadonlyArray<string> | null, readonly targetCount: number | null, readonly operation: { readonly id: string, readonly kind: OperationKind | null, readonly state: OperationState | null, readonly progress: number | null, readonly itemCount: number | null, readonly succeededCount: number | null, readonly failedCount: number | null, readonly cancelledCount: number | null, readonly targetId: string | null, readonly targetName: string | null, readonly parentId: string | null, readonly actor: string | null, readonly idempotencyKey: string | null, readonly cancelRequested: boolean | null, readonly createdAt: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly installation: { readonly localId: string | null } | null, readonly error: { readonly code: string | null, readonly message: string | null } | null } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode | null, readonly field: string | null, readonly message: string | null }> | null } | null };

export type CreateSnapshotBulkMutationVariables = Exact<{
  input: CreateSnapshotBulkInput;
}>;


export type CreateSnapshotBulkMutation = { readonly createSnapshotBulk: { readonly preview: ReadonlyArray<string> | null, readonly targetCount: number | null, readonly operation: { readonly id: string, readonly kind: OperationKind | null, readonly state: OperationState | null, readonly progress: number | null, readonly itemCount: number | null, readonly succeededCount: number | null, readonly failedCount: number | null, readonly cancelledCount: number | null, readonly targetId: string | null, readonly targetName: string | null, readonly parentId: string | null, readonly actor: string | null, readonly idempotencyKey: string | null, readonly cancelRequested: boolean | null, readonly createdAt: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly installation: { readonly localId: string | null } | null, readonly error: { readonly code: string | null, readonly message: string | null } | null } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode | null, readonly field: string | null, readonly message: string | null }> | null } | null };

export type CancelOperationMutationVariables = Exact<{
  input: CancelOperationInput;
}>;


export type CancelOperationMutation = { readonly cancelOperation: { readonly preview: ReadonlyArray<string> | null, readonly targetCount: number | null, readonly operation: { readonly id: string, readonly kind: OperationKind | null, readonly state: OperationState | null, readonly progress: number | null, readonly itemCount: number | null, readonly succeededCount: number | null, readonly failedCount: number | null, readonly cancelledCount: number | null, readonly targetId: string | null, readonly targetName: string | null, readonly parentId: string | null, readonly actor: string | null, readonly idempotencyKey: string | null, readonly cancelRequested: boolean | null, readonly createdAt: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly installation: { readonly localId: string | null } | null, readonly error: { readonly code: string | null, readonly message: string | null } | null } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode | null, readonly field: string | null, readonly message: string | null }> | null } | null };

export type ListSitesQueryVariables = Exact<{ [key: string]: never; }>;


export type ListSitesQuery = { readonly sites: ReadonlyArray<{ readonly id: string | null, readonly name: string | null, readonly answeredBy: string | null, readonly link: { readonly state: LinkState | null, readonly rttMs: number | null, readonly p95Ms: number | null, readonly requestsPerSecond: number | null, readonly bytesPerSecond: number | null } | null, readonly installations: ReadonlyArray<{ readonly localId: string | null, readonly name: string | null, readonly driver: string | null, readonly brokers: ReadonlyArray<{ readonly id: string | null, readonly endpoint: string | null, readonly state: BrokerState | null, readonly latencyMs: number | null, readonly p95Ms: number | null, readonly inFlight: number | null, readonly since: string | null, readonly lastError: string | null }> | null }> | null }> | null };

export type WhoAmIQueryVariables = Exact<{ [key: string]: never; }>;


export type WhoAmIQuery = { readonly viewer: { readonly subject: string | null, readonly groups: ReadonlyArray<string> | null, readonly site: string | null, readonly roles: ReadonlyArray<{ readonly installation: string | null, readonly role: string | null, readonly labels: string | null, readonly permissions: ReadonlyArray<Permission> | null }> | null } | null };

export type VirtualMachinesQueryVariables = Exact<{
  filter?: VirtualMachineFilter | null | undefined;
  orderBy?: VirtualMachineOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type VirtualMachinesQuery = { readonly virtualMachines: { readonly totalCount: number | null, readonly totalCountRelation: TotalCountRelation | null, readonly pageInfo: { readonly hasNextPage: boolean, readonly hasPreviousPage: boolean, readonly startCursor: string | null, readonly endCursor: string | null }, readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string | null, readonly powerState: PowerState | null, readonly cpuCount: number | null, readonly memoryMiB: number | null, readonly guestOs: string | null, readonly ipAddresses: ReadonlyArray<string> | null, readonly createdAt: string | null, readonly bootedAt: string | null, readonly host: { readonly id: string, readonly name: string | null } | null, readonly installation: { readonly localId: string | null, readonly name: string | null } | null } | null> | null, readonly coverage: { readonly complete: boolean | null, readonly sources: ReadonlyArray<{ readonly id: string | null, readonly tier: Tier | null, readonly parent: string | null, readonly status: SourceStatus | null, readonly message: string | null, readonly endpoint: string | null, readonly attempts: number | null, readonly latencyMs: number | null, readonly rows: number | null, readonly asOf: string | null }> | null } | null } | null };

export type ListVmsQueryVariables = Exact<{
  filter?: VirtualMachineFilter | null | undefined;
  orderBy?: VirtualMachineOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ListVmsQuery = { readonly virtualMachines: { readonly totalCount: number | null, readonly totalCountRelation: TotalCountRelation | null, readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string | null, readonly powerState: PowerState | null, readonly cpuCount: number | null, readonly memoryMiB: number | null, readonly ipAddresses: ReadonlyArray<string> | null, readonly host: { readonly name: string | null } | null, readonly installation: { readonly localId: string | null } | null } | null> | null, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null };

export type WatchVmsSubscriptionVariables = Exact<{
  filter?: VirtualMachineFilter | null | undefined;
  orderBy?: VirtualMachineOrder | null | undefined;
  first?: number | null | undefined;
}>;


export type WatchVmsSubscription = { readonly virtualMachinesLive: { readonly totalCount: number | null, readonly totalCountRelation: TotalCountRelation | null, readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string | null, readonly powerState: PowerState | null, readonly cpuCount: number | null, readonly memoryMiB: number | null, readonly ipAddresses: ReadonlyArray<string> | null, readonly host: { readonly name: string | null } | null, readonly installation: { readonly localId: string | null } | null } | null> | null } | null };

export type FindVmsQueryVariables = Exact<{
  filter?: VirtualMachineFilter | null | undefined;
}>;


export type FindVmsQuery = { readonly virtualMachines: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string | null, readonly powerState: PowerState | null, readonly installation: { readonly id: string, readonly localId: string | null } | null } | null> | null } | null };

export type ShowVmQueryVariables = Exact<{
  id: string;
}>;


export type ShowVmQuery = { readonly virtualMachine: { readonly id: string, readonly localId: string | null, readonly name: string | null, readonly powerState: PowerState | null, readonly cpuCount: number | null, readonly memoryMiB: number | null, readonly guestOs: string | null, readonly ipAddresses: ReadonlyArray<string> | null, readonly createdAt: string | null, readonly bootedAt: string | null, readonly cpuUsage: number | null, readonly memoryUsageMiB: number | null, readonly host: { readonly name: string | null } | null, readonly installation: { readonly localId: string | null, readonly driver: string | null } | null, readonly disks: ReadonlyArray<{ readonly name: string | null, readonly capacityBytes: number | null, readonly allocatedBytes: number | null, readonly path: string | null }> | null, readonly networkInterfaces: ReadonlyArray<{ readonly name: string | null, readonly macAddress: string | null, readonly ipAddresses: ReadonlyArray<string> | null }> | null, readonly labels: ReadonlyArray<{ readonly key: string, readonly value: string }> | null, readonly annotations: ReadonlyArray<{ readonly key: string, readonly value: string }> | null, readonly snapshots: ReadonlyArray<{ readonly name: string | null, readonly description: string | null, readonly createdAt: string | null, readonly parent: string | null, readonly isCurrent: boolean | null, readonly powerState: PowerState | null }> | null } | null };

export type ListSnapshotsQueryVariables = Exact<{
  id: string;
}>;


export type ListSnapshotsQuery = { readonly virtualMachine: { readonly snapshots: ReadonlyArray<{ readonly name: string | null, readonly powerState: PowerState | null, readonly createdAt: string | null, readonly parent: string | null, readonly isCurrent: boolean | null, readonly description: string | null }> | null } | null };

export type FindHostsQueryVariables = Exact<{
  filter?: HostFilter | null | undefined;
}>;


export type FindHostsQuery = { readonly hosts: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string | null, readonly installation: { readonly localId: string | null } | null } | null> | null } | null };

export type FindInstallationsQueryVariables = Exact<{ [key: string]: never; }>;


export type FindInstallationsQuery = { readonly site: { readonly installations: ReadonlyArray<{ readonly id: string, readonly localId: string | null }> | null } | null };

export type ExportVmsQueryVariables = Exact<{
  filter?: VirtualMachineFilter | null | undefined;
  orderBy?: VirtualMachineOrder | null | undefined;
  first?: number | null | undefined;
}>;


export type ExportVmsQuery = { readonly virtualMachines: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly localId: string | null, readonly name: string | null, readonly powerState: PowerState | null, readonly cpuCount: number | null, readonly memoryMiB: number | null, readonly guestOs: string | null, readonly ipAddresses: ReadonlyArray<string> | null, readonly createdAt: string | null, readonly bootedAt: string | null, readonly host: { readonly name: string | null } | null, readonly installation: { readonly localId: string | null } | null, readonly labels: ReadonlyArray<{ readonly key: string, readonly value: string }> | null } | null> | null } | null };

export const OperationFieldsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"OperationFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Operation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"itemCount"}},{"kind":"Field","name":{"kind":"Name","value":"succeededCount"}},{"kind":"Field","name":{"kind":"Name","value":"failedCount"}},{"kind":"Field","name":{"kind":"Name","value":"cancelledCount"}},{"kind":"Field","name":{"kind":"Name","value":"targetId"}},{"kind":"Field","name":{"kind":"Name","value":"targetName"}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"parentId"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"idempotencyKey"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}}]}}]} as unknown as DocumentNode<OperationFieldsFragment, unknown>;
export const PayloadFieldsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PayloadFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"OperationPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"operation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OperationFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"preview"}},{"kind":"Field","name":{"kind":"Name","value":"targetCount"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"OperationFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Operation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"itemCount"}},{"kind":"Field","name":{"kind":"Name","value":"succeededCount"}},{"kind":"Field","name":{"kind":"Name","value":"failedCount"}},{"kind":"Field","name":{"kind":"Name","value":"cancelledCount"}},{"kind":"Field","name":{"kind":"Name","value":"targetId"}},{"kind":"Field","name":{"kind":"Name","value":"targetName"}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"parentId"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"idempotencyKey"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}}]}}]} as unknown as DocumentNode<PayloadFieldsFragment, unknown>;
export const ListAuditEventsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ListAuditEvents"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"AuditEventFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"AuditEventOrder"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"auditEvents"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"address"}},{"kind":"Field","name":{"kind":"Name","value":"broker"}},{"kind":"Field","name":{"kind":"Name","value":"action"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"targetName"}},{"kind":"Field","name":{"kind":"Name","value":"targetCount"}},{"kind":"Field","name":{"kind":"Name","value":"targetId"}},{"kind":"Field","name":{"kind":"Name","value":"operationId"}},{"kind":"Field","name":{"kind":"Name","value":"requestId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"totalCountRelation"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<ListAuditEventsQuery, ListAuditEventsQueryVariables>;
export const AuditedInstallationsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"AuditedInstallations"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"auditEvents"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"1"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"coverage"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"tier"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}}]}}]}}]} as unknown as DocumentNode<AuditedInstallationsQuery, AuditedInstallationsQueryVariables>;
export const AuditChainDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"AuditChain"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"installation"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"auditEvents"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"installation"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"eq"},"value":{"kind":"Variable","name":{"kind":"Name","value":"installation"}}}]}}]}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"AT"}},{"kind":"ObjectField","name":{"kind":"Name","value":"direction"},"value":{"kind":"EnumValue","value":"ASC"}}]}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"1000"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sequence"}},{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"previousHash"}},{"kind":"Field","name":{"kind":"Name","value":"hash"}},{"kind":"Field","name":{"kind":"Name","value":"record"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<AuditChainQuery, AuditChainQueryVariables>;
export const ListOperationsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ListOperations"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"OperationFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"OperationOrder"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"operations"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"targetName"}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}}]}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"totalCountRelation"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<ListOperationsQuery, ListOperationsQueryVariables>;
export const ShowOperationDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ShowOperation"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"operation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OperationFields"}},{"kind":"Field","name":{"kind":"Name","value":"steps"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"revision"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"OperationFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Operation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"itemCount"}},{"kind":"Field","name":{"kind":"Name","value":"succeededCount"}},{"kind":"Field","name":{"kind":"Name","value":"failedCount"}},{"kind":"Field","name":{"kind":"Name","value":"cancelledCount"}},{"kind":"Field","name":{"kind":"Name","value":"targetId"}},{"kind":"Field","name":{"kind":"Name","value":"targetName"}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"parentId"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"idempotencyKey"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}}]}}]} as unknown as DocumentNode<ShowOperationQuery, ShowOperationQueryVariables>;
export const WatchOperationDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"WatchOperation"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"operationUpdated"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"operation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OperationFields"}},{"kind":"Field","name":{"kind":"Name","value":"steps"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"resumeToken"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"OperationFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Operation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"itemCount"}},{"kind":"Field","name":{"kind":"Name","value":"succeededCount"}},{"kind":"Field","name":{"kind":"Name","value":"failedCount"}},{"kind":"Field","name":{"kind":"Name","value":"cancelledCount"}},{"kind":"Field","name":{"kind":"Name","value":"targetId"}},{"kind":"Field","name":{"kind":"Name","value":"targetName"}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"parentId"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"idempotencyKey"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}}]}}]} as unknown as DocumentNode<WatchOperationSubscription, WatchOperationSubscriptionVariables>;
export const WatchOperationsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"WatchOperations"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"OperationFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"operationsChanged"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}},{"kind":"Field","name":{"kind":"Name","value":"operation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OperationFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resumeToken"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"OperationFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Operation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"itemCount"}},{"kind":"Field","name":{"kind":"Name","value":"succeededCount"}},{"kind":"Field","name":{"kind":"Name","value":"failedCount"}},{"kind":"Field","name":{"kind":"Name","value":"cancelledCount"}},{"kind":"Field","name":{"kind":"Name","value":"targetId"}},{"kind":"Field","name":{"kind":"Name","value":"targetName"}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"parentId"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"idempotencyKey"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}}]}}]} as unknown as DocumentNode<WatchOperationsSubscription, WatchOperationsSubscriptionVariables>;
export const WatchInventoryDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"WatchInventory"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"types"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ResourceType"}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"InventoryFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"inventoryChanged"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"types"},"value":{"kind":"Variable","name":{"kind":"Name","value":"types"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"fromSequence"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"VirtualMachine"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"powerState"}},{"kind":"Field","name":{"kind":"Name","value":"cpuCount"}},{"kind":"Field","name":{"kind":"Name","value":"memoryMiB"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Host"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"state"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Datastore"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"freeBytes"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Network"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"resumeToken"}}]}}]}}]} as unknown as DocumentNode<WatchInventorySubscription, WatchInventorySubscriptionVariables>;
export const SetPowerStateDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SetPowerState"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SetPowerStateInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"setPowerState"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PayloadFields"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"OperationFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Operation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"itemCount"}},{"kind":"Field","name":{"kind":"Name","value":"succeededCount"}},{"kind":"Field","name":{"kind":"Name","value":"failedCount"}},{"kind":"Field","name":{"kind":"Name","value":"cancelledCount"}},{"kind":"Field","name":{"kind":"Name","value":"targetId"}},{"kind":"Field","name":{"kind":"Name","value":"targetName"}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"parentId"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"idempotencyKey"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PayloadFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"OperationPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"operation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OperationFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"preview"}},{"kind":"Field","name":{"kind":"Name","value":"targetCount"}}]}}]} as unknown as DocumentNode<SetPowerStateMutation, SetPowerStateMutationVariables>;
export const CreateVirtualMachineDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateVirtualMachine"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateVirtualMachineInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createVirtualMachine"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PayloadFields"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"OperationFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Operation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"itemCount"}},{"kind":"Field","name":{"kind":"Name","value":"succeededCount"}},{"kind":"Field","name":{"kind":"Name","value":"failedCount"}},{"kind":"Field","name":{"kind":"Name","value":"cancelledCount"}},{"kind":"Field","name":{"kind":"Name","value":"targetId"}},{"kind":"Field","name":{"kind":"Name","value":"targetName"}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"parentId"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"idempotencyKey"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PayloadFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"OperationPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"operation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OperationFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"preview"}},{"kind":"Field","name":{"kind":"Name","value":"targetCount"}}]}}]} as unknown as DocumentNode<CreateVirtualMachineMutation, CreateVirtualMachineMutationVariables>;
export const DeleteVirtualMachineDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"DeleteVirtualMachine"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DeleteVirtualMachineInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteVirtualMachine"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PayloadFields"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"OperationFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Operation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"itemCount"}},{"kind":"Field","name":{"kind":"Name","value":"succeededCount"}},{"kind":"Field","name":{"kind":"Name","value":"failedCount"}},{"kind":"Field","name":{"kind":"Name","value":"cancelledCount"}},{"kind":"Field","name":{"kind":"Name","value":"targetId"}},{"kind":"Field","name":{"kind":"Name","value":"targetName"}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"parentId"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"idempotencyKey"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PayloadFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"OperationPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"operation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OperationFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"preview"}},{"kind":"Field","name":{"kind":"Name","value":"targetCount"}}]}}]} as unknown as DocumentNode<DeleteVirtualMachineMutation, DeleteVirtualMachineMutationVariables>;
export const ReconfigureVirtualMachineDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ReconfigureVirtualMachine"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ReconfigureVirtualMachineInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reconfigureVirtualMachine"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PayloadFields"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"OperationFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Operation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"itemCount"}},{"kind":"Field","name":{"kind":"Name","value":"succeededCount"}},{"kind":"Field","name":{"kind":"Name","value":"failedCount"}},{"kind":"Field","name":{"kind":"Name","value":"cancelledCount"}},{"kind":"Field","name":{"kind":"Name","value":"targetId"}},{"kind":"Field","name":{"kind":"Name","value":"targetName"}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"parentId"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"idempotencyKey"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PayloadFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"OperationPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"operation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OperationFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"preview"}},{"kind":"Field","name":{"kind":"Name","value":"targetCount"}}]}}]} as unknown as DocumentNode<ReconfigureVirtualMachineMutation, ReconfigureVirtualMachineMutationVariables>;
export const CreateSnapshotDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateSnapshot"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateSnapshotInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createSnapshot"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PayloadFields"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"OperationFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Operation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"itemCount"}},{"kind":"Field","name":{"kind":"Name","value":"succeededCount"}},{"kind":"Field","name":{"kind":"Name","value":"failedCount"}},{"kind":"Field","name":{"kind":"Name","value":"cancelledCount"}},{"kind":"Field","name":{"kind":"Name","value":"targetId"}},{"kind":"Field","name":{"kind":"Name","value":"targetName"}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"parentId"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"idempotencyKey"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PayloadFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"OperationPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"operation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OperationFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"preview"}},{"kind":"Field","name":{"kind":"Name","value":"targetCount"}}]}}]} as unknown as DocumentNode<CreateSnapshotMutation, CreateSnapshotMutationVariables>;
export const RevertToSnapshotDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RevertToSnapshot"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RevertToSnapshotInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"revertToSnapshot"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PayloadFields"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"OperationFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Operation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"itemCount"}},{"kind":"Field","name":{"kind":"Name","value":"succeededCount"}},{"kind":"Field","name":{"kind":"Name","value":"failedCount"}},{"kind":"Field","name":{"kind":"Name","value":"cancelledCount"}},{"kind":"Field","name":{"kind":"Name","value":"targetId"}},{"kind":"Field","name":{"kind":"Name","value":"targetName"}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"parentId"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"idempotencyKey"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PayloadFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"OperationPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"operation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OperationFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"preview"}},{"kind":"Field","name":{"kind":"Name","value":"targetCount"}}]}}]} as unknown as DocumentNode<RevertToSnapshotMutation, RevertToSnapshotMutationVariables>;
export const DeleteSnapshotDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"DeleteSnapshot"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DeleteSnapshotInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteSnapshot"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PayloadFields"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"OperationFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Operation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"itemCount"}},{"kind":"Field","name":{"kind":"Name","value":"succeededCount"}},{"kind":"Field","name":{"kind":"Name","value":"failedCount"}},{"kind":"Field","name":{"kind":"Name","value":"cancelledCount"}},{"kind":"Field","name":{"kind":"Name","value":"targetId"}},{"kind":"Field","name":{"kind":"Name","value":"targetName"}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"parentId"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"idempotencyKey"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PayloadFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"OperationPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"operation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OperationFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"preview"}},{"kind":"Field","name":{"kind":"Name","value":"targetCount"}}]}}]} as unknown as DocumentNode<DeleteSnapshotMutation, DeleteSnapshotMutationVariables>;
export const CloneVirtualMachineDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CloneVirtualMachine"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CloneVirtualMachineInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cloneVirtualMachine"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PayloadFields"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"OperationFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Operation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"itemCount"}},{"kind":"Field","name":{"kind":"Name","value":"succeededCount"}},{"kind":"Field","name":{"kind":"Name","value":"failedCount"}},{"kind":"Field","name":{"kind":"Name","value":"cancelledCount"}},{"kind":"Field","name":{"kind":"Name","value":"targetId"}},{"kind":"Field","name":{"kind":"Name","value":"targetName"}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"parentId"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"idempotencyKey"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PayloadFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"OperationPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"operation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OperationFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"preview"}},{"kind":"Field","name":{"kind":"Name","value":"targetCount"}}]}}]} as unknown as DocumentNode<CloneVirtualMachineMutation, CloneVirtualMachineMutationVariables>;
export const MigrateVirtualMachineDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"MigrateVirtualMachine"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"MigrateVirtualMachineInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"migrateVirtualMachine"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PayloadFields"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"OperationFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Operation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"itemCount"}},{"kind":"Field","name":{"kind":"Name","value":"succeededCount"}},{"kind":"Field","name":{"kind":"Name","value":"failedCount"}},{"kind":"Field","name":{"kind":"Name","value":"cancelledCount"}},{"kind":"Field","name":{"kind":"Name","value":"targetId"}},{"kind":"Field","name":{"kind":"Name","value":"targetName"}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"parentId"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"idempotencyKey"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PayloadFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"OperationPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"operation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OperationFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"preview"}},{"kind":"Field","name":{"kind":"Name","value":"targetCount"}}]}}]} as unknown as DocumentNode<MigrateVirtualMachineMutation, MigrateVirtualMachineMutationVariables>;
export const SetPowerStateBulkDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SetPowerStateBulk"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SetPowerStateBulkInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"setPowerStateBulk"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PayloadFields"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"OperationFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Operation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"itemCount"}},{"kind":"Field","name":{"kind":"Name","value":"succeededCount"}},{"kind":"Field","name":{"kind":"Name","value":"failedCount"}},{"kind":"Field","name":{"kind":"Name","value":"cancelledCount"}},{"kind":"Field","name":{"kind":"Name","value":"targetId"}},{"kind":"Field","name":{"kind":"Name","value":"targetName"}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"parentId"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"idempotencyKey"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PayloadFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"OperationPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"operation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OperationFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"preview"}},{"kind":"Field","name":{"kind":"Name","value":"targetCount"}}]}}]} as unknown as DocumentNode<SetPowerStateBulkMutation, SetPowerStateBulkMutationVariables>;
export const CreateSnapshotBulkDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateSnapshotBulk"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateSnapshotBulkInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createSnapshotBulk"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PayloadFields"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"OperationFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Operation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"itemCount"}},{"kind":"Field","name":{"kind":"Name","value":"succeededCount"}},{"kind":"Field","name":{"kind":"Name","value":"failedCount"}},{"kind":"Field","name":{"kind":"Name","value":"cancelledCount"}},{"kind":"Field","name":{"kind":"Name","value":"targetId"}},{"kind":"Field","name":{"kind":"Name","value":"targetName"}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"parentId"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"idempotencyKey"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PayloadFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"OperationPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"operation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OperationFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"preview"}},{"kind":"Field","name":{"kind":"Name","value":"targetCount"}}]}}]} as unknown as DocumentNode<CreateSnapshotBulkMutation, CreateSnapshotBulkMutationVariables>;
export const CancelOperationDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CancelOperation"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CancelOperationInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cancelOperation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PayloadFields"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"OperationFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Operation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"itemCount"}},{"kind":"Field","name":{"kind":"Name","value":"succeededCount"}},{"kind":"Field","name":{"kind":"Name","value":"failedCount"}},{"kind":"Field","name":{"kind":"Name","value":"cancelledCount"}},{"kind":"Field","name":{"kind":"Name","value":"targetId"}},{"kind":"Field","name":{"kind":"Name","value":"targetName"}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"parentId"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"idempotencyKey"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PayloadFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"OperationPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"operation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"OperationFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"preview"}},{"kind":"Field","name":{"kind":"Name","value":"targetCount"}}]}}]} as unknown as DocumentNode<CancelOperationMutation, CancelOperationMutationVariables>;
export const ListSitesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ListSites"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sites"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"answeredBy"}},{"kind":"Field","name":{"kind":"Name","value":"link"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"rttMs"}},{"kind":"Field","name":{"kind":"Name","value":"p95Ms"}},{"kind":"Field","name":{"kind":"Name","value":"requestsPerSecond"}},{"kind":"Field","name":{"kind":"Name","value":"bytesPerSecond"}}]}},{"kind":"Field","name":{"kind":"Name","value":"installations"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"driver"}},{"kind":"Field","name":{"kind":"Name","value":"brokers"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"endpoint"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"latencyMs"}},{"kind":"Field","name":{"kind":"Name","value":"p95Ms"}},{"kind":"Field","name":{"kind":"Name","value":"inFlight"}},{"kind":"Field","name":{"kind":"Name","value":"since"}},{"kind":"Field","name":{"kind":"Name","value":"lastError"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ListSitesQuery, ListSitesQueryVariables>;
export const WhoAmIDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"WhoAmI"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"subject"}},{"kind":"Field","name":{"kind":"Name","value":"groups"}},{"kind":"Field","name":{"kind":"Name","value":"site"}},{"kind":"Field","name":{"kind":"Name","value":"roles"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"installation"}},{"kind":"Field","name":{"kind":"Name","value":"role"}},{"kind":"Field","name":{"kind":"Name","value":"labels"}},{"kind":"Field","name":{"kind":"Name","value":"permissions"}}]}}]}}]}}]} as unknown as DocumentNode<WhoAmIQuery, WhoAmIQueryVariables>;
export const VirtualMachinesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"VirtualMachines"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"VirtualMachineFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"VirtualMachineOrder"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"before"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"virtualMachines"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"before"},"value":{"kind":"Variable","name":{"kind":"Name","value":"before"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"totalCountRelation"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}},{"kind":"Field","name":{"kind":"Name","value":"startCursor"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"powerState"}},{"kind":"Field","name":{"kind":"Name","value":"cpuCount"}},{"kind":"Field","name":{"kind":"Name","value":"memoryMiB"}},{"kind":"Field","name":{"kind":"Name","value":"guestOs"}},{"kind":"Field","name":{"kind":"Name","value":"ipAddresses"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"bootedAt"}},{"kind":"Field","name":{"kind":"Name","value":"host"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"coverage"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"complete"}},{"kind":"Field","name":{"kind":"Name","value":"sources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"tier"}},{"kind":"Field","name":{"kind":"Name","value":"parent"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"endpoint"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"latencyMs"}},{"kind":"Field","name":{"kind":"Name","value":"rows"}},{"kind":"Field","name":{"kind":"Name","value":"asOf"}}]}}]}}]}}]}}]} as unknown as DocumentNode<VirtualMachinesQuery, VirtualMachinesQueryVariables>;
export const ListVmsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ListVms"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"VirtualMachineFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"VirtualMachineOrder"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"virtualMachines"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"powerState"}},{"kind":"Field","name":{"kind":"Name","value":"cpuCount"}},{"kind":"Field","name":{"kind":"Name","value":"memoryMiB"}},{"kind":"Field","name":{"kind":"Name","value":"ipAddresses"}},{"kind":"Field","name":{"kind":"Name","value":"host"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"totalCountRelation"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<ListVmsQuery, ListVmsQueryVariables>;
export const WatchVmsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"WatchVms"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"VirtualMachineFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"VirtualMachineOrder"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"virtualMachinesLive"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"powerState"}},{"kind":"Field","name":{"kind":"Name","value":"cpuCount"}},{"kind":"Field","name":{"kind":"Name","value":"memoryMiB"}},{"kind":"Field","name":{"kind":"Name","value":"ipAddresses"}},{"kind":"Field","name":{"kind":"Name","value":"host"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"totalCountRelation"}}]}}]}}]} as unknown as DocumentNode<WatchVmsSubscription, WatchVmsSubscriptionVariables>;
export const FindVmsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FindVms"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"VirtualMachineFilter"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"virtualMachines"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"20"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"powerState"}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"totalCount"}}]}}]}}]} as unknown as DocumentNode<FindVmsQuery, FindVmsQueryVariables>;
export const ShowVmDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ShowVm"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"virtualMachine"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"localId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"powerState"}},{"kind":"Field","name":{"kind":"Name","value":"cpuCount"}},{"kind":"Field","name":{"kind":"Name","value":"memoryMiB"}},{"kind":"Field","name":{"kind":"Name","value":"guestOs"}},{"kind":"Field","name":{"kind":"Name","value":"host"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}},{"kind":"Field","name":{"kind":"Name","value":"driver"}}]}},{"kind":"Field","name":{"kind":"Name","value":"disks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"capacityBytes"}},{"kind":"Field","name":{"kind":"Name","value":"allocatedBytes"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}},{"kind":"Field","name":{"kind":"Name","value":"networkInterfaces"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"macAddress"}},{"kind":"Field","name":{"kind":"Name","value":"ipAddresses"}}]}},{"kind":"Field","name":{"kind":"Name","value":"ipAddresses"}},{"kind":"Field","name":{"kind":"Name","value":"labels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"value"}}]}},{"kind":"Field","name":{"kind":"Name","value":"annotations"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"value"}}]}},{"kind":"Field","name":{"kind":"Name","value":"snapshots"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"parent"}},{"kind":"Field","name":{"kind":"Name","value":"isCurrent"}},{"kind":"Field","name":{"kind":"Name","value":"powerState"}}]}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"bootedAt"}},{"kind":"Field","name":{"kind":"Name","value":"cpuUsage"}},{"kind":"Field","name":{"kind":"Name","value":"memoryUsageMiB"}}]}}]}}]} as unknown as DocumentNode<ShowVmQuery, ShowVmQueryVariables>;
export const ListSnapshotsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ListSnapshots"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"virtualMachine"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"snapshots"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"powerState"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"parent"}},{"kind":"Field","name":{"kind":"Name","value":"isCurrent"}},{"kind":"Field","name":{"kind":"Name","value":"description"}}]}}]}}]}}]} as unknown as DocumentNode<ListSnapshotsQuery, ListSnapshotsQueryVariables>;
export const FindHostsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FindHosts"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"HostFilter"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hosts"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"20"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"totalCount"}}]}}]}}]} as unknown as DocumentNode<FindHostsQuery, FindHostsQueryVariables>;
export const FindInstallationsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FindInstallations"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"site"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"installations"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}}]}}]}}]} as unknown as DocumentNode<FindInstallationsQuery, FindInstallationsQueryVariables>;
export const ExportVmsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ExportVms"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"VirtualMachineFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"VirtualMachineOrder"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"virtualMachines"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"localId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"powerState"}},{"kind":"Field","name":{"kind":"Name","value":"cpuCount"}},{"kind":"Field","name":{"kind":"Name","value":"memoryMiB"}},{"kind":"Field","name":{"kind":"Name","value":"guestOs"}},{"kind":"Field","name":{"kind":"Name","value":"ipAddresses"}},{"kind":"Field","name":{"kind":"Name","value":"host"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"labels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"value"}}]}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"bootedAt"}}]}}]}}]}}]} as unknown as DocumentNode<ExportVmsQuery, ExportVmsQueryVariables>;
