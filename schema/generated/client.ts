// Made by "npm run generate". Edit schema/ or src/client/documents/ instead.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedQueryDocumentNode as DocumentNode } from 'graphql';
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

/** Conditions on a global id or another opaque name. All conditions given must hold. */
export type IdFilter = {
  /** Equal to this id. */
  readonly eq?: string | null | undefined;
  /** Equal to one of these ids. */
  readonly in?: ReadonlyArray<string> | null | undefined;
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

/** The direction of an order. */
export type OrderDirection =
  /** Ascending; rows without a value come last. */
  | 'ASC'
  /** Descending; rows without a value come first. */
  | 'DESC';

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
  /** It was not asked, because the question does not concern it; the message says why. */
  | 'SKIPPED'
  /** It answered with the last data it knows: its hypervisor manager or its store is away. */
  | 'STALE'
  /** It did not answer before the deadline. */
  | 'TIMEOUT'
  /** None of its brokers could be reached, or its brokers have never reached the hypervisor manager. */
  | 'UNREACHABLE'
  /** Its brokers are too old to understand the question. */
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

export type VirtualMachinesQueryVariables = Exact<{
  filter?: VirtualMachineFilter | null | undefined;
  orderBy?: VirtualMachineOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type VirtualMachinesQuery = { readonly virtualMachines: { readonly totalCount: number | null, readonly totalCountRelation: TotalCountRelation | null, readonly pageInfo: { readonly hasNextPage: boolean, readonly hasPreviousPage: boolean, readonly startCursor: string | null, readonly endCursor: string | null }, readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string | null, readonly powerState: PowerState | null, readonly cpuCount: number | null, readonly memoryMiB: number | null, readonly guestOs: string | null, readonly ipAddresses: ReadonlyArray<string> | null, readonly createdAt: string | null, readonly bootedAt: string | null, readonly host: { readonly id: string, readonly name: string | null } | null, readonly installation: { readonly localId: string | null, readonly name: string | null } | null } | null> | null, readonly coverage: { readonly complete: boolean | null, readonly sources: ReadonlyArray<{ readonly id: string | null, readonly tier: Tier | null, readonly parent: string | null, readonly status: SourceStatus | null, readonly message: string | null, readonly endpoint: string | null, readonly attempts: number | null, readonly latencyMs: number | null, readonly rows: number | null, readonly asOf: string | null }> | null } | null } | null };


export const VirtualMachinesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"VirtualMachines"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"VirtualMachineFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"VirtualMachineOrder"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"before"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"virtualMachines"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"before"},"value":{"kind":"Variable","name":{"kind":"Name","value":"before"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"totalCountRelation"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}},{"kind":"Field","name":{"kind":"Name","value":"startCursor"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"powerState"}},{"kind":"Field","name":{"kind":"Name","value":"cpuCount"}},{"kind":"Field","name":{"kind":"Name","value":"memoryMiB"}},{"kind":"Field","name":{"kind":"Name","value":"guestOs"}},{"kind":"Field","name":{"kind":"Name","value":"ipAddresses"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"bootedAt"}},{"kind":"Field","name":{"kind":"Name","value":"host"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"localId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"coverage"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"complete"}},{"kind":"Field","name":{"kind":"Name","value":"sources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"tier"}},{"kind":"Field","name":{"kind":"Name","value":"parent"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"endpoint"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"latencyMs"}},{"kind":"Field","name":{"kind":"Name","value":"rows"}},{"kind":"Field","name":{"kind":"Name","value":"asOf"}}]}}]}}]}}]}}]} as unknown as DocumentNode<VirtualMachinesQuery, VirtualMachinesQueryVariables>;
