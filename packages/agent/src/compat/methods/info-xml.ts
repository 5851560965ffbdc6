/** The info struct of one process as XML, in two parts: what holds until the process changes, and the time of the answer. Pure. */
import { type Instant, instant } from '@fleetvisor/primitives';
import { formatUptime } from '../../supervision/describe.ts';
import type { ProcessStatus } from '../../supervision/status.ts';
import { escapeText } from '../xmlrpc/escape-text.ts';
import { renderMember, renderMembers, renderNumber, renderString, renderValue } from '../xmlrpc/render-value.ts';
import type { XmlRpcStruct } from '../xmlrpc/value.ts';
import { cappedInt } from './capped-int.ts';
import { stateCodes } from './process-sets.ts';

export interface InfoXml {
  /** Everything up to the end of the description; of a RUNNING process up to where its uptime stands. */
  readonly begin: string;
  /** undefined unless it is RUNNING. */
  readonly runningSince: Instant | undefined;
}

/** Empty where there is no file. */
export interface Logfiles {
  readonly stdout: string;
  readonly stderr: string;
}

/** @param now when the status was taken */
export function infoXml(status: ProcessStatus, logfiles: Logfiles, now: Instant): InfoXml {
  const facts = Object.entries(factsOf(status, logfiles)).map(([name, value]) =>
    renderMember(name, renderValue(value)),
  );
  const isRunning = status.state === 'RUNNING';
  const uptimeLength = isRunning ? formatUptime(status.uptimeUs).length : 0;
  const description = status.description.slice(0, status.description.length - uptimeLength);
  return {
    begin: structOpens + facts.join('') + descriptionOpens + escapeText(description),
    runningSince: isRunning ? instant(now - status.uptimeUs) : undefined,
  };
}

/** What follows `begin`, and the uptime where there is one. @param nowSeconds Unix time */
export function infoXmlEnd(nowSeconds: number): string {
  return descriptionCloses + renderMember('now', renderNumber(nowSeconds)) + structCloses;
}

/** All but `description` and `now`. */
function factsOf(status: ProcessStatus, { stdout, stderr }: Logfiles): XmlRpcStruct {
  return {
    name: status.process.name,
    group: status.process.group,
    start: unixSeconds(status.startedAtUs),
    stop: unixSeconds(status.stoppedAtUs),
    state: stateCodes[status.state],
    statename: status.state,
    spawnerr: status.spawnError,
    exitstatus: exitStatusOf(status),
    logfile: stdout,
    stdout_logfile: stdout,
    stderr_logfile: stderr,
    pid: status.pid,
  };
}

function unixSeconds(us: bigint): number {
  return cappedInt(us / 1_000_000n);
}

/** Supervisor forgets how a start failed that it counts as none: of its exit only the spawn error stays. */
function exitStatusOf({ state, lastExit, spawnError }: ProcessStatus): number {
  const isOfFailedStart = state !== 'EXITED' && spawnError !== '';
  if (lastExit === undefined || isOfFailedStart) return 0;
  return lastExit.kind === 'code' ? lastExit.code : -1;
}

const [structOpens, structCloses] = around(renderMembers);
const [descriptionOpens, descriptionCloses] = around((text) => renderMember('description', renderString(text)));

/** What a renderer puts before and after. */
function around(render: (text: string) => string): readonly [before: string, after: string] {
  const [before = '', after = ''] = render('|').split('|');
  return [before, after];
}
