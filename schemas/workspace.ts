/** The name of a workspace: that of a folder, and part of the names of topics and indices. */
export const WORKSPACE = '^[a-z0-9][a-z0-9-]{0,62}$'
