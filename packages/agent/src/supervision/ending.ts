/** What is being stopped on purpose: for a reload the host's own programs, at the end everything. */
export type Ending = 'nothing' | 'local' | 'everything';
