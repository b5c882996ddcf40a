/** What a manifest may cost. Beyond a limit it is refused, with a message that names the limit. */

/** Bytes of one file. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** Mappings and lists within each other. Kubernetes objects stay below 30. */
export const MAX_DEPTH = 100;
/** Documents in one file, empty ones included. */
export const MAX_DOCUMENTS = 100_000;
/** Aliases in one document. */
export const MAX_ALIASES = 100;
/** Values of one document when every alias is counted as all that it stands for. Only documents with aliases are checked. */
export const MAX_EXPANDED_NODES = 1_000_000;
/** Files read from folders in one run. */
export const MAX_FILES = 100_000;
