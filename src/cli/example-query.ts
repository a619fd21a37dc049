// What `sitewide query` and `sitewide demo` ask when nobody says what.

/** Virtual machines by name, the first 20, with the total and the coverage. */
export const exampleQuery = `query Example($first: Int = 20) {
  virtualMachines(first: $first, orderBy: { field: NAME, direction: ASC }) {
    nodes {
      name
      powerState
      cpuCount
      memoryMiB
      host { name }
      installation { localId }
    }
    totalCount
    totalCountRelation
    coverage { complete }
  }
}
`;
