// Who asks for a change.

/** The actor as long as requests carry no token. */
export const anonymousActor = 'anonymous';
