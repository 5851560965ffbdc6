/** Scenarios of the conformance kit in which the agent differs from supervisord on purpose, each with its reason (docs/reference/differences.md). */
export const differsOnPurpose: Readonly<Record<string, string>> = {};
