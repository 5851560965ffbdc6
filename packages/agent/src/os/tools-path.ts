/** Where the few tools of the system that the agent itself runs are found: its PATH was made for programs, and may be any. */

const USUAL_FOLDERS = '/usr/bin:/bin:/usr/sbin:/sbin';

/** @param own PATH of the agent; undefined when it has none */
export function toolsPath(own: string | undefined): string {
  return own === undefined || own === '' ? USUAL_FOLDERS : `${own}:${USUAL_FOLDERS}`;
}

/** The agent's own environment, for a tool that it runs by name. */
export function toolsEnvironment(): Record<string, string | undefined> {
  return { ...process.env, PATH: toolsPath(process.env.PATH) };
}
